"""Figures a calendar aims at, beside what the metrics of the same names came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign_calendars.measuring.metrics.aims import aim_of, written_aims
from campaign_calendars.measuring.metrics.catalogue import target_metric
from campaign_calendars.measuring.metrics.figures import Figure
from campaign_calendars.measuring.metrics.metric import Grain
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.measuring.measurement import TargetReached
from tasks.measuring.metrics import Asked, compute_together
from tasks.runtime import Runtime

USED = "redeemer_rate"
"""Who used a benefit, among those who were given one."""
_GRAINS: tuple[Grain, ...] = ("phase", "wave", "calendar")
Targets = Mapping[str, tuple[TargetReached, ...]]
"""Id → its targets, in the order of the calendar."""


@dataclass(frozen=True, slots=True)
class AllTargets:
    """What phases, waves and the whole calendar aim at, and what they came to; those without targets are left out."""

    phases: Targets
    waves: Targets
    calendar: tuple[TargetReached, ...]
    used: tuple[Figure, ...] = ()
    """Of each phase who used a benefit: counted with its targets, for the orders are read once."""


def targets_reached(rt: Runtime, loaded: LoadedCalendar, as_of: datetime) -> AllTargets:
    """Every target of a calendar, and who used its benefits. Nothing is computed where there is neither."""
    written = {by: written_aims(loaded.calendar, by) for by in _GRAINS}
    asked = [Asked(names, as_of, by) for by in _GRAINS if (names := _names(loaded, by, written[by]))]
    tables = {table.by: table.figures for table in compute_together(rt, loaded, asked)}
    phases, waves, whole = (_reached_by(written[by], tables.get(by, ())) for by in _GRAINS)
    return AllTargets(
        phases=phases,
        waves=waves,
        calendar=whole.get(loaded.calendar.calendar, ()),
        used=tuple(one for one in tables.get("phase", ()) if one.metric == USED),
    )


def _names(loaded: LoadedCalendar, by: Grain, written: Mapping[str, Mapping[str, float]]) -> tuple[str, ...]:
    """The metrics of these targets; of phases also who used a benefit, where there is any."""
    aimed = (target_metric(name).id for targets in written.values() for name in targets)
    also = (USED,) if by == "phase" and loaded.calendar.benefits else ()
    return tuple(dict.fromkeys([*aimed, *also]))


def _reached_by(written: Mapping[str, Mapping[str, float]], figures: Sequence[Figure]) -> Targets:
    found = {(one.metric, one.key): one for one in figures}
    return {
        key: tuple(_reached(name, target, found[target_metric(name).id, key]) for name, target in targets.items())
        for key, targets in written.items()
        if figures
    }


def _reached(name: str, target: float, found: Figure) -> TargetReached:
    aim = aim_of(found, target)
    return TargetReached(name, target, aim.actual, aim.reached, found.lacks, found.open_until)
