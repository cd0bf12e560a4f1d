"""One phase run, in this process, on a real server: how it ends, and what a second attempt does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import LedgerMovedError, ProblemsFoundError
from flows.embedded import FlowEnd, run_phase_here
from flows.steps import StepError
from tasks.outreach import outreach
from tasks.runtime import Runtime, open_runtime

from .conftest import Harness, traces_of, wait_for
from .small_project import NAMES, SENTINELS, write_project

pytestmark = pytest.mark.server

MOMENT = datetime(2026, 3, 6, 2, tzinfo=UTC)
CALENDAR, PHASE = "small-sale", "burst"
RUN = "small-sale.burst.20260306T020000Z"


@dataclass
class Project:
    """A project whose clock the test sets."""

    root: Path
    now: datetime = MOMENT

    def runtime(self) -> Runtime:
        return open_runtime(self.root, clock=lambda: self.now)

    def run(self, as_of: datetime = MOMENT) -> FlowEnd:
        rt = self.runtime()
        try:
            return run_phase_here(rt, CALENDAR, PHASE, as_of)
        finally:
            rt.close()

    def jobs(self) -> dict[str, int]:
        rt = self.runtime()
        counts: dict[str, int] = {}
        for (_, _, _, status), count in rt.ledger.job_counts(run_id=RUN).items():
            counts[status] = counts.get(status, 0) + count
        rt.close()
        return counts

    def delivered(self) -> list[str]:
        """Every line of every crowd file: who was handed over, as often as it happened."""
        files = sorted(path for path in (self.root / "var" / "outbox").rglob("*") if path.is_file())
        return [line for path in files for line in path.read_text("utf-8-sig").splitlines() if "zqm-" in line]


@pytest.fixture
def project(prefect_server: Harness, tmp_path: Path) -> Callable[..., Project]:
    def make(play: str = "", moments: tuple[datetime, ...] = (MOMENT,)) -> Project:
        window = (MOMENT - timedelta(days=1), MOMENT + timedelta(days=1))
        return Project(write_project(tmp_path / "project", moments, window=window, play=play))

    return make


def test_a_run_sends_once_and_a_second_one_sends_nothing(project: Callable[..., Project]) -> None:
    small = project()
    first = small.run()
    assert first.state == "Completed"
    counts, lines = small.jobs(), small.delivered()
    assert set(counts) == {"sent"}
    assert len(lines) == counts["sent"] == first.outcome.chosen
    assert first.message == f"{counts['sent']} sent"
    assert first.outcome.run_id == RUN

    again = small.run()
    assert again.state == "Completed"
    assert again.message == "nothing"
    assert (small.jobs(), small.delivered()) == (counts, lines)


def test_artifacts_account_for_every_member_and_name_none(
    project: Callable[..., Project], prefect_server: Harness
) -> None:
    from prefect.client.orchestration import get_client

    project().run()
    with get_client(sync_client=True) as client:
        found = {a.key: a for a in client.read_artifacts() if a.key}
    (row,) = _table(found["small-sale-burst-audience"])
    assert row["in audience"] == 8 == row["chosen"] + row["held out"] + row["excluded"]
    assert sum(r["members"] for r in _table(found["small-sale-burst-exclusions"])) == row["excluded"]
    (benefit,) = _table(found["small-sale-burst-benefits"])
    (channel,) = _table(found["small-sale-burst-channels"])
    assert (channel["channel"], channel["messages"], channel["reach assumed"]) == ("sms", row["chosen"], 0)
    assert (benefit["granted"], benefit["cost"]) == (row["chosen"], f"{row['chosen'] * 10:.2f}")
    wait_for("the log", lambda: logged(prefect_server, "Finished in state Completed%"))
    assert traces_of(SENTINELS, prefect_server.home) == []


def test_the_places_to_look_are_commands_of_this_run(project: Callable[..., Project]) -> None:
    from prefect.client.orchestration import get_client

    small = project()
    small.run()
    with get_client(sync_client=True) as client:
        texts = [str(a.data) for a in client.read_artifacts() if a.key == "small-sale-burst-places"]
    (text,) = [one for one in texts if str(small.root) in one]
    assert f"promocal outbox list --run {RUN} -C {small.root}" in text
    assert "no plan was applied" in text


def test_progress_is_told_while_messages_leave_and_ends_with_all_of_them(
    project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.client.orchestration import get_client

    from flows import progress

    def shown() -> Any:
        with get_client(sync_client=True) as client:
            return next((a for a in client.read_artifacts() if a.key == "small-sale-burst-progress"), None)

    small, during, send = project(), [], outreach.dispatch_run

    def slowly(rt: Runtime, run: str) -> Any:
        wait_for("progress", shown)
        during.append(shown().data)
        return send(rt, run)

    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.2)
    monkeypatch.setattr(outreach, "dispatch_run", slowly)
    assert small.run().state == "Completed"
    assert [float(share) for share in during] == [0.0]
    last = shown()
    assert (float(last.data), last.description) == (100.0, f"**Messages.** Run `{RUN}`: {len(small.delivered())} sent")


def test_a_server_that_goes_away_costs_the_picture_and_no_message(
    project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import progress
    from flows.server_api import ServerAddress

    small, asked, send = project(), [], outreach.dispatch_run

    def nobody(_state: Path) -> ServerAddress:
        asked.append(1)
        return ServerAddress("http://127.0.0.1:9/api", "test")

    def slowly(rt: Runtime, run: str) -> Any:
        wait_for("a look", lambda: asked)
        return send(rt, run)

    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.1)
    monkeypatch.setattr(progress, "find_server", nobody)
    monkeypatch.setattr(outreach, "dispatch_run", slowly)
    assert small.run().state == "Completed"
    assert set(small.jobs()) == {"sent"}


def _table(artifact: Any) -> list[dict[str, Any]]:
    import json

    return json.loads(artifact.data)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("as_of", "late", "reason"),
    [
        (MOMENT, timedelta(hours=2, minutes=1), "started 2h 1m late; recall allows 2h"),
        (MOMENT + timedelta(minutes=17), timedelta(0), "no play of burst is due at 2026-03-06 10:17:00"),
        (MOMENT + timedelta(days=3), timedelta(0), "2026-03-09 10:00:00 is outside burst"),
    ],
    ids=["late", "not-due", "outside"],
)
def test_runs_that_must_not_happen_end_skipped_with_the_reason(
    project: Callable[..., Project], as_of: datetime, late: timedelta, reason: str
) -> None:
    small = project()
    small.now = as_of + late
    outcome = small.run(as_of)
    assert outcome.state == "Skipped"
    assert outcome.message.startswith(reason)
    assert small.jobs() == {}
    assert not (small.root / "var" / "warehouse").exists()


def test_of_two_plays_only_the_one_that_is_not_too_late_leaves(project: Callable[..., Project]) -> None:
    small = project()
    path = small.root / "calendars" / "small-sale.yaml"
    second = """      - id: patient
        audience: everyone
        channels: [sms]
        at: 2026-03-06 10:00
        message: messages/recall.txt
        on_late: {grace: 6h, then: skip}

holdout:"""
    path.write_text(path.read_text("utf-8").replace("\nholdout:", second, 1), "utf-8")
    small.now = MOMENT + timedelta(hours=4)
    outcome = small.run()
    assert outcome.state == "Completed"
    rt = small.runtime()
    counts = {(play, status): n for (_, play, _, status), n in rt.ledger.job_counts(run_id=RUN).items()}
    grants = list(rt.ledger.grant_rows(CALENDAR))
    rt.close()
    assert {key for key in counts if key[1] == "sent"} == {("patient", "sent")}
    assert {key for key in counts if key[0] == "recall"} == {("recall", "cancelled")}
    assert grants == []
    assert len(small.delivered()) == counts["patient", "sent"]


def test_an_interrupted_run_goes_on_where_it_stopped_however_late(
    project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = project()
    with monkeypatch.context() as broken:
        broken.setattr(outreach, "dispatch", _raise(ValueError(f"cannot write to {NAMES[0]}")))
        with pytest.raises(StepError, match=r"builtins\.ValueError"):
            small.run()
    waiting = small.jobs()
    assert set(waiting) == {"pending"}
    assert small.delivered() == []

    small.now = MOMENT + timedelta(hours=5)
    outcome = small.run()
    assert outcome.state == "Completed"
    assert small.jobs() == {"sent": waiting["pending"]}
    assert len(small.delivered()) == waiting["pending"]


def test_what_a_foreign_exception_says_reaches_no_server(
    project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch, prefect_server: Harness
) -> None:
    small = project()
    monkeypatch.setattr(outreach, "dispatch", _raise(ValueError(f"cannot write to {NAMES[0]} at 13912345601")))
    with pytest.raises(StepError):
        small.run()
    wait_for("the failure in the log", lambda: logged(prefect_server, "Finished in state Failed%ValueError%"))
    assert traces_of(SENTINELS, prefect_server.home) == []


def test_a_decision_that_was_overtaken_is_made_again(
    project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    small, real, calls = project(), outreach.enqueue_run, []

    def overtaken_once(rt: Runtime, run_id: str) -> outreach.Queued:
        calls.append(run_id)
        if len(calls) == 1:
            raise LedgerMovedError(("another run was enqueued", "另一次运行已入队"))
        return real(rt, run_id)

    monkeypatch.setattr(outreach, "enqueue_run", overtaken_once)
    assert small.run().state == "Completed"
    assert calls == [RUN, RUN]


def test_a_run_above_its_limit_waits_for_a_person_and_is_sent_after_approval(project: Callable[..., Project]) -> None:
    small = project(play="approve: {above: 1}")
    waiting = small.run()
    count = small.jobs()["awaiting_approval"]
    assert waiting.state == "AwaitingApproval"
    assert waiting.message.startswith(f"{count} message(s) wait for approval: promocal approve {RUN}")
    assert small.delivered() == []
    assert small.run().state == "AwaitingApproval"

    rt = small.runtime()
    assert rt.ledger.approve(RUN, "li", MOMENT) == count
    rt.close()
    small.now = MOMENT + timedelta(hours=9)
    assert small.run().state == "Completed"
    assert small.jobs() == {"sent": count}
    assert len(small.delivered()) == count


def test_a_calendar_with_errors_fails_and_says_where(project: Callable[..., Project], prefect_server: Harness) -> None:
    small = project(play="approve: {above: many}")
    with pytest.raises(ProblemsFoundError):
        small.run()
    (line,) = wait_for("the finding in the log", lambda: logged(prefect_server, "%small-sale.yaml:%error%"))
    assert "many" in line


def test_quiet_hours_make_a_run_wait(project: Callable[..., Project]) -> None:
    small = project()
    store = small.root / "stores" / "corner.yaml"
    quiet = 'consent: implied, quiet_hours: {from: "10:30", to: "11:00"}'
    store.write_text(store.read_text("utf-8").replace("consent: implied", quiet), "utf-8")
    small.now = MOMENT + timedelta(minutes=45)
    outcome = small.run()
    assert outcome.state == "Waiting"
    pending = small.jobs()["pending"]
    assert outcome.message == f"{pending} message(s) may not leave yet."

    small.now = MOMENT + timedelta(hours=1, minutes=1)
    assert small.run().state == "Completed"
    assert small.jobs() == {"sent": pending}


def logged(server: Harness, pattern: str) -> list[str]:
    """Lines of flow and task runs that arrived at the server; they are sent in the background."""
    with closing(sqlite3.connect(server.database, timeout=30)) as connection:
        return [line for (line,) in connection.execute("select message from log where message like ?", (pattern,))]


def _raise(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail
