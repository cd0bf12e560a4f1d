"""What should happen, held against what did: a run that never began is found, and ends as missed (B9).

`apply` writes down every planned occurrence before its moment. Whoever looks afterwards (the next run, `serve`,
`status`) finds those that have no end: they are taken up again while they may begin, and end as missed, with the
reason, when they may not any more. Sweeps of triggers are not expected: each looks at what the last one left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from typing import Literal

from campaign_calendars.deciding.intent import run_id
from campaign_calendars.deciding.lateness import grace
from campaign_calendars.findings.said import Said, translate_stored
from campaign_calendars.model.calendar import Play
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import utc
from tasks.running.guard import LATE, OpenJobs, open_jobs, skip_reason
from tasks.running.unanswered import APPROVAL_EXPIRED, expire_requests
from tasks.runtime import Runtime
from warehouse.ledger.approvals import REJECTED
from warehouse.ledger.expected import LEFT, Expectation, Expected
from warehouse.ledger.records import JobStatus, Run

EXPIRED = "expired"
WAITING: tuple[JobStatus, ...] = ("pending", "awaiting_approval")
_NEVER: Said = ("nothing started it until {until}", "直到 {until} 都没有启动")
_BEGAN: Said = (
    "began at {began} and ended before anything was enqueued; not taken up again until {until}",
    "{began} 开始，但在入队之前中断；直到 {until} 都没有恢复",
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\dZ")
STOPPED: Said = ("cancelled by a person", "被人取消")
PAUSED: Said = ("its deployment was paused", "其部署已被暂停")
_LEFT: Said = (LEFT, "已从日历中移除")
_EXPIRED: Said = (APPROVAL_EXPIRED, "无人在期限内审批")
_REJECTED: Said = (REJECTED, "被人工驳回")


Standing = Literal["due", "started", "enqueued", "waiting", "over", "done", "missed"]
"""Of a run whose moment has come: no trace of it and it may begin; begun, nothing in the outbox; in the outbox; there
and only a person can let it go on; there with nothing that may still leave; all done; too late."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A run whose moment has come and that has no end yet."""

    run_id: str
    """Run id."""
    phase: str
    """Phase id."""
    at: datetime
    """Its moment."""
    plays: tuple[str, ...]
    """Plays that were expected of it."""
    standing: Standing
    """Where it stands."""
    until: datetime
    """Until when it may begin; what is in the outbox may leave until it expires."""
    reason: str = ""
    """Why it is missed."""
    left: OpenJobs = field(default_factory=OpenJobs)
    """What of it may still leave."""


Excuse = Callable[[Overdue], str]
"""A missed run → what a person did that kept it from running; empty: nobody did."""
UnderWay = Callable[[Overdue], bool]
"""A run that is too late to begin → whether its process is at work just now."""


def expect_runs(rt: Runtime, loaded: LoadedCalendar, at: datetime, *, plan: str | None = None) -> Expectation:
    """Write down every planned occurrence of the calendar from `at` on, and drop what left it."""
    plays = {(phase.id, play.id): play for phase in loaded.calendar.phases for play in phase.plays}
    rows = [
        Expected(
            run_id=run_id(one.calendar, one.phase, one.at),
            play=one.play,
            calendar=one.calendar,
            phase=one.phase,
            at=utc(one.at),
            until=_until(loaded, plays[one.phase, one.play], one.phase, one.at),
            plan=plan,
        )
        for one in loaded.timeline.occurrences
    ]
    return rt.ledger.expect(loaded.calendar.calendar, rows, utc(at))


def _until(loaded: LoadedCalendar, play: Play, phase: str, at: datetime) -> datetime:
    """Until when it may begin: its grace, or the end of its phase."""
    end = utc(loaded.timeline.phases[phase].end)
    if play.on_late is not None and play.on_late.then == "run":
        return end
    return min(utc(at) + grace(play, loaded.store), end)


def overdue(rt: Runtime, calendar_id: str) -> list[Overdue]:
    """Runs of the calendar whose moment has come and that have no end yet, oldest first; changes nothing."""
    now = utc(rt.clock())
    return [_stands(rt, run, rows, now) for run, rows in _due(rt, calendar_id, now)]


def look_after(
    rt: Runtime,
    calendar_id: str,
    excuse: Excuse = lambda _run: "",
    under_way: UnderWay = lambda _run: False,
) -> list[Overdue]:
    """The same, and those that are over get their end; what may still be done is for the caller to start again.

    Messages that expired while nobody looked are cancelled with that reason; those that a dead worker still held then
    are taken back from it. A missed run that has an excuse, what a person did, is skipped for it; one that began in
    time and is at work still (a long refresh, a short grace) is not missed: its messages are to come.
    """
    expire_requests(rt, calendar=calendar_id)
    now = utc(rt.clock())
    found = []
    for run, rows in _due(rt, calendar_id, now):
        stands = _stands(rt, run, rows, now)
        if stands.left.sending and _past_its_end(stands.left, now):
            from tasks.outreach.dispatch import recover  # heavy, and seldom needed

            recover(rt.ledger, rt.channels, at=now)
            stands = _stands(rt, run, rows, now)
        if stands.standing == "missed" and under_way(stands):
            stands = replace(stands, standing="started", reason="")
        found.append(stands)
        _end(rt, stands, excuse, now)
    return found


def _due(rt: Runtime, calendar_id: str, now: datetime) -> list[tuple[str, list[Expected]]]:
    """Runs of the calendar whose moment has come and that have no end, with what is expected of them.

    Those with messages that may leave as well, though nobody expected them, or they had their end.
    """
    due = [row for row in rt.ledger.expected(calendar_id, state="due") if row.at <= now]
    found = {run: list(rows) for run, rows in groupby(due, key=_run_of)}
    for run in rt.ledger.open_runs(calendar_id):
        if run not in found and (record := rt.ledger.run(run)) is not None:
            found[run] = [_not_expected(record)]
    return list(found.items())


def _not_expected(run: Run) -> Expected:
    """Of a sweep, started by hand at a moment that had passed, or with messages that a person sends again."""
    return Expected(
        run_id=run.run_id, play="", calendar=run.calendar, phase=run.phase, at=utc(run.as_of), until=utc(run.as_of),
        began_at=run.started_at,
    )  # fmt: skip


def end_run(rt: Runtime, run: str) -> None:
    """A run that has finished, with nothing left of it, has done what was expected."""
    if not open_jobs(rt, run):
        rt.ledger.end_expected(run, "done", "", utc(rt.clock()))


def end_reason(reason: str, lang: str, zone: tzinfo | None = None) -> str:
    """Why an occurrence was missed, skipped or dropped, as the ledger keeps it, in the language of its reader.

    Moments stay in UTC, as they are kept and so named, or are told by the clocks of `zone`.
    """
    said = skip_reason(
        translate_stored(reason, (_NEVER, _BEGAN, LATE, _LEFT, STOPPED, PAUSED, _EXPIRED, _REJECTED), lang), lang
    )
    return said if zone is None else _MOMENT.sub(lambda found: _by_clocks_of(zone, found[0]), said)


def _by_clocks_of(zone: tzinfo, told: str) -> str:
    return f"{datetime.strptime(told, '%Y-%m-%d %H:%MZ').replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def _stands(rt: Runtime, run: str, rows: Sequence[Expected], now: datetime) -> Overdue:
    record, left = rt.ledger.run(run), open_jobs(rt, run)
    until = max(row.until for row in rows)
    began = min((row.began_at for row in rows if row.began_at), default=record.started_at if record else None)
    standing: Standing
    reason = ""
    if left:
        standing = "over" if _all_expired(left, now) else "enqueued" if left.pending or left.sending else "waiting"
    elif record is not None and record.status == "finished":
        standing = "done"
    elif rt.ledger.job_counts(run):
        standing = "enqueued"
    elif now <= until:
        standing = "due" if began is None else "started"
    else:
        standing = "missed"
        told = {"until": _told(until), "began": "" if began is None else _told(began)}
        reason = (_NEVER if began is None else _BEGAN)[0].format(**told)
    plays = tuple(row.play for row in rows if row.play)
    return Overdue(run, rows[0].phase, rows[0].at, plays, standing, until, reason, left)


def _end(rt: Runtime, run: Overdue, excuse: Excuse, now: datetime) -> None:
    if run.standing == "over":
        waiting = [job.intent_key for status in WAITING for job in rt.ledger.jobs(run.run_id, status=status)]
        rt.ledger.cancel(waiting, EXPIRED, now)
    if run.standing == "over" and excuse(run) == STOPPED[0] and not _reached_anybody(rt, run.run_id):
        rt.ledger.end_expected(run.run_id, "skipped", STOPPED[0], now)
    elif run.standing in ("over", "done"):
        rt.ledger.end_expected(run.run_id, "done", "", now)
    elif run.standing == "waiting" and excuse(run) == STOPPED[0]:
        # A person cancelled the run that asked: nobody is going to answer.
        waiting = [job.intent_key for job in rt.ledger.jobs(run.run_id, status="awaiting_approval")]
        rt.ledger.cancel(waiting, STOPPED[0], now)
        rt.ledger.end_expected(run.run_id, "skipped", STOPPED[0], now)
    elif run.standing == "missed":
        why = excuse(run)
        rt.ledger.end_expected(run.run_id, "skipped" if why else "missed", why or run.reason, now)
        record = rt.ledger.run(run.run_id)
        if record is not None:
            rt.ledger.finish_run(run.run_id, "failed", record.summary, now)


def _reached_anybody(rt: Runtime, run_id: str) -> bool:
    """Whether a message of it left, may have left, or is with people."""
    return any(key[3] in ("sent", "unknown", "to_do") for key in rt.ledger.job_counts(run_id))


def _all_expired(left: OpenJobs, now: datetime) -> bool:
    """Nothing may leave any more, and nobody is sending."""
    return not left.sending and _past_its_end(left, now)


def _past_its_end(left: OpenJobs, now: datetime) -> bool:
    return left.expires_at is not None and left.expires_at <= now


def _run_of(row: Expected) -> str:
    return row.run_id


def _told(moment: datetime) -> str:
    return f"{utc(moment):%Y-%m-%d %H:%MZ}"
