"""A timeline in the terminal: one bar a row, `|` for planned moments, `↻` for triggers, weeks along the top."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from campaign_calendars.time.rows import Row
from campaign_calendars.time.timeline import Span
from campaign_calendars.values.scalars import format_duration
from tasks.reporting.charts.colours import PHASE_COLOURS

_BARS = {"wave": "░", "phase": "█", "sub_phase": "▓"}
_MOMENT = "|"
_LONGEST_LABEL = 36
_NARROWEST = 24
_FIGURES = 26
_DATE_WIDTH = 6
_WEEK = timedelta(days=7)


def timeline_bars(rows: Sequence[Row], width: int) -> list[Text]:
    """Lines of at most about `width` cells; `rows` must not be empty."""
    labels = min(max(cell_len(row.label) for row in rows), _LONGEST_LABEL)
    figures = _FIGURES + max(cell_len(_looks(row)) for row in rows)
    columns = max(width - labels - figures, _NARROWEST)
    whole = Span(min(row.span.start for row in rows), max(row.span.end for row in rows))
    scale = _Scale(whole, columns)
    lines = [Text(" " * (labels + 1) + scale.weeks(), style="dim")]
    for row in rows:
        line = Text(set_cell_size(row.label, labels) + " ")
        line.append(scale.bar(row), style=PHASE_COLOURS.get(row.kind, "bright_black"))
        line.append(f" {row.span.start:%m-%d}–{row.span.last:%m-%d}", style="dim")
        line.append(f" {format_duration(_wall(row.span.end) - _wall(row.span.start))}")
        if row.moments:
            line.append(f" ×{len(row.moments)}", style="dim")
        line.append(_looks(row), style="dim")
        lines.append(line)
    return lines


def _looks(row: Row) -> str:
    """` ↻15m×3 ↻30m`: how often triggers are looked at, and how many of them."""
    often = Counter(every for _, every in row.sweeps)
    return "".join(f" ↻{format_duration(every)}" + (f"×{n}" if n > 1 else "") for every, n in sorted(often.items()))


class _Scale:
    """Local time along a number of columns."""

    def __init__(self, whole: Span, columns: int) -> None:
        self.start = _wall(whole.start)
        self.length = _wall(whole.end) - self.start
        self.columns = columns

    def column(self, moment: datetime) -> int:
        return min(int((_wall(moment) - self.start) / self.length * self.columns), self.columns - 1)

    def bar(self, row: Row) -> str:
        """At least one column wide, however short the span."""
        first, last = self.column(row.span.start), self.column(row.span.last)
        cells = [_BARS[row.what] if first <= at <= last else " " for at in range(self.columns)]
        for moment in row.moments:
            cells[self.column(moment)] = _MOMENT
        return "".join(cells)

    def weeks(self) -> str:
        """Dates of Mondays, as many as have room."""
        cells = " " * self.columns
        day = self.start.replace(hour=0, minute=0, second=0) + timedelta(days=-self.start.weekday() % 7)
        free = 0
        while day < self.start + self.length:
            at = int((day - self.start) / self.length * self.columns)
            if at >= free and at + _DATE_WIDTH <= self.columns:
                cells = cells[:at] + f"{day:%m-%d}".ljust(_DATE_WIDTH) + cells[at + _DATE_WIDTH :]
                free = at + _DATE_WIDTH
            day += _WEEK
        return cells


def _wall(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
