"""A later run of the same moment, for what could not leave yet: approval, quiet hours, a busy channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flows.steps import RunKey

if TYPE_CHECKING:
    from tasks.guard import OpenJobs

SOONEST = timedelta(minutes=5)
LATEST = timedelta(hours=1)


def follow_up(key: RunKey, left: OpenJobs) -> datetime | None:
    """Ask the server for another run of this deployment and moment; returns when (UTC), None if pointless.

    The pause grows with the time since the moment, up to an hour; jobs that all wait for the end
    of their quiet hours are looked at then. Asking twice for the same time makes one run.
    """
    from prefect.client.orchestration import get_client
    from prefect.runtime import deployment
    from prefect.states import Scheduled

    when = next_look(key.as_of, datetime.now(UTC), left)
    if when is None:
        return None
    with get_client(sync_client=True) as client:
        client.create_flow_run_from_deployment(
            deployment.id,
            parameters={**deployment.parameters, "as_of": key.as_of.isoformat()},
            state=Scheduled(scheduled_time=when, message="Looks again at what could not leave yet"),
            idempotency_key=f"{key.run_id}/{when:%Y%m%dT%H%MZ}",
        )
    return when


def next_look(as_of: datetime, now: datetime, left: OpenJobs) -> datetime | None:
    """When to look again; None when every open job has expired by then."""
    pause = min(max(now - as_of, SOONEST), LATEST)
    when = now + pause
    if left.not_before is not None and not left.awaiting_approval:
        when = max(left.not_before, now + SOONEST)
    when = when.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return None if left.expires_at is not None and when >= left.expires_at else when
