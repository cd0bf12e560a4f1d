from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.outreach.outreach import dispatch_run
from tasks.running.guard import LATE
from tasks.running.phase import finish_again, run_if_due, run_phase
from tasks.running.replay import moments
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import ZONE, write_project
from warehouse.ledger.audit import AuditFilter

CALENDAR = "queens-day-2020"


def outbox(rt: Runtime) -> dict[str, bytes]:
    root = rt.settings.state / "outbox"
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_phase_run_sends_what_it_decided_and_a_second_one_nothing_more(shop: Runtime) -> None:
    step = moments(shop.load_calendar(CALENDAR))[0]
    shop.clock = lambda: step.at
    first = run_phase(shop, CALENDAR, step.phase, step.at)
    assert first.status == "finished"
    assert first.chosen == first.dispatch.sent > 0
    files = outbox(shop)
    counts = shop.ledger.job_counts()
    position = shop.ledger.position()

    again = run_phase(shop, CALENDAR, step.phase, step.at)
    assert again.dispatch.sent == 0
    assert outbox(shop) == files
    assert shop.ledger.job_counts() == counts
    assert shop.ledger.position() == position


def test_no_personal_data_in_ledger_decisions_or_outbox(shop: Runtime) -> None:
    step = next(step for step in moments(shop.load_calendar(CALENDAR)) if step.phase == "burst")
    shop.clock = lambda: step.at
    run_phase(shop, CALENDAR, step.phase, step.at)
    with (shop.settings.root / "data" / "contact_points-0001.csv").open(encoding="utf-8-sig", newline="") as file:
        phones = {row["address"] for row in csv.DictReader(file) if row["channel"] == "sms"}
    assert len(phones) > 50
    assert all(len(phone) == 11 for phone in phones)
    for path in Path(shop.settings.state).rglob("*"):
        if path.is_file() and "warehouse" not in path.parts:
            content = path.read_bytes()
            assert not any(phone.encode() in content for phone in phones), path


def test_a_moment_long_past_is_skipped_and_a_started_run_goes_on(shop: Runtime) -> None:
    step = next(step for step in moments(shop.load_calendar(CALENDAR)) if step.phase == "presale")
    shop.clock = lambda: step.at + timedelta(days=2)
    skipped = run_if_due(shop, CALENDAR, step.phase, step.at)
    assert skipped.status == "skipped"
    assert "late" in skipped.reason
    assert shop.ledger.job_counts() == {}

    shop.clock = lambda: step.at + timedelta(minutes=5)
    first = run_if_due(shop, CALENDAR, step.phase, step.at)
    assert first.dispatch.sent > 0
    shop.clock = lambda: step.at + timedelta(days=2)
    again = run_if_due(shop, CALENDAR, step.phase, step.at)
    assert again.status == "finished"
    assert again.dispatch.sent == 0


def test_a_run_that_began_in_time_is_never_late(tmp_path: Path) -> None:
    """Nobody listens at the gateway; three hours later the same run is taken up again, far beyond its grace."""
    moment = datetime(2026, 3, 6, 10, tzinfo=ZONE)
    write_project(tmp_path, [moment], play="on_late: {grace: 10m, then: skip}")
    path = tmp_path / "promocal.toml"
    away = 'kind = "http"\nurl = "http://127.0.0.1:9/"'
    path.write_text(path.read_text("utf-8").replace('kind = "file"', away), "utf-8")
    for late in (timedelta(minutes=1), timedelta(hours=3)):
        with open_runtime(tmp_path, clock=lambda late=late: moment + late) as rt:
            outcome = run_if_due(rt, "small-sale", "burst", moment)
            assert outcome.jobs == {"pending": outcome.chosen}
            assert {job.error for job in rt.ledger.jobs()}.isdisjoint({LATE[0]})
    assert outcome.chosen > 0


def test_an_occurrence_above_its_limit_waits_for_a_person(shop: Runtime) -> None:
    path = shop.calendar_path(CALENDAR)
    text = path.read_text("utf-8")
    path.write_text(
        text.replace(
            "      - id: presale-recommendation\n", "      - id: presale-recommendation\n        approve: {above: 5}\n"
        )
    )
    step = next(step for step in moments(shop.load_calendar(CALENDAR)) if step.phase == "presale")
    shop.clock = lambda: step.at
    waiting = run_phase(shop, CALENDAR, step.phase, step.at)
    assert waiting.status == "awaiting_approval"
    assert waiting.jobs.keys() == {"awaiting_approval"}
    assert not list((shop.settings.state / "outbox").rglob("*.csv"))

    released = shop.ledger.approve(waiting.run_id, "somebody", step.at)
    sent = dispatch_run(shop, waiting.run_id)
    done = finish_again(shop, waiting.run_id, sent)
    assert released == sent.sent == waiting.chosen
    assert done.status == "finished"
    assert [row.by for row in shop.ledger.audit(AuditFilter(run_id=waiting.run_id))] == ["somebody"]


def test_a_calendar_named_by_its_file_is_the_same_calendar(shop: Runtime) -> None:
    """Under a second name it would start anew: what was sent would be sent again, money be spent twice."""
    step = moments(shop.load_calendar(CALENDAR))[0]
    shop.clock = lambda: step.at
    first = run_if_due(shop, str(shop.calendar_path(CALENDAR)), step.phase, step.at)
    assert first.run_id.startswith(f"{CALENDAR}.")
    assert first.dispatch.sent > 0
    again = run_if_due(shop, CALENDAR, step.phase, step.at)
    assert (again.run_id, again.jobs, again.dispatch.sent) == (first.run_id, first.jobs, 0)
    assert {run.calendar for run in shop.ledger.runs()} == {CALENDAR}


def test_a_calendar_in_a_file_of_another_name_is_not_run(shop: Runtime) -> None:
    step = moments(shop.load_calendar(CALENDAR))[0]
    shop.clock = lambda: step.at
    shop.calendar_path(CALENDAR).rename(shop.calendar_path("renamed"))
    for run in (run_if_due, run_phase):
        with pytest.raises(UsageError, match=f"holds the calendar {CALENDAR}"):
            run(shop, "renamed", step.phase, step.at)
    assert not shop.ledger.runs()
