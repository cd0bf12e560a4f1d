"""Differences with their intervals, below each other; the dashed line at zero is "no effect"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tasks.reporting.charts.colours import FIRST, INK
from tasks.reporting.charts.drawing import NARROW, Scale, Told, label, line, picture, shortened, ticks, width_of

_LONGEST = 280


@dataclass(frozen=True, slots=True)
class Interval:
    """A difference with the ends of its interval; `note` stands to its right, such as the verdict."""

    label: str
    difference: float
    low: float
    high: float
    note: str = ""
    strong: bool = False


def forest(
    rows: Sequence[Interval],
    *,
    axis: str,
    figure: Callable[[float], str],
    width: int = 860,
    told: Told | None = None,
) -> str:
    """`rows` is not empty; `axis` names what is measured along the bottom, `figure` writes a value of it."""
    narrow = width < NARROW
    left = 8.0 if narrow else min(max(width_of(row.label, 13) for row in rows) + 14, _LONGEST)
    right = width - (30 if narrow else min(max(width_of(row.note) for row in rows) + 24, 180))
    marks = ticks(min(0.0, *(row.low for row in rows)), max(0.0, *(row.high for row in rows)), 3 if narrow else 7)
    scale = Scale(marks[0], marks[-1], left + 10, right)
    height = 42 if narrow else 27
    bottom = 8 + height * len(rows)
    parts = [part for mark in marks for part in _mark(scale(mark), bottom, figure(mark))]
    parts.append(line(scale(0), 4, scale(0), bottom, INK, more=' stroke-dasharray="3 3"'))
    for n, row in enumerate(rows):
        parts += _row(row, scale, 8 + n * height, width, left, narrow=narrow)
    parts.append(label(scale.start, bottom + 32, axis))
    return picture(width, bottom + 40, told or Told(), parts)


def _mark(x: float, bottom: float, text: str) -> Iterator[str]:
    yield line(x, 4, x, bottom)
    yield label(x, bottom + 15, text, anchor="middle")


def _row(row: Interval, scale: Scale, top: float, width: int, left: float, *, narrow: bool) -> Iterator[str]:
    y = top + (30 if narrow else 14)
    if narrow:
        text = f"{row.label} · {row.note}" if row.note else row.label
        yield label(4, top + 14, shortened(text, width - 8, 13), colour=INK, size=13)
    else:
        yield label(left - 4, y + 4, shortened(row.label, left - 8, 13), colour=INK, size=13, anchor="end")
        yield label(scale.end + 10, y + 4, row.note)
    weight = 5 if row.strong else 3
    yield line(scale(row.low), y, scale(row.high), y, FIRST, more=f' stroke-width="{weight}" stroke-opacity=".55"')
    yield f'<circle cx="{scale(row.difference):.1f}" cy="{y:.1f}" r="{5 if row.strong else 4}" fill="{FIRST}"/>'
