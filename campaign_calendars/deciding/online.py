"""Days on which a member benefit was online, of the 15 that platforms look at (A1#8, A11#5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from campaign_calendars.model.calendar import Calendar
from campaign_calendars.time.timeline import Timeline

TRAILING_DAYS = 15
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitDays:
    """How many of the 15 days ending today had a member benefit online."""

    today: date
    """The last of the 15 days."""
    online: int
    """Days with a benefit online."""
    needed: int
    """Days the store needs (`benefit_days`)."""
    source: Literal["facts", "planned"]
    """What was online: by the dataset `offers` (facts), or as the calendar plans it."""
    met_again: date | None
    """Where there are too few: the first day on which there are enough again, by the calendar; null: not in it."""

    @property
    def short(self) -> bool:
        return self.online < self.needed


def planned_days(calendar: Calendar, timeline: Timeline) -> frozenset[date]:
    """Local days of the phases whose plays give benefits."""
    days: set[date] = set()
    for phase in calendar.phases:
        span = timeline.phases.get(phase.id)
        if span is not None and any(play.told for play in phase.plays):
            first, last = span.start.date(), span.last.date()
            days.update(first + number * _DAY for number in range((last - first).days + 1))
    return frozenset(days)


def benefit_days(
    needed: int, today: date, planned: Collection[date], known: Collection[date] | None = None
) -> BenefitDays:
    """The 15 days ending today by what is `known` to have been online (None: nobody knows), the future as planned."""
    days = planned if known is None else {*(day for day in known if day <= today), *(d for d in planned if d > today)}
    last = max(days, default=today) + TRAILING_DAYS * _DAY
    later = (today + number * _DAY for number in range(1, (last - today).days + 1))
    online = _within(days, today)
    met = None if online >= needed else next((day for day in later if _within(days, day) >= needed), None)
    return BenefitDays(
        today=today, online=online, needed=needed, source="planned" if known is None else "facts", met_again=met
    )


def _within(days: Collection[date], end: date) -> int:
    return sum(end - TRAILING_DAYS * _DAY < day <= end for day in days)
