"""Arrow tables on their way into DuckDB: put together to the size it writes best, and fetched ahead."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, TypeVar

T = TypeVar("T")
_ROWS = 250_000
_BYTES = 64 << 20
_BLANK = ord(" ")


def at_most(batches: Iterable[Any], rows: int | None) -> Generator[Any, None, None]:
    """The batches up to so many rows in all; None: every one of them."""
    left = rows
    for batch in batches:
        kept = batch if left is None else batch.slice(0, left)
        yield kept
        if left is not None:
            left -= kept.num_rows
            if left <= 0:
                return


def gathered(batches: Iterable[Any]) -> Generator[Any, None, None]:
    """The same rows in the same order in tables of about 250,000 rows, or 64 MB where rows are wide.

    DuckDB writes a row group (122,880 rows) as a whole and on all cores; smaller inserts cost ten times as much.
    """
    import pyarrow as pa

    waiting: list[Any] = []
    rows = size = 0
    for batch in batches:
        if waiting and waiting[0].schema != batch.schema:
            yield pa.concat_tables(waiting)
            waiting, rows, size = [], 0, 0
        waiting.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _ROWS or size >= _BYTES:
            yield pa.concat_tables(waiting)
            waiting, rows, size = [], 0, 0
    if waiting:
        yield pa.concat_tables(waiting)


def one_ahead(batches: Generator[T, None, None]) -> Generator[T, None, None]:
    """The same batches, the next one fetched in a thread while the caller works on the last.

    Never more than one, so memory stays where it was. What fetching raises is raised here.
    """
    with closing(batches), ThreadPoolExecutor(1) as hands:
        coming = hands.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = hands.submit(next, batches, None)
            yield batch


def texts_of(batch: Any, position: int) -> Generator[bytes, None, None]:
    """The texts at a position behind one another: looking through all at once is far faster than one by one."""
    return (_bytes(part) for part in batch.column(f"c{position}").chunks)


def has_empty(batch: Any, position: int) -> bool:
    """Whether any cell at a position is empty, or begins with a blank: it may be nothing but blanks."""
    return any(_empty_or_blank(*_texts(cells)) for cells in batch.column(f"c{position}").chunks)


def _empty_or_blank(places: Any, texts: Any) -> bool:
    import numpy as np

    filled = places[1:] > places[:-1]
    if not filled.all():
        return True
    return texts is not None and bool((np.frombuffer(texts, np.uint8)[places[:-1]] == _BLANK).any())


def _bytes(cells: Any) -> bytes:
    places, texts = _texts(cells)
    return bytes(memoryview(texts)[places[0] : places[-1]]) if len(places) and texts is not None else b""


def _texts(cells: Any) -> tuple[Any, Any]:
    """(where each text begins and the last one ends, all of them behind one another) of an array of text."""
    import numpy as np
    import pyarrow as pa

    wide = pa.types.is_large_string(cells.type)
    plain = cells if wide else cells.cast(pa.string())
    _, ends, texts = plain.buffers()
    if not len(plain):
        return np.empty(0, np.int64), None
    return np.frombuffer(ends, np.int64 if wide else np.int32)[plain.offset : plain.offset + len(plain) + 1], texts
