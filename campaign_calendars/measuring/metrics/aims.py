"""Figures a calendar aims at: of the whole of it, of its waves and of its phases."""

from __future__ import annotations

from collections.abc import Mapping

from campaign_calendars.measuring.metrics.catalogue import target_metric
from campaign_calendars.measuring.metrics.figures import Aim, Figure
from campaign_calendars.measuring.metrics.metric import Grain
from campaign_calendars.model.calendar import Calendar

_IN_CENTS = ("money", "money_each")


def written_aims(calendar: Calendar, by: Grain) -> Mapping[str, Mapping[str, float]]:
    """Id of each phase, wave or the calendar → its targets as they are written; none for other grains."""
    if by == "calendar":
        return {calendar.calendar: calendar.targets} if calendar.targets else {}
    if by == "wave":
        return {one.id: one.targets for one in calendar.waves if one.targets}
    return {one.id: one.targets for one in calendar.phases if one.targets} if by == "phase" else {}


def aim_of(found: Figure, target: float) -> Aim:
    """A target held against a figure; money in units of the currency."""
    actual = found.value
    if actual is not None and target_metric(found.metric).unit in _IN_CENTS:
        actual /= 100
    return Aim(found.metric, found.key, target, actual, None if actual is None or not target else actual / target)
