"""Figures a calendar aims at, beside what the metrics of the same names came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from campaign_calendars.measuring.metrics.aims import aim_of, written_aims
from campaign_calendars.measuring.metrics.catalogue import target_metric
from campaign_calendars.measuring.metrics.figures import Figure
from campaign_calendars.measuring.metrics.metric import Grain
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.measuring.measurement import TargetReached
from tasks.measuring.metrics import Asked, compute_loaded
from tasks.runtime import Runtime

Targets = Mapping[str, tuple[TargetReached, ...]]
"""Id → its targets, in the order of the calendar."""


@dataclass(frozen=True, slots=True)
class AllTargets:
    """What phases, waves and the whole calendar aim at, and what they came to; those without targets are left out."""

    phases: Targets
    waves: Targets
    calendar: tuple[TargetReached, ...]


def targets_reached(rt: Runtime, loaded: LoadedCalendar, as_of: datetime) -> AllTargets:
    """Every target of a calendar. Nothing is computed where none is written."""
    whole = _reached_by(rt, loaded, as_of, "calendar")
    return AllTargets(
        phases=_reached_by(rt, loaded, as_of, "phase"),
        waves=_reached_by(rt, loaded, as_of, "wave"),
        calendar=whole.get(loaded.calendar.calendar, ()),
    )


def _reached_by(rt: Runtime, loaded: LoadedCalendar, as_of: datetime, by: Grain) -> Targets:
    written = written_aims(loaded.calendar, by)
    if not written:
        return {}
    names = dict.fromkeys(target_metric(name).id for targets in written.values() for name in targets)
    table = compute_loaded(rt, loaded, Asked(tuple(names), as_of, by))
    found = {(one.metric, one.key): one for one in table.figures}
    return {
        key: tuple(_reached(name, target, found[target_metric(name).id, key]) for name, target in targets.items())
        for key, targets in written.items()
    }


def _reached(name: str, target: float, found: Figure) -> TargetReached:
    aim = aim_of(found, target)
    return TargetReached(name, target, aim.actual, aim.reached, found.lacks, found.open_until)
