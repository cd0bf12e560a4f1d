"""The gate of duties: messages wait at the last moment before they leave, until what they need is done.

They were decided, so members, stock and money are kept for them meanwhile. A play says how late it may
start (`on_late`); what waits longer than that is cancelled, and what was kept is free again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from campaign_calendars.deciding.lateness import too_late
from campaign_calendars.duties.states import ID_TOO_LATE, NO_ID, TOO_LONG, WAITS, Held, held
from campaign_calendars.set_up.benefits import without_ids
from tasks.duties.ticking import ticks_of
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar
    from warehouse.ledger.records import Job, Run

LOOK_AGAIN = timedelta(minutes=1)


@dataclass
class DutyGate:
    """What the duties of a calendar keep back, asked during one dispatch."""

    rt: Runtime
    loaded: LoadedCalendar
    known: dict[tuple[str, str, str | None], Held] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ticked = frozenset(ticks_of(self.rt, self.loaded))
        self.nameless = benefits_held(self.rt, self.loaded)

    def waits(self, jobs: Sequence[Job]) -> Mapping[str, tuple[str, timedelta]]:
        """The jobs that may not leave yet, why, and in how long they are looked at again."""
        return {job.intent_key: (why[0], LOOK_AGAIN) for job, why in self._held(jobs) if not self._late(job)}

    def too_late(self, jobs: Sequence[Job]) -> Mapping[str, str]:
        """The jobs that waited longer than their play may be late, and for what."""
        return {job.intent_key: why[1] for job, why in self._held(jobs) if self._late(job)}

    def _held(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, tuple[str, str]]]:
        """What a job waits for, and what it is told when that takes too long."""
        for job in jobs:
            if found := self._asked(job).hold:
                yield job, (WAITS[0].format(duty=found[0]), TOO_LONG[0].format(duty=found[0]))
            elif job.benefit in self.nameless:
                yield job, (NO_ID[0].format(benefit=job.benefit), ID_TOO_LATE[0].format(benefit=job.benefit))

    def _asked(self, job: Job) -> Held:
        key = (job.phase, job.play, job.benefit)
        if key not in self.known:
            self.known[key] = held(self.loaded.calendar, self.ticked, job.phase, job.play, job.benefit)
        return self.known[key]

    def _late(self, job: Job) -> bool:
        phases = (phase for phase in self.loaded.calendar.phases if phase.id == job.phase)
        play = next((play for phase in phases for play in phase.plays if play.id == job.play), None)
        late_by = self.rt.clock() - job.occurrence_at
        return play is not None and too_late(play, self.loaded.store, late_by)


def benefits_held(rt: Runtime, loaded: LoadedCalendar) -> frozenset[str]:
    """The benefits that are not sent because the store requires ids of the platform that are not known yet."""
    if loaded.store.platform_ids == "optional" or rt.kept is not None:
        return frozenset()
    ids = {(one.benefit, one.part): one.platform_id for one in rt.ledger.platform_ids(loaded.calendar.calendar)}
    return without_ids(loaded.calendar, ids)


def waiting_jobs(rt: Runtime, run_id: str) -> dict[str, int]:
    """Why messages of a run wait for people, as the ledger keeps it → how many of them.

    A duty that was done, or an id that came meanwhile, keeps nothing back; its messages leave with the next look.
    """
    run = rt.ledger.run(run_id)
    waiting = {} if run is None else rt.ledger.stopped(run_id, status="pending")
    kept = {reason: count for reason, count in waiting.items() if reason.startswith((_DUTY, _ID))}
    if run is None or not kept:
        return {}
    done = {WAITS[0].format(duty=tick.duty) for tick in rt.ledger.ticks(run.calendar)}
    if any(reason.startswith(_ID) for reason in kept):
        # An id may be that of a part only: whether all are there the calendar tells.
        nameless = {NO_ID[0].format(benefit=name) for name in benefits_held(rt, rt.load_calendar(run.calendar))}
        done |= {reason for reason in kept if reason.startswith(_ID) and reason not in nameless}
    return {reason: count for reason, count in kept.items() if reason not in done}


def runs_waiting_for(rt: Runtime, calendar: str, duty: str) -> list[Run]:
    """The runs of a calendar whose messages wait for the duty, oldest first."""
    reason = WAITS[0].format(duty=duty)
    return [run for run in rt.ledger.runs(calendar) if reason in rt.ledger.stopped(run.run_id, status="pending")]


_DUTY = WAITS[0].partition("{")[0]
_ID = NO_ID[0].partition("{")[0]
