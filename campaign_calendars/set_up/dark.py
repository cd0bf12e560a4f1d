"""Days on which a position shows nothing, because what it needs is not online (A11#12)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from campaign_calendars.time.timeline import BenefitTimes, Span, Timeline

CONTENT = "content"
"""What a position with `needs_content` lacks on a day without words pushed to it."""
_DAY = timedelta(days=1)
Online = Mapping[str, Collection[date]]
"""Benefit → local days on which it was online by fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkDay:
    """One local day on which a position is to show something and does not."""

    position: str
    """Position of the store."""
    day: date
    """Local day."""
    missing: tuple[str, ...]
    """Kinds of benefit and positions that it needs and that are not online; `content`: no words were pushed."""
    source: str
    """`facts` where the data says what was online that day, else `planned`."""


def dark_days(
    calendar: Calendar, store: Store, timeline: Timeline, known: Online | None = None, today: date | None = None
) -> tuple[DarkDay, ...]:
    """Every such day, by position; `known` counts up to `today`, later days are as the calendar plans them."""
    shown, worded = _days_shown(calendar, timeline)
    planned = {name: _planned(calendar, timeline, name) for name in calendar.benefits}
    found: list[DarkDay] = []
    for name, position in store.positions.items():
        for day in sorted(shown.get(name, ())):
            is_fact = known is not None and today is not None and day <= today
            online = {
                benefit.kind
                for one, benefit in calendar.benefits.items()
                if day in ((known or {}).get(one, ()) if is_fact else planned[one])
            } | {other for other, days in shown.items() if day in days}
            missing = [need for need in position.needs if need not in online]
            if position.needs_content and day not in worded.get(name, ()):
                missing.append(CONTENT)
            if missing:
                source = "facts" if is_fact else "planned"
                found.append(DarkDay(position=name, day=day, missing=tuple(missing), source=source))
    return tuple(found)


def _days_shown(calendar: Calendar, timeline: Timeline) -> tuple[dict[str, set[date]], dict[str, set[date]]]:
    """Position → local days on which a play is shown there; the same of those with words."""
    shown: dict[str, set[date]] = {}
    worded: dict[str, set[date]] = {}
    for phase in calendar.phases:
        for play in phase.plays:
            span = timeline.sub_phases.get((phase.id, play.during or ""), timeline.phases.get(phase.id))
            for name in play.positions if span is not None else ():
                days = set(_days(span, timeline))
                shown.setdefault(name, set()).update(days)
                display = play.displays.get(name)
                if display is not None and display.copy_.get():
                    worded.setdefault(name, set()).update(days)
    return shown, worded


def _planned(calendar: Calendar, timeline: Timeline, name: str) -> frozenset[date]:
    """Days of its own window; without one, of the phases whose plays give or announce it."""
    benefit, times = calendar.benefits[name], timeline.benefits.get(name, BenefitTimes())
    if benefit.offered is not None and times.offered is not None:
        return frozenset(_days(times.offered, timeline))
    return frozenset(
        day
        for phase in calendar.phases
        if phase.id in timeline.phases and any(name in play.told for play in phase.plays)
        for day in _days(timeline.phases[phase.id], timeline)
    )


def _days(span: Span | None, timeline: Timeline) -> Iterator[date]:
    if span is None or span.start >= span.end:
        return
    zone = timeline.timezone
    first, last = span.start.astimezone(zone).date(), span.last.astimezone(zone).date()
    yield from (first + number * _DAY for number in range((last - first).days + 1))
