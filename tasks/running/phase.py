"""One phase run without an orchestrator: decide, enqueue, dispatch, finish.

The Prefect flow runs the same four functions as retried steps; replay and the command line call
them here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from campaign_calendars.deciding.intent import run_id
from campaign_calendars.deciding.runs import PhaseDecision, PlayDecision, RunSummary, Totals, Via, fields_of, totals
from campaign_calendars.duties.states import held
from campaign_calendars.findings.errors import LedgerMovedError
from campaign_calendars.findings.said import Said
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.alerts import alert, told_when_failing
from tasks.data.refresh import refresh, young_enough
from tasks.deciding.decide import decide
from tasks.duties.holding import waiting_jobs
from tasks.duties.ticking import ticks_of
from tasks.journal import note
from tasks.outreach.best_texts import pull_answers
from tasks.outreach.counting import DispatchCounts
from tasks.outreach.outreach import dispatch_run, enqueue_run
from tasks.running.expecting import end_run
from tasks.running.guard import NO_EVENTS, Verdict, admit, cancel_late, end_skipped
from tasks.runtime import Runtime

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome(Totals):
    """What one call of a run came to; the sums are those of its plays."""

    run_id: str
    """Run id."""
    status: Literal["skipped", "finished", "awaiting_approval"]
    """`skipped`: nothing was due, `reason` says why; `awaiting_approval`: some messages wait for a person."""
    reason: str = ""
    """Why it was skipped."""
    plays: tuple[PlayDecision, ...] = ()
    """Plays of the run, as decided."""
    jobs: Mapping[str, int] = field(default_factory=dict)
    """State → messages of the run, however often it was repeated."""
    via: Via = "direct"
    """Who ran it: `prefect`, or promocal itself (`direct`)."""
    dispatch: DispatchCounts = field(default_factory=DispatchCounts)
    """What this call did."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """What messages wait for that people have to do first, as it stands in the ledger → messages."""
    not_done: tuple[str, ...] = ()
    """Duties with `if_open: warn` that its plays need, and that were not done."""


def skipped(run: str, reason: str, *, via: Via = "direct") -> RunOutcome:
    """The outcome of a run that had nothing to do."""
    return RunOutcome(run_id=run, status="skipped", reason=reason, via=via)


def run_phase(
    rt: Runtime,
    calendar_id: str,
    phase_id: str,
    as_of: datetime,
    snapshot_id: str | None = None,
    *,
    late: Collection[str] = (),
) -> RunOutcome:
    """Run every play of the phase due at `as_of`; safe to call again, nothing happens twice.

    Jobs of the plays in `late` are cancelled before anything is sent.
    """
    decision = _decide_and_enqueue(rt, calendar_id, phase_id, as_of, snapshot_id)
    if decision is None:
        run = run_id(calendar_id, phase_id, as_of)
        due = tuple(one.play for one in rt.load_calendar(calendar_id).timeline.planned_at(phase_id, as_of))
        end_skipped(rt, run, Verdict(plays=due, reason=NO_EVENTS[0]))
        return skipped(run, NO_EVENTS[0])
    if late:
        cancel_late(rt, decision.run_id, late)
    sent = dispatch_run(rt, decision.run_id)
    return finish(rt, decision.run_id, decision.plays, sent)


def run_if_due(rt: Runtime, calendar_id: str, phase_id: str, as_of: datetime) -> RunOutcome:
    """Pull the sources and run the phase, unless the moment is not planned, not here yet, or too long ago.

    A run that was decided in time goes on where it stopped, however late it is by now.
    """
    loaded = rt.load_calendar(calendar_id)
    calendar_id = rt.id_of(loaded)
    run = run_id(calendar_id, phase_id, as_of)
    with told_when_failing(rt.settings, run):
        return _run_if_due(rt, loaded, run, phase_id, as_of)


def _run_if_due(rt: Runtime, loaded: LoadedCalendar, run: str, phase_id: str, as_of: datetime) -> RunOutcome:
    calendar_id = loaded.calendar.calendar
    decided, verdict = admit(rt, loaded, run, phase_id, as_of)
    if not decided and not verdict.plays:
        end_skipped(rt, run, verdict)
        return skipped(run, verdict.reason)
    snapshot_id = None if decided else young_enough(rt, calendar_id, phase_id, as_of)
    if decided:
        pull_answers(rt, loaded, rt.find_run(run), rt.clock())
    elif snapshot_id is None:
        rt.progress(("pulling the sources", "正在拉取数据源"))
        # By its name: of an older moment it is not the current one, and others may publish meanwhile.
        snapshot_id = refresh(rt, calendar_id, as_of).snapshot_id
    rt.progress(("deciding and dispatching", "正在决策与发送"))
    return run_phase(rt, calendar_id, phase_id, as_of, snapshot_id, late=verdict.late)


def _decide_and_enqueue(
    rt: Runtime, calendar_id: str, phase_id: str, as_of: datetime, snapshot_id: str | None
) -> PhaseDecision | None:
    """Decide on the ledger's history and enqueue; when somebody enqueued in between, decide again."""
    for attempt in range(1, _ATTEMPTS + 1):
        decision = decide(rt, calendar_id, phase_id, as_of, snapshot_id)
        if decision is None:
            return None
        try:
            enqueue_run(rt, decision.run_id)
        except LedgerMovedError:
            if attempt == _ATTEMPTS:
                raise
        else:
            return decision
    raise AssertionError("unreachable")


def finish(
    rt: Runtime, run: str, plays: Sequence[PlayDecision], sent: DispatchCounts, *, via: Via = "direct"
) -> RunOutcome:
    """Close the run in the ledger with its counts; a run with jobs that wait for a person stays open.

    `jobs` are the run's messages by state, however often it was repeated; `dispatch` is what this
    time did.
    """
    jobs: Counter[str] = Counter()
    for (_, _, _, state), count in rt.ledger.job_counts(run).items():
        jobs[state] += count
    summary = RunSummary(plays=tuple(plays), jobs=dict(sorted(jobs.items())), via=via)
    if sent.unknown:
        alert(rt.settings, "unknown", _unknown(run, sent.unknown, jobs["unknown"]))
    status: Literal["awaiting_approval", "finished"] = "awaiting_approval" if jobs["awaiting_approval"] else "finished"
    rt.ledger.finish_run(run, status, summary, rt.clock())
    end_run(rt, run)
    note("run_finished", run_id=run, status=status, via=via, counts=sent.counts())
    return RunOutcome(
        run_id=run,
        status=status,
        plays=summary.plays,
        jobs=summary.jobs,
        via=via,
        dispatch=sent,
        waiting=waiting_jobs(rt, run),
        not_done=_not_done(rt, run, plays),
        **fields_of(totals(plays)),
    )


def _unknown(run: str, new: int, in_all: int) -> Said:
    return (
        f"run {run}: {new:,} message(s) may or may not have left, {in_all:,} in all; ask the provider and settle them",
        f"运行 {run}：新增 {new:,} 条消息结果未知，共 {in_all:,} 条；请向服务商核实后落定",
    )


def _not_done(rt: Runtime, run: str, plays: Sequence[PlayDecision]) -> tuple[str, ...]:
    """The duties that warn, of the plays of a run and the benefits they gave."""
    record = rt.ledger.run(run)
    if record is None or not plays:
        return ()
    loaded = rt.load_calendar(record.calendar)
    ticked = ticks_of(rt, loaded)
    asked = [(play.play, benefit) for play in plays for benefit in (None, *play.benefits)]
    found = [held(loaded.calendar, ticked, record.phase, play, benefit).warn for play, benefit in asked]
    return tuple(dict.fromkeys(duty for duties in found for duty in duties))


def finish_again(rt: Runtime, run: str, sent: DispatchCounts | None = None) -> RunOutcome:
    """Close a run once more after waiting messages were let go, settled or cancelled."""
    record = rt.ledger.run(run)
    told = record.summary if record else RunSummary()
    return finish(rt, run, told.plays, sent or DispatchCounts(), via=told.via)
