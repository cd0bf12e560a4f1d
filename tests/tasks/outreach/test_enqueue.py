from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.findings.errors import LedgerError, LedgerMovedError
from tasks.outreach.enqueue import DecisionRow, enqueue_rows
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Enqueued, Run

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
RUN = Run("r", "c", "burst", T0, "s", "d", "started", RunSummary(), T0)
ROW = DecisionRow("recall", T0, "m1", "sms", "coupon", 3000, "coupons", "recall.txt", T0 + timedelta(hours=2))


def put(ledger: MemoryLedger, *rows: DecisionRow, total: int | None = None) -> Enqueued:
    return enqueue_rows(ledger, RUN, iter(rows), budget=BudgetLimits(total), stock={}, expected_position=None, at=T0)


def test_rows_become_jobs_and_grants() -> None:
    ledger = MemoryLedger()
    paid = ROW._replace(points=200)
    plain = DecisionRow("welcome", T0, "m2", "push", status="awaiting_approval")
    assert put(ledger, paid, plain) == Enqueued(2, 0, 1, position=1)
    first, second = ledger.jobs()
    assert first.intent_key == intent_key("c", "burst", "recall", T0, "m1", "sms")
    assert (first.run_id, first.benefit, first.message, first.status) == ("r", "coupon", "recall.txt", "pending")
    assert (first.expires_at, second.expires_at) == (T0 + timedelta(hours=2), None)
    assert (second.channel, second.benefit, second.status) == ("push", None, "awaiting_approval")
    [grant] = ledger.grant_rows("c")
    assert (grant.member_id, grant.cost_cents, grant.points, grant.granted_at) == ("m1", 3000, 200, T0)
    run = ledger.run("r")
    assert run is not None
    assert run.status == "awaiting_approval"


def test_a_repeat_changes_nothing_and_a_refusal_writes_nothing() -> None:
    ledger = MemoryLedger()
    put(ledger, ROW)
    assert put(ledger, ROW) == Enqueued(0, 1, 0, position=1)
    other = replace(RUN, run_id="r2")
    more = iter([ROW._replace(member_id="m2")])
    with pytest.raises(LedgerError, match="the budget"):
        enqueue_rows(ledger, other, more, budget=BudgetLimits(5999), stock={}, expected_position=None, at=T0)
    assert len(list(ledger.jobs())) == 1


def test_rows_of_another_decision_than_the_ledgers_are_refused() -> None:
    ledger = MemoryLedger()
    ledger.begin_run(RUN)
    stale = replace(RUN, decision_sha="another")
    ledger.begin_run(replace(RUN, status="enqueued"))
    with pytest.raises(LedgerMovedError, match="run r is decided by d"):
        enqueue_rows(ledger, stale, iter([ROW]), budget=BudgetLimits(), stock={}, expected_position=None, at=T0)
    assert list(ledger.jobs()) == []
