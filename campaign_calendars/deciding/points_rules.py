"""What a store and its calendars say of points, resolved: days, plays that earn, referrals (A6, R5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from campaign_calendars.measuring.points import DoubleDays, EarnRule, PointRules, ReferralTerm, ranks_of
from campaign_calendars.model.benefits.points import PointsDouble, PointsGame, ReferralPoints
from campaign_calendars.model.calendar import Calendar, Phase, Play
from campaign_calendars.model.programme import MemberDay, Points, tier_rules
from campaign_calendars.model.store import Store
from campaign_calendars.time.timeline import Span, Timeline, from_local, local_day

_DAY = timedelta(days=1)
Rule = TypeVar("Rule", DoubleDays, EarnRule, ReferralTerm)
_PER: dict[str, Literal["day", "order", "member"]] = {
    "sign_in": "day",
    "review": "order",
    "share": "day",
    "profile": "member",
}


def point_rules(
    store: Store,
    points: Points,
    zone: ZoneInfo,
    calendars: Iterable[tuple[Calendar, Timeline]],
    *,
    since: date,
    until: date,
) -> PointRules:
    """The rules of a store (`points` are its own) with what its calendars add.

    The store's member days are laid out from `since` to `until`, local days of `zone`.
    """
    levels = [level.id for level in store.tiers.levels]
    doubles = list(_member_days(points.member_day, zone, since, until)) if points.member_day else []
    earning: list[EarnRule] = []
    referrals: list[ReferralTerm] = []
    if points.referral is not None:
        rule = points.referral
        referrals.append(ReferralTerm(_fixed(rule.points), rule.spend or 0))
    for calendar, timeline in calendars:
        for name, benefit in calendar.benefits.items():
            if isinstance(benefit, PointsDouble):
                doubles += _doubles(calendar, timeline, name, benefit, levels)
            elif isinstance(benefit, PointsGame) and benefit.earns:
                earning += _earning(calendar, timeline, name, benefit, levels)
            elif isinstance(benefit, ReferralPoints):
                referrals += _referrals(calendar, timeline, name, benefit)
    return PointRules(
        points.per_unit,
        points.rounding,
        tier_rules(store.tiers, zone).now,
        tuple(level.points for level in store.tiers.levels),
        store.tiers.window,
        valid=points.valid,
        waits=points.before_joining == "wait",
        value_cents=points.point_value,
        cash=points.cash,
        doubles=tuple(doubles),
        earning=tuple(earning),
        referrals=tuple(referrals),
        timezone=zone.key,
    )


def double_days(calendar: Calendar, timeline: Timeline, name: str, benefit: PointsDouble) -> list[date]:
    """The local days of a points_double: its own, else those on which plays that name it happen (R5).

    A play without a schedule of its own happens on every day of its phase or sub-phase.
    """
    if benefit.days:
        return sorted(set(benefit.days))
    zone = timeline.timezone
    naming = {(phase.id, play.id) for phase, play in _plays(calendar) if _names(play, name)}
    found = {o.at.astimezone(zone).date() for o in timeline.occurrences if (o.phase, o.play) in naming}
    for phase, play in _plays(calendar):
        if (phase.id, play.id) in naming and play.at is None:
            found |= set(_days_of(_span_of(timeline, phase, play), zone))
    return sorted(found)


def as_if_before(rules: PointRules, calendar: str, span: Span) -> PointRules:
    """The rules as if what a calendar adds to them had been on for all of a span, and at no other time."""

    def on(each: Rule) -> Rule:
        return replace(each, start=span.start, end=span.end) if each.calendar == calendar else each

    doubles = {(each.calendar, each.benefit, each.start): each for each in map(on, rules.doubles)}
    return replace(
        rules,
        doubles=tuple(doubles.values()),
        earning=tuple(map(on, rules.earning)),
        referrals=tuple(map(on, rules.referrals)),
    )


def _doubles(
    calendar: Calendar, timeline: Timeline, name: str, benefit: PointsDouble, levels: Sequence[str]
) -> Iterator[DoubleDays]:
    ranks = ranks_of(benefit.tiers, levels)
    for day in double_days(calendar, timeline, name, benefit):
        span = _whole_day(day, timeline.timezone)
        yield DoubleDays(span.start, span.end, benefit.multiplier, ranks, calendar.calendar, name)


def _member_days(rule: MemberDay, zone: ZoneInfo, since: date, until: date) -> Iterator[DoubleDays]:
    for number in range((until - since).days + 1):
        day = since + number * _DAY
        if day.day in rule.monthly or day in rule.on:
            span = _whole_day(day, zone)
            yield DoubleDays(span.start, span.end, rule.multiplier)


def _earning(
    calendar: Calendar, timeline: Timeline, name: str, benefit: PointsGame, levels: Sequence[str]
) -> Iterator[EarnRule]:
    if (span := _on_offer(calendar, timeline, name)) is not None:
        yield EarnRule(
            calendar.calendar,
            name,
            benefit.game,
            benefit.points,
            span.start,
            span.end,
            _PER[benefit.game],
            streak=tuple(sorted(benefit.streak.items())),
            month_cap=benefit.month_cap,
            # One unit of a benefit is what a member gets by default; of a play it is each day or order.
            most=benefit.per_member if "per_member" in benefit.model_fields_set else None,
            ranks=ranks_of(benefit.tiers, levels),
        )


def _referrals(calendar: Calendar, timeline: Timeline, name: str, benefit: ReferralPoints) -> Iterator[ReferralTerm]:
    if (span := _on_offer(calendar, timeline, name)) is not None:
        spend = benefit.spend or 0
        yield ReferralTerm(_fixed(benefit.points), spend, span.start, span.end, calendar.calendar, name)


def _on_offer(calendar: Calendar, timeline: Timeline, name: str) -> Span | None:
    """From the first second to the last of the phases whose plays name a benefit; None: none does."""
    spans = [_span_of(timeline, phase, play) for phase, play in _plays(calendar) if _names(play, name)]
    if not spans:
        return None
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def _names(play: Play, benefit: str) -> bool:
    return benefit in (*play.benefits, *getattr(play, "announces", ()))


def _plays(calendar: Calendar) -> Iterator[tuple[Phase, Play]]:
    return ((phase, play) for phase in calendar.phases for play in phase.plays)


def _span_of(timeline: Timeline, phase: Phase, play: Play) -> Span:
    if play.during is not None and (phase.id, play.during) in timeline.sub_phases:
        return timeline.sub_phases[phase.id, play.during]
    return timeline.phases[phase.id]


def _days_of(span: Span, zone: ZoneInfo) -> Iterator[date]:
    day, last = span.start.astimezone(zone).date(), span.last.astimezone(zone).date()
    while day <= last:
        yield day
        day += _DAY


def _whole_day(day: date, zone: ZoneInfo) -> Span:
    return local_day(from_local(datetime.combine(day, time(12)), zone), zone)


def _fixed(points: int | Literal["same_as_order"]) -> int | None:
    return points if isinstance(points, int) else None
