"""Ticks of duties and ids of the platform, the same in both ledgers."""

from __future__ import annotations

from datetime import UTC, datetime

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from warehouse.ledger.audit import AuditFilter, platform_ids_read
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import DutyTick, Job, Outcome, PlatformId, Run

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_duty_is_ticked_once_and_undone_by_name(ledger: Ledger) -> None:
    tick = DutyTick("c", "signature", "Li Wei", AT)
    assert ledger.tick(tick)
    assert not ledger.tick(DutyTick("c", "signature", "Wang Fang", LATER))
    assert ledger.ticks("c") == [tick]
    assert ledger.ticks("d") == []
    assert ledger.untick("c", "signature", "was refused", "Wang Fang", LATER)
    assert not ledger.untick("c", "signature", "was refused", "Wang Fang", LATER)
    assert ledger.ticks("c") == []
    entries = ledger.audit(AuditFilter(subject="signature"))
    assert [(entry.action, entry.by, entry.detail) for entry in entries] == [
        ("duty_undone", "Wang Fang", "was refused"),
        ("duty_done", "Li Wei", ""),
    ]


def test_reasons_of_waiting_messages_are_counted(ledger: Ledger) -> None:
    ledger.begin_run(Run("r", "c", "burst", AT, "s", "x", "started", RunSummary(), AT))
    jobs = [Job(f"k{n}", "r", "c", "burst", "p", AT, f"m{n}", "sms") for n in range(3)]
    ledger.enqueue("r", jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=AT)
    claimed = ledger.claim("r", "sms", 2, "w", AT)
    waits = [Outcome(job.intent_key, "pending", error="waits for duty x") for job in claimed]
    ledger.record(waits, AT, worker="w")
    assert ledger.stopped("r", status="pending")["waits for duty x"] == 2
    assert ledger.stopped("r") == {}


def test_an_id_of_the_platform_takes_the_place_of_an_earlier_one(ledger: Ledger) -> None:
    first = [PlatformId("c", "pack", "1", "A1", AT), PlatformId("c", "coupon", "", "A0", AT)]
    ledger.set_platform_ids(first, platform_ids_read("c", "ids.xlsx", 2, "Li Wei", AT))
    again = PlatformId("c", "coupon", "", "B0", LATER)
    ledger.set_platform_ids([again], platform_ids_read("c", "ids.xlsx", 1, "Li Wei", LATER))
    assert ledger.platform_ids("c") == [again, first[0]]
    assert ledger.platform_ids("d") == []
    assert [entry.count for entry in ledger.audit(AuditFilter(action="platform_ids"))] == [1, 2]


def test_ids_that_another_calendar_has_too_are_told(ledger: Ledger) -> None:
    mine, theirs = PlatformId("c", "coupon", "", "A1", AT), PlatformId("d", "welcome", "child", "A1", LATER)
    for row in (mine, theirs, PlatformId("d", "other", "", "A2", AT), PlatformId("c", "own", "", "A3", AT)):
        ledger.set_platform_ids([row], platform_ids_read(row.calendar, "ids.xlsx", 1, "Li Wei", row.set_at))
    assert ledger.platform_ids("c", shared=True) == [theirs]
    assert ledger.platform_ids("d", shared=True) == [mine]
    assert ledger.platform_ids("e", shared=True) == []
