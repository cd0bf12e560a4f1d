"""Runs of a small project on a real server: planned, begun by the server, decided and taken up again."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flows.deployments import deploy
from flows.looking_after import look_after_runs
from flows.names import WORK_POOL
from flows.server_api import ServerAddress, ServerApi
from tasks.data.refresh import refresh
from tasks.deciding.decide import decide
from tasks.outreach.outreach import enqueue_run
from tasks.runtime import Runtime, open_runtime

from .small_project import write_project

CALENDAR = "small-sale"


def applied(root: Path, moment: datetime) -> Runtime:
    """The project with one planned moment, applied a minute before it."""
    write_project(root, [moment])
    rt = open_runtime(root, clock=lambda: moment - timedelta(minutes=1))
    deploy(rt, CALENDAR)
    return rt


def passed(rt: Runtime, moment: datetime) -> Runtime:
    rt.clock = lambda: moment
    return rt


def server_runs(*, scheduled: bool = False) -> list[Any]:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName

    only = DeploymentFilter(name=DeploymentFilterName(like_=f"{CALENDAR}."))
    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(deployment_filter=only)
    return [run for run in found if not scheduled or (run.state and run.state.is_scheduled())]


def cancelled_in_the_ui(run: Any) -> None:
    """As if somebody had clicked Cancel beside a run of the server."""
    from prefect.client.orchestration import get_client
    from prefect.states import Cancelled

    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, Cancelled(), force=True)


def forget_workers() -> None:
    """Those of other tests are dead, and the server thinks them alive for a while."""
    with ServerApi(ServerAddress(os.environ["PREFECT_API_URL"], "PREFECT_API_URL")) as api:
        for worker in api.post(f"work_pools/{WORK_POOL}/workers/filter", {}):
            api.delete(f"work_pools/{WORK_POOL}/workers/{quote(worker['name'])}")


def soon(minutes: int = 1) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=minutes)


def enqueued_and_taken_up(project: Path) -> tuple[Runtime, str]:
    """A run whose messages wait in the outbox, as its moment was; the server has started it again."""
    moment = soon(-5)
    rt = passed(applied(project, moment), moment + timedelta(minutes=5))
    refresh(rt, CALENDAR, moment)
    decided = decide(rt, CALENDAR, "burst", moment)
    assert decided is not None
    enqueue_run(rt, decided.run_id)
    said = look_after_runs(rt, CALENDAR)
    assert said, f"nothing to take up at {moment}: {rt.ledger.expected(CALENDAR)}"
    return rt, decided.run_id


def begun_by_the_server(project: Path) -> tuple[Runtime, str]:
    """A run that the server has started again, before anything of it was decided."""
    moment = soon(-5)
    rt = passed(applied(project, moment), moment + timedelta(minutes=5))
    look_after_runs(rt, CALENDAR)
    (row,) = rt.ledger.expected(CALENDAR)
    return rt, row.run_id
