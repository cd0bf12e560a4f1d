"""The whole way: a schedule makes a run, a worker executes it, the member's message is in the outbox once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.deployments import apply_deployments, remove_deployments
from tasks.runtime import open_runtime

from .conftest import Harness, traces_of, wait_for
from .small_project import SENTINELS, write_project

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

CALENDAR = "small-sale"
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def soon(seconds: int) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)


def apply(root: Path) -> Any:
    loaded = open_runtime(root).load_calendar(CALENDAR)
    return apply_deployments(root, loaded.calendar, loaded.timeline, take_over=True)


def runs() -> list[Any]:
    """Runs of the calendar's deployments on the server, in the order of their moments."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName
    from prefect.client.schemas.sorting import FlowRunSort

    only = DeploymentFilter(name=DeploymentFilterName(like_=f"{CALENDAR}."))
    with get_client(sync_client=True) as client:
        return client.read_flow_runs(deployment_filter=only, sort=FlowRunSort.EXPECTED_START_TIME_ASC)


def ended(count: int) -> list[Any]:
    found = [run for run in runs() if run.state_type and run.state_type.value in ENDED]
    return found if len(found) >= count else []


@pytest.fixture(autouse=True)
def clean_server(prefect_server: Harness) -> Iterator[None]:
    from prefect.client.orchestration import get_client

    yield
    remove_deployments(CALENDAR)
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs():
            client.delete_flow_run(run.id)


def job_counts(root: Path) -> dict[str, int]:
    rt = open_runtime(root)
    counts: dict[str, int] = {}
    for (_, _, _, status), count in rt.ledger.job_counts(calendar=CALENDAR).items():
        counts[status] = counts.get(status, 0) + count
    rt.close()
    return counts


def test_a_scheduled_moment_is_executed_by_a_worker(prefect_server: Harness, tmp_path: Path) -> None:
    with prefect_server.worker(prefect_server.home / "worker.log"):
        moment = soon(8)
        root = write_project(tmp_path / "project", [moment])
        apply(root)
        (run,) = wait_for("the run", lambda: ended(1), 120)

    assert run.state_name == "Completed", run.state.message
    assert run.auto_scheduled
    assert run.expected_start_time == moment
    local = moment + timedelta(hours=8)
    assert run.name == f"{CALENDAR} / burst / {local:%m-%d %H:%M}"
    counts = job_counts(root)
    assert set(counts) == {"sent"}
    assert f"{counts['sent']} sent" in run.state.message

    assert traces_of([CALENDAR], prefect_server.home)
    assert traces_of(SENTINELS, prefect_server.home) == []


def test_missed_moments_start_together_and_are_skipped(prefect_server: Harness, tmp_path: Path) -> None:
    """An outage: two moments pass without a worker, then one comes up."""
    moments = [soon(3), soon(4)]
    root = write_project(tmp_path / "project", moments, play="on_late: {grace: 1s, then: skip}")
    apply(root)
    wait_for("scheduling", lambda: len(runs()) == 2)
    wait_for("the moments to pass", lambda: datetime.now(UTC) > moments[1] + timedelta(seconds=3))
    with prefect_server.worker(prefect_server.home / "worker.log"):
        found = wait_for("both runs", lambda: ended(2), 120)
    assert [run.state_name for run in found] == ["Skipped", "Skipped"]
    assert all(re.match(r"started \d+s late; recall allows 1s", run.state.message) for run in found)
    assert job_counts(root) == {}
