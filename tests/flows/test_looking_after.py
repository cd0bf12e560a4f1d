"""A run the server lost, a person cancelled or paused: taken up, or ended with its reason, on a real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from flows import looking_after
from flows.asking import ask_server
from flows.deployments import Changes, deploy, preview, remove_left
from flows.follow_up import mark_dead_runs
from flows.looking_after import follow_up_open_runs, look_after_runs
from flows.waking import stopped_on_the_server
from flows.watching import watch
from promocal.cli.operating import run as run_by_hand
from tasks.operations.overview import overview
from tasks.outreach.halting import holds, resume
from tasks.running.status import status

from .conftest import Harness, remove_deployments, wait_for
from .looked_after import (
    CALENDAR,
    applied,
    begun_by_the_server,
    cancelled_in_the_ui,
    enqueued_and_taken_up,
    forget_workers,
    passed,
    server_runs,
    soon,
)

pytestmark = pytest.mark.server


@pytest.fixture
def project(tmp_path: Path, prefect_server: Harness) -> Iterator[Path]:
    yield tmp_path
    remove_deployments(CALENDAR)


def test_a_run_that_the_server_does_not_know_is_started(project: Path) -> None:
    """The server was restored, emptied, or down while the moment passed: its scheduler makes no runs of the past."""
    moment = soon(-5)
    rt = applied(project, moment)
    assert look_after_runs(rt, CALENDAR) == []
    (said,) = look_after_runs(passed(rt, moment + timedelta(minutes=5)), CALENDAR)
    assert "has no end; started again" in said[0]
    (again,) = server_runs()
    assert datetime.fromisoformat(again.parameters["as_of"]) == moment
    assert look_after_runs(rt, CALENDAR) == []
    assert len(server_runs()) == 1
    rt.close()


def test_who_has_a_server_and_no_serve_has_a_command_that_looks(project: Path) -> None:
    """Containers and several machines: server and workers are started by themselves, and nobody else would notice."""
    moment = soon(-5)
    applied(project, moment).close()
    forget_workers()
    stop, said = threading.Event(), []

    def say(line: tuple[str, str]) -> None:
        said.append(line[0])
        if "started again" in line[0]:
            stop.set()

    watching = threading.Thread(target=watch, args=(project,), kwargs={"say": say, "stop": stop}, daemon=True)
    watching.start()
    watching.join(60)
    assert not watching.is_alive(), said
    assert said[1] == "no worker is alive; runs do not start: prefect worker start --pool promocal"
    (again,) = server_runs()
    assert datetime.fromisoformat(again.parameters["as_of"]) == moment


def test_what_a_person_cancelled_is_never_started_again(project: Path) -> None:

    moment = soon()
    rt = applied(project, moment)
    (run,) = wait_for("the scheduled run", lambda: server_runs(scheduled=True))
    cancelled_in_the_ui(run)
    assert look_after_runs(passed(rt, moment + timedelta(minutes=5)), CALENDAR) == []
    assert [run.state.type.value for run in server_runs() if run.state] == ["CANCELLED"]
    (said,) = look_after_runs(passed(rt, moment + timedelta(days=1)), CALENDAR)
    assert said == (
        f"small-sale.burst.{moment:%Y%m%dT%H%M%SZ} was skipped: cancelled by a person",
        f"small-sale.burst.{moment:%Y%m%dT%H%M%SZ} 已跳过：被人取消",
    )
    assert {row.state for row in rt.ledger.expected(CALENDAR)} == {"skipped"}
    rt.close()


def test_a_moment_of_a_paused_deployment_is_skipped_for_that(project: Path) -> None:
    from prefect.client.orchestration import get_client

    from flows.follow_up import deployment_of

    moment = soon(-5)
    rt = applied(project, moment)
    deployment = deployment_of(CALENDAR, "burst")
    assert deployment is not None
    with get_client(sync_client=True) as client:
        client.pause_deployment(deployment.id)
    assert look_after_runs(passed(rt, moment + timedelta(minutes=5)), CALENDAR) == []
    assert server_runs() == []
    (said,) = look_after_runs(passed(rt, moment + timedelta(days=1)), CALENDAR)
    assert said[0].endswith("was skipped: its deployment was paused")
    rt.close()


def test_what_nothing_could_start_is_missed_and_the_staff_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(looking_after, "alert", lambda _settings, kind, said: told.append((kind, said[0])))
    moment = soon()
    rt = applied(project, moment)
    remove_deployments(CALENDAR)
    (said,) = look_after_runs(passed(rt, moment + timedelta(days=1)), CALENDAR)
    assert "was missed: nothing started it until" in said[0]
    assert "已错过：直到" in said[1]
    (row,) = rt.ledger.expected(CALENDAR)
    assert row.state == "missed"
    assert told == [("missed", said[0])]
    rt.close()


def test_a_follow_up_that_was_to_come_does_not_undo_what_a_person_cancelled(project: Path) -> None:
    """Only who asks for another run after that means it."""

    from flows.follow_up import deployment_of, start_again
    from flows.looking_after import cancelled_by_hand, runs_of
    from flows.steps import ProjectRun

    rt, run_id = enqueued_and_taken_up(project)
    (run,) = server_runs(scheduled=True)
    moment, deployment = datetime.fromisoformat(run.parameters["as_of"]), deployment_of(CALENDAR, "burst")
    assert deployment is not None
    key = ProjectRun(str(rt.settings.root), CALENDAR, "burst", moment)
    assert key.run_id == run_id
    start_again(key, deployment.id, datetime.now(UTC) + timedelta(hours=1), "for other plays")
    cancelled_in_the_ui(run)
    assert cancelled_by_hand(runs_of(deployment, moment))
    with pytest.raises(UsageError, match="was cancelled in the Prefect UI"):
        run_by_hand(CALENDAR, "burst", moment.isoformat(), project)
    assert {status for _, _, _, status in rt.ledger.job_counts(run_id)} == {"pending"}
    assert look_after_runs(rt, CALENDAR) == []
    assert follow_up_open_runs(rt, CALENDAR) == []
    assert len(server_runs()) == 2
    start_again(key, deployment.id, datetime.now(UTC) + timedelta(hours=2), "promocal resume")
    assert not cancelled_by_hand(runs_of(deployment, moment))
    rt.close()


def test_what_a_person_cancelled_goes_on_when_it_is_resumed_by_name(project: Path) -> None:
    """At whichever stage it was cancelled: before it began, or with messages in the outbox."""
    from prefect.client.orchestration import get_client
    from prefect.states import Cancelled

    for number, stage in enumerate((begun_by_the_server, enqueued_and_taken_up)):
        rt, run_id = stage(project / str(number))
        (run,) = server_runs()
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(run.id, Cancelled(), force=True)
        assert look_after_runs(rt, CALENDAR) == []
        assert look_after_runs(rt, CALENDAR) == []
        (hold,) = rt.ledger.holds()
        assert (hold.scope, hold.name, hold.final) == ("run", run_id, False)
        assert len(server_runs()) == 1

        rt.clock = lambda: datetime.now(UTC)
        resume(rt, "run", run_id, reason="it was right", by="Li Wei")
        (said,) = look_after_runs(rt, CALENDAR)
        assert "started again" in said[0]
        assert rt.ledger.holds() == []
        rt.close()
        remove_deployments(CALENDAR)
        with get_client(sync_client=True) as client:
            for run in server_runs():
                client.delete_flow_run(run.id)


def test_a_halt_of_a_cancel_is_listed_until_nothing_of_the_run_may_leave(project: Path) -> None:
    """It stays in the ledger, so that no retry of the run sends anything, and is resumed by name at any time."""
    from prefect.client.orchestration import get_client
    from prefect.states import Cancelled

    for number, stage in enumerate((begun_by_the_server, enqueued_and_taken_up)):
        rt, run_id = stage(project / str(number))
        (run,) = server_runs()
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(run.id, Cancelled(), force=True)
        look_after_runs(rt, CALENDAR)
        (held,) = status(rt).halted
        assert (held.name, held.over) == (run_id, False)

        end = max(row.until for row in rt.ledger.expected(CALENDAR)) + timedelta(days=2)
        rt.clock = lambda: end  # noqa: B023 - used within the round
        look_after_runs(rt, CALENDAR)
        assert {row.state for row in rt.ledger.expected(CALENDAR)} == {"skipped"}
        assert status(rt).halted == ()
        (held,) = holds(rt, over=True)
        assert (held.name, held.over) == (run_id, True)
        resume(rt, "run", run_id, reason="for the record", by="Li Wei")
        assert holds(rt, over=True) == ()
        rt.close()
        remove_deployments(CALENDAR)
        with get_client(sync_client=True) as client:
            for run in server_runs():
                client.delete_flow_run(run.id)


def test_a_run_that_is_at_work_past_its_grace_is_told_as_running(project: Path) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import Running

    rt, run_id = begun_by_the_server(project)
    (run,) = server_runs()
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, Running(), force=True)
    late = max(row.until for row in rt.ledger.expected(CALENDAR)) + timedelta(minutes=1)
    rt.clock = lambda: late
    server = ask_server(rt.settings.state, datetime.now(UTC))
    assert server.at_work == {run_id}
    (one,) = overview(rt, status(rt), server, None).calendars
    assert (one.running, one.missed, one.due) == ((run_id,), (), ())
    rt.close()


def test_what_ends_cancelled_by_itself_was_not_cancelled_by_a_person(project: Path) -> None:
    """`NobodyReached`, `Rejected` and others are grey, and no reason to leave alone what is due of their moment."""
    from prefect.client.orchestration import get_client
    from prefect.states import Cancelled

    rt, _ = enqueued_and_taken_up(project)
    (run,) = server_runs()
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, Cancelled(name="NobodyReached"), force=True)
    (said,) = look_after_runs(rt, CALENDAR)
    assert "started again" in said[0]
    rt.close()


@pytest.mark.slow
def test_a_follow_up_of_what_a_person_cancelled_sends_nothing_until_it_is_resumed(
    project: Path, prefect_server: Harness, tmp_path: Path
) -> None:
    """It was scheduled before he cancelled, and it is under way before anybody looks."""

    from flows.follow_up import deployment_of, start_again
    from flows.steps import ProjectRun

    rt, run_id = enqueued_and_taken_up(project)
    (run,) = server_runs(scheduled=True)
    moment, deployment = datetime.fromisoformat(run.parameters["as_of"]), deployment_of(CALENDAR, "burst")
    assert deployment is not None
    key = ProjectRun(str(rt.settings.root), CALENDAR, "burst", moment)
    start_again(key, deployment.id, datetime.now(UTC) - timedelta(minutes=1), "for other plays")
    cancelled_in_the_ui(run)

    def states() -> list[str]:
        return sorted(one.state.name for one in server_runs() if one.state)

    def messages() -> set[str]:
        return {status for _, _, _, status in rt.ledger.job_counts(run_id)}

    with prefect_server.worker(tmp_path / "worker.log"):
        wait_for("its end", lambda: states() == ["Cancelled", "Stopped"], 120)
        assert messages() == {"pending"}
        (stopped,) = (one.state.message for one in server_runs() if one.state.name == "Stopped")
        assert f"promocal resume run {run_id}" in stopped
        rt.clock = lambda: datetime.now(UTC)
        resume(rt, "run", run_id, reason="it was right", by="Li Wei")
        start_again(key, deployment.id, datetime.now(UTC) - timedelta(minutes=3), "now")
        wait_for("the messages", lambda: messages() == {"sent"}, 120)
    rt.close()


def test_a_run_at_work_when_its_grace_ends_is_not_missed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh that takes longer than a play may be late: its messages are to come, and nobody is to be woken."""
    from prefect.client.orchestration import get_client
    from prefect.states import Crashed, Running

    told: list[str] = []
    monkeypatch.setattr(looking_after, "alert", lambda _settings, kind, _said: told.append(kind))
    rt, _ = begun_by_the_server(project)
    (run,) = server_runs()
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, Running(), force=True)
    passed(rt, rt.clock() + timedelta(hours=3))
    assert look_after_runs(rt, CALENDAR) == []
    (row,) = rt.ledger.expected(CALENDAR)
    assert (row.state, told) == ("due", [])
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, Crashed(), force=True)
    look_after_runs(rt, CALENDAR)
    (row,) = rt.ledger.expected(CALENDAR)
    assert (row.state, told) == ("missed", ["missed"])
    rt.close()


def test_runs_of_a_moment_are_read_page_by_page(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.follow_up import deployment_of, start_again
    from flows.looking_after import runs_of
    from flows.steps import ProjectRun

    rt, _ = enqueued_and_taken_up(project)
    (run,) = server_runs(scheduled=True)
    moment, deployment = datetime.fromisoformat(run.parameters["as_of"]), deployment_of(CALENDAR, "burst")
    assert deployment is not None
    key = ProjectRun(str(rt.settings.root), CALENDAR, "burst", moment)
    for minute in range(1, 5):
        start_again(key, deployment.id, datetime.now(UTC) + timedelta(minutes=minute), "once more")
    monkeypatch.setattr(looking_after, "_PAGE", 2)
    assert len(runs_of(deployment, moment)) == 5
    rt.close()


def test_what_a_person_cancelled_is_not_followed_up_by_the_next_serve(project: Path) -> None:
    """Its messages wait in the outbox; whoever cancelled it meant it."""
    from prefect.client.orchestration import get_client

    rt, run_id = enqueued_and_taken_up(project)
    (run,) = server_runs()
    cancelled_in_the_ui(run)
    assert follow_up_open_runs(rt, CALENDAR) == []
    with get_client(sync_client=True) as client:
        client.delete_flow_run(run.id)
    ((followed, _),) = follow_up_open_runs(rt, CALENDAR)
    assert followed == run_id
    rt.close()


def test_what_was_being_cancelled_when_the_machine_stopped_is_cancelled(project: Path) -> None:
    """The person had pressed the button; the process died before it could say so."""
    from prefect.client.orchestration import get_client
    from prefect.states import Cancelling, Running

    rt, _ = enqueued_and_taken_up(project)
    (run,) = server_runs()
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, Running(), force=True)  # one that never began would be cancelled at once
        client.set_flow_run_state(run.id, Cancelling(), force=True)
    assert mark_dead_runs(CALENDAR) == [(run.name, "Cancelled")]
    assert follow_up_open_runs(rt, CALENDAR) == []
    assert look_after_runs(rt, CALENDAR) == []
    rt.close()


def test_a_phase_that_left_is_told_by_status_and_removed_when_its_run_has_ended(project: Path) -> None:
    """The follow-up of a run that began is still to come: the phase leaves in two steps."""
    from prefect.client.orchestration import get_client
    from prefect.states import Cancelled

    moment = soon(-5)
    rt = applied(project, moment)
    look_after_runs(passed(rt, moment + timedelta(minutes=5)), CALENDAR)
    (again,) = server_runs()
    path = project / "calendars" / f"{CALENDAR}.yaml"
    path.write_text(path.read_text("utf-8").replace("id: burst", "id: sale"), "utf-8")
    changes = deploy(rt, CALENDAR)
    assert (changes.created, changes.leaving) == ((f"{CALENDAR}.sale",), (f"{CALENDAR}.burst",))

    (one,) = overview(rt, status(rt), ask_server(rt.settings.state, moment), CALENDAR).calendars
    assert (one.leaving, one.paused) == ((f"{CALENDAR}.burst",), ())
    assert remove_left(rt, CALENDAR) == ()
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(again.id, Cancelled(), force=True)
    assert remove_left(rt, CALENDAR) == (f"{CALENDAR}.burst",)
    assert preview(rt, CALENDAR) == Changes(unchanged=(f"{CALENDAR}.sale",))
    rt.close()


def test_a_run_is_resumed_though_the_servers_clock_is_ahead(project: Path) -> None:
    """Whoever resumes it by a clock that is behind resumes it all the same, and once."""

    rt, run_id = enqueued_and_taken_up(project)
    (run,) = server_runs()
    cancelled_in_the_ui(run)
    assert look_after_runs(rt, CALENDAR) == []
    behind = datetime.now(UTC) - timedelta(hours=1)
    rt.clock = lambda: behind
    resume(rt, "run", run_id, reason="it was right", by="Li Wei")
    assert not stopped_on_the_server(rt, run_id)
    assert rt.ledger.holds() == []
    rt.close()
