"""Columns by local day: one panel for each thing that is counted, over the same days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tasks.reporting.charts.colours import INK
from tasks.reporting.charts.drawing import Clock, Scale, Told, label, picture, rect, short_number, ticks, value_axis

_PANEL, _HEAD, _LEFT = 92, 38, 46


@dataclass(frozen=True, slots=True)
class Panel:
    """Columns of one colour; a value for each day."""

    title: str
    values: Sequence[float]
    colour: str


def columns(days: Sequence[date], panels: Sequence[Panel], *, width: int = 860, told: Told | None = None) -> str:
    """Panels below each other; `days` in order, not empty."""
    first = datetime.combine(days[0], time())
    clock = Clock(first, datetime.combine(days[-1], time()) + timedelta(days=1), _LEFT, width - 8)
    parts: list[str] = []
    for n, panel in enumerate(panels):
        parts += _panel(panel, days, clock, n * (_PANEL + _HEAD) + _HEAD)
    bottom = len(panels) * (_PANEL + _HEAD)
    return picture(width, bottom + 20, told or Told(), [*clock.axis(_HEAD, bottom), *parts])


def _panel(panel: Panel, days: Sequence[date], clock: Clock, top: float) -> Iterator[str]:
    low, high = min(0.0, *panel.values), max(0.0, *panel.values) or 1.0
    marks = ticks(low, high, 3)
    scale = Scale(marks[0], marks[-1], top + _PANEL, top)
    yield label(4, top - 14, panel.title, colour=INK)
    yield from value_axis(scale, marks, [short_number(one) for one in marks], clock.start, clock.end)
    slot = (clock.end - clock.start) / len(days)
    for day, value in zip(days, panel.values, strict=True):
        x, y, zero = clock(datetime.combine(day, time())), scale(value), scale(0)
        yield rect(x + slot * 0.12, min(y, zero), slot * 0.76, abs(zero - y), panel.colour)
