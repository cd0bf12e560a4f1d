"""Whether a run is decided, and how, stands in the ledger: files that are lost, old or foreign decide nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import LedgerError, LedgerMovedError, UsageError
from tasks.deciding.decide import decide
from tasks.deciding.decisions import decision_path, read_decision, rows_of
from tasks.deciding.explain import explain
from tasks.deciding.rebuilding import OTHER_CALENDAR, OTHER_HISTORY, decision_files
from tasks.outreach.outreach import enqueue_run
from tasks.running.forgetting import forget
from tasks.running.phase import run_phase
from tasks.runtime import Runtime, open_runtime
from tests.pulling import refresh
from warehouse.ledger.records import Suppression
from warehouse.ledger.sql import SqlLedger

CASES = Path(__file__).parents[2] / "cases"
AT = datetime.fromisoformat("2026-04-10T10:00:00+08:00")


def laid(root: Path) -> Runtime:
    shutil.copytree(CASES / "base", root)
    shutil.copytree(CASES / "decisions-lost-run-again", root, dirs_exist_ok=True)
    rt = open_runtime(root, clock=lambda: AT)
    refresh(rt, "spring", AT)
    return rt


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("decided") / "project"
    laid(root).close()
    return root


def copied(template: Path, root: Path) -> Runtime:
    shutil.copytree(template, root)
    return open_runtime(root, clock=lambda: AT)


@pytest.fixture
def kiosk(template: Path, tmp_path: Path) -> Iterator[Runtime]:
    with copied(template, tmp_path / "kiosk") as rt:
        yield rt


def run(rt: Runtime) -> dict[str, int]:
    return dict(run_phase(rt, "spring", "sale", AT).jobs)


def lost(rt: Runtime) -> None:
    shutil.rmtree(rt.decisions_dir)


def foreign(rt: Runtime) -> None:
    for path in rt.decisions_dir.iterdir():
        path.write_bytes(path.read_bytes() + b"\n")


def emptied(rt: Runtime) -> None:
    for path in rt.decisions_dir.iterdir():
        path.write_bytes(b"")


@pytest.mark.parametrize("happens", [lost, foreign, emptied])
def test_a_run_in_the_outbox_is_not_decided_again_whatever_its_files_are(
    kiosk: Runtime, happens: Callable[[Runtime], None]
) -> None:
    first = run(kiosk)
    before = list(kiosk.ledger.jobs())
    happens(kiosk)
    kiosk.ledger.suppress([Suppression("0102", "push", "unsubscribed", AT)])
    assert run(kiosk) == first
    assert list(kiosk.ledger.jobs()) == before, "0102 would have got an SMS beside his push"


@pytest.mark.parametrize("happens", [lost, foreign, emptied])
def test_a_run_that_is_not_in_the_outbox_yet_is_decided_again(
    kiosk: Runtime, happens: Callable[[Runtime], None]
) -> None:
    made = decide(kiosk, "spring", "sale", AT)
    assert made is not None
    happens(kiosk)
    with pytest.raises(LedgerMovedError, match="not those of its decision"):
        enqueue_run(kiosk, made.run_id)
    assert list(kiosk.ledger.jobs()) == []
    assert run(kiosk) == {"sent": 3}


def test_of_two_runs_of_one_moment_that_saw_different_exports_one_is_refused(
    kiosk: Runtime, template: Path, tmp_path: Path
) -> None:
    here = kiosk
    url = here.settings.ledger_url()
    there = copied(template, tmp_path / "other")
    there.close()
    there.__dict__["ledger"] = SqlLedger(url)
    there.ledger.suppress([Suppression("0103", None, "only here", AT)])
    first = decide(here, "spring", "sale", AT)
    source = there.settings.root / "data" / "members.csv"
    lines = source.read_text("utf-8-sig").splitlines(keepends=True)
    source.write_text("".join(lines[:-1]), "utf-8")
    refresh(there, "spring", AT)
    second = decide(there, "spring", "sale", AT)
    assert first is not None
    assert second is not None
    assert first.decision_sha != second.decision_sha
    with pytest.raises(LedgerMovedError):
        enqueue_run(here, first.run_id)
    assert list(here.ledger.jobs()) == [], "refused before anything is written"
    assert enqueue_run(there, second.run_id).new_jobs == sum(play.chosen for play in second.plays)
    jobs = list(there.ledger.jobs())
    assert run(here) == {"sent": len(jobs)}, "the first goes on with what the second decided"
    assert [job.intent_key for job in here.ledger.jobs()] == [job.intent_key for job in jobs]
    assert read_decision(here, first.run_id) == second
    there.close()


def test_a_run_that_chose_nobody_is_decided_all_the_same(kiosk: Runtime) -> None:
    everybody = [Suppression(member, None, "closed", AT) for member in ("0101", "0102", "0103")]
    kiosk.ledger.suppress(everybody)
    assert run(kiosk) == {}
    record = kiosk.ledger.runs()[0]
    lost(kiosk)
    kiosk.ledger._engine.dispose()  # type: ignore[attr-defined]
    with kiosk.ledger._engine.begin() as con:  # type: ignore[attr-defined]
        con.exec_driver_sql("delete from suppressions")
    assert run(kiosk) == {}
    again = kiosk.ledger.runs()[0]
    assert (again.decision_sha, again.started_at) == (record.decision_sha, record.started_at)


def test_a_decision_file_that_is_gone_is_made_again_byte_for_byte(kiosk: Runtime) -> None:
    run(kiosk)
    record = kiosk.ledger.runs()[0]
    path = decision_path(kiosk, record.run_id)
    before = path.read_bytes()
    assert [one.state for one in decision_files(kiosk)] == ["there"]
    path.write_bytes(b"somebody else's")
    with pytest.raises(LedgerError, match="rows of run"):
        explain(kiosk, "0101", record.run_id)
    assert [one.state for one in decision_files(kiosk, record.run_id)] == ["rebuilt"]
    assert path.read_bytes() == before
    assert explain(kiosk, "0101", record.run_id).decisions
    assert [one.name for one in kiosk.decisions_dir.glob("*.rows")] == []
    with pytest.raises(UsageError):
        decision_files(kiosk, "nonsense")


@pytest.mark.parametrize("why", [OTHER_CALENDAR, OTHER_HISTORY])
def test_one_that_cannot_be_made_again_is_said_to_be_gone(kiosk: Runtime, why: tuple[str, str]) -> None:
    run(kiosk)
    lost(kiosk)
    if why == OTHER_CALENDAR:
        calendar = kiosk.calendar_path("spring")
        calendar.write_text(calendar.read_text("utf-8") + "# a note\n", "utf-8")
    else:
        kiosk.ledger.suppress([Suppression("0102", None, "unsubscribed", AT)])
    [found] = decision_files(kiosk)
    assert (found.state, found.reason, found.reason_zh) == ("gone", *why)
    assert rows_of(kiosk, kiosk.ledger.runs()[0]) is None
    assert run(kiosk) == {"sent": 3}


def test_a_run_of_a_release_that_kept_its_decision_in_files_only(kiosk: Runtime) -> None:
    run(kiosk)
    record = kiosk.ledger.runs()[0]
    kept = read_decision(kiosk, record.run_id)
    with kiosk.ledger._engine.begin() as con:  # type: ignore[attr-defined]
        con.exec_driver_sql("delete from decisions")
    assert read_decision(kiosk, record.run_id) == kept, "its file has the checksum of the ledger"
    lost(kiosk)
    bare = read_decision(kiosk, record.run_id)
    assert bare is not None
    assert (bare.decision_sha, bare.plays) == (record.decision_sha, record.summary.plays)
    assert run(kiosk) == {"sent": 3}


def test_forgetting_removes_the_members_of_old_runs_and_their_decision_files(kiosk: Runtime) -> None:
    run(kiosk)
    with pytest.raises(UsageError, match="not said what is old"):
        forget(kiosk, None, "Li")
    with pytest.raises(UsageError, match="has not come yet"):
        forget(kiosk, AT + timedelta(days=1), "Li")
    section = kiosk.settings.ledger.model_copy(update={"keep_days": 30})
    kiosk.settings = kiosk.settings.model_copy(update={"ledger": section})
    assert forget(kiosk, None, "Li").runs == ()
    kiosk.clock = lambda: AT + timedelta(days=31)
    found = forget(kiosk, None, "Li")
    assert (len(found.runs), found.messages, found.files) == (1, 3, 1)
    assert {job.member_id for job in kiosk.ledger.jobs()} == {"(forgotten)"}
    assert list(kiosk.decisions_dir.glob("*.parquet")) == []
    assert run(kiosk) == {"sent": 3}, "the run is decided all the same"
