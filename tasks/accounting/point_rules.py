"""The rules of a store's points, with what all its calendars add to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.points_rules import point_rules
from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from campaign_calendars.measuring.points import PointRules
from campaign_calendars.values.scalars import LONGEST
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar


@dataclass(frozen=True, slots=True)
class CountedRules:
    """The rules of a store's points, the calendars that add to them, and those that have problems."""

    rules: PointRules
    calendars: tuple[str, ...]
    left_out: tuple[str, ...]


def rules_of(rt: Runtime, loaded: LoadedCalendar, moment: datetime) -> CountedRules:
    """The rules by which members of the calendar's store earn up to a moment, as all its calendars say.

    UsageError: the store says nothing about points.
    """
    store, zone = loaded.store, loaded.calendar.timezone
    if store.points is None:
        raise UsageError(
            (f"the store {store.store} does not say how points are earned", f"店铺 {store.store} 没有写明如何获得积分"),
            ("add `points: {per_unit: 1}`", "请添加 `points: {per_unit: 1}`"),
        )
    beside, left_out = _calendars(rt, loaded)
    until = moment.astimezone(zone).date()
    calendars = [(one.calendar, one.timeline) for one in beside]
    rules = point_rules(store, store.points, zone, calendars, since=until - LONGEST, until=until)
    return CountedRules(rules, tuple(one.calendar.calendar for one in beside), left_out)


def _calendars(rt: Runtime, loaded: LoadedCalendar) -> tuple[list[LoadedCalendar], tuple[str, ...]]:
    """All calendars of the same store: they share its points. Those that have problems are named."""
    found, left_out = [loaded], []
    for name in rt.calendar_ids():
        if name == loaded.calendar.calendar:
            continue
        try:
            other = rt.load_calendar(name)
        except ProblemsFoundError:
            left_out.append(name)
            continue
        if other.store.store == loaded.store.store and other.calendar.calendar != loaded.calendar.calendar:
            found.append(other)
    return sorted(found, key=lambda one: one.calendar.calendar), tuple(left_out)
