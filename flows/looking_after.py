"""Runs that should have happened: started again while they may, ended as missed when they may not any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.intent import run_id
from campaign_calendars.findings.said import Said
from campaign_calendars.time.timeline import utc
from flows.events import alerts_as_events
from flows.follow_up import deployment_of, follow_up, next_look, start_again
from flows.held import LEAVING
from flows.schedules import expand
from flows.steps import ProjectRun
from flows.waking import BY_A_PERSON, wake
from flows.zombies import end_zombies
from tasks.alerts import alert
from tasks.outreach.halting import keep_stopped, resumed_since
from tasks.running.expecting import PAUSED, STOPPED, Overdue, end_reason, look_after
from tasks.running.guard import open_jobs

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun
    from prefect.client.schemas.responses import DeploymentResponse

    from tasks.runtime import Runtime

_PAGE = 200
"""Runs that the server gives at once."""


def look_after_runs(rt: Runtime, calendar_id: str) -> list[Said]:
    """Look at every run of the calendar whose moment has come and that has no end; returns what was done.

    One that the server knows to be under way, or to come, is left alone, and so is what a person cancelled or paused.
    A run whose process is gone is not under way, whatever the server believes (`flows.zombies`).
    """
    with alerts_as_events(rt.settings):
        return _looked_after(rt, calendar_id)


def _looked_after(rt: Runtime, calendar_id: str) -> list[Said]:
    said = _crashed(rt, calendar_id)
    server = _Server(rt, calendar_id)
    for run in look_after(
        rt,
        calendar_id,
        lambda run: server.excuse(run.phase, run.at),
        lambda run: server.under_way(run.phase, run.at),
    ):
        if run.standing == "missed":
            excuse = server.excuse(run.phase, run.at)
            said.append(_missed(run, excuse))
            if not excuse:
                alert(rt.settings, "missed", said[-1])
        elif run.standing in ("due", "started", "enqueued", "waiting"):
            said += _take_up(rt, calendar_id, run, server)
    for name in wake(rt, calendar_id, lambda one: not rt.ledger.approval_requests(one)):
        said.append((f"{name} waits no longer; it goes on", f"{name} 不再等待；继续运行"))
    return said


def follow_up_open_runs(rt: Runtime, calendar_id: str) -> list[tuple[str, datetime]]:
    """A follow-up for every run of the calendar that still has open jobs: (run id, when).

    What a person cancelled or paused stays as it is.
    """
    server = _Server(rt, calendar_id)
    asked = []
    for run in rt.ledger.runs(calendar_id):
        left = open_jobs(rt, run.run_id)
        if left and not (left.pending or left.sending):
            continue  # only a person can let it go on: a suspended run waits for him, else `serve` starts one
        deployment = server.deployment(run.phase) if left else None
        if deployment is None or server.excuse(run.phase, run.as_of):
            continue
        key = ProjectRun(str(rt.settings.root), calendar_id, run.phase, run.as_of)
        when = follow_up(key, left, deployment.id, utc(rt.clock()))
        if when is not None:
            asked.append((run.run_id, when))
    return asked


def _crashed(rt: Runtime, calendar_id: str) -> list[Said]:
    """Runs whose process is gone get their end, the staff is told, and what they left in the outbox a follow-up."""
    said = end_zombies(calendar_id, datetime.now(UTC))
    for silent in said:
        alert(rt.settings, "crashed", silent)
    followed = follow_up_open_runs(rt, calendar_id) if said else []
    return said + [
        (f"{run} goes on at {when:%H:%M} UTC where it stopped", f"{run} 将于 {when:%H:%M} UTC 从中断处继续")
        for run, when in followed
    ]


@dataclass
class _Server:
    """What the server knows of the calendar's runs, asked once for each."""

    rt: Runtime
    calendar_id: str
    deployments: dict[str, DeploymentResponse | None] = field(default_factory=dict)
    known: dict[tuple[str, datetime], list[FlowRun]] = field(default_factory=dict)

    def deployment(self, phase: str) -> DeploymentResponse | None:
        if phase not in self.deployments:
            self.deployments[phase] = deployment_of(self.calendar_id, phase)
        return self.deployments[phase]

    def runs(self, phase: str, at: datetime) -> list[FlowRun]:
        """Those of a moment, in the order in which they were to start."""
        deployment = self.deployment(phase)
        if (phase, at) not in self.known:
            self.known[phase, at] = [] if deployment is None else runs_of(deployment, at)
        return self.known[phase, at]

    def excuse(self, phase: str, at: datetime) -> str:
        """What a person did that keeps the run from running; empty: nobody did."""
        deployment, known = self.deployment(phase), self.runs(phase, at)
        if self.stopped_at(phase, at) is not None:
            return STOPPED[0]
        return PAUSED[0] if deployment is not None and is_paused(deployment, at) and not known else ""

    def stopped_at(self, phase: str, at: datetime) -> datetime | None:
        """When a person cancelled it, unless somebody let it go on since."""
        known = self.runs(phase, at)
        cancelled = cancelled_by_hand(known)
        if cancelled is None or resumed_since(self.rt, run_id(self.calendar_id, phase, at), cancelled):
            return None
        return cancelled

    def under_way(self, phase: str, at: datetime) -> bool:
        """Whether a process is at work on it."""
        return any(
            one.state is not None and (one.state.is_running() or one.state.is_pending()) for one in self.runs(phase, at)
        )


def _take_up(rt: Runtime, calendar_id: str, run: Overdue, server: _Server) -> list[Said]:
    stopped = server.stopped_at(run.phase, run.at)
    if stopped is not None:
        keep_stopped(rt, run.run_id, stopped)
        return []
    deployment, known = server.deployment(run.phase), server.runs(run.phase, run.at)
    under_way = any(one.state is not None and not one.state.is_final() for one in known)
    if deployment is None or under_way or server.excuse(run.phase, run.at):
        return []
    if deployment.paused and LEAVING not in deployment.tags:  # what left the calendar ends what it has begun
        return []
    now = utc(rt.clock())
    # What nobody planned may be at work in somebody's terminal: it is not hurried either.
    when = next_look(run.at, now, run.left) if known or not run.plays else now
    if when is None:
        return []
    if run.standing != "enqueued":
        when = max(min(when, run.until), now)
    key = ProjectRun(str(rt.settings.root), calendar_id, run.phase, run.at)
    start_again(key, deployment.id, when, "Takes up what was not done")
    return [
        (
            f"{run.run_id} has no end; started again for {when:%H:%M} UTC",
            f"{run.run_id} 尚未结束；将于 {when:%H:%M} UTC 再次运行",
        )
    ]


def is_paused(found: DeploymentResponse, at: datetime) -> bool:
    """Whether somebody paused it, or a schedule of it, so that the moment does not come.

    A schedule that is active has its moments whatever else is paused: one of those is missed, not excused.
    """
    active = [one for one in found.schedules if one.active]
    return found.paused or (len(active) < len(found.schedules) and not any(_holds(one.schedule, at) for one in active))


def _holds(schedule: object, at: datetime) -> bool:
    rule, zone = getattr(schedule, "rrule", None), getattr(schedule, "timezone", None)
    return isinstance(rule, str) and at in expand(rule, zone or "UTC")


def runs_of(deployment: DeploymentResponse, moment: datetime) -> list[FlowRun]:
    """The server's runs of one moment, by when they were to start: the scheduled one, and those started for it."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas import filters
    from prefect.client.schemas.sorting import FlowRunSort

    wanted = filters.FlowRunFilter(
        deployment_id=filters.FlowRunFilterDeploymentId(any_=[deployment.id]),
        expected_start_time=filters.FlowRunFilterExpectedStartTime(after_=moment),
    )
    found: list[FlowRun] = []
    with get_client(sync_client=True) as client:
        while not len(found) % _PAGE:
            order, offset = FlowRunSort.EXPECTED_START_TIME_ASC, len(found)
            page = client.read_flow_runs(flow_run_filter=wanted, sort=order, limit=_PAGE, offset=offset)
            found += page
            if not page:
                break
    return [one for one in found if _moment_of(one) == moment]


def cancelled_by_hand(runs: Sequence[FlowRun]) -> datetime | None:
    """When a person cancelled the last of them, if nobody asked for another since.

    A follow-up that was to come when he cancelled is no such asking, whether or not it ran meanwhile.
    """
    states = [one.state for one in runs if one.state is not None and one.state.is_cancelled()]
    cancelled = max((one.timestamp for one in states if one.name == BY_A_PERSON), default=None)
    if cancelled is None or any(one.created is not None and one.created > cancelled for one in runs):
        return None
    return cancelled


def _moment_of(run: FlowRun) -> datetime | None:
    given = run.parameters.get("as_of")
    return datetime.fromisoformat(given).astimezone(UTC) if isinstance(given, str) else run.expected_start_time


def _missed(run: Overdue, excuse: str) -> Said:
    if excuse:
        return (
            f"{run.run_id} was skipped: {excuse}",
            f"{run.run_id} 已跳过：{end_reason(excuse, 'zh')}",
        )
    return f"{run.run_id} was missed: {run.reason}", f"{run.run_id} 已错过：{end_reason(run.reason, 'zh')}"
