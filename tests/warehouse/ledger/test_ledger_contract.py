"""What every ledger promises; each test runs in memory, on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.briefs import BudgetLimits
from campaign_calendars.errors import LedgerError, LedgerMovedError
from campaign_calendars.intent import intent_key
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import (
    Enqueued,
    Grant,
    Job,
    JobStatus,
    Outcome,
    OutcomeStatus,
    Recovered,
    Run,
    Suppression,
    TierOverride,
)

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
NO_LIMITS = BudgetLimits()
RUN = Run("c.burst.1", "c", "burst", T0, "snap", "sha", "started", {}, T0)


def job(member: str, *, run: Run = RUN, channel: str = "sms", at: datetime = T0, status: JobStatus = "pending") -> Job:
    key = intent_key(run.calendar, run.phase, "recall", at, member, channel)
    return Job(key, run.run_id, run.calendar, run.phase, "recall", at, member, channel, "coupon", status=status)


def grant(of: Job, *, cost: int = 100, pool: str | None = "coupons", at: datetime = T0) -> Grant:
    assert of.benefit is not None
    return Grant(of.intent_key, of.calendar, of.phase, of.play, of.member_id, of.benefit, pool, cost, at)


def put(
    ledger: Ledger,
    jobs: Iterable[Job],
    grants: Iterable[Grant] = (),
    *,
    run: Run = RUN,
    budget: BudgetLimits = NO_LIMITS,
    stock: dict[str, int | None] | None = None,
    expected: int | None = None,
) -> Enqueued:
    ledger.begin_run(run)
    return ledger.enqueue(run.run_id, jobs, grants, budget=budget, stock=stock or {}, expected_position=expected, at=T0)


def statuses(ledger: Ledger) -> dict[str, str]:
    return {found.member_id: found.status for found in ledger.jobs()}


# -- enqueue ------------------------------------------------------------------------------------
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
    assert ledger.grant_usage("c").reserved_total == 300


def test_limits_are_inclusive_and_repeats_pass_even_when_lowered(ledger: Ledger) -> None:
    jobs = [job("a"), job("b")]
    assert put(ledger, jobs, map(grant, jobs), budget=BudgetLimits(200, {"coupons": 200}), stock={"coupon": 2})
    assert put(ledger, jobs, map(grant, jobs), budget=BudgetLimits(0, {"coupons": 0})).existing_jobs == 2


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


# -- claim and record ---------------------------------------------------------------------------
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


def test_a_failed_or_cancelled_job_frees_its_budget(ledger: Ledger) -> None:
    limits = BudgetLimits(pools={"coupons": 300})
    jobs = [job("a"), job("b"), job("c")]
    put(ledger, jobs, map(grant, jobs), budget=limits)
    ledger.cancel([jobs[0].intent_key], "stopped by hand", T0)
    claimed = ledger.claim(None, "sms", 1, "w", T0)
    ledger.record([Outcome(claimed[0].intent_key, "failed")], T0)
    assert ledger.grant_usage("c").reserved_by_pool == {"coupons": 100}
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
        ledger.claim(None, channel, 1, "dead", T0)
    assert ledger.recover(T0 + HOUR, HOUR, {"push"}) == Recovered(0, 0), "the lease is not over yet"
    after = T0 + HOUR + timedelta(seconds=1)
    assert ledger.recover(after, HOUR, {"push"}, channels={"sms", "push"}) == Recovered(resent=1, unknown=1)
    assert statuses(ledger) == {"a": "unknown", "b": "pending", "c": "sending", "d": "pending"}
    assert ledger.recover(after, HOUR, {"push"}) == Recovered(resent=0, unknown=1)
    assert [j.member_id for j in ledger.claim(None, "sms", 9, "w", after)] == ["d"], "unknown is never sent again"


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
    assert ledger.grant_usage("c").reserved_total == 200, "what may have arrived still holds its money"
    assert not ledger.settle(claimed["a"], "pending", "li", T0).in_doubt


def test_only_a_person_settles_unknown(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b"), job("c")], [grant(job("b"))])
    keys = [j.intent_key for j in ledger.claim(None, "sms", 9, "w", T0)]
    ledger.record([Outcome(key, "unknown") for key in keys], T0)
    with pytest.raises(LedgerError, match="not as cancelled"):
        ledger.settle(keys[1], "cancelled", "li", T0)
    assert ledger.settle(keys[0], "sent", "li", T0 + HOUR).sent_at == T0 + HOUR
    assert ledger.settle(keys[1], "failed", "li", T0).status == "failed"
    assert ledger.settle(keys[2], "pending", "li", T0).status == "pending"
    assert ledger.grant_usage("c").reserved_total == 0
    with pytest.raises(LedgerError, match="sent; only an unknown job"):
        ledger.settle(keys[0], "failed", "li", T0)
    assert [(row.by, row.action, row.detail) for row in ledger.audit(keys[0])] == [("li", "settle", "sent")]


def test_work_for_people_is_a_contact_until_somebody_says_it_led_nowhere(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b"), job("c")], [grant(job("b")), grant(job("c"))])
    keys = [j.intent_key for j in ledger.claim(None, "sms", 9, "w", T0)]
    assert ledger.record([Outcome(key, "to_do", receipt="call.csv") for key in keys], T0, worker="w") == 3
    assert statuses(ledger) == {"a": "to_do", "b": "to_do", "c": "to_do"}
    assert len(list(ledger.contact_rows(T0 + HOUR))) == 3
    assert not ledger.claim(None, "sms", 9, "w", T0 + HOUR)
    assert ledger.cancel(keys, "too late", T0) == 0
    with pytest.raises(LedgerError, match="not as pending"):
        ledger.settle(keys[0], "pending", "li", T0)
    assert ledger.settle(keys[0], "sent", "li", T0 + HOUR).sent_at == T0 + HOUR
    assert ledger.settle(keys[1], "failed", "li", T0).status == "failed"
    assert ledger.settle(keys[2], "cancelled", "li", T0).status == "cancelled"
    assert ledger.grant_usage("c").reserved_total == 0
    assert [row.member_id for row in ledger.contact_rows(T0 + HOUR)] == ["a"]


def test_cancel_stops_only_what_nobody_claimed(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b"), job("c", status="awaiting_approval")])
    ledger.claim(None, "sms", 1, "w", T0)
    keys = [j.intent_key for j in ledger.jobs()]
    assert ledger.cancel([*keys, "nonsense"], "calendar withdrawn", T0, by="wang") == 2
    assert statuses(ledger) == {"a": "sending", "b": "cancelled", "c": "cancelled"}
    assert {j.error for j in ledger.jobs(status="cancelled")} == {"calendar withdrawn"}
    assert [row.by for row in ledger.audit()] == ["wang"]


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


# -- runs and history ---------------------------------------------------------------------------
def test_a_run_with_jobs_keeps_its_decision(ledger: Ledger) -> None:
    assert ledger.begin_run(RUN) == RUN
    assert ledger.begin_run(replace(RUN, decision_sha="newer")).decision_sha == "newer"
    put(ledger, [job("a")])
    assert ledger.begin_run(replace(RUN, decision_sha="too late")).decision_sha == RUN.decision_sha
    ledger.finish_run(RUN.run_id, "finished", {"sent": {"sms": 1}}, T0 + HOUR)
    put(ledger, [job("a")])
    stored = ledger.run(RUN.run_id)
    assert stored is not None
    assert (stored.status, stored.summary, stored.finished_at) == ("finished", {"sent": {"sms": 1}}, T0 + HOUR)
    ledger.begin_run(replace(RUN, run_id="earlier", as_of=T0 - HOUR, calendar="d"))
    assert [run.run_id for run in ledger.runs()] == ["earlier", RUN.run_id]
    assert [run.run_id for run in ledger.runs("c")] == [RUN.run_id]
    assert ledger.run("nobody") is None
    with pytest.raises(LedgerError):
        ledger.finish_run("nobody", "finished", {}, T0)


def test_contacts_are_live_jobs_up_to_the_moment(ledger: Ledger) -> None:
    second = replace(RUN, run_id="c.burst.2", as_of=T0 + HOUR)
    put(ledger, [job("a"), job("b"), job("waiting", status="awaiting_approval")])
    put(ledger, [job("a", run=second, at=T0 + HOUR)], run=second)
    ledger.cancel([job("b").intent_key], "no", T0)
    rows = list(ledger.contact_rows(T0))
    assert {row.member_id for row in rows} == {"a", "waiting"}
    assert rows == sorted(rows, key=lambda row: intent_key("c", "burst", "recall", T0, row.member_id, "sms"))
    assert [row.at for row in ledger.contact_rows(T0 + HOUR, exclude_run=RUN.run_id)] == [T0 + HOUR]
    assert list(ledger.contact_rows(T0 - timedelta(microseconds=1))) == []


def test_grant_usage_counts_local_days(ledger: Ledger) -> None:
    second = replace(RUN, run_id="c.burst.2")
    evening = T0.replace(hour=16, minute=30)  # 00:30 of the next day in Shanghai
    put(ledger, [job("a"), job("b")], [grant(job("a")), grant(job("b"), cost=50, pool=None)])
    late = job("c", run=second, at=evening)
    put(ledger, [late], [grant(late, at=evening, pool="gifts")], run=second)
    usage = ledger.grant_usage("c", timezone=ZoneInfo("Asia/Shanghai"))
    assert usage.by_benefit == {"coupon": 3}
    assert usage.by_benefit_day == {("coupon", "2026-03-08"): 2, ("coupon", "2026-03-09"): 1}
    assert usage.reserved_by_pool == {"coupons": 100, "gifts": 100}
    assert usage.reserved_total == 250
    assert ledger.grant_usage("c", exclude_run=RUN.run_id).by_benefit == {"coupon": 1}
    assert ledger.grant_usage("another").reserved_total == 0
    assert [row.granted_at for row in ledger.grant_rows("c")] == [T0, T0, evening]


def test_job_counts(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b"), job("c", channel="push", status="awaiting_approval")])
    ledger.claim(None, "sms", 1, "w", T0)
    expected = {
        ("burst", "recall", "push", "awaiting_approval"): 1,
        ("burst", "recall", "sms", "pending"): 1,
        ("burst", "recall", "sms", "sending"): 1,
    }
    assert ledger.job_counts(RUN.run_id) == ledger.job_counts(calendar="c") == expected
    assert ledger.job_counts("nobody") == ledger.job_counts(calendar="other") == {}


def test_why_jobs_were_stopped(ledger: Ledger) -> None:
    waiting = job("e", status="awaiting_approval")
    put(ledger, [job("a"), job("b"), job("c"), job("d"), waiting])
    assert ledger.stopped() == {}
    ledger.cancel([waiting.intent_key], "started late", T0)
    claimed = {one.member_id: one.intent_key for one in ledger.claim(None, "sms", 9, "w", T0)}
    ledger.record([Outcome(claimed[m], "cancelled", error="bought") for m in ("a", "b")], T0, worker="w")
    ledger.record([Outcome(claimed["c"], "to_do")], T0, worker="w")
    ledger.settle(claimed["c"], "cancelled", "li", T0)
    expected = {"bought": 2, "settled by a person": 1, "started late": 1}
    assert ledger.stopped(RUN.run_id) == ledger.stopped(calendar="c") == expected
    assert list(ledger.stopped()) == list(expected)
    assert ledger.stopped("nobody") == ledger.stopped(calendar="other") == {}


def test_suppressions_by_channel_or_everywhere(ledger: Ledger) -> None:
    rows = [Suppression("a", None, "complained", T0), Suppression("b", "sms", "reply R", T0)]
    assert ledger.suppressed("sms", ["a", "b"]) == set()
    assert ledger.suppress(iter(rows)) == 2
    assert ledger.suppress([replace(rows[0], reason="again")]) == 0
    assert list(ledger.suppression_rows()) == rows
    assert ledger.suppressed("sms", ["a", "b", "c"]) == {"a", "b"}
    assert ledger.suppressed("push", ["a", "b", "c"]) == {"a"}


def test_snapshots_plans_and_what_was_applied(ledger: Ledger) -> None:
    ledger.record_snapshot("s1", T0, "f", {"members": {"accepted": 3}})
    ledger.record_snapshot("s1", T0, "other", {})
    assert [(s.snapshot_id, s.fingerprint, s.counts) for s in ledger.snapshots()] == [
        ("s1", "f", {"members": {"accepted": 3}})
    ]
    ledger.record_plan("p1", "c", "plan 计划", T0)
    ledger.record_plan("p2", "c", "plan two", T0)
    assert ledger.applied_plan("c") is None
    ledger.mark_applied("p1", "wang", T0)
    ledger.mark_applied("p2", "li", T0 + HOUR)
    applied = ledger.applied_plan("c")
    assert applied is not None
    assert (applied.checksum, applied.applied_by, applied.applied_at) == ("p2", "li", T0 + HOUR)
    plan = ledger.plan("p1")
    assert plan is not None
    assert plan.body == "plan 计划"
    assert ledger.plan("p3") is None
    with pytest.raises(LedgerError, match="p3"):
        ledger.mark_applied("p3", "li", T0)


def test_a_note_about_something_outside_the_ledger(ledger: Ledger) -> None:
    ledger.note(T0, "li", "rollback", "snapshot-1", "from snapshot-2: cut off")
    (row,) = ledger.audit("snapshot-1")
    assert (row.at, row.by, row.action, row.detail) == (T0, "li", "rollback", "from snapshot-2: cut off")
    assert ledger.audit("snapshot-2") == []


def test_a_tier_set_by_hand_is_kept_with_who_and_why(ledger: Ledger) -> None:
    first = TierOverride("m1", "gold", T0, None, "sponsor", "wang")
    second = TierOverride("m1", "diamond", T0 + HOUR, T0 + 9 * HOUR, "prize", "li")
    other = TierOverride("m2", "gold", T0, T0 + HOUR, "guest", "li")
    for override in (first, other, second):
        ledger.set_tier(override)
    assert list(ledger.tier_rows()) == [replace(first, until=T0 + HOUR), other, second]
    assert ledger.clear_tier("m2", "over anyway", "li", T0 + 2 * HOUR) is False
    assert ledger.clear_tier("nobody", "?", "li", T0) is False
    assert ledger.clear_tier("m1", "prize was a mistake", "wang", T0 + 2 * HOUR) is True
    assert next(reversed(list(ledger.tier_rows()))) == replace(second, until=T0 + 2 * HOUR)
    assert [(row.by, row.action, row.detail) for row in ledger.audit("m1")] == [
        ("wang", "set_tier", "gold: sponsor"),
        ("li", "set_tier", f"diamond until {T0 + 9 * HOUR:%Y-%m-%d %H:%MZ}: prize"),
        ("wang", "clear_tier", "prize was a mistake"),
    ]
    assert [row.detail for row in ledger.audit("m2")] == [f"gold until {T0 + HOUR:%Y-%m-%d %H:%MZ}: guest"]
