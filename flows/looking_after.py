"""Runs that should have happened: started again while they may, ended as missed when they may not any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from campaign_calendars.findings.said import Said
from flows.deployments import is_paused
from flows.follow_up import deployment_of, next_look, start_again
from flows.steps import ProjectRun
from flows.waking import wake
from tasks.alerts import alert
from tasks.running.expecting import PAUSED, STOPPED, Overdue, end_reason, look_after

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun
    from prefect.client.schemas.responses import DeploymentResponse

    from tasks.runtime import Runtime


def look_after_runs(rt: Runtime, calendar_id: str) -> list[Said]:
    """Look at every run of the calendar whose moment has come and that has no end; returns what was done.

    One that the server knows to be under way, or to come, is left alone, and so is what a person cancelled or paused.
    """
    server = _Server(calendar_id)
    said: list[Said] = []
    for run in look_after(rt, calendar_id, server.excuse):
        if run.standing == "missed":
            excuse = server.excuse(run)
            said.append(_missed(run, excuse))
            if not excuse:
                alert(rt.settings, "missed", said[-1])
        elif run.standing in ("due", "started", "enqueued", "waiting"):
            said += _take_up(rt, calendar_id, run, server)
    for name in wake(rt, calendar_id, lambda one: not rt.ledger.approval_requests(one)):
        said.append((f"{name} waits no longer; it goes on", f"{name} 不再等待；继续运行"))
    return said


@dataclass
class _Server:
    """What the server knows of the calendar's runs, asked once for each."""

    calendar_id: str
    deployments: dict[str, DeploymentResponse | None] = field(default_factory=dict)
    known: dict[str, list[FlowRun]] = field(default_factory=dict)

    def deployment(self, phase: str) -> DeploymentResponse | None:
        if phase not in self.deployments:
            self.deployments[phase] = deployment_of(self.calendar_id, phase)
        return self.deployments[phase]

    def runs(self, run: Overdue) -> list[FlowRun]:
        """Its runs of the same moment, in the order in which they were to start."""
        deployment = self.deployment(run.phase)
        if run.run_id not in self.known:
            self.known[run.run_id] = [] if deployment is None else runs_of(deployment, run.at)
        return self.known[run.run_id]

    def excuse(self, run: Overdue) -> str:
        """What a person did that keeps the run from running; empty: nobody did."""
        deployment, known = self.deployment(run.phase), self.runs(run)
        if known and known[-1].state is not None and known[-1].state.is_cancelled():
            return STOPPED[0]
        return PAUSED[0] if deployment is not None and is_paused(deployment) and not known else ""


def _take_up(rt: Runtime, calendar_id: str, run: Overdue, server: _Server) -> list[Said]:
    deployment, known = server.deployment(run.phase), server.runs(run)
    under_way = any(one.state is not None and not one.state.is_final() for one in known)
    if deployment is None or deployment.paused or under_way or server.excuse(run):
        return []
    now = datetime.now(UTC)
    when = next_look(run.at, now, run.left) if known else now
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


def runs_of(deployment: DeploymentResponse, moment: datetime) -> list[FlowRun]:
    """The server's runs of one moment, by when they were to start: the scheduled one, and those started for it."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas import filters
    from prefect.client.schemas.sorting import FlowRunSort

    wanted = filters.FlowRunFilter(
        deployment_id=filters.FlowRunFilterDeploymentId(any_=[deployment.id]),
        expected_start_time=filters.FlowRunFilterExpectedStartTime(after_=moment),
    )
    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(flow_run_filter=wanted, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=200)
    return [one for one in found if _moment_of(one) == moment]


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
