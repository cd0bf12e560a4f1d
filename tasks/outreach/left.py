"""Messages that wait while their phase, play or benefit leaves the calendar, or is renamed: cancelled, with why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from campaign_calendars.messages.faults import NO_BENEFIT, NO_PHASE, NO_PLAY
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.runtime import Runtime
from warehouse.ledger.records import Job, JobStatus, Run

_WAITING: tuple[JobStatus, ...] = ("pending", "awaiting_approval")


def cancel_left(rt: Runtime, loaded: LoadedCalendar, run: Run, plays: Collection[tuple[str, str]]) -> None:
    """Cancel what waits of a run and is in the calendar no more; each message keeps the reason.

    `plays`: (phase, play) of the run's messages.
    """
    if not _anything_gone(loaded.calendar, run, plays):
        return
    gone: defaultdict[str, list[str]] = defaultdict(list)
    for status in _WAITING:
        for job in rt.ledger.jobs(run.run_id, status=status):
            if why := _gone(loaded.calendar, job):
                gone[why].append(job.intent_key)
    for why, keys in gone.items():
        rt.ledger.cancel(keys, why, rt.clock())


def _anything_gone(calendar: Calendar, run: Run, plays: Collection[tuple[str, str]]) -> bool:
    """Asked first: a run may have a million messages."""
    known = {(phase.id, play.id) for phase in calendar.phases for play in phase.plays}
    given = {benefit for play in run.summary.plays for benefit in play.benefits}
    return not known.issuperset(plays) or not given <= calendar.benefits.keys()


def _gone(calendar: Calendar, job: Job) -> str:
    plays = {phase.id: {play.id for play in phase.plays} for phase in calendar.phases}
    if job.phase not in plays:
        return NO_PHASE[0].format(name=job.phase)
    if job.play not in plays[job.phase]:
        elsewhere = any(job.play in ids for ids in plays.values())
        return NO_PLAY[0].format(name=f"{job.phase}/{job.play}" if elsewhere else job.play)
    if job.benefit is not None and job.benefit not in calendar.benefits:
        return NO_BENEFIT[0].format(name=job.benefit)
    return ""
