"""The line of progress, if there is one: whatever is said takes it away first."""

from __future__ import annotations

from collections.abc import Callable

underway: list[Callable[[], None]] = []
"""What takes the line of progress away, while there is one."""


def hush() -> None:
    """Take the line of progress away: whatever is said now would be written behind it."""
    while underway:
        underway.pop()()
