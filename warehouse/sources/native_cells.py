"""Cells of PostgreSQL that leave the server in their own type, as the text it would have written.

A server writes a moment as text in twice the time it takes to send its eight bytes, and a cell of text is
longer on the way. Whole numbers and moments are therefore written here, a column at a time; every other
type the server casts itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

NATIVE = frozenset({"int2", "int4", "int8", "timestamp", "timestamptz"})
"""Types of PostgreSQL whose cells `as_written` turns into text."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST, _LATEST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""The years 1 to 9999 in microseconds: all their moments are written in as many characters."""
_CYCLE = 400 * 365 + 97
"""Days after which the calendar repeats itself: 400 years."""
_SINCE_2000 = 946_684_800_000_000
_NEVER = {(1 << 63) - 1 + _SINCE_2000: "infinity", (1 << 63) + _SINCE_2000: "-infinity"}
_DAY = 86_400


def as_written(cells: Any) -> Any:
    """A column (`ChunkedArray`) of text or of one of the types in `NATIVE`, as text of PostgreSQL in UTC."""
    import pyarrow as pa

    if pa.types.is_string(cells.type):
        return cells
    if not pa.types.is_timestamp(cells.type):
        return cells.cast(pa.string())
    return pa.chunked_array([_moments(chunk) for chunk in cells.chunks], pa.string())


def _moments(cells: Any) -> Any:
    """Moments as text, `+00` behind those that have a zone; those outside the years 1 to 9999 one by one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    zone = "+00" if cells.type.tz else ""
    counted = cells.cast(pa.int64())
    odd = pc.or_(pc.less(counted, _EARLIEST), pc.greater(counted, _LATEST)).fill_null(False)
    texts = _usual(pc.if_else(odd, 0, counted).fill_null(0), zone)
    if odd.true_count:
        written = [_odd(value, zone) for value in counted.filter(odd).to_pylist()]
        texts = pc.replace_with_mask(texts, odd, pa.array(written, pa.string()))
    return texts if not cells.null_count else pc.if_else(cells.is_valid(), texts, None)


def _usual(counted: Any, zone: str) -> Any:
    """Microseconds of the years 1 to 9999 as text. Texts with as many digits behind the second are equally long."""
    import numpy as np
    import pyarrow as pa

    micros = counted.to_numpy()
    seconds = micros // 1_000_000
    fractions = micros - seconds * 1_000_000
    if not fractions.any():
        return _written(seconds, fractions, 0, zone)
    # .5 has one digit: what is no multiple of ten has six.
    digits = np.sum([fractions % 10**left != 0 for left in range(1, 7)], axis=0)
    places = [np.flatnonzero(digits == width) for width in range(7)]
    parts = [_written(seconds[at], fractions[at], width, zone) for width, at in enumerate(places)]
    return pa.concat_arrays(parts).take(pa.array(np.argsort(np.concatenate(places))))


def _written(seconds: Any, fractions: Any, digits: int, zone: str) -> Any:
    import numpy as np
    import pyarrow as pa

    days = seconds // _DAY
    widths = {"day": 10, "between": 1, "time": 8, "point": int(digits > 0), "fraction": digits, "zone": len(zone)}
    texts = np.empty(len(seconds), [(name, f"S{width}") for name, width in widths.items() if width])
    texts["day"], texts["between"] = _dates(days), b" "
    texts["time"] = _times()[seconds - days * _DAY]
    if digits:
        halves = np.stack([_thousand()[fractions // 1000], _thousand()[fractions % 1000]], axis=1)
        texts["point"], texts["fraction"] = b".", halves.view("S6")[:, 0]
    if zone:
        texts["zone"] = zone.encode()
    ends = np.arange(len(texts) + 1, dtype=np.int32) * texts.itemsize
    return pa.Array.from_buffers(pa.string(), len(texts), [None, pa.py_buffer(ends), pa.py_buffer(texts)])


def _dates(days: Any) -> Any:
    """Days since 1970 as 2026-03-08: few days have many moments, so each is written once."""
    import numpy as np
    import pyarrow as pa

    if not len(days):
        return days.astype("S10")
    first, last = int(days.min()), int(days.max())
    known, places = (np.arange(first, last + 1), days - first) if last - first < len(days) else (days, slice(None))
    texts = pa.array(known.astype(np.int32), pa.date32()).cast(pa.string())
    return np.frombuffer(texts.buffers()[2], "S10", len(texts))[places]


@cache
def _times() -> Any:
    """Every second of a day as 10:00:00."""
    import numpy as np

    return np.array([f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}" for n in range(_DAY)], "S8")


@cache
def _thousand() -> Any:
    """The three digits of every number below 1,000."""
    import numpy as np

    return np.array([f"{n:03}" for n in range(1000)], "S3")


def _odd(value: int, zone: str) -> str:
    """A moment that has no year of four digits as PostgreSQL writes it: infinity, 12000-01-01 …, 0044-03-15 … BC."""
    # PostgreSQL counts from 2000: what is near the end of its eight bytes has run over when counted from 1970.
    value += 1 << 64 if value < -(1 << 62) else 0
    if value in _NEVER:
        return _NEVER[value]
    days, rest = divmod(value, _DAY * 1_000_000)
    cycles = days // _CYCLE
    within = _EPOCH + timedelta(days=days - cycles * _CYCLE, microseconds=rest)
    year = within.year + 400 * cycles
    named, era = (year, "") if year > 0 else (1 - year, " BC")
    fraction = f".{within.microsecond:06}".rstrip("0") if within.microsecond else ""
    return f"{named:04}-{within:%m-%d %H:%M:%S}{fraction}{zone}{era}"
