"""What points cost a calendar: those its benefits give times what the store says one costs (R5 of A3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from campaign_calendars.deciding.blocks import BASIS, Announced, BlockKey, Seen
from campaign_calendars.deciding.points_rules import as_if_before, double_days
from campaign_calendars.model.benefits.points import PointsDouble, PointsGame, ReferralPoints
from campaign_calendars.time.timeline import Span, utc
from tasks.accounting.point_rules import rules_of
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar
    from warehouse.snapshots.opening import Connection

_DAY = timedelta(days=1)


def points_seen(
    rt: Runtime,
    loaded: LoadedCalendar,
    told: Sequence[Announced],
    con: Connection,
    *,
    known_at: datetime,
    unsized: Collection[BlockKey],
) -> dict[BlockKey, Seen]:
    """Of announced benefits that give points: how often they did and what that costs, and what the weeks before had.

    `con` has the snapshot attached as `snap`; the weeks before are asked for those that are `unsized`. Nothing where
    the store does not say what a point costs (`points.point_value`).
    """
    points = loaded.store.points
    mine = [one for one in told if _gives_points(loaded, one.benefit)]
    if points is None or not points.point_value or not mine:
        return {}
    from warehouse.measurement.points import given_by

    name, value = loaded.calendar.calendar, points.point_value
    rules = rules_of(rt, loaded, known_at).rules
    first = min([known_at, *(one.online.start for one in mine)], key=utc)
    basis = Span(first - BASIS, first)
    phases = ((one.phase, one.benefit, one.online.start) for one in mine)
    begun = any(utc(one.online.start) < utc(known_at) for one in mine)
    given = given_by(con, name, phases, as_of=known_at, rules=rules) if begun else {}
    weeks = [("", benefit, basis.start) for benefit in dict.fromkeys(one.benefit for one in mine if one.key in unsized)]
    past = as_if_before(rules, name, basis)
    before = given_by(con, name, weeks, as_of=known_at, rules=past) if weeks else {}
    found = {}
    for one in mine:
        times, sum_of_points = given.get(one.key, (0, Fraction()))
        if one.key not in unsized:
            found[one.key] = Seen(times, ceil(sum_of_points * value))
            continue
        was, had = before.get(("", one.benefit), (0, Fraction()))
        unit = ceil(had * value / was) if was else _nominal(loaded, one.benefit) * value
        found[one.key] = Seen(times, ceil(sum_of_points * value), _on_its_days(loaded, one, was), unit)
    return found


def _gives_points(loaded: LoadedCalendar, name: str) -> bool:
    benefit = loaded.calendar.benefits[name]
    if isinstance(benefit, PointsGame):
        return benefit.earns
    return isinstance(benefit, PointsDouble | ReferralPoints)


def _nominal(loaded: LoadedCalendar, name: str) -> int:
    """Points of one use, where the weeks before tell of none."""
    points = getattr(loaded.calendar.benefits[name], "points", 0)
    return points if isinstance(points, int) else 0


def _on_its_days(loaded: LoadedCalendar, one: Announced, times: int) -> int:
    """Of a benefit that has days the times before count for those of its days that lie in the phase."""
    benefit = loaded.calendar.benefits[one.benefit]
    if not isinstance(benefit, PointsDouble):
        return times
    start, last = (at.astimezone(loaded.timeline.timezone).date() for at in (one.online.start, one.online.last))
    days = sum(start <= day <= last for day in double_days(loaded.calendar, loaded.timeline, one.benefit, benefit))
    return ceil(times * (days * _DAY / (utc(one.online.end) - utc(one.online.start))))
