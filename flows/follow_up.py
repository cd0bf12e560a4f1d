"""A later run of the same moment, for what could not leave yet: approval, quiet hours, a busy channel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from flows.names import FLOW_NAME, PRODUCT_TAG, calendar_tag, deployment_name
from flows.steps import ProjectRun
from tasks.outreach.dispatch import LEASE

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun, State
    from prefect.client.schemas.responses import DeploymentResponse

    from tasks.running.guard import OpenJobs

SOONEST = timedelta(minutes=5)
LATEST = timedelta(hours=1)


def follow_up(key: ProjectRun, left: OpenJobs, deployment_id: UUID, now: datetime) -> datetime | None:
    """Ask the server at `now` for another run of the same moment; returns when (UTC), None if pointless.

    The pause grows with the time since the moment, up to an hour. Jobs that all wait for the end
    of their quiet hours are looked at then, jobs that a dead worker holds after its lease. Asking
    twice for the same minute makes one run.
    """
    when = next_look(key.as_of, now, left)
    if when is not None:
        start_again(key, deployment_id, when, "Looks again at what could not leave yet")
    return when


def start_again(key: ProjectRun, deployment_id: UUID, when: datetime, why: str) -> None:
    """Another run of the same moment; asked twice for the same minute it is one."""
    from prefect.client.orchestration import get_client
    from prefect.states import Scheduled

    with get_client(sync_client=True) as client:
        client.create_flow_run_from_deployment(
            deployment_id,
            parameters={"as_of": key.as_of.isoformat()},
            state=Scheduled(scheduled_time=when, message=why),
            idempotency_key=f"{key.run_id}/{when:%Y%m%dT%H%MZ}",
        )


def mark_dead_runs(calendar_id: str) -> list[tuple[str, str]]:
    """Runs of the calendar that the server still believes alive get their end; returns (name, end).

    Only for a server that has just started and whose only worker has not: nothing can be running.
    """
    from prefect.client.orchestration import get_client

    found = runs_alive(calendar_id)
    with get_client(sync_client=True) as client:
        return [(run.name, end_dead_run(client, run, "Its machine or worker stopped")) for run in found]


def end_dead_run(client: SyncPrefectClient, run: FlowRun, message: str) -> str:
    """A run whose process is gone → Crashed, or Cancelled where a person had stopped it; returns the name of its end.

    What a person stopped stays stopped, though nobody was left to say that it was.
    """
    from prefect.states import Cancelled, Crashed

    cancelling = run.state is not None and run.state.is_cancelling()
    made: Callable[..., State] = Cancelled if cancelling else Crashed
    client.set_flow_run_state(run.id, made(message=message), force=True)
    return "Cancelled" if cancelling else "Crashed"


def runs_alive(calendar_id: str) -> list[FlowRun]:
    """Runs of the calendar that have begun and not ended."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas import filters
    from prefect.client.schemas.objects import StateType

    tags = filters.DeploymentFilterTags(all_=[PRODUCT_TAG, calendar_tag(calendar_id)])
    alive = filters.FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING, StateType.CANCELLING])
    with get_client(sync_client=True) as client:
        return client.read_flow_runs(
            deployment_filter=filters.DeploymentFilter(tags=tags),
            flow_run_filter=filters.FlowRunFilter(state=filters.FlowRunFilterState(type=alive)),
        )


def deployment_of(calendar_id: str, phase_id: str) -> DeploymentResponse | None:
    """The deployment of a phase; None: the server has none."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        try:
            return client.read_deployment_by_name(f"{FLOW_NAME}/{deployment_name(calendar_id, phase_id)}")
        except ObjectNotFound:
            return None


def next_look(as_of: datetime, now: datetime, left: OpenJobs) -> datetime | None:
    """When to look again; None when nothing could leave any more.

    Where all would have expired by then it is halfway to that moment: what is left goes out in time. What a dead worker
    holds beyond it is looked at once more when its lease is over: it gets its end, though nothing of it leaves.
    """
    pause = min(max(now - as_of, SOONEST), LATEST)
    when = now + pause
    if left.sending:
        # Until the lease of a dead worker ends nobody may take its jobs.
        when = max(when, now + LEASE)
    elif left.not_before is not None and not left.awaiting_approval:
        when = max(left.not_before, now + SOONEST)
    when = when.replace(second=0, microsecond=0) + timedelta(minutes=1)
    if left.expires_at is None or when < left.expires_at:
        return when
    if left.not_before is not None and left.not_before >= left.expires_at:
        return None
    halfway = (now + (left.expires_at - now) / 2).replace(second=0, microsecond=0)
    if halfway > now:
        return halfway
    return when if left.sending else None
