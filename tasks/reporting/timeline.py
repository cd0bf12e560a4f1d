"""Draw the timeline of a calendar as a picture."""

from __future__ import annotations

from collections.abc import Sequence

from campaign_calendars.time.rows import Row
from tasks.reporting.charts.timeline import Bar, Tick, timeline


def timeline_svg(rows: Sequence[Row], *, width: int = 860) -> str:
    """The rows as one SVG that stands alone; local time of the calendar along the bottom."""
    bars = [
        Bar(row.label, row.kind, row.span.start.replace(tzinfo=None), row.span.end.replace(tzinfo=None)) for row in rows
    ]
    ticks = [Tick(row.label, moment.replace(tzinfo=None)) for row in rows for moment in row.moments]
    return timeline(bars, ticks, width=width)
