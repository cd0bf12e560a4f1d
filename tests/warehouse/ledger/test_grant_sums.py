"""What grants hold and what came back, in every ledger: cancelled and failed messages return stock and money."""

from __future__ import annotations

from campaign_calendars.deciding.briefs import BudgetLimits
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import GrantSum, Outcome

from .cases import T0, grant, job, put


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
