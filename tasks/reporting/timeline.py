"""Draw the timeline of a calendar as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from campaign_calendars.time.rows import Row


def timeline_svg(rows: Sequence[Row]) -> str:
    """The rows as one SVG that stands alone; local time of the calendar along the top."""
    from tasks.reporting import charts

    bars = [charts.Bar(row.label, row.kind, _local(row.span.start), _local(row.span.end)) for row in rows]
    ticks = [charts.Tick(row.label, _local(moment)) for row in rows for moment in row.moments]
    return charts.timeline(bars, ticks)


def _local(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat()
