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
from tasks.measuring.metrics import Asked, compute_loaded
from tasks.runtime import Runtime

USED = "redeemer_rate"
"""Who used a benefit, among those who were given one."""
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
    whole, _ = _reached_by(rt, loaded, as_of, "calendar")
    phases, figures = _reached_by(rt, loaded, as_of, "phase", also=(USED,) if loaded.calendar.benefits else ())
    return AllTargets(
        phases=phases,
        waves=_reached_by(rt, loaded, as_of, "wave")[0],
        calendar=whole.get(loaded.calendar.calendar, ()),
        used=tuple(one for one in figures if one.metric == USED),
    )


def _reached_by(
    rt: Runtime, loaded: LoadedCalendar, as_of: datetime, by: Grain, also: Sequence[str] = ()
) -> tuple[Targets, Sequence[Figure]]:
    """The targets of a grain, and the figures that were counted for them and `also`."""
    written = written_aims(loaded.calendar, by)
    aimed = (target_metric(name).id for targets in written.values() for name in targets)
    names = tuple(dict.fromkeys([*aimed, *also]))
    if not names:
        return {}, ()
    figures = compute_loaded(rt, loaded, Asked(names, as_of, by)).figures
    found = {(one.metric, one.key): one for one in figures}
    reached = {
        key: tuple(_reached(name, target, found[target_metric(name).id, key]) for name, target in targets.items())
        for key, targets in written.items()
    }
    return reached, figures


def _reached(name: str, target: float, found: Figure) -> TargetReached:
    aim = aim_of(found, target)
    return TargetReached(name, target, aim.actual, aim.reached, found.lacks, found.open_until)
