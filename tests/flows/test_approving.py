"""A run that waits for a person: suspended on a real server, answered by form or command, finished by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.forecasting import Forecast, ForecastFigure
from campaign_calendars.values.scalars import Text
from flows.approving import described_in, form_of
from flows.looking_after import look_after_runs
from promocal.cli.approving import approve
from tasks.approving.answering import Given, answer
from tasks.approving.judging import Judged, JudgedPlay
from tasks.running.expecting import expect_runs
from tasks.runtime import open_runtime
from warehouse.ledger.audit import AuditFilter

from .conftest import Harness, remove_deployments, traces_of, wait_for
from .executed import execute
from .small_project import SENTINELS
from .test_worker import CALENDAR, job_counts, runs, schedule_soon

pytestmark = pytest.mark.server

YES = {"answer": "approve", "by": "Li Wei", "reason": "looked at it"}
SECOND = """approve: {above: 1, within: 2h}
"""


@pytest.fixture(autouse=True)
def clean_server(prefect_server: Harness) -> Iterator[None]:
    from prefect.client.orchestration import get_client

    yield
    remove_deployments(CALENDAR)
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs():
            client.delete_flow_run(run.id)


def waiting_run(root: Path) -> Any:
    schedule_soon(root, play=SECOND)
    with open_runtime(root) as rt:
        expect_runs(rt, rt.load_calendar(CALENDAR), datetime.now(UTC) - timedelta(minutes=10))
    (run,) = runs()
    suspended = execute(run)
    assert suspended.state_name == "Suspended"
    return suspended


def in_state(*names: str) -> Any:
    return next((run for run in runs() if run.state_name in names), None)


def asked(run: Any, number: int = 1) -> str:
    """What the form of a round says."""
    import json

    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        found = client.read_flow_run_input(run.id, f"suspended-approval-{number}-description")
    return str(json.loads(found))


def fill(run: Any, **given: Any) -> Any:
    """Send the form as the UI does."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        return client.resume_flow_run(run.id, run_input=given)


def test_a_form_is_filled_and_the_run_that_waited_finishes(prefect_server: Harness, tmp_path: Path) -> None:
    """First a wrong answer, which is told in the next form; then a lower limit, and a worker goes on with the run."""
    root = tmp_path / "project"
    run = waiting_run(root)
    (waiting,) = {job_counts(root)["awaiting_approval"]}
    said = asked(run)
    assert f"| wait for approval | {waiting:,} |" in said
    assert said.count("```text") == 3
    assert not list((root / "var" / "outbox").rglob("*.csv")), "nothing leaves before"
    with open_runtime(root) as rt:
        (row,) = rt.ledger.expected(CALENDAR)
        assert row.state == "due"
        assert look_after_runs(rt, CALENDAR) == [], "a run that waits is not started again"

    fill(run, **YES | {"by": " "})
    assert execute(run).state_name == "Suspended"
    assert "needs a name" in asked(run, 2)
    assert job_counts(root) == {"awaiting_approval": waiting}

    fill(run, **YES, limit=2)
    with prefect_server.worker(prefect_server.home / "worker.log"):
        done = wait_for("the end", lambda: in_state("Completed"), 120)
    assert done.id == run.id
    assert [each.id for each in runs() if each.start_time] == [run.id], "no other run"
    assert job_counts(root) == {"sent": 2, "cancelled": waiting - 2}
    assert "2 sent" in done.state.message
    with open_runtime(root) as rt:
        (row,) = rt.ledger.expected(CALENDAR)
        (entry,) = rt.ledger.audit(AuditFilter(action="approve"))
    assert (row.state, entry.by, entry.detail) == ("done", "Li Wei", "looked at it")
    assert traces_of(SENTINELS, prefect_server.home) == []


def test_an_answer_of_the_command_line_lets_the_run_go_on(tmp_path: Path) -> None:
    from flows.waking import wake

    root = tmp_path / "project"
    run = waiting_run(root)
    with open_runtime(root) as rt:
        (request,) = rt.ledger.approval_requests()
        given = Given(answer="reject", by="Li Wei", reason="wrong picture")
        answer(rt, request.run_id, given)
        assert wake(rt, CALENDAR, lambda one: one == request.run_id) == [request.run_id]
        assert wake(rt, CALENDAR, lambda one: one == request.run_id) == []
    done = execute(run)
    assert (done.state_name, done.state.is_cancelled()) == ("Rejected", True)
    assert set(job_counts(root)) == {"cancelled"}


def test_what_nobody_answers_ends_the_run_that_waited(tmp_path: Path) -> None:
    root = tmp_path / "project"
    run = waiting_run(root)
    later = datetime.now(UTC) + timedelta(hours=2, minutes=1)
    with open_runtime(root, clock=lambda: later) as rt:
        said = look_after_runs(rt, CALENDAR)
        (row,) = rt.ledger.expected(CALENDAR)
    assert (row.state, row.reason) == ("skipped", "approval_expired")
    assert said == [(f"{row.run_id} waits no longer; it goes on", f"{row.run_id} 不再等待；继续运行")]
    assert execute(run).state_name == "ApprovalExpired"


def test_a_run_that_was_cancelled_while_it_waited_stays_so(tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import Cancelled

    root = tmp_path / "project"
    run = waiting_run(root)
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, Cancelled(), force=True)
    with open_runtime(root) as rt:
        (request,) = rt.ledger.approval_requests()
    with pytest.raises(UsageError, match="was cancelled in the Prefect UI"):
        approve(request.run_id, by="Li Wei", reason="did not see it", project=root)
    assert set(job_counts(root)) == {"awaiting_approval"}, "before anybody looked"
    with open_runtime(root) as rt:
        look_after_runs(rt, CALENDAR)
        (row,) = rt.ledger.expected(CALENDAR)
        assert rt.ledger.approval_requests() == []
    assert (row.state, row.reason) == ("skipped", "cancelled by a person")
    assert set(job_counts(root)) == {"cancelled"}
    assert [each.id for each in runs() if each.start_time] == [run.id]


def nasty() -> Judged:
    play = JudgedPlay(
        play="recall",
        title=Text(zh="<script>alert(1)</script>", en="| a | `b` [x](http://y)"),
        why=({"en": "5 members\n# heading", "zh": "5"},),
        until=datetime(2026, 3, 6, tzinfo=UTC),
        waiting=5,
        candidates=400,
        held_out=0,
        excluded={f"reason_{n}": n for n in range(1, 30)},
        channels={"sms": 5},
        benefits={},
        cost_cents=0,
    )
    return Judged(run_id="r", decision="abc", currency="CNY", plan=None, plays=(play,))


def test_nothing_in_a_title_or_reason_is_read_as_markup() -> None:
    for lang in ("en", "zh"):
        said = described_in(nasty(), lang, "no ``` name")
        assert "<script>" not in said
        assert "[x](http" not in said
        assert "\n# heading" not in said
    assert "other reasons | 231 |" in described_in(nasty(), "en")


def test_the_forecast_stands_in_one_line() -> None:
    figures = (
        ForecastFigure(figure="buyers", low=4, median=1_200, high=9_000, planned=None, earlier=0, widened=1.0),
        ForecastFigure(figure="sales", low=10_00, median=2_500_49, high=9_000_00, planned=None, earlier=0, widened=1.0),
    )
    said = Forecast(phase="burst", play="recall", kind="burst", figures=figures, earlier=())
    asked = replace(nasty(), plays=(replace(nasty().plays[0], forecast=said),))
    assert (
        "- forecast of the whole play: buyers 1,200 (4–9,000), sales 2,500 CNY (10–9,000); a wide default, not"
        " experience"
    ) in described_in(asked, "en").splitlines()
    assert (
        "- 整个玩法的预测：购买人数 1,200（4–9,000）、成交额 2,500 CNY（10–9,000）；默认区间，并非经验值"
    ) in described_in(asked, "zh").splitlines()
    assert "forecast" not in described_in(nasty(), "en")


def test_the_form_takes_what_the_server_lets_through() -> None:
    schema = form_of(nasty(), "zh").model_json_schema()
    assert schema["required"] == ["by", "reason"]
    assert list(schema["properties"]) == ["answer", "limit", "plays", "by", "reason", "decision"]
    assert form_of(nasty(), "en").model_validate({"by": "", "reason": "", "limit": -5}).model_dump()["limit"] == -5
