"""The line of progress of a terminal: whatever else is said takes it away first."""

from __future__ import annotations

from collections.abc import Callable

_ends: list[Callable[[], None]] = []


def begun(end: Callable[[], None]) -> None:
    """A line is there; `end` takes it away."""
    _ends.append(end)


def hush() -> None:
    """Take the line of progress away: whatever is said now would be written behind it."""
    while _ends:
        _ends.pop()()
