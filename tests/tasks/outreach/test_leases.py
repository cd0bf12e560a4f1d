"""A worker that lives keeps its claims, those that it has not handed over yet as well."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from tasks.outreach.leases import renewed
from warehouse.ledger import rules
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Job, Run

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)


def test_a_claim_that_is_long_in_the_making_is_not_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_UNTOUCHED_LEASE", timedelta(milliseconds=60))
    ledger, lease = MemoryLedger(), timedelta(minutes=15)
    ledger.begin_run(Run("r", "c", "p", T0, "s", "d", "started", RunSummary(), T0))
    jobs = [Job("k", "r", "c", "p", "y", T0, "m", "sms")]
    ledger.enqueue("r", jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=T0)
    ledger.claim("r", "sms", 1, "w", T0)
    with renewed(ledger, "w", lambda: T0 + timedelta(seconds=1), lease):
        time.sleep(0.1)
        assert ledger.recover(T0 + timedelta(seconds=1), lease, []).untouched == 0
    assert ledger.hand_over({"k": 6}, "w", T0) == {"k"}
