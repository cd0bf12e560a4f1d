"""Stock and money that were lowered after they were reserved, at the send gate."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.outreach.late_supply import SupplyCheck
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Grant, Job, Outcome, Run

AT = datetime(2026, 3, 8, 2, tzinfo=UTC)
COST = 100


def job(number: int, benefit: str | None = "coupon") -> Job:
    return Job(f"k{number}", "r", "c", "p", "y", AT, f"m{number}", "sms", benefit)


JOBS = [job(n) for n in range(4)]


@pytest.fixture
def ledger() -> MemoryLedger:
    """Four coupons of one yuan are reserved; the first is out."""
    ledger = MemoryLedger()
    ledger.begin_run(Run("r", "c", "p", AT, "s", "d", "started", RunSummary(), AT))
    grants = [Grant(one.intent_key, "c", "p", "y", one.member_id, "coupon", "gifts", COST, AT) for one in JOBS]
    jobs = [*JOBS, job(9, None)]
    ledger.enqueue("r", jobs, grants, budget=BudgetLimits(), stock={}, expected_position=None, at=AT)
    ledger.claim("r", "sms", 1, "w", AT)
    ledger.record([Outcome("k0", "sent")], AT)
    return ledger


def check(
    ledger: MemoryLedger, *, stock: int | None = None, total: int | None = None, pool: int | None = None
) -> dict[str, str]:
    benefit = SimpleNamespace(stock=stock, pool="gifts")
    pools = {} if pool is None else {"gifts": SimpleNamespace(amount=pool)}
    budget = None if total is None and pool is None else SimpleNamespace(total=total, pools=pools)
    calendar = SimpleNamespace(calendar="c", benefits={"coupon": benefit}, budget=budget)
    loaded = cast("LoadedCalendar", SimpleNamespace(calendar=calendar))
    return SupplyCheck(ledger, loaded, "r")([*JOBS[1:], job(9, None)])


def test_what_is_reserved_leaves_as_long_as_the_limits_are_those_of_the_decision(ledger: MemoryLedger) -> None:
    assert check(ledger) == {}
    assert check(ledger, stock=4, total=4 * COST, pool=4 * COST) == {}


def test_a_lowered_stock_goes_to_whose_message_leaves_first(ledger: MemoryLedger) -> None:
    assert check(ledger, stock=2) == dict.fromkeys(("k2", "k3"), "the stock of coupon was lowered")
    assert list(check(ledger, stock=0)) == ["k1", "k2", "k3"]


@pytest.mark.parametrize(
    ("limits", "why"),
    [({"pool": 3 * COST}, "the money of pool gifts was lowered"), ({"total": 350}, "the budget was lowered")],
)
def test_so_does_lowered_money(ledger: MemoryLedger, limits: dict[str, int], why: str) -> None:
    assert check(ledger, **limits) == {"k3": why}


def test_what_came_back_is_there_for_others(ledger: MemoryLedger) -> None:
    ledger.cancel(["k1"], "not wanted", AT)
    assert check(ledger, stock=3) == {}


def test_a_benefit_that_left_the_calendar_is_the_business_of_another_gate(ledger: MemoryLedger) -> None:
    other = replace(JOBS[1], benefit="gone")
    loaded = SimpleNamespace(
        calendar=SimpleNamespace(calendar="c", benefits={"coupon": SimpleNamespace(stock=1, pool=None)}, budget=None)
    )
    assert SupplyCheck(ledger, cast("LoadedCalendar", loaded), "r")([other]) == {}
