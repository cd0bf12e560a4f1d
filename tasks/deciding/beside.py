"""Other calendars of the store that are planned together with one, as the store's `calendars` says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.beside import beside
from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.contact import longest_memory
from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.deciding.known import to_decide
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.snapshots.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another calendar, and what it still has to do while one is planned."""

    loaded: LoadedCalendar
    briefs: tuple[Brief, ...]


def neighbours(
    rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot, start: datetime, own: Sequence[Brief], *, strict: bool
) -> list[Neighbour]:
    """The calendars beside one, from a moment on, as a snapshot knows them; those without anything to do are left out.

    `strict`: a calendar that is not there or has errors raises; else it is said, and planned without.
    """
    weights = loaded.store.calendars
    weight = weights.get(loaded.calendar.calendar)
    if weight is None or not own:
        return []
    found = []
    for name, other in weights.items():
        if name == loaded.calendar.calendar:
            continue
        try:
            beside_it = to_decide(rt, rt.load_calendar(name), snapshot)
        except PromocalError as error:
            if strict:
                raise
            rt.progress((f"planned without {name}: {error.text()}", f"未与 {name} 一起规划：{error.text('zh')}"))
            continue
        end = max(occurrence.at for occurrence in loaded.timeline.occurrences)
        briefs = _briefs(rt, beside_it, (start, end), own[0], other / weight)
        if briefs:
            found.append(Neighbour(beside_it, briefs))
    return found


def _briefs(
    rt: Runtime, loaded: LoadedCalendar, between: tuple[datetime, datetime], own: Brief, weight: float
) -> tuple[Brief, ...]:
    """What the clock brings and has not run, as long as it can stand in the way of `own`."""
    name = loaded.calendar.calendar
    ran = {(run.phase, run.as_of) for run in rt.ledger.runs(name) if run.status not in ("started", "failed")}
    given = Counter(rt.ledger.granted(name))
    longest = longest_memory(own.caps)
    start, end = between
    briefs = (
        make_brief(loaded.calendar, loaded.store, loaded.timeline, occurrence, parts=loaded.parts)
        for occurrence in loaded.timeline.occurrences
        if start <= occurrence.at
        and (longest is None or occurrence.at < end + longest)
        and (occurrence.phase, occurrence.at) not in ran
    )
    return tuple(beside(brief, own, weight, given) for brief in briefs if brief.timed)
