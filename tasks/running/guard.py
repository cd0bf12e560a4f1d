"""May this run still do its work? Asked before anything else, because a scheduler fires what it missed.

After an outage a scheduler starts every missed run at once. A message that was right at ten in
the morning is wrong at ten at night, so each play says how late it may start (B9, misfire).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from campaign_calendars.model.calendar import Phase, Play
from campaign_calendars.model.store import Store
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import SECOND
from campaign_calendars.values.scalars import format_duration
from tasks.runtime import Runtime

# Server and worker may sit on two machines: a clock a little behind does not make a run early.
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`plays` are due and may run; `late` are due and must not any more; `reason` says why nothing runs."""

    plays: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    reason: str = ""


def judge(loaded: LoadedCalendar, phase_id: str, as_of: datetime, now: datetime) -> Verdict:
    """Which plays of the phase a run for the moment `as_of` may still do at `now` (both aware).

    Nothing runs outside the phase's window, at a moment no play asked for, before its moment, or
    later than every due play allows (`on_late`, default: the store's `late_grace`).
    """
    phase = next((p for p in loaded.calendar.phases if p.id == phase_id), None)
    span = loaded.timeline.phases.get(phase_id)
    if phase is None or span is None:
        return Verdict(reason=f"calendar {loaded.calendar.calendar} has no phase {phase_id} any more")
    moment = _wall(loaded, as_of)
    if not span.contains(as_of):
        first, last = _wall(loaded, span.start), _wall(loaded, span.last)
        return Verdict(reason=f"{moment} is outside {phase_id}, which lasts from {first} to {last}")
    due = {o.play for o in loaded.timeline.planned_at(phase_id, as_of)}
    if not due:
        return Verdict(reason=f"no play of {phase_id} is due at {moment}{_next_moment(loaded, phase_id, as_of)}")
    if _utc(now) < _utc(as_of) - CLOCK_SKEW:
        return Verdict(reason=f"{moment} has not come yet")
    return _by_lateness(phase, due, loaded.store, _utc(now) - _utc(as_of))


def _by_lateness(phase: Phase, due: Collection[str], store: Store, late_by: timedelta) -> Verdict:
    plays = [play for play in phase.plays if play.id in due]
    dropped = [play for play in plays if late_by > grace(play, store) and not _runs_anyway(play)]
    running = tuple(play.id for play in plays if play not in dropped)
    allowed = ", ".join(f"{play.id} allows {format_duration(grace(play, store))}" for play in dropped)
    return Verdict(
        plays=running,
        late=tuple(play.id for play in dropped),
        reason="" if running else f"started {format_duration(late_by)} late; {allowed}",
    )


def grace(play: Play, store: Store) -> timedelta:
    """How late the play may start."""
    return play.on_late.grace if play.on_late else store.contact_policy.late_grace


def _runs_anyway(play: Play) -> bool:
    return play.on_late is not None and play.on_late.then == "run"


def cancel_late(rt: Runtime, run_id: str, plays: Collection[str]) -> int:
    """Cancel the run's unsent jobs of plays that came too late; their grants are released. Returns how many.

    A run decides all plays of its moment together, so that a member still gets the play he was
    chosen for; what must not leave any more is stopped here, with the reason on each job.
    """
    keys = [job.intent_key for job in rt.ledger.jobs(run_id) if job.play in plays]
    return rt.ledger.cancel(keys, "started later than on_late allows", rt.clock()) if keys else 0


@dataclass(frozen=True, slots=True)
class OpenJobs:
    """What of a run is not settled: counts, the earliest start and the last chance (UTC).

    `sending` are jobs of a worker that has not reported, alive or dead; after the lease of
    `tasks.outreach.dispatch` a later run takes them back. `unknown` wait for a person and keep nothing open.
    """

    pending: int = 0
    awaiting_approval: int = 0
    sending: int = 0
    unknown: int = 0
    not_before: datetime | None = None
    expires_at: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.pending or self.awaiting_approval or self.sending)


def open_jobs(rt: Runtime, run_id: str) -> OpenJobs:
    """Look at the run's open jobs. `not_before` only if every pending job has one, `expires_at` if every job has."""
    pending = list(rt.ledger.jobs(run_id, status="pending"))
    sending = list(rt.ledger.jobs(run_id, status="sending"))
    awaiting = list(rt.ledger.jobs(run_id, status="awaiting_approval"))
    starts = [job.not_before for job in pending if job.not_before is not None]
    ends = [job.expires_at for job in (*pending, *awaiting, *sending)]
    known = [end for end in ends if end is not None]
    return OpenJobs(
        pending=len(pending),
        awaiting_approval=len(awaiting),
        sending=len(sending),
        unknown=sum(1 for _ in rt.ledger.jobs(run_id, status="unknown")),
        not_before=min(starts) if starts and len(starts) == len(pending) else None,
        expires_at=max(known) if known and len(known) == len(ends) else None,
    )


def _next_moment(loaded: LoadedCalendar, phase_id: str, after: datetime) -> str:
    timeline = loaded.timeline
    ahead = [(_utc(o.at), o.play) for o in timeline.occurrences if o.phase == phase_id and _utc(o.at) > _utc(after)][:1]
    sweeps = [(s.next_from(_utc(after) + SECOND), s.play) for s in timeline.sweeps if s.phase == phase_id]
    ahead += [(at, play) for at, play in sweeps if at is not None]
    if not ahead:
        return ""
    at, play = min(ahead)
    return f"; the next moment is {_wall(loaded, at)} ({play})"


def _wall(loaded: LoadedCalendar, moment: datetime) -> str:
    return f"{moment.astimezone(loaded.timeline.timezone):%Y-%m-%d %H:%M:%S}"


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
