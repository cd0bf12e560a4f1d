"""What every ledger promises about taking jobs out: claims, outcomes, recovery, cancelling, approval."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.findings.errors import LedgerError
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Outcome, OutcomeStatus, Recovered
from warehouse.ledger.rules import UNTOUCHED
from warehouse.ledger.schema import moment_of

from .cases import HOUR, RUN, T0, grant, handed_over, job, put, reserved, statuses


def test_a_claim_takes_due_jobs_once_in_order(ledger: Ledger) -> None:
    later = replace(job("later"), not_before=T0 + HOUR)
    waiting = job("waiting", status="awaiting_approval")
    put(ledger, [job("b"), later, job("a"), waiting, job("other", channel="push")])
    assert ledger.due_members(RUN.run_id, "sms", 9, T0) == ["b", "a"]
    assert ledger.due_members(None, "sms", 1, T0 + HOUR) == ["b"]
    first = ledger.claim(RUN.run_id, "sms", 1, "w1", T0)
    assert [(j.member_id, j.status, j.attempts) for j in first] == [("b", "sending", 1)]
    assert [j.member_id for j in ledger.claim(RUN.run_id, "sms", 10, "w2", T0)] == ["a"]
    assert ledger.claim(RUN.run_id, "sms", 10, "w2", T0) == []
    assert [j.member_id for j in ledger.claim(None, "sms", 10, "w2", T0 + HOUR)] == ["later"]
    assert ledger.claim("another run", "push", 10, "w", T0) == []


def test_outcomes_are_recorded_once(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b"), job("c"), job("d")])
    keys = {j.member_id: j.intent_key for j in ledger.claim(None, "sms", 10, "w", T0)}
    outcomes = [
        Outcome(keys["a"], "sent", receipt="r-1"),
        Outcome(keys["b"], "failed", error="blacklisted"),
        Outcome(keys["c"], "unknown", error="timeout"),
        Outcome(keys["d"], "pending", error="busy", retry_after=HOUR),
    ]
    assert ledger.record(outcomes, T0, worker="w") == 4
    assert ledger.record(outcomes[:2], T0 + HOUR, worker="w") == 0
    found = {j.member_id: j for j in ledger.jobs()}
    assert (found["a"].status, found["a"].receipt, found["a"].sent_at) == ("sent", "r-1", T0)
    assert (found["b"].status, found["b"].error) == ("failed", "blacklisted")
    assert (found["c"].status, found["c"].sent_at) == ("unknown", None)
    assert (found["d"].status, found["d"].not_before) == ("pending", T0 + HOUR)
    assert ledger.claim(None, "sms", 10, "w", T0) == []
    assert [j.attempts for j in ledger.claim(None, "sms", 10, "w", T0 + HOUR)] == [2]


@pytest.mark.parametrize("different", [True, False])
def test_what_is_said_of_many_is_kept_with_each(ledger: Ledger, different: bool) -> None:
    put(ledger, [job("a"), job("b"), job("c")])
    keys = {j.member_id: j.intent_key for j in ledger.claim(None, "sms", 10, "w", T0)}
    receipts = {"a": "recall.csv", "b": "recall.2.csv" if different else "recall.csv"}
    sent = [Outcome(keys[member], "sent", receipt=receipt) for member, receipt in receipts.items()]
    assert ledger.record(sent, T0, worker="w") == 2
    assert ledger.record([Outcome(keys["c"], "pending", error="the channel is busy")], T0, worker="w") == 1
    found = {j.member_id: (j.status, j.receipt, j.error) for j in ledger.jobs()}
    assert found == {
        **{member: ("sent", receipt, None) for member, receipt in receipts.items()},
        "c": ("pending", None, "the channel is busy"),
    }


def test_what_was_said_first_stays_where_nothing_more_is(ledger: Ledger) -> None:
    put(ledger, [job("a")])
    (claimed,) = ledger.claim(None, "sms", 10, "w", T0)
    ledger.record([Outcome(claimed.intent_key, "pending", receipt="r-1", error="busy")], T0, worker="w")
    ledger.claim(None, "sms", 10, "w", T0)
    ledger.record([Outcome(claimed.intent_key, "sent")], T0, worker="w")
    (found,) = ledger.jobs()
    assert (found.status, found.receipt, found.error) == ("sent", "r-1", None)


def test_a_failed_or_cancelled_job_frees_its_budget(ledger: Ledger) -> None:
    limits = BudgetLimits(pools={"coupons": 300})
    jobs = [job("a"), job("b"), job("c")]
    put(ledger, jobs, map(grant, jobs), budget=limits)
    ledger.cancel([jobs[0].intent_key], "stopped by hand", T0)
    claimed = ledger.claim(None, "sms", 1, "w", T0)
    ledger.record([Outcome(claimed[0].intent_key, "failed")], T0)
    assert reserved(ledger) == 100
    more = [job("d"), job("e")]
    assert put(ledger, more, map(grant, more), budget=limits).new_grants == 2


def test_a_worker_cannot_touch_what_another_one_holds(ledger: Ledger) -> None:
    put(ledger, [job("a")])
    key = ledger.claim(None, "sms", 1, "slow", T0)[0].intent_key
    ledger.recover(T0 + HOUR, HOUR / 2, {"sms"})
    ledger.claim(None, "sms", 1, "quick", T0 + HOUR)
    others: tuple[OutcomeStatus, ...] = ("pending", "failed", "unknown", "cancelled")
    for status in others:
        assert ledger.record([Outcome(key, status)], T0 + HOUR, worker="slow") == 0
    # A late confirmation is a fact, whoever brings it.
    assert ledger.record([Outcome(key, "sent")], T0 + HOUR, worker="slow") == 1
    assert ledger.record([Outcome(key, "pending")], T0 + HOUR, worker="quick") == 0
    assert statuses(ledger) == {"a": "sent"}


def test_recover_resends_only_where_the_key_is_honoured(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b", channel="push"), job("c", channel="mail"), job("d")])
    for channel in ("sms", "push", "mail"):
        handed_over(ledger, channel, 1, "dead", T0)
    assert ledger.recover(T0 + HOUR, HOUR, {"push"}) == Recovered(0, 0), "the lease is not over yet"
    after = T0 + HOUR + timedelta(seconds=1)
    assert ledger.recover(after, HOUR, {"push"}, channels={"sms", "push"}) == Recovered(resent=1, unknown=1)
    assert statuses(ledger) == {"a": "unknown", "b": "pending", "c": "sending", "d": "pending"}
    assert ledger.recover(after, HOUR, {"push"}) == Recovered(resent=0, unknown=1)
    assert [j.member_id for j in ledger.claim(None, "sms", 9, "w", after)] == ["d"], "unknown is never sent again"


@pytest.mark.parametrize("keys", [set(), {"sms"}])
def test_what_was_never_handed_over_is_free_again_after_a_minute(ledger: Ledger, keys: set[str]) -> None:
    put(ledger, [job("a"), job("b"), job("c"), job("d", channel="push")])
    claimed = {j.member_id: j.intent_key for j in ledger.claim(None, "sms", 3, "dead", T0)}
    ledger.claim(None, "push", 1, "dead", T0)
    assert ledger.hand_over({claimed["a"]: 6, "nonsense": 6}, "dead", T0) == {claimed["a"]}
    minute, second = timedelta(minutes=1), timedelta(seconds=1)
    assert ledger.recover(T0 + minute, HOUR, keys) == Recovered(0, 0, 0)
    assert ledger.recover(T0 + minute + second, HOUR, keys, channels={"sms"}) == Recovered(0, 0, untouched=2)
    assert statuses(ledger) == {"a": "sending", "b": "pending", "c": "pending", "d": "sending"}
    assert [(j.in_doubt, j.error) for j in ledger.jobs(status="pending")] == [(False, UNTOUCHED)] * 2
    again = ledger.recover(T0 + HOUR + second, HOUR, keys)
    assert again == Recovered(resent=len(keys), unknown=1 - len(keys), untouched=1)


def test_a_worker_that_lost_its_claim_may_not_hand_it_over(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b")])
    keys = [j.intent_key for j in ledger.claim(None, "sms", 2, "slow", T0)]
    ledger.recover(T0 + HOUR, HOUR, set())
    assert ledger.hand_over(dict.fromkeys(keys, 6), "slow", T0 + HOUR) == set(), (
        "pending again: anybody's, but not without a claim"
    )
    assert len(ledger.claim(None, "sms", 1, "quick", T0 + HOUR)) == 1
    assert ledger.hand_over(dict.fromkeys(keys, 6), "slow", T0 + HOUR) == set()
    assert ledger.hand_over(dict.fromkeys(keys, 6), "quick", T0 + HOUR) == {keys[0]}


def test_what_a_message_cost_is_kept_as_it_was_handed_over_last(ledger: Ledger) -> None:
    """Two prices in one batch; one of them is tried again when its text has become longer."""
    put(ledger, [job("a"), job("b"), job("c")])
    keys = {j.member_id: j.intent_key for j in ledger.claim(None, "sms", 3, "w", T0)}
    assert {j.cost_cents for j in ledger.jobs()} == {None}, "nothing has left"
    assert len(ledger.hand_over({keys["a"]: 6, keys["b"]: 12, keys["c"]: 0}, "w", T0)) == 3
    ledger.record([Outcome(keys["a"], "pending"), Outcome(keys["b"], "sent"), Outcome(keys["c"], "failed")], T0)
    [again] = ledger.claim(None, "sms", 3, "w", T0 + HOUR)
    assert again.cost_cents == 6
    assert ledger.hand_over({keys["a"]: 18, keys["b"]: 99}, "w", T0 + HOUR) == {keys["a"]}
    ledger.record([Outcome(keys["a"], "sent")], T0 + HOUR)
    assert {j.member_id: j.cost_cents for j in ledger.jobs()} == {"a": 18, "b": 12, "c": 0}
    jobs = list(ledger.jobs())
    outbox = [(*row[4:7:2], moment_of(row[7]), row[8]) for row in ledger.outbox_rows({jobs[0].run_id})]
    assert outbox == [
        ("a", "sent", T0 + HOUR, 18),
        ("b", "sent", T0, 12),
        ("c", "failed", jobs[2].occurrence_at, 0),
    ]
    assert list(ledger.outbox_rows({"another"})) == []
    left = {(*row[:2], moment_of(row[5]), row[7]) for row in ledger.left_rows(T0 + timedelta(hours=2))}
    assert left == {("a", "sms", T0 + HOUR, 18), ("b", "sms", T0, 12)}
    assert [row[0] for row in ledger.left_rows(T0 + HOUR)] == ["b"], "before the moment"
    contacts = list(ledger.contact_rows(None, sent=True))
    assert [(row.member_id, row.paid_cents({"sms": 7})) for row in contacts] == [("b", 12), ("a", 18)]
    assert contacts[0]._replace(cost_cents=None).paid_cents({"sms": 7}) == 7, "of an earlier release"


def test_a_worker_that_lives_keeps_what_it_holds(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b"), job("c")])
    handed_over(ledger, "sms", 1, "slow", T0)
    ledger.claim(None, "sms", 1, "slow", T0)
    ledger.claim(None, "sms", 1, "another", T0)
    assert ledger.renew("slow", T0 + HOUR) == 2
    assert ledger.recover(T0 + HOUR, HOUR / 2, set()) == Recovered(0, 0, untouched=1)
    assert statuses(ledger) == {"a": "sending", "b": "sending", "c": "pending"}
    assert ledger.renew("nobody", T0) == 0


def test_a_claim_from_the_future_is_not_waited_for(ledger: Ledger) -> None:
    """The clock of its worker was a day ahead, and the worker is gone."""
    put(ledger, [job("a"), job("b")])
    handed_over(ledger, "sms", 1, "ahead", T0 + 24 * HOUR)
    ledger.claim(None, "sms", 1, "ahead", T0 + 24 * HOUR)
    assert ledger.recover(T0, HOUR, {"sms"}) == Recovered(resent=1, unknown=0, untouched=1)


def test_a_job_that_may_have_arrived_is_never_called_cancelled(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b"), job("c"), job("d")], [grant(job("a")), grant(job("b"))])
    claimed = {j.member_id: j.intent_key for j in ledger.claim(None, "sms", 9, "w", T0)}
    timed_out = [Outcome(claimed[m], "pending", error="timeout", in_doubt=True) for m in ("a", "b", "c")]
    ledger.record([*timed_out, Outcome(claimed["d"], "pending", error="busy")], T0)
    assert [j.in_doubt for j in ledger.jobs()] == [True, True, True, False]
    ledger.cancel([claimed["a"]], "withdrawn", T0)
    ledger.claim(None, "sms", 9, "w", T0)
    ledger.record([Outcome(claimed[m], "cancelled", error="expired") for m in ("b", "d")], T0)
    ledger.record([Outcome(claimed["c"], "sent")], T0)
    assert statuses(ledger) == {"a": "unknown", "b": "unknown", "c": "sent", "d": "cancelled"}
    assert [j.in_doubt for j in ledger.jobs()] == [True, True, False, False]
    assert reserved(ledger) == 200, "what may have arrived still holds its money"
    assert not ledger.settle([claimed["a"]], "pending", "li", T0)[0].in_doubt


def test_only_a_person_settles_unknown(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b"), job("c")], [grant(job("b"))])
    keys = [j.intent_key for j in ledger.claim(None, "sms", 9, "w", T0)]
    ledger.record([Outcome(key, "unknown") for key in keys], T0)
    with pytest.raises(LedgerError, match="not as cancelled"):
        ledger.settle([keys[1]], "cancelled", "li", T0)
    assert ledger.settle([keys[0]], "sent", "li", T0 + HOUR)[0].sent_at == T0 + HOUR
    assert ledger.settle([keys[1]], "failed", "li", T0)[0].status == "failed"
    assert ledger.settle([keys[2]], "pending", "li", T0)[0].status == "pending"
    assert reserved(ledger) == 0
    with pytest.raises(LedgerError, match="sent; only an unknown job"):
        ledger.settle([keys[0]], "failed", "li", T0)


def test_work_for_people_is_a_contact_until_somebody_says_it_led_nowhere(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b"), job("c")], [grant(job("b")), grant(job("c"))])
    keys = [j.intent_key for j in ledger.claim(None, "sms", 9, "w", T0)]
    assert ledger.record([Outcome(key, "to_do", receipt="call.csv") for key in keys], T0, worker="w") == 3
    assert statuses(ledger) == {"a": "to_do", "b": "to_do", "c": "to_do"}
    assert len(list(ledger.contact_rows(T0 + HOUR))) == 3
    assert not ledger.claim(None, "sms", 9, "w", T0 + HOUR)
    assert ledger.cancel(keys, "too late", T0) == 0
    with pytest.raises(LedgerError, match="not as pending"):
        ledger.settle([keys[0]], "pending", "li", T0)
    assert ledger.settle([keys[0]], "sent", "li", T0 + HOUR)[0].sent_at == T0 + HOUR
    assert ledger.settle([keys[1]], "failed", "li", T0)[0].status == "failed"
    assert ledger.settle([keys[2]], "cancelled", "li", T0)[0].status == "cancelled"
    assert reserved(ledger) == 0
    assert [row.member_id for row in ledger.contact_rows(T0 + HOUR)] == ["a"]


def test_cancel_stops_only_what_nobody_claimed(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b"), job("c", status="awaiting_approval")])
    ledger.claim(None, "sms", 1, "w", T0)
    keys = [j.intent_key for j in ledger.jobs()]
    assert ledger.cancel([*keys, "nonsense"], "calendar withdrawn", T0, by="wang") == 2
    assert statuses(ledger) == {"a": "sending", "b": "cancelled", "c": "cancelled"}
    assert {j.error for j in ledger.jobs(status="cancelled")} == {"calendar withdrawn"}


def test_approval_frees_the_run(ledger: Ledger) -> None:
    put(ledger, [job("a", status="awaiting_approval"), job("b")])
    run = ledger.run(RUN.run_id)
    assert run is not None
    assert run.status == "awaiting_approval"
    assert ledger.approve(RUN.run_id, "wang", T0) == 1
    assert statuses(ledger) == {"a": "pending", "b": "pending"}
    run = ledger.run(RUN.run_id)
    assert run is not None
    assert run.status == "enqueued"
    assert ledger.approve(RUN.run_id, "wang", T0) == 0
    with pytest.raises(LedgerError, match="not in the ledger"):
        ledger.approve("nobody", "wang", T0)


def test_defer_keeps_due_jobs_back_with_the_reason(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b", channel="push"), replace(job("c"), not_before=T0 + 9 * HOUR)])
    assert ledger.defer(RUN.run_id, "sms", T0 + HOUR, "quiet hours", T0) == 1
    assert ledger.claim(None, "sms", 9, "w", T0 + HOUR - timedelta(seconds=1)) == []
    assert [(j.member_id, j.error) for j in ledger.claim(None, "sms", 9, "w", T0 + HOUR)] == [("a", "quiet hours")]
