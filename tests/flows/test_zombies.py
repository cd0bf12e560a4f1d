"""A run that died together with its worker: noticed by its silence, ended, and taken up again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from flows import looking_after
from flows.looking_after import follow_up_open_runs, look_after_runs
from flows.zombies import HEARTBEAT, UNHEARD, end_zombies, is_silent
from tasks.runtime import open_runtime

from .conftest import Harness, remove_deployments, wait_for
from .looked_after import CALENDAR, applied, passed, server_runs, soon
from .test_worker import _flow_process, schedule_soon, slow_provider

pytestmark = pytest.mark.server

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("heard", "after", "silent"),
    [
        ([], 14 * 60, False),
        ([], 15 * 60 + 1, True),
        ([0], 9 * 60, False),  # one sign: it may mean to come every three minutes
        ([0], 9 * 60 + 31, True),
        ([0, 30], 30 + 120, False),
        ([0, 30], 30 + 121, True),
        ([0, 1, 2, 3], 3 + 120, False),  # signs that were sent late and together
        ([0, 30, 60, 300], 300 + 121, True),  # late once, on a busy machine
        ([0, 180, 360], 360 + 9 * 60 + 30, False),
        ([360, 0, 180], 360 + 9 * 60 + 31, True),
    ],
)
def test_how_long_a_run_may_be_silent(heard: list[int], after: int, silent: bool) -> None:
    signs = [T0 + timedelta(seconds=at) for at in heard]
    assert is_silent(T0, signs, T0 + timedelta(seconds=after)) is silent


@pytest.fixture
def project(tmp_path: Path, prefect_server: Harness) -> Iterator[Path]:
    yield tmp_path
    remove_deployments(CALENDAR)


def under_way(state: Any) -> Any:
    """A run in that state, of the only deployment of the calendar."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name(f"promocal-phase/{CALENDAR}.burst")
        return client.create_flow_run_from_deployment(deployment.id, state=state)


def sign_of_life(run: Any, at: datetime) -> None:
    from prefect.client.orchestration import get_client

    event = {
        "id": str(uuid4()),
        "occurred": at.isoformat(),
        "event": HEARTBEAT,
        "resource": {"prefect.resource.id": f"prefect.flow-run.{run.id}"},
    }
    with get_client(sync_client=True) as client:
        client._client.post("/events", json=[event]).raise_for_status()


def test_a_silent_run_is_crashed_and_one_that_was_heard_goes_on(project: Path) -> None:
    """Whatever the clocks of the workers say: it counts when the server heard of a run."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.objects import StateType
    from prefect.states import Pending, Running, State

    rt = applied(project, soon(-5))
    now = datetime.now(UTC)
    silent, ahead, behind, waiting = (under_way(state) for state in (Running(), Running(), Running(), Pending()))
    stopped = under_way(State(type=StateType.CANCELLING))
    for run in (silent, silent, stopped, stopped):
        sign_of_life(run, now)
    sign_of_life(ahead, now + timedelta(hours=9))
    sign_of_life(behind, now - timedelta(hours=9))
    every = (silent, stopped, ahead, behind, waiting)

    def states() -> list[str]:
        with get_client(sync_client=True) as client:
            return [client.read_flow_run(run.id).state.type.value for run in every]

    assert end_zombies(CALENDAR, now) == []
    found: list[tuple[str, str]] = []
    wait_for(
        "the events", lambda: found.extend(end_zombies(CALENDAR, now + timedelta(minutes=3))) or len(found) == 2, 20
    )
    assert {words.rpartition(" ")[2] for words, _ in found} == {"Crashed", "Cancelled"}
    assert all("gave no sign of life since" in words for words, _ in found)
    assert states() == ["CRASHED", "CANCELLED", "RUNNING", "RUNNING", "PENDING"]
    assert len(end_zombies(CALENDAR, now + timedelta(minutes=11))) == 2, "one sign: it may mean to come more rarely"
    assert len(end_zombies(CALENDAR, now + UNHEARD + timedelta(minutes=1))) == 1
    assert states() == ["CRASHED", "CANCELLED", "CRASHED", "CRASHED", "CRASHED"]
    rt.close()


def test_a_zombie_does_not_keep_its_moment_from_being_taken_up(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import Running

    told: list[str] = []
    monkeypatch.setattr(looking_after, "alert", lambda _settings, _kind, said: told.append(said[0]))
    moment = soon(-5)
    rt = applied(project, moment)
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name(f"promocal-phase/{CALENDAR}.burst")
        parameters = {"as_of": moment.isoformat()}
        dead = client.create_flow_run_from_deployment(deployment.id, parameters=parameters, state=Running())
    assert look_after_runs(passed(rt, moment + timedelta(minutes=5)), CALENDAR) == []

    monkeypatch.setattr("flows.zombies.UNHEARD", timedelta(0))
    silent, again = look_after_runs(rt, CALENDAR)
    assert "gave no sign of life" in silent[0]
    assert "没有任何动静" in silent[1]
    assert told == [silent[0]]
    assert "started again" in again[0]
    states = {run.id: run.state.name for run in server_runs()}
    assert states.pop(dead.id) == "Crashed"
    assert list(states.values()) == ["Scheduled"]
    rt.close()


@pytest.mark.slow
def test_flow_and_worker_killed_together_end_as_crashed(prefect_server: Harness, tmp_path: Path) -> None:
    """kill -9 of both while the provider holds a request: nobody is left who could tell the server."""
    root = tmp_path / "project"
    with slow_provider() as (url, asked), prefect_server.worker(prefect_server.home / "worker.log") as worker:
        (moment,) = schedule_soon(root, settings={'kind = "file"': f'kind = "http"\nurl = "{url}"'})
        assert asked.wait(120)
        os.kill(worker.pid, signal.SIGKILL)
        os.kill(_flow_process(root), signal.SIGKILL)
        (run,) = [one for one in server_runs() if one.state.is_running()]
        assert end_zombies(CALENDAR, datetime.now(UTC)) == []
        assert [one.state.name for one in server_runs() if one.id == run.id] == ["Running"], "Prefect does not know"
        (said,) = wait_for("the end", lambda: end_zombies(CALENDAR, datetime.now(UTC) + timedelta(minutes=10)), 30)
    assert said[0].startswith(f"{run.name} gave no sign of life")
    assert [one.state.name for one in server_runs() if one.id == run.id] == ["Crashed"]
    with open_runtime(root) as rt:
        ((run_id, when),) = follow_up_open_runs(rt, CALENDAR)
    assert run_id == f"{CALENDAR}.burst.{moment:%Y%m%dT%H%M%SZ}"
    assert when > datetime.now(UTC) + timedelta(minutes=14), "the lease of the dead one has to end first"
    remove_deployments(CALENDAR)
