"""Figures a calendar aims at, beside what the metrics of the same names came to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from campaign_calendars.measuring.metrics.catalogue import target_metric
from campaign_calendars.measuring.metrics.figures import Figure
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.measuring.measurement import TargetReached
from tasks.measuring.metrics import Asked, compute_loaded
from tasks.runtime import Runtime

_IN_CENTS = ("money", "money_each")


def targets_reached(rt: Runtime, loaded: LoadedCalendar, as_of: datetime) -> Mapping[str, tuple[TargetReached, ...]]:
    """Phase → its targets, in the order of the calendar. Nothing is computed where none is written."""
    phases = [phase for phase in loaded.calendar.phases if phase.targets]
    if not phases:
        return {}
    names = dict.fromkeys(target_metric(name).id for phase in phases for name in phase.targets)
    table = compute_loaded(rt, loaded, Asked(tuple(names), as_of, "phase"))
    found = {(one.metric, one.key): one for one in table.figures}
    return {
        phase.id: tuple(
            _reached(name, target, found[target_metric(name).id, phase.id]) for name, target in phase.targets.items()
        )
        for phase in phases
    }


def _reached(name: str, target: float, found: Figure) -> TargetReached:
    actual = found.value
    if actual is not None and target_metric(name).unit in _IN_CENTS:
        actual /= 100
    reached = None if actual is None or not target else actual / target
    return TargetReached(name, target, actual, reached, found.lacks)
