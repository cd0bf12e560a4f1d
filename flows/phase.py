"""One generic flow runs any phase of any calendar: guard, refresh, decide, enqueue, dispatch, finish.

The ledger is the truth, Prefect's states tell the story. Every way a run can end well is a
Completed state whose name says which: `Completed`, `Skipped`, `AwaitingApproval`, `Waiting`,
`Unsettled`. One of which nothing left is not green: `Rejected`, `ApprovalExpired`, `NobodyReached`, `NothingSent`
(`flows.endings`). One that waits for a person is suspended, and goes on when it was answered (`flows.approving`).
"""

from __future__ import annotations

import gc
import logging
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefect import flow, get_run_logger
from prefect.context import FlowRunContext
from prefect.runtime import deployment, flow_run
from prefect.states import Completed

from campaign_calendars.findings.errors import LedgerMovedError, ProblemsFoundError, PromocalError
from campaign_calendars.time.timeline import utc
from flows import artifacts, steps
from flows.approving import wait_for_answer
from flows.endings import end_of, stopped_by_a_person
from flows.events import alerts_as_events
from flows.follow_up import follow_up
from flows.names import FLOW_NAME, shown_name
from flows.progress import shown_while_sending
from flows.steps import ProjectRun, perform, sealed
from flows.waking import cancelled_since, suspended
from tasks.alerts import alert, told_when_failing
from tasks.data.refresh import young_enough
from tasks.journal import note
from tasks.outreach.counting import totals_of
from tasks.outreach.halting import keep_stopped
from tasks.running.guard import NO_EVENTS, Verdict, admit, end_skipped, open_jobs
from tasks.running.phase import RunOutcome, skipped
from tasks.running.unanswered import expire_requests

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun, State

    from tasks.runtime import Runtime


# The process of a run ends with it: nothing is gained by looking through what its imports made (6 % of a sweep).
gc.set_threshold(50_000)
# Enqueue is refused when the ledger moved since the decision; with n runs at once, n attempts are enough.
MAX_DECISIONS = 8
_SHOWN_PROBLEMS = 30


def run_name() -> str:
    """`queens-day-2020 / burst / 03-06 10:00`, in the calendar's time zone."""
    given = flow_run.parameters
    moment = _moment(given.get("as_of"))
    try:
        key = ProjectRun(given["project_dir"], given["calendar"], given["phase"], moment)
        with key.runtime() as rt:
            moment = moment.astimezone(rt.load_calendar(key.calendar).timeline.timezone)
    except PromocalError:  # the run itself will say what is wrong; here it only needs a name
        return f"{given['calendar']} / {given['phase']} / {moment:%m-%d %H:%M}Z"
    return shown_name(given["calendar"], given["phase"], moment)


def note_end(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001 - names are Prefect's
    """Hook: a run that ended before anything was enqueued is marked failed in the ledger too."""
    key = _key_of(flow_run)
    with key.runtime() as rt:
        record = rt.ledger.run(key.run_id)
        if record is not None and record.status == "started":
            rt.ledger.finish_run(key.run_id, "failed", replace(record.summary, ended=state.name or ""), rt.clock())


def stay_stopped(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:
    """Hook of a run that a person cancels while it works: what it left waits until somebody resumes it by name."""
    note_end(flow, flow_run, state)
    key = _key_of(flow_run)
    with key.runtime() as rt:
        keep_stopped(rt, key.run_id, datetime.now(UTC))


def go_on_later(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:
    """Hook of a crash or failure: what is in the outbox already gets another run; a cancelled run does not."""
    note_end(flow, flow_run, state)
    key = _key_of(flow_run)
    note("run_broke_off", level=logging.ERROR, run_id=key.run_id, state=state.name)
    with key.runtime() as rt:
        if state.is_crashed():
            with alerts_as_events(rt.settings):
                alert(rt.settings, "crashed", (f"{key.run_id}: {flow_run.name}", f"{key.run_id}：{flow_run.name}"))
        left, now = open_jobs(rt, key.run_id), utc(rt.clock())
    if left and flow_run.deployment_id:
        follow_up(key, left, flow_run.deployment_id, now)


def _key_of(run: FlowRun) -> ProjectRun:
    given = run.parameters
    moment = _moment(given.get("as_of") or run.expected_start_time)
    return ProjectRun(given["project_dir"], given["calendar"], given["phase"], moment)


@flow(
    name=FLOW_NAME,
    flow_run_name=run_name,
    persist_result=False,
    validate_parameters=True,
    on_cancellation=[stay_stopped],
    on_failure=[go_on_later],
    on_crashed=[go_on_later],
)
def run_phase(
    project_dir: str, calendar: str, phase: str, as_of: datetime | None = None, snapshot_id: str | None = None
) -> State[RunOutcome]:
    """Run every play of a phase that is due at one moment, and end in a state that says what happened.

    `as_of` is the moment the run stands for; by default the one it was scheduled for. The same
    moment is the same run: repeating it sends nothing twice, and goes on where it stopped.
    `snapshot_id` names a published snapshot to decide on; by default the sources are pulled anew.
    """
    key = ProjectRun(project_dir, calendar, phase, _moment(as_of))
    try:
        with key.runtime() as rt:
            settings = rt.settings
        with alerts_as_events(settings), told_when_failing(settings, key.run_id):
            return _run(key, snapshot_id)
    except PromocalError as error:
        _explain(error)
        raise


def _run(key: ProjectRun, snapshot_id: str | None) -> State[RunOutcome]:
    log = get_run_logger()
    started, verdict = sealed(_look)(key)
    if started and (left := sealed(_stopped)(key)) is not None:
        return stopped_by_a_person(key.run_id, left)
    if not started and not verdict.plays:
        return _skipped(key, verdict)
    if started:
        log.info("Run %s is in the ledger already; going on where it stopped", key.run_id)
        perform(steps.pull_answers, key)
    elif not _decide_and_enqueue(key, snapshot_id or _pull(key)):
        return _skipped(key, replace(verdict, reason=NO_EVENTS[0]))
    if verdict.late:
        cancelled = perform(steps.cancel_late, key, list(verdict.late))
        log.warning("Too late for %s: %d job(s) cancelled", ", ".join(verdict.late), cancelled)
    sealed(_expire)(key)
    outcome = _send(key)
    while _may_ask(key):
        wait_for_answer(key)
        outcome = _send(key)
    return _end(key, outcome)


def _send(key: ProjectRun) -> RunOutcome:
    with shown_while_sending(key):
        sent = perform(steps.dispatch, key)
    outcome: RunOutcome = perform(steps.finish, key, sent)
    get_run_logger().info("Dispatched: %s", artifacts.in_words(sent.counts()))
    return outcome


def _stopped(key: ProjectRun) -> dict[str, int] | None:
    """Messages of the run by state, where a person cancelled another run of its moment after this one was asked for."""
    if not deployment.id:
        return None
    with key.runtime() as rt:
        if not _is_stopped(rt, key):
            return None
        return {str(state): count for state, count in totals_of(rt.ledger.job_counts(key.run_id)).items()}


def _is_stopped(rt: Runtime, key: ProjectRun) -> bool:
    cancelled = cancelled_since(rt, key.calendar, key.run_id, _created())
    return cancelled is not None and keep_stopped(rt, key.run_id, cancelled)


def _created() -> datetime:
    """When this run was asked for."""
    context = FlowRunContext.get()
    created = context.flow_run.created if context is not None and context.flow_run is not None else None
    return created or datetime.now(UTC)


def _expire(key: ProjectRun) -> None:
    with key.runtime() as rt:
        expire_requests(rt, key.run_id)


def _may_ask(key: ProjectRun) -> bool:
    """Whether something waits for a person, and this run is the one that asks; another of its moment may do so.

    A run without a deployment cannot be suspended: `promocal approve` asks instead. What waits for something else than
    a person meanwhile is looked at by a run of its own.
    """
    if not deployment.id:
        return False
    with key.runtime() as rt:
        left = open_jobs(rt, key.run_id)
        if not left.awaiting_approval or suspended(rt, key.calendar, key.run_id) - {str(flow_run.id)}:
            return False
        if _is_stopped(rt, key):
            return False  # who cancelled the run that asked wants no other one to ask
        now = utc(rt.clock())
    if left.pending or left.sending:
        follow_up(key, left, UUID(deployment.id), now)
    return True


def _skipped(key: ProjectRun, verdict: Verdict) -> State[RunOutcome]:
    reason = verdict.reason
    get_run_logger().info("Skipped: %s", reason)
    sealed(_end_skipped)(key, verdict)
    return Completed(name="Skipped", message=reason, data=skipped(key.run_id, reason, via="prefect"))


def _end_skipped(key: ProjectRun, verdict: Verdict) -> None:
    with key.runtime() as rt:
        end_skipped(rt, key.run_id, verdict)


def _explain(error: PromocalError) -> None:
    """What a person needs beside the message: the findings, the remedy."""
    log = get_run_logger()
    for problem in error.problems[:_SHOWN_PROBLEMS] if isinstance(error, ProblemsFoundError) else ():
        log.error("%s %s %s %s", problem.location, problem.code, problem.severity, problem.message)
    if error.remedy:
        log.error("Remedy: %s", error.remedy)


def _look(key: ProjectRun) -> tuple[bool, Verdict]:
    """Whether the run is decided already, and what it may do."""
    with key.runtime() as rt:
        return admit(rt, rt.load_calendar(key.calendar), key.run_id, key.phase, key.as_of)


def _pull(key: ProjectRun) -> str:
    with key.runtime() as rt:
        young = young_enough(rt, key.calendar, key.phase, key.as_of)
    if young is not None:
        get_run_logger().info("Snapshot %s is fresh enough for a sweep", young)
        return young
    pulled = perform(steps.refresh, key)
    get_run_logger().info("Snapshot %s: %s", pulled.snapshot_id, artifacts.rows_in_words(pulled.datasets))
    return pulled.snapshot_id


def _decide_and_enqueue(key: ProjectRun, snapshot_id: str) -> bool:
    """False when only triggers were due and there was no event to answer."""
    for _ in range(MAX_DECISIONS):
        decision = perform(steps.decide, key, snapshot_id)
        if decision is None:
            return False
        queued = perform(steps.enqueue, key)
        if queued is not None:
            artifacts.publish(decision)
            sealed(_tell_places)(key)
            get_run_logger().info("Enqueued: %s", artifacts.in_words(asdict(queued)))
            return True
        get_run_logger().info("Another run enqueued in between; deciding again")
    raise LedgerMovedError(
        (
            f"{MAX_DECISIONS} decisions in a row were overtaken by other runs",
            f"连续 {MAX_DECISIONS} 次决策都被其他运行抢先",
        ),
        ("Retry this run when the others are done.", "请在其他运行结束后重试。"),
    )


def _tell_places(key: ProjectRun) -> None:
    with key.runtime() as rt:
        applied = rt.ledger.applied_plan(key.calendar)
    artifacts.publish_places(key, applied.checksum if applied else None)


def _end(key: ProjectRun, outcome: RunOutcome) -> State[RunOutcome]:
    with key.runtime() as rt:
        left, stopped, now = open_jobs(rt, key.run_id), rt.ledger.stopped(key.run_id), utc(rt.clock())
    again = None
    if left.pending or left.sending:
        again = follow_up(key, left, UUID(deployment.id), now) if deployment.id else None
    return end_of(outcome, left, stopped, again)


def _moment(as_of: Any) -> datetime:
    """The run's moment in UTC, to the second: as given, else as scheduled."""
    moment = as_of or flow_run.scheduled_start_time
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        raise PromocalError(
            (f"as_of {moment} has no time zone", f"as_of {moment} 没有时区"),
            ("Write it with an offset: 2020-03-06T10:00:00+08:00.", "请带上时差：2020-03-06T10:00:00+08:00。"),
        )
    plain = moment.astimezone(UTC)
    return datetime(plain.year, plain.month, plain.day, plain.hour, plain.minute, plain.second, tzinfo=UTC)
