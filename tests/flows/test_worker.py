"""The whole way: a schedule makes a run, a worker executes it, the member's message is in the outbox once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from flows.deployments import apply_deployments
from flows.embedded import run_phase_here
from flows.follow_up import mark_dead_runs
from flows.looking_after import follow_up_open_runs
from tasks.data.refresh import refresh
from tasks.deciding.decide import decide
from tasks.outreach import outreach
from tasks.runtime import open_runtime

from .conftest import Harness, remove_deployments, traces_of, wait_for
from .executed import execute
from .small_project import SENTINELS, write_project

pytestmark = pytest.mark.server

CALENDAR = "small-sale"
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def soon(seconds: int) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)


def apply(root: Path) -> Any:
    loaded = open_runtime(root).load_calendar(CALENDAR)
    return apply_deployments(root, loaded.calendar, loaded.timeline, take_over=True)


def schedule_soon(
    root: Path,
    count: int = 1,
    *,
    play: str = "",
    settings: Mapping[str, str] = MappingProxyType({}),
    judged: bool = True,
) -> list[datetime]:
    """A project whose moments lie just ahead, applied, with its runs waiting on the server.

    A busy machine may need longer than that; then once more with later moments. What is `judged` holds no row that a
    run has not seen: it loads nothing that judges rows, which is half of what it costs.
    """
    if judged:
        write_project(root, [soon(60 + n) for n in range(count)], play=play)
        with open_runtime(root) as rt:
            refresh(rt, CALENDAR, datetime.now(UTC))
    for seconds in (8, 20, 40):
        moments = [soon(seconds + n) for n in range(count)]
        write_project(root, moments, play=play)
        file = root / "promocal.toml"
        for old, new in settings.items():
            file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
        apply(root)
        while datetime.now(UTC) < moments[0]:
            if [run.expected_start_time for run in runs()] == moments:
                return moments
            time.sleep(0.2)
    raise AssertionError("the scheduler made no runs")


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
        root = tmp_path / "project"
        (moment,) = schedule_soon(root, judged=False)
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


def retried(run: Any) -> None:
    """As a person does it on the command line of Prefect."""
    subprocess.run([sys.executable, "-m", "prefect", "flow-run", "retry", str(run.id)], check=True, capture_output=True)


def test_a_run_that_is_retried_does_its_work_once(prefect_server: Harness, tmp_path: Path) -> None:
    """It failed before anything was decided; the retry does the work, and one more of what is complete does nothing."""
    root = tmp_path / "project"
    schedule_soon(root)
    members = root / "data" / "members.csv"
    members.rename(root / "data" / "away.csv")
    (run,) = runs()
    failed = execute(run)
    assert failed.state_name == "Failed"
    assert job_counts(root) == {}
    (root / "data" / "away.csv").rename(members)
    retried(failed)
    with prefect_server.worker(prefect_server.home / "worker.log"):
        (again,) = wait_for("the retry", lambda: [run for run in ended(1) if run.state_name == "Completed"], 120)
    assert again.id == failed.id
    counts = job_counts(root)
    assert set(counts) == {"sent"}
    retried(again)
    once_more = execute(again)
    assert once_more.state_name == "Completed"
    assert once_more.run_count > again.run_count
    assert job_counts(root) == counts


@pytest.mark.slow
def test_missed_moments_start_together_and_are_skipped(prefect_server: Harness, tmp_path: Path) -> None:
    """An outage: two moments pass without a worker, then one comes up."""
    root = tmp_path / "project"
    moments = schedule_soon(root, 2, play="on_late: {grace: 1s, then: skip}")
    wait_for("the moments to pass", lambda: datetime.now(UTC) > moments[1] + timedelta(seconds=3))
    with prefect_server.worker(prefect_server.home / "worker.log"):
        found = wait_for("both runs", lambda: ended(2), 120)
    assert [run.state_name for run in found] == ["Skipped", "Skipped"]
    assert all(re.match(r"started \d+s late; recall allows 1s", run.state.message) for run in found)
    assert job_counts(root) == {}


def test_what_an_earlier_session_left_is_marked_and_followed_up(prefect_server: Harness, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import Running

    root = write_project(tmp_path / "project", [soon(-60), soon(3600)])
    apply(root)
    rt = open_runtime(root)
    refresh(rt, CALENDAR, (moment := rt.load_calendar(CALENDAR).timeline.occurrences[0].at.astimezone(UTC)))
    key = decide(rt, CALENDAR, "burst", moment).run_id
    outreach.enqueue_run(rt, key)
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name(f"promocal-phase/{CALENDAR}.burst")
        dead = client.create_flow_run_from_deployment(deployment.id, state=Running(), name="dead run")

    assert mark_dead_runs(CALENDAR) == [("dead run", "Crashed")]
    assert mark_dead_runs(CALENDAR) == []
    ((run_id, when),) = follow_up_open_runs(rt, CALENDAR)
    rt.close()
    assert run_id == key
    assert when - datetime.now(UTC) < timedelta(minutes=7)
    states = {run.id: run for run in runs()}
    assert states[dead.id].state_name == "Crashed"
    (follow_up,) = [run for run in states.values() if run.parameters.get("as_of")]
    assert follow_up.parameters == {**deployment.parameters, "as_of": moment.isoformat()}


@pytest.mark.slow
def test_a_run_killed_while_sending_is_followed_up_and_settled_not_sent_again(
    prefect_server: Harness, tmp_path: Path
) -> None:
    """kill -9 of the flow process while the provider holds its request."""
    root = tmp_path / "project"
    with slow_provider() as (url, asked), prefect_server.worker(prefect_server.home / "worker.log"):
        schedule_soon(root, settings={'kind = "file"': f'kind = "http"\nurl = "{url}"'})
        assert asked.wait(120)
        os.kill(_flow_process(root), signal.SIGKILL)
        (crashed,) = wait_for("the crash", lambda: ended(1), 60)
        later = wait_for("the follow-up", lambda: [run for run in runs() if run.id != crashed.id], 30)

    assert crashed.state_name == "Crashed"
    assert set(job_counts(root)) == {"sending"}
    (follow_up,) = later
    assert follow_up.parameters["as_of"] == crashed.expected_start_time.isoformat()
    assert follow_up.state.state_details.scheduled_time >= datetime.now(UTC) + timedelta(minutes=14)

    # When the lease is over the follow-up finds out that nobody knows; it does not send again.
    rt = open_runtime(root, clock=lambda: datetime.now(UTC) + timedelta(minutes=16))
    outcome = run_phase_here(rt, CALENDAR, "burst", crashed.expected_start_time)
    rt.close()
    assert outcome.state == "Unsettled"
    assert set(job_counts(root)) == {"unknown"}


@contextmanager
def slow_provider() -> Iterator[tuple[str, threading.Event]]:
    """A provider that takes a request and never answers; the event says that it has one."""
    asked, release = threading.Event(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.set()
            release.wait(120)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send", asked
    finally:
        release.set()
        server.shutdown()
        server.server_close()


def _flow_process(root: Path) -> int:
    """The process that runs a flow for the project: it holds the project's ledger open."""
    ledger = str((root / "var" / "ledger.db").resolve())
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                held = {str(descriptor.readlink()) for descriptor in (process / "fd").iterdir()}
            except OSError:
                continue
            if ledger in held:
                return int(process.name)
    raise AssertionError("no process holds the ledger")
