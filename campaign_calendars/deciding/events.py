"""Events nobody knows ahead: how many came in the last four weeks, and what is kept free for those to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.time.timeline import Span

BASIS_DAYS = 28
EVENTS = "events"
"""For what a thing is kept that is kept for no occurrence: `channel sms 2026-03-05@events`."""


@dataclass(frozen=True, slots=True)
class EventRate:
    """Of a play that answers events: those of the last `BASIS_DAYS`, and those by members in its audience.

    The brief names its channels and benefits; `during` is when it answers.
    """

    brief: Brief
    during: Span
    events: int
    members: int

    def between(self, start: datetime, end: datetime) -> float:
        """Members expected in a stretch of time."""
        start, end = max(start, self.during.start), min(end, self.during.end)
        return max((end - start) / timedelta(days=1), 0.0) * self.members / BASIS_DAYS


def kept_free(
    rates: Sequence[EventRate],
    start: datetime,
    end: datetime,
    *,
    channel: str | None = None,
    benefit: str | None = None,
) -> int:
    """Messages on a channel, or grants of a benefit, to keep for events between two moments; rounded up.

    An event is expected to be answered on the first channel and with the first benefit of its play.
    """
    total = 0.0
    for rate in rates:
        first = rate.brief.channels[0].channel if rate.brief.channels else None
        given = rate.brief.benefits[0].benefit if rate.brief.benefits else None
        if (channel is not None and channel == first) or (benefit is not None and benefit == given):
            total += rate.between(start, end)
    return ceil(round(total, 6))
