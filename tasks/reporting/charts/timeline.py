"""Phases over local time, with planned occurrences as marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tasks.reporting.charts.colours import INK, NOW, PHASE_COLOURS
from tasks.reporting.charts.drawing import NARROW, Clock, Told, label, line, picture, rect, shortened, width_of
from tasks.reporting.charts.marks import Mark, legend, mark

_LONGEST = 240


@dataclass(frozen=True, slots=True)
class Bar:
    """A phase; moments local, without offset: the page shows the calendar's own clock."""

    label: str
    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Tick:
    """A planned occurrence on the bar of that label; local like a bar's."""

    label: str
    at: datetime
    mark: Mark = "planned"


def timeline(
    phases: Sequence[Bar],
    occurrences: Sequence[Tick],
    *,
    width: int = 860,
    told: Told | None = None,
    now: datetime | None = None,
    meanings: Mapping[Mark, str] | None = None,
) -> str:
    """Phases as bars over local time, one row each, planned occurrences as white marks; `phases` is not empty.

    A line goes down at `now`, local like the bars, where it lies among them. `meanings` are told below, mark by mark.
    """
    narrow = width < NARROW
    gutter = 4.0 if narrow else min(max(width_of(bar.label, 13) for bar in phases) + 12, _LONGEST)
    row = 40 if narrow else 28
    bottom = 6 + row * len(phases)
    clock = Clock(min(bar.start for bar in phases), max(bar.end for bar in phases), gutter, width - 8)
    rows = [part for n, bar in enumerate(phases) for part in _row(bar, occurrences, clock, 6 + n * row, narrow=narrow)]
    here = [] if now is None or not clock.first <= now <= clock.last else [clock(now)]
    today = [line(x, 2, x, bottom + 4, NOW, more=' stroke-width="2"') for x in here]
    below, height = legend(meanings or {}, bottom + 24, width)
    return picture(width, bottom + 20 + (height + 4 if below else 0), told or Told(),
                   [*clock.axis(4, bottom), *rows, *today, *below])  # fmt: skip


def _row(bar: Bar, occurrences: Sequence[Tick], clock: Clock, top: float, *, narrow: bool) -> Iterator[str]:
    room = (clock.end if narrow else clock.start) - 10
    text = shortened(bar.label, room, 13)
    yield label(4 if narrow else clock.start - 8, top + (13 if narrow else 18), text, colour=INK, size=13,
                anchor="start" if narrow else "end")  # fmt: skip
    at, height = (top + 18, 16) if narrow else (top + 5, 17)
    start = clock(bar.start)
    yield rect(start, at, clock(bar.end) - start, height, PHASE_COLOURS[bar.kind], more=' rx="3"')
    for tick in occurrences:
        if tick.label == bar.label:
            yield mark(clock(tick.at), at + 3, height - 6, tick.mark)
