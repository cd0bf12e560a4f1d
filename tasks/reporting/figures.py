"""Every figure of a measurement as a row: where it stands in the JSON, and its value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from campaign_calendars.values.json import to_plain
from tasks.measuring.measurement import Measurement

Figure = tuple[str, str, float | None, str | None]
"""The record it stands in (`phases`), its path from there with ids for numbers
(`burst.funnel.contacted`), value, text."""
_IDS = (
    ("calendar", "phase", "play", "figure"),
    ("figure",),
    ("phase", "play"),
    ("phase",),
    ("wave",),
    ("benefit",),
    ("name", "unit"),
    ("day",),
    ("audience",),
    ("first", "second"),
    ("text",),
)


def figures_of(measurement: Measurement) -> Iterator[Figure]:
    """The rows in the order of the JSON; money in cents, shares as shares of one."""
    for name, value in to_plain(measurement).items():
        for path, leaf in _leaves(value):
            number = float(leaf) if isinstance(leaf, int | float) and not isinstance(leaf, bool) else None
            yield name, ".".join(path), number, None if number is not None or leaf is None else str(leaf)


def _leaves(value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from (((str(key), *path), leaf) for path, leaf in _leaves(item))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from (((_called(item, n), *path), leaf) for path, leaf in _leaves(item))
    else:
        yield (), value


def _called(item: Any, n: int) -> str:
    """A record in a list by its ids, as `burst/recall`; else by its number."""
    if isinstance(item, dict):
        for names in _IDS:
            if all(isinstance(item.get(name), str) for name in names):
                return "/".join(item[name] for name in names)
    return str(n)
