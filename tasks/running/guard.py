"""May this run still do its work? Asked before anything else, because a scheduler fires what it missed.

After an outage a scheduler starts every missed run at once. A message that was right at ten in
the morning is wrong at ten at night, so each play says how late it may start (B9, misfire).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from campaign_calendars.deciding.lateness import grace, too_late
from campaign_calendars.findings.said import Said, translate_stored
from campaign_calendars.model.calendar import Phase
from campaign_calendars.model.store import Store
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import SECOND
from campaign_calendars.values.scalars import format_duration
from tasks.deciding.decisions import is_decided
from tasks.deciding.fence import MAY_HAVE_RUN, may_have_run
from tasks.journal import note
from tasks.runtime import Runtime
from warehouse.ledger import records

# Server and worker may sit on two machines: a clock a little behind does not make a run early.
CLOCK_SKEW = timedelta(minutes=5)

_GONE: Said = ("calendar {calendar} has no phase {phase} any more", "日历 {calendar} 中已没有阶段 {phase}")
_OUTSIDE: Said = (
    "{moment} is outside {phase}, which lasts from {first} to {last}",
    "{moment} 不在 {phase} 期间（{first} 至 {last}）",
)
_NEXT: Said = (
    "no play of {phase} is due at {moment}; the next moment is {next} ({play})",
    "{phase} 在 {moment} 没有到期的玩法；下一个时间是 {next}（{play}）",
)
_NONE_DUE: Said = ("no play of {phase} is due at {moment}", "{phase} 在 {moment} 没有到期的玩法")
_EARLY: Said = ("{moment} has not come yet", "{moment} 尚未到")
_LATE: Said = ("started {late} late; {allowed}", "晚了 {late} 才开始；{allowed}")
_ALLOWS: Said = ("{play} allows {grace}", "{play} 至多晚 {grace}")
LATE: Said = ("started later than on_late allows", "开始时间晚于 on_late 所允许")
NO_EVENTS: Said = ("no member has a fresh event", "没有会员有新的行为")


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
        return Verdict(reason=_GONE[0].format(calendar=loaded.calendar.calendar, phase=phase_id))
    moment = _wall(loaded, as_of)
    if not span.contains(as_of):
        first, last = _wall(loaded, span.start), _wall(loaded, span.last)
        return Verdict(reason=_OUTSIDE[0].format(moment=moment, phase=phase_id, first=first, last=last))
    due = {o.play for o in loaded.timeline.planned_at(phase_id, as_of)}
    if not due:
        return Verdict(reason=_not_due(loaded, phase_id, as_of, moment))
    if _utc(now) < _utc(as_of) - CLOCK_SKEW:
        return Verdict(reason=_EARLY[0].format(moment=moment))
    return _by_lateness(phase, due, loaded.store, _utc(now) - _utc(as_of))


def admit(rt: Runtime, loaded: LoadedCalendar, run_id: str, phase_id: str, as_of: datetime) -> tuple[bool, Verdict]:
    """Whether the run is decided already, and what it may do.

    One that is decided goes on as late as it was when it began: an approval on the next day is no delay. One that is
    not is as late as it is now, also where it began before and failed at its sources: who would get its messages was
    right at its moment. It may have run before a restore. That it may do something is written down as its beginning.
    """
    record, now = rt.ledger.run(run_id), rt.clock()
    if record is not None and is_decided(rt, record):
        return True, judge(loaded, phase_id, as_of, record.started_at)
    verdict = judge(loaded, phase_id, as_of, now)
    if verdict.plays:
        if why := may_have_run(rt, as_of):
            return False, Verdict(reason=why)
        rt.ledger.begin_expected(run_id, now)
    return False, verdict


def _by_lateness(phase: Phase, due: Collection[str], store: Store, late_by: timedelta) -> Verdict:
    plays = [play for play in phase.plays if play.id in due]
    dropped = [play for play in plays if too_late(play, store, late_by)]
    running = tuple(play.id for play in plays if play not in dropped)
    allowed = ", ".join(_ALLOWS[0].format(play=play.id, grace=format_duration(grace(play, store))) for play in dropped)
    return Verdict(
        plays=running,
        late=tuple(play.id for play in dropped),
        reason="" if running else _LATE[0].format(late=format_duration(late_by), allowed=allowed),
    )


def cancel_late(rt: Runtime, run_id: str, plays: Collection[str]) -> int:
    """Cancel the run's unsent jobs of plays that came too late; their grants are released. Returns how many.

    A run decides all plays of its moment together, so that a member still gets the play he was
    chosen for; what must not leave any more is stopped here, with the reason on each job.
    """
    end_skipped(rt, run_id, Verdict(late=tuple(plays)))
    keys = [job.intent_key for job in rt.ledger.jobs(run_id) if job.play in plays]
    return rt.ledger.cancel(keys, LATE[0], rt.clock()) if keys else 0


def end_skipped(rt: Runtime, run_id: str, verdict: Verdict) -> None:
    """A run that has nothing to do has its end: what was due came too late, or nothing happened that it answers."""
    note("run_skipped", run_id=run_id, reason=verdict.reason)
    plays = verdict.late or verdict.plays
    rt.ledger.end_expected(run_id, "skipped", verdict.reason or LATE[0], rt.clock(), plays=plays)


def skip_reason(reason: str, lang: str) -> str:
    """Why a run was skipped, as `Verdict` and Prefect's states keep it, in the language of its reader."""
    translated = translate_stored(reason, (_GONE, _OUTSIDE, _NEXT, _NONE_DUE, _EARLY, NO_EVENTS, MAY_HAVE_RUN), lang)
    late = re.fullmatch(r"started (\S+( \S+)*) late; (.+)", translated) if lang == "zh" else None
    if late is None:
        return translated
    allowed = "，".join(translate_stored(part, [_ALLOWS], lang) for part in late[3].split(", "))
    return _LATE[1].format(late=late[1], allowed=allowed)


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
    found = rt.ledger.open_jobs(run_id)
    pending = found.get("pending")
    waiting = [found[status] for status in ("pending", "awaiting_approval", "sending") if status in found]
    known = [each.expires_at for each in waiting if each.expires_at is not None]
    return OpenJobs(
        pending=_count(pending),
        awaiting_approval=_count(found.get("awaiting_approval")),
        sending=_count(found.get("sending")),
        unknown=_count(found.get("unknown")),
        not_before=pending.not_before if pending else None,
        expires_at=max(known) if known and len(known) == len(waiting) else None,
    )


def _count(found: records.OpenJobs | None) -> int:
    return found.jobs if found else 0


def _not_due(loaded: LoadedCalendar, phase_id: str, after: datetime, moment: str) -> str:
    timeline = loaded.timeline
    ahead = [(_utc(o.at), o.play) for o in timeline.occurrences if o.phase == phase_id and _utc(o.at) > _utc(after)][:1]
    sweeps = [(s.next_from(_utc(after) + SECOND), s.play) for s in timeline.sweeps if s.phase == phase_id]
    ahead += [(at, play) for at, play in sweeps if at is not None]
    if not ahead:
        return _NONE_DUE[0].format(phase=phase_id, moment=moment)
    at, play = min(ahead)
    return _NEXT[0].format(phase=phase_id, moment=moment, next=_wall(loaded, at), play=play)


def _wall(loaded: LoadedCalendar, moment: datetime) -> str:
    return f"{moment.astimezone(loaded.timeline.timezone):%Y-%m-%d %H:%M:%S}"


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
