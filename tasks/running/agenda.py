"""The phase runs of a replay in the order of time, without the thousands of sweeps that find nothing.

Planned moments are known from the calendar. Of the sweeps of triggers only those are run at which an
event of the snapshot becomes due, and those that look again at members whom a gate held back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefing import trigger_brief
from campaign_calendars.deciding.briefs import TriggerBrief
from campaign_calendars.deciding.contact import PASSING
from campaign_calendars.deciding.runs import PlayCounts
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Sweep, local_day, utc

if TYPE_CHECKING:
    from tasks.running.guard import OpenJobs
    from tasks.runtime import Runtime

_LOOK = -1


@dataclass(frozen=True, slots=True)
class Step:
    """One phase run; without a phase only a moment to pull the sources.

    `moment` is what the run stands for: `at`, or earlier where it goes on with what could not leave then.
    """

    at: datetime
    phase: str | None
    moment: datetime


@dataclass
class Agenda:
    """Steps before `end`, soonest first, phases in their order within a moment."""

    loaded: LoadedCalendar
    end: datetime
    heap: list[tuple[datetime, int, datetime]] = field(default_factory=list)
    listed: set[tuple[datetime, int, datetime]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.phases = [phase.id for phase in self.loaded.calendar.phases]
        for occurrence in self.loaded.timeline.occurrences:
            self._add(occurrence.at, self.phases.index(occurrence.phase))

    def __iter__(self) -> Iterator[Step]:
        while self.heap:
            at, phase, moment = heappop(self.heap)
            zone, name = self.loaded.timeline.timezone, None if phase == _LOOK else self.phases[phase]
            yield Step(at.astimezone(zone), name, moment.astimezone(zone))

    def _add(self, at: datetime, phase: int, moment: datetime | None = None) -> None:
        step = (utc(at), phase, utc(moment or at))
        if step[0] < utc(self.end) and step not in self.listed:
            self.listed.add(step)
            heappush(self.heap, step)

    def pull_daily(self) -> None:
        """A look at the sources at the beginning of each local day of a sweep, for a world that lives on."""
        for sweep in self.loaded.timeline.sweeps:
            day = local_day(sweep.span.start, self.loaded.timeline.timezone)
            while utc(day.start) < utc(sweep.span.end):
                self._add(max(day.start, sweep.span.start, key=utc), _LOOK)
                day = local_day(day.end, self.loaded.timeline.timezone)

    def look(self, rt: Runtime, now: datetime) -> None:
        """List the sweeps from `now` on at which events of the current snapshot become due."""
        sweeps = list(self._sweeps())
        if not sweeps:
            return
        with rt.open_session(rt.current_snapshot()) as session:
            for sweep, trigger in sweeps:
                start = max(utc(now), utc(sweep.span.start)) - trigger.within
                for event in session.event_moments(trigger, start, utc(self.end)):
                    at = sweep.next_from(max(event + trigger.after, utc(now)))
                    if at is not None and at < event + trigger.within:
                        self._add(at, self.phases.index(sweep.phase))

    def _sweeps(self) -> Iterator[tuple[Sweep, TriggerBrief]]:
        for sweep in self.loaded.timeline.sweeps:
            plays = next(phase.plays for phase in self.loaded.calendar.phases if phase.id == sweep.phase)
            play = next(play for play in plays if play.id == sweep.play)
            trigger = trigger_brief(self.loaded.store, self.loaded.timeline, sweep.phase, play)
            if trigger is not None:
                yield sweep, trigger

    def goes_on(self, step: Step, left: OpenJobs) -> None:
        """After a run: list when what waits for its time, a quiet hour or the best text may leave (follow-ups)."""
        if step.phase is not None and left.not_before is not None and left.not_before > utc(step.at):
            self._add(left.not_before, self.phases.index(step.phase), step.moment)

    def held_back(self, step: Step, plays: Iterable[PlayCounts]) -> None:
        """After a run: where a passing gate held members back, list the next look at them."""
        waiting = {play.play for play in plays if PASSING & set(play.excluded)}
        for sweep in self.loaded.timeline.sweeps:
            if sweep.phase == step.phase and sweep.play in waiting:
                at = sweep.next_retry(step.at)
                if at is not None:
                    self._add(at, self.phases.index(sweep.phase))
