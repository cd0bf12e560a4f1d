"""Marks of moments on a timeline: each state a shape of its own, and what they mean below the picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from tasks.reporting.charts.colours import INK, MARK_COLOURS
from tasks.reporting.charts.drawing import label, path, rect, width_of

Mark = Literal["planned", "done", "waiting", "passed", "not_run", "wrong"]
_SIZE = 12
_ROW = 18
_LEFT = 4.0
_BOX = 18
"""Room of a mark in the legend."""


def mark(x: float, top: float, height: float, kind: Mark) -> str:
    """A moment at `x` on a bar of `height` from `top` down.

    To come: a thin white line. Done: a broad dark one. Under way or waiting: a diamond. Left out on purpose: the lower
    half. Never run: an empty box. To be looked at: a red line that sticks out above and below.
    """
    colour = MARK_COLOURS[kind]
    if kind == "done":
        return rect(x - 1.5, top, 3, height, colour, more=_MORE)
    if kind == "waiting":
        middle, half = top + height / 2, min(height / 2, 4.5)
        corners = [(x, middle - half), (x + half, middle), (x, middle + half), (x - half, middle), (x, middle - half)]
        return path(corners, more=f'fill="{colour}" stroke="white" stroke-width="0.75"')
    if kind == "passed":
        return rect(x - 1.5, top + height / 2, 3, height / 2, colour, more=_MORE)
    if kind == "not_run":
        return rect(x - 2, top + 1, 4, height - 2, "white", more=f' stroke="{colour}" stroke-width="1"')
    if kind == "wrong":
        return rect(x - 1.5, top - 5, 3, height + 10, colour)
    return rect(x - 0.75, top, 1.5, height, colour, more=' fill-opacity=".85"')


_MORE = ' stroke="white" stroke-width="0.5"'


def legend(meanings: Mapping[Mark, str], top: float, width: float) -> tuple[list[str], float]:
    """Each mark with its words, in as many rows as it takes, and the height of all; nothing for no marks."""
    parts: list[str] = []
    x, y = _LEFT, top
    for kind, words in meanings.items():
        room = _BOX + 6 + width_of(words, _SIZE) + 16
        if x > _LEFT and x + room > width:
            x, y = _LEFT, y + _ROW
        parts += _explained(x, y, kind, words)
        x += room
    return parts, (y + _ROW - top if parts else 0.0)


def _explained(x: float, y: float, kind: Mark, words: str) -> Iterator[str]:
    yield rect(x, y + 1, _BOX, 13, "#9aa5b1", more=' rx="2"')
    yield mark(x + _BOX / 2, y + 3, 9, kind)
    yield label(x + _BOX + 6, y + 12, words, colour=INK, size=_SIZE)
