"""What every ledger promises about putting jobs in: once each, within budget and stock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.findings.errors import LedgerError, LedgerMovedError
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Enqueued, Job

from .cases import HOUR, RUN, T0, grant, job, put, reserved, statuses

OTHER = replace(RUN, run_id="c.burst.2")


def test_a_repeated_enqueue_adds_nothing(ledger: Ledger) -> None:
    jobs = [job("a"), job("b")]
    assert put(ledger, jobs, map(grant, jobs)) == Enqueued(2, 0, 2, position=1)
    assert put(ledger, iter(jobs), map(grant, jobs)) == Enqueued(0, 2, 0, position=1)
    assert ledger.position() == 1
    assert [found.member_id for found in ledger.jobs(RUN.run_id)] == ["a", "b"]


def test_jobs_come_back_as_they_went_in(ledger: Ledger) -> None:
    given = replace(
        job("会员 1'\"\\"),
        message="messages/recall.zh.txt",
        not_before=T0 + HOUR,
        expires_at=T0 + timedelta(microseconds=1),
    )
    put(ledger, [given])
    assert list(ledger.jobs()) == [given]


def test_the_same_intent_twice_in_one_enqueue_is_one_job(ledger: Ledger) -> None:
    assert put(ledger, [job("a"), job("a")], [grant(job("a")), grant(job("a"))]) == Enqueued(1, 1, 1, position=1)


def test_a_known_intent_keeps_the_grant_it_has(ledger: Ledger) -> None:
    put(ledger, [job("a")])
    assert put(ledger, [job("a"), job("b")], [grant(job("a")), grant(job("b"))]).new_grants == 1
    assert [row.member_id for row in ledger.grant_rows("c")] == ["b"]


def test_more_jobs_than_one_chunk(ledger: Ledger) -> None:
    jobs = [job(f"m{n:05}") for n in range(10_001)]
    assert put(ledger, jobs, map(grant, jobs)) == Enqueued(10_001, 0, 10_001, position=1)
    assert sum(ledger.job_counts().values()) == 10_001


@pytest.mark.parametrize(
    ("budget", "stock", "words"),
    [
        (BudgetLimits(pools={"coupons": 450}), {}, "pool coupons: 2.00 asked, 1.50 left of 4.50"),
        (BudgetLimits(total_cents=499), {}, "the budget: 2.00 asked, 1.99 left of 4.99"),
        (BudgetLimits(), {"coupon": 4}, "benefit coupon: 2 asked, 1 left of a stock of 4"),
    ],
)
def test_a_limit_refuses_the_whole_enqueue(
    ledger: Ledger, budget: BudgetLimits, stock: dict[str, int | None], words: str
) -> None:
    first = [job("a"), job("b"), job("c")]
    put(ledger, first, map(grant, first), budget=budget, stock=stock)
    more = [job("d"), job("e")]
    with pytest.raises(LedgerError, match=re.escape(words)):
        put(ledger, more, map(grant, more), budget=budget, stock=stock)
    assert statuses(ledger) == {"a": "pending", "b": "pending", "c": "pending"}
    assert ledger.position() == 1
    assert reserved(ledger) == 300


def test_limits_are_inclusive_and_repeats_pass_even_when_lowered(ledger: Ledger) -> None:
    jobs = [job("a"), job("b")]
    assert put(ledger, jobs, map(grant, jobs), budget=BudgetLimits(200, {"coupons": 200}), stock={"coupon": 2})
    assert put(ledger, jobs, map(grant, jobs), budget=BudgetLimits(0, {"coupons": 0})).existing_jobs == 2


def test_a_stock_lowered_below_its_use_refuses_only_who_asks_for_it(ledger: Ledger) -> None:
    gifts = [job(f"m{n}") for n in range(6)]
    put(ledger, gifts, map(grant, gifts), stock={"coupon": 6})
    lowered: dict[str, int | None] = {"coupon": 3, "other": None}
    another = replace(job("m7", run=OTHER), benefit="other")
    assert put(ledger, [another], [grant(another)], run=OTHER, stock=lowered) == Enqueued(1, 0, 1, position=2)
    assert put(ledger, gifts, map(grant, gifts), stock=lowered) == Enqueued(0, 6, 0, position=2)
    with pytest.raises(LedgerError, match="benefit coupon: 1 asked, 0 left of a stock of 3"):
        put(ledger, [job("m8")], [grant(job("m8"))], stock=lowered)


def test_money_outside_every_pool_counts_towards_the_total(ledger: Ledger) -> None:
    limits = BudgetLimits(total_cents=150, pools={"coupons": 100})
    put(ledger, [job("a")], [grant(job("a"))], budget=limits)
    with pytest.raises(LedgerError, match=r"the budget: 0\.51 asked, 0\.50 left"):
        put(ledger, [job("b")], [grant(job("b"), cost=51, pool=None)], budget=limits)
    assert put(ledger, [job("b")], [grant(job("b"), cost=50, pool=None)], budget=limits).new_grants == 1


def test_an_enqueue_decided_on_another_position_is_refused(ledger: Ledger) -> None:
    put(ledger, [job("a")], expected=0)
    with pytest.raises(LedgerMovedError) as caught:
        put(ledger, [job("b")], expected=0)
    assert caught.value.retryable
    assert statuses(ledger) == {"a": "pending"}
    # The same decision again is harmless, however far the ledger moved.
    assert put(ledger, [job("a")], expected=0).existing_jobs == 1


def test_a_failing_iterator_leaves_nothing_behind(ledger: Ledger) -> None:
    def broken() -> Iterable[Job]:
        yield from (job(f"m{n}") for n in range(10_500))
        raise RuntimeError("decision file is damaged")

    with pytest.raises(RuntimeError):
        put(ledger, broken())
    assert list(ledger.jobs()) == []
    assert ledger.position() == 0


def test_what_may_not_enter(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="not as sent"):
        put(ledger, [job("a", status="sent")])
    with pytest.raises(LedgerError, match="was handed to"):
        put(ledger, [job("a", run=replace(RUN, run_id="other"))])
    with pytest.raises(LedgerError, match="grants without a job"):
        put(ledger, [job("a")], [grant(job("z"))])
    with pytest.raises(LedgerError, match="not in the ledger"):
        ledger.enqueue("nobody", [], [], budget=BudgetLimits(), stock={}, expected_position=None, at=T0)
    assert list(ledger.jobs()) == []
