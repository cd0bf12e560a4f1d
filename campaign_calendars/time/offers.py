"""When each benefit may be had: from and to, the days of an early bird, from when on orders count for it (A3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time

from campaign_calendars.findings.finding import Path
from campaign_calendars.model.benefits import Benefit, Naming
from campaign_calendars.model.benefits.gifts import BuybackGift, Challenge
from campaign_calendars.model.benefits.prices import EarlyBirdPrice
from campaign_calendars.model.benefits.rights import MemberPresaleRight
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.time.clock import CampaignClock
from campaign_calendars.time.timeline import (
    DAY,
    SECOND,
    BenefitTimes,
    Span,
    Timeline,
    from_local,
    local_day,
    shift,
    utc,
)
from campaign_calendars.values.moments import MomentExpr


def benefit_times(clock: CampaignClock, phases: Mapping[str, Span]) -> dict[str, BenefitTimes]:
    """Every benefit of the calendar; what cannot be told is a finding of the clock, and missing here."""
    named = _named(clock.calendar, phases)
    return {name: _times(clock, named.get(name), name, benefit) for name, benefit in clock.calendar.benefits.items()}


def on_the_clock(timeline: Timeline, name: str, tier: Callable[[str], str] = str) -> Naming:
    """How a line about a benefit tells its moments: in local time; one that cannot be told as it is written."""

    def moment(place: tuple[str | int, ...], written: MomentExpr) -> str:
        at = timeline.told.get(("benefits", name, *place))
        return str(written) if at is None else f"{at:%Y-%m-%d %H:%M:%S}".removesuffix(":00")

    return Naming(tier, moment)


def _named(calendar: Calendar, phases: Mapping[str, Span]) -> dict[str, Span]:
    """By benefit, from the first to the last moment of the phases whose plays give or announce it."""
    spans: dict[str, list[Span]] = {}
    for phase in calendar.phases:
        for name in {name for play in phase.plays for name in play.told} if phase.id in phases else ():
            spans.setdefault(name, []).append(phases[phase.id])
    return {
        name: Span(min((one.start for one in found), key=utc), max((one.end for one in found), key=utc))
        for name, found in spans.items()
    }


def _times(clock: CampaignClock, named: Span | None, name: str, benefit: Benefit) -> BenefitTimes:
    path: Path = ("benefits", name)
    since = closes = None
    days: tuple[Span, ...] = ()
    opens: tuple[tuple[str, datetime], ...] = ()
    if isinstance(benefit, BuybackGift):
        since = _moment(clock, benefit.since, (*path, "since"))
    elif isinstance(benefit, Challenge):
        since = _moment(clock, benefit.from_, (*path, "from"))
    elif isinstance(benefit, MemberPresaleRight):
        closes = _moment(clock, benefit.closes_at, (*path, "closes_at"))
        windows = enumerate(benefit.windows)
        told = ((one.tier, _moment(clock, one.opens_at, (*path, "windows", n, "opens_at"))) for n, one in windows)
        opens = tuple((tier, at) for tier, at in told if at is not None)
    elif isinstance(benefit, EarlyBirdPrice):
        found = (clock.instant(day, (*path, "days", number)) for number, day in enumerate(benefit.days))
        days = tuple(local_day(at, clock.zone) for at in found if at is not None)
    return BenefitTimes(_offered(clock, named, name, benefit), since, closes, days, opens)


def _offered(clock: CampaignClock, named: Span | None, name: str, benefit: Benefit) -> Span | None:
    """As written; an end that is not written is that of the phases that name the benefit."""
    if benefit.offered is None:
        return named
    path: Path = ("benefits", name, "offered")
    start = _moment(clock, benefit.offered.from_, (*path, "from")) or (named.start if named else None)
    end = _end(clock, benefit.offered.to, (*path, "to")) or (named.end if named else None)
    if start is None or end is None:
        return named
    # A window that is turned round is on offer never; a check says so.
    return Span(start, end) if utc(start) < utc(end) else Span(start, start)


def _end(clock: CampaignClock, moment: MomentExpr | None, path: Path) -> datetime | None:
    """The first moment after the last second, or after the last day."""
    last = _moment(clock, moment, path, last=True)
    if last is None or moment is None:
        return None
    if moment.is_whole_day:
        return from_local(datetime.combine(last.date() + DAY, time()), clock.zone)
    return shift(last, SECOND)


def _moment(clock: CampaignClock, moment: MomentExpr | None, path: Path, *, last: bool = False) -> datetime | None:
    return clock.instant(moment, path, last=last) if moment is not None else None
