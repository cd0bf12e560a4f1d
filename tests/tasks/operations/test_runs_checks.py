"""What `doctor` says of the runs of the last nights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasks.deciding.decide import decide
from tasks.operations.runs_checks import runs_checks
from tasks.outreach.outreach import enqueue_run
from tasks.running.expecting import expect_runs, look_after
from tasks.running.phase import run_if_due
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import ZONE, write_project
from tests.pulling import refresh

CALENDAR = "small-sale"
TEN = datetime(2026, 3, 5, 10, tzinfo=ZONE)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Runtime]:
    """Four mornings, applied the day before the first."""
    with open_runtime(write_project(tmp_path, [TEN + n * DAY for n in range(4)]), clock=lambda: TEN - DAY) as rt:
        expect_runs(rt, rt.load_calendar(CALENDAR), rt.clock())
        yield rt


def told(rt: Runtime, now: datetime) -> list[tuple[str, str]]:
    rt.clock = lambda: now.astimezone(UTC)
    return [(one.level, one.message["en"]) for one in runs_checks(rt)]


def test_a_quiet_night(project: Runtime) -> None:
    assert told(project, TEN - HOUR) == [("ok", "nothing is missed or in doubt")]
    assert told(project, TEN + timedelta(minutes=4))[0][0] == "ok", "a worker may take so long"


def test_what_nothing_starts_is_an_error_and_then_missed(project: Runtime) -> None:
    assert told(project, TEN + HOUR) == [("error", "1 moment(s) have come and nothing starts them")]
    assert told(project, TEN + 5 * HOUR) == [("warning", "1 run(s) were missed in the last 7 days")]
    (run,) = {row.run_id for row in project.ledger.expected(CALENDAR) if row.at <= TEN}
    assert [one.level for one in runs_checks(project, {run})] == ["ok"], "it began in time, and is long"
    look_after(project, CALENDAR)
    assert told(project, TEN + 6 * HOUR) == [("warning", "1 run(s) were missed in the last 7 days")]
    for day in (1, 2, 3):
        project.clock = lambda day=day: TEN + day * DAY  # type: ignore[misc]
        run_if_due(project, CALENDAR, "burst", TEN + day * DAY)
    assert told(project, TEN + 8 * DAY) == [("ok", "nothing is missed or in doubt")], "it is told for a week"


def test_messages_in_doubt_wait_for_a_person(project: Runtime) -> None:
    project.clock = lambda: TEN
    refresh(project, CALENDAR, TEN)
    decided = decide(project, CALENDAR, "burst", TEN)
    assert decided is not None
    enqueue_run(project, decided.run_id)
    claimed = project.ledger.claim(decided.run_id, "sms", 2, "dead", TEN)
    project.ledger.hand_over({job.intent_key: 6 for job in claimed}, "dead", TEN)
    project.ledger.recover(TEN + HOUR, timedelta(minutes=15), (), channels={"sms"})
    (one,) = runs_checks(project)
    assert (one.level, one.message["en"]) == ("warning", "2 message(s) may or may not have left")
    assert "promocal settle" in one.remedy["en"]
    assert "promocal settle" in one.remedy["zh"]


def test_a_ledger_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    with open_runtime(write_project(tmp_path, [TEN]), clock=lambda: TEN) as rt:
        assert list(runs_checks(rt)) == []
        assert "ledger" not in rt.__dict__, "opening it would bring it up to date"
