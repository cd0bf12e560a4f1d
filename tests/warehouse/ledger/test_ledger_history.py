"""What every ledger remembers: runs, contacts, money given, suppressions, plans, notes, tiers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.findings.errors import LedgerError
from warehouse.ledger.engine import writing
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import OpenJobs, Outcome, Suppression, TierOverride
from warehouse.ledger.rules import BY_HAND, by_reason
from warehouse.ledger.sql import SqlLedger

from .cases import HOUR, RUN, T0, grant, job, put, reserved


def test_a_run_with_jobs_keeps_its_decision(ledger: Ledger) -> None:
    assert ledger.begin_run(RUN) == RUN
    assert ledger.begin_run(replace(RUN, decision_sha="newer")).decision_sha == "newer"
    put(ledger, [job("a")])
    assert ledger.begin_run(replace(RUN, decision_sha="too late")).decision_sha == RUN.decision_sha
    ledger.finish_run(RUN.run_id, "finished", RunSummary(jobs={"sent": 1}), T0 + HOUR)
    put(ledger, [job("a")])
    stored = ledger.run(RUN.run_id)
    assert stored is not None
    assert (stored.status, stored.summary, stored.finished_at) == ("finished", RunSummary(jobs={"sent": 1}), T0 + HOUR)
    ledger.begin_run(replace(RUN, run_id="earlier", as_of=T0 - HOUR, calendar="d"))
    assert [run.run_id for run in ledger.runs()] == ["earlier", RUN.run_id]
    assert [run.run_id for run in ledger.runs("c")] == [RUN.run_id]
    assert ledger.run("nobody") is None
    with pytest.raises(LedgerError):
        ledger.finish_run("nobody", "finished", RunSummary(), T0)


def test_contacts_are_live_jobs_up_to_the_moment(ledger: Ledger) -> None:
    second = replace(RUN, run_id="c.burst.2", as_of=T0 + HOUR)
    put(ledger, [job("a"), job("b"), job("waiting", status="awaiting_approval")])
    put(ledger, [job("a", run=second, at=T0 + HOUR)], run=second)
    ledger.cancel([job("b").intent_key], "no", T0)
    assert list(ledger.contact_rows(T0, sent=True)) == []
    ledger.record([Outcome(job("a").intent_key, "sent")], T0)
    assert [row.member_id for row in ledger.contact_rows(T0, sent=True)] == ["a"]
    rows = list(ledger.contact_rows(T0))
    assert {row.member_id for row in rows} == {"a", "waiting"}
    assert rows == sorted(rows, key=lambda row: intent_key("c", "burst", "recall", T0, row.member_id, "sms"))
    assert [row.at for row in ledger.contact_rows(T0 + HOUR, exclude_run=RUN.run_id)] == [T0 + HOUR]
    assert list(ledger.contact_rows(T0 - timedelta(microseconds=1))) == []
    assert list(ledger.contact_rows(T0 + HOUR, since=T0)) == list(ledger.contact_rows(T0 + HOUR))
    assert [row.at for row in ledger.contact_rows(T0 + HOUR, since=T0 + timedelta(microseconds=1))] == [T0 + HOUR]


def test_live_grants_come_in_the_order_they_were_given(ledger: Ledger) -> None:
    second = replace(RUN, run_id="c.burst.2")
    evening = T0.replace(hour=16, minute=30)
    put(ledger, [job("a"), job("b")], [grant(job("a")), grant(job("b"), cost=50, pool=None)])
    late = job("c", run=second, at=evening)
    put(ledger, [late], [grant(late, at=evening, pool="gifts")], run=second)
    assert (reserved(ledger), reserved(ledger, "another")) == (250, 0)
    assert [row.granted_at for row in ledger.grant_rows("c")] == [T0, T0, evening]


def test_grants_that_ask_for_points_are_told_of_all_calendars(ledger: Ledger) -> None:
    mine, free = job("a"), job("b")
    theirs = replace(RUN, run_id="d.burst.1", calendar="d")
    other = job("a", run=theirs)
    put(ledger, [mine, free], [replace(grant(mine), points=200), grant(free)])
    put(ledger, [other], [replace(grant(other), points=50)], run=theirs)
    found = [(row.calendar, row.member_id, row.points) for row in ledger.grant_rows(None, for_points=True)]
    assert sorted(found) == [("c", "a", 200), ("d", "a", 50)]
    assert [row.points for row in ledger.grant_rows("c", for_points=True)] == [200]
    assert sorted(row.points for row in ledger.grant_rows(None)) == [0, 50, 200]
    ledger.cancel([mine.intent_key], "stopped", T0)
    assert [row.calendar for row in ledger.grant_rows(None, for_points=True)] == ["d"]


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


def test_job_counts_and_reasons_as_of_an_earlier_moment(ledger: Ledger) -> None:
    second = replace(RUN, run_id="c.burst.2", as_of=T0 + HOUR)
    put(ledger, [job("a"), job("b"), job("c")])
    put(ledger, [job("a", run=second, at=T0 + HOUR), job("d", run=second, at=T0 + HOUR)], run=second)
    ledger.record([Outcome(job("a").intent_key, "sent")], T0)
    ledger.record([Outcome(job("b").intent_key, "sent")], T0 + HOUR)
    ledger.cancel([job("c").intent_key, job("d", run=second, at=T0 + HOUR).intent_key], "no", T0)
    where = ("burst", "recall", "sms")
    then = {(*where, "cancelled"): 1, (*where, "pending"): 1, (*where, "sent"): 1}
    for told in (ledger.job_counts(calendar="c", before=T0 + HOUR), ledger.job_counts(RUN.run_id, before=T0 + HOUR)):
        assert told == then, "what left at the moment had not left before it"
    assert ledger.job_counts(calendar="c", before=T0) == {}
    assert ledger.stopped(calendar="c", before=T0) == {}
    assert (ledger.stopped(before=T0 + HOUR), ledger.stopped()) == ({"no": 1}, {"no": 2})


def test_why_jobs_were_stopped(ledger: Ledger) -> None:
    waiting = job("e", status="awaiting_approval")
    put(ledger, [job("a"), job("b"), job("c"), job("d"), waiting])
    assert ledger.stopped() == {}
    ledger.cancel([waiting.intent_key], "started late", T0)
    claimed = {one.member_id: one.intent_key for one in ledger.claim(None, "sms", 9, "w", T0)}
    ledger.record([Outcome(claimed[m], "cancelled", error="bought") for m in ("a", "b")], T0, worker="w")
    ledger.record([Outcome(claimed["c"], "to_do")], T0, worker="w")
    ledger.settle([claimed["c"]], "cancelled", "li", T0)
    expected = {"bought": 2, "settled by a person": 1, "started late": 1}
    assert ledger.stopped(RUN.run_id) == ledger.stopped(calendar="c") == expected
    assert list(ledger.stopped()) == list(expected)
    assert ledger.stopped("nobody") == ledger.stopped(calendar="other") == {}


def test_the_counts_of_a_closed_run_are_kept_until_something_of_it_moves(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b"), job("c")])
    ledger.cancel([job("c").intent_key], "sold out", T0)
    ledger.finish_run(RUN.run_id, "finished", RunSummary(), T0)
    assert ledger.open_jobs(RUN.run_id) == {"pending": OpenJobs(2)}
    assert (ledger.open_runs("c"), ledger.open_runs("other")) == ([RUN.run_id], [])
    keys = [each.intent_key for each in ledger.claim(None, "sms", 9, "w", T0)]
    assert ledger.open_runs("c") == [RUN.run_id], "a worker has them"
    ledger.record([Outcome(keys[0], "sent"), Outcome(keys[1], "failed")], T0, worker="w")
    assert ledger.open_runs("c") == []
    where = ("burst", "recall", "sms")
    counts = {(*where, "cancelled"): 1, (*where, "failed"): 1, (*where, "sent"): 1}
    for _ in range(2):
        assert ledger.job_counts(RUN.run_id) == counts
        assert ledger.stopped(RUN.run_id) == {"sold out": 1}
        assert ledger.open_jobs(RUN.run_id) == {}
        ledger.finish_run(RUN.run_id, "finished", RunSummary(), T0)
    put(ledger, [job("d")])
    assert ledger.job_counts(RUN.run_id)[*where, "pending"] == 1
    assert ledger.open_jobs(RUN.run_id) == {"pending": OpenJobs(1)}


def test_counts_over_all_runs_know_those_that_are_closed(ledger: Ledger) -> None:
    second, elsewhere = replace(RUN, run_id="c.burst.2"), replace(RUN, run_id="d.burst.1", calendar="d")
    put(ledger, [job("a"), job("b")])
    put(ledger, [job("a", run=second, at=T0 + HOUR)], run=second)
    put(ledger, [job("a", run=elsewhere)], run=elsewhere)
    ledger.record([Outcome(job("a").intent_key, "sent")], T0)
    ledger.cancel([job("b").intent_key], "no", T0)
    where = ("burst", "recall", "sms")
    for _ in range(2):
        assert ledger.job_counts() == {(*where, "cancelled"): 1, (*where, "pending"): 2, (*where, "sent"): 1}
        assert ledger.job_counts(calendar="c") == {
            (*where, "cancelled"): 1, (*where, "pending"): 1, (*where, "sent"): 1,
        }  # fmt: skip
        assert ledger.job_counts(calendar="d") == {(*where, "pending"): 1}
        assert ledger.job_counts(RUN.run_id, "d") == {}
        ledger.finish_run(RUN.run_id, "finished", RunSummary(), T0)


def test_jobs_that_are_due_and_have_no_text_yet(ledger: Ledger) -> None:
    told = replace(job("a", channel="push"), message="m.txt")
    later = replace(job("b", channel="mail"), not_before=T0 + HOUR)
    other = replace(RUN, run_id="c.burst.2")
    put(ledger, [job("a"), job("b"), told, later, job("c", channel="call", status="awaiting_approval")])
    put(ledger, [job("a", run=other, at=T0 + HOUR, channel="chat")], run=other)
    assert ledger.lacking_text(RUN.run_id, T0) == {("recall", "sms")}
    assert ledger.lacking_text(RUN.run_id, T0 + HOUR) == {("recall", "sms"), ("recall", "mail")}
    assert ledger.lacking_text("nobody", T0) == set()


def test_whoever_moves_a_job_of_a_closed_run_opens_it_again(sql_url: str) -> None:
    """Another release, or a receipt that comes late."""
    ledger = SqlLedger(sql_url)
    put(ledger, [job("a")])
    [claimed] = ledger.claim(None, "sms", 9, "w", T0)
    ledger.record([Outcome(claimed.intent_key, "failed")], T0, worker="w")
    ledger.finish_run(RUN.run_id, "finished", RunSummary(), T0)
    with writing(ledger._engine) as con:
        assert con.scalar(text("select count(*) from closed_runs")) == 1
        con.execute(text("update jobs set status = 'sent'"))
    assert list(ledger.job_counts(RUN.run_id)) == [("burst", "recall", "sms", "sent")]
    ledger.close()


def test_reasons_that_are_one_are_added_up() -> None:
    assert by_reason({None: 3, "": 2, BY_HAND: 4, "bought": 1}) == {BY_HAND: 9, "bought": 1}


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
    ledger.mark_applied("p1", "wang", T0)
    ledger.mark_applied("p2", "li", T0 + HOUR)
    applied = ledger.plan("p2")
    assert applied is not None
    assert (applied.checksum, applied.applied_by, applied.applied_at) == ("p2", "li", T0 + HOUR)
    assert ledger.applied_plan("c") == applied
    assert ledger.applied_plan("d") is None
    plan = ledger.plan("p1")
    assert plan is not None
    assert plan.body == "plan 计划"
    assert ledger.plan("p3") is None
    with pytest.raises(LedgerError, match="p3"):
        ledger.mark_applied("p3", "li", T0)


def test_an_apply_that_broke_off_is_known_until_it_is_done_or_another_was(ledger: Ledger) -> None:
    for checksum in ("p1", "p2"):
        ledger.record_plan(checksum, "c", "plan", T0)
    assert ledger.begun_plan("c") is None
    ledger.begin_apply("p1", "li", T0, forced="past", written="calendar: c")
    begun = ledger.begun_plan("c")
    assert begun is not None
    assert (begun.checksum, begun.begun_by, begun.forced, begun.written) == ("p1", "li", "past", "calendar: c")
    assert begun.unfinished
    ledger.mark_applied("p1", "li", T0 + HOUR, "1 created")
    assert ledger.begun_plan("c") is None
    assert [(one.value, one.detail) for one in ledger.audit()] == [("past", "1 created")]

    ledger.begin_apply("p2", "li", T0 + 2 * HOUR, forced="", written="")
    assert ledger.begun_plan("c") == ledger.plan("p2")
    ledger.mark_applied("p1", "li", T0 + 3 * HOUR)
    assert ledger.begun_plan("c") is None, "another was applied since"
    with pytest.raises(LedgerError, match="p3"):
        ledger.begin_apply("p3", "li", T0, forced="", written="")


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


def test_what_members_had_is_told_over_all_runs_by_when_it_left(ledger: Ledger) -> None:
    other = replace(RUN, run_id="other", calendar="d")
    put(ledger, [job("a"), job("b"), job("a", channel="push")])
    put(ledger, [job("a", run=other), job("x", run=other), job("b", run=other, channel="call")], run=other)
    ledger.claim("other", "sms", 2, "w", T0)
    ledger.record([Outcome(one.intent_key, "sent") for one in (job("a", run=other), job("x", run=other))], T0 + HOUR)
    ledger.claim("other", "call", 1, "w", T0)
    ledger.record([Outcome(job("b", run=other, channel="call").intent_key, "to_do")], T0 + HOUR)
    ledger.claim(RUN.run_id, "sms", 1, "w", T0)

    def told(since: timedelta) -> set[tuple[str, str, timedelta | None]]:
        rows = ledger.away({"a", "b", "nobody"}, T0 + since)
        return {(row.member_id, row.channel, row.at and row.at - T0) for row in rows}

    in_hand, late, list_of_work = ("a", "sms", None), ("a", "sms", HOUR), ("b", "call", timedelta())
    assert told(-HOUR) == {in_hand, late, list_of_work}
    assert told(timedelta()) == {in_hand, late}, "the work list counts from its planned moment"
    assert told(HOUR) == {in_hand}
    mine = job("a").intent_key
    rows = ledger.away({"a", "b"}, T0 - HOUR, but={mine, job("a", run=other).intent_key})
    assert [(row.member_id, row.channel) for row in rows] == [("b", "call")]
    assert ledger.away(set(), T0) == []


def test_what_members_had_is_found_by_an_index(sqlite_url: str) -> None:
    ledger = SqlLedger(sqlite_url)
    asked: list[str] = []
    event.listen(ledger._engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    ledger.away({"a"}, T0)
    with writing(ledger._engine) as con:
        statement = next(sql for sql in asked if "coalesce" in sql)
        plan = con.exec_driver_sql(f"explain query plan {statement}", ('["a"]', "")).all()
    assert any("jobs_away" in str(step) for step in plan), plan
    ledger.close()
