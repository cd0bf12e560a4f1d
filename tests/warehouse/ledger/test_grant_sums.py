"""What grants hold and what came back, in every ledger: cancelled and failed messages return stock and money."""

from __future__ import annotations

import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.findings.errors import LedgerError
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Books, GrantState, GrantSum, Outcome, StrayUses

from .cases import HOUR, T0, grant, job, put


def test_cancelled_and_failed_messages_give_back(ledger: Ledger) -> None:
    jobs = [job(member) for member in "abcd"]
    put(ledger, jobs, [grant(one, cost=100 + number) for number, one in enumerate(jobs)])
    assert ledger.grant_sums("c") == [GrantSum("burst", "coupon", "coupons", "reserved", 4, 406)]
    ledger.cancel([jobs[0].intent_key], "withdrawn", T0)
    ledger.claim(None, "sms", 9, "w", T0)
    ledger.record([Outcome(jobs[1].intent_key, "failed"), Outcome(jobs[2].intent_key, "sent")], T0)
    assert ledger.grant_sums("c") == [
        GrantSum("burst", "coupon", "coupons", "open", 1, 102),
        GrantSum("burst", "coupon", "coupons", "reserved", 1, 103),
        GrantSum("burst", "coupon", "coupons", "stopped", 2, 201),
    ]
    assert ledger.grant_sums("other") == []


def test_a_limit_below_its_use_stops_only_what_goes_beyond(ledger: Ledger) -> None:
    jobs = [job(member) for member in "ab"]
    put(ledger, jobs, [grant(one) for one in jobs], budget=BudgetLimits(500), stock={"coupon": 5})
    low = BudgetLimits(50, {"coupons": 50})
    again = put(ledger, jobs, [grant(one) for one in jobs], budget=low, stock={"coupon": 1})
    assert (again.new_jobs, again.existing_jobs) == (0, 2)
    assert put(ledger, [job("x")], budget=low, stock={"coupon": 1}).new_jobs == 1, "it asks for nothing"
    assert ledger.grant_sums("c") == [GrantSum("burst", "coupon", "coupons", "reserved", 2, 200)]


def test_what_came_back_unused_is_given_again_and_what_is_found_used_later_holds_again(ledger: Ledger) -> None:
    jobs = [job(member) for member in "ab"]
    limits = BudgetLimits(200, {"coupons": 200})
    put(ledger, jobs, [grant(one) for one in jobs], budget=limits, stock={"coupon": 2})
    kept = Books(T0 + HOUR, "snapshot", {"coupon": StrayUses(1, 50)})
    assert ledger.books("c") is None
    assert ledger.book("c", [GrantState(jobs[0].intent_key, 0, release="expired")], kept) == 1
    assert ledger.books("c") == kept
    assert [row.member_id for row in ledger.grant_rows("c")] == ["b"]
    assert [row.member_id for row in ledger.grant_rows("c", over=True)] == ["a", "b"]
    assert ledger.granted("c") == {"coupon": 1}
    assert ledger.granted("other") == {}
    new = job("c")
    assert put(ledger, [new], [grant(new)], budget=limits, stock={"coupon": 2}).new_grants == 1
    used = GrantState(jobs[0].intent_key, 0, 80, T0 + HOUR)
    assert ledger.book("c", [used], kept) == 1
    assert {row.state for row in ledger.given_rows("c")} >= {used}
    assert ledger.grant_sums("c") == [
        GrantSum("burst", "coupon", "coupons", "difference", 0, 20),
        GrantSum("burst", "coupon", "coupons", "reserved", 2, 200),
        GrantSum("burst", "coupon", "coupons", "spent", 1, 80),
    ]
    more = job("d")
    with pytest.raises(LedgerError, match=r"coupon|coupons|budget"):
        put(ledger, [more], [grant(more)], budget=limits, stock={"coupon": 3})


def test_a_message_that_failed_gives_back_whatever_was_found_of_its_grant(ledger: Ledger) -> None:
    [one] = jobs = [job("a")]
    put(ledger, jobs, [grant(one)])
    kept = Books(T0, "snapshot", {})
    ledger.book("c", [GrantState(one.intent_key, 0, 80, T0)], kept)
    ledger.cancel([one.intent_key], "no", T0)
    assert ledger.book("c", [GrantState(one.intent_key, 0, release="expired")], kept) == 0
    assert ledger.grant_sums("c") == [GrantSum("burst", "coupon", "coupons", "stopped", 1, 100)]
    assert list(ledger.given_rows("c")) == []
