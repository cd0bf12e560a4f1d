"""What waits for a person, and what an answer does; the same in all ledgers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from campaign_calendars.findings.errors import LedgerError
from warehouse.ledger.approvals import ABOVE_LIMIT, REJECTED, Answer, ApprovalRequest
from warehouse.ledger.audit import AuditFilter
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Outcome
from warehouse.ledger.words import REWORDED, Agreed

from .cases import RUN, T0, grant, job, put

HOUR = timedelta(hours=1)
REQUEST = ApprovalRequest(
    run_id=RUN.run_id,
    play="recall",
    calendar=RUN.calendar,
    decision_sha=RUN.decision_sha,
    why="[]",
    plan=None,
    requested_at=T0,
    until=T0 + 6 * HOUR,
)


def waiting(ledger: Ledger, members: int = 5, play: str = "recall") -> list[str]:
    """A run whose messages wait, each with a benefit of 100; returns their keys, lowest first."""
    jobs = [replace(job(f"{play}-{n}", status="awaiting_approval"), play=play) for n in range(members)]
    grants = [replace(grant(each), play=play) for each in jobs]
    put(ledger, jobs, grants)
    return sorted(each.intent_key for each in jobs)


def states(ledger: Ledger) -> dict[str, str]:
    return {each.intent_key: each.status for each in ledger.jobs(RUN.run_id)}


def test_a_request_is_open_as_long_as_messages_of_its_play_wait(ledger: Ledger) -> None:
    ledger.begin_run(RUN)
    ledger.request_approval([REQUEST])
    assert ledger.approval_requests() == []
    waiting(ledger)
    assert ledger.approval_requests(RUN.run_id) == ledger.approval_requests(calendar=RUN.calendar) == [REQUEST]
    assert ledger.approval_requests("other") == ledger.approval_requests(calendar="other") == []
    ledger.request_approval([replace(REQUEST, requested_at=T0 + HOUR, until=T0 + 9 * HOUR)])
    assert ledger.approval_requests() == [REQUEST], "asked again for the same decision, its moments stay"
    other = replace(REQUEST, decision_sha="another")
    ledger.request_approval([other])
    assert ledger.approval_requests() == [other]
    ledger.approve(RUN.run_id, "li", T0)
    assert ledger.approval_requests() == []


def test_a_limit_lets_a_part_go_and_frees_the_benefits_of_the_rest(ledger: Ledger) -> None:
    keys = waiting(ledger)
    assert ledger.approve(RUN.run_id, "li", T0, Answer(most=2, reason="first a few")) == 2
    assert states(ledger) == {key: "pending" if key in keys[:2] else "cancelled" for key in keys}
    assert ledger.stopped(RUN.run_id) == {ABOVE_LIMIT: 3}
    assert {row.member_id for row in ledger.grant_rows(RUN.calendar)} == {
        each.member_id for each in ledger.jobs(RUN.run_id) if each.status == "pending"
    }
    found = {entry.action: entry for entry in ledger.audit(AuditFilter(run_id=RUN.run_id))}
    assert (found["approve"].count, found["approve"].by, found["approve"].detail) == (2, "li", "first a few")
    assert (found["cancel"].count, found["cancel"].detail) == (3, ABOVE_LIMIT)
    run = ledger.run(RUN.run_id)
    assert run is not None
    assert run.status == "enqueued"


@pytest.mark.parametrize("most", [5, 6, 10**12])
def test_a_limit_that_is_not_reached_stops_nothing(ledger: Ledger, most: int) -> None:
    keys = waiting(ledger)
    assert ledger.approve(RUN.run_id, "li", T0, Answer(most=most)) == 5
    assert states(ledger) == dict.fromkeys(keys, "pending")


def test_one_play_is_answered_and_the_other_waits_on(ledger: Ledger) -> None:
    waiting(ledger)
    waiting(ledger, 2, "second")
    assert ledger.approve(RUN.run_id, "li", T0, Answer(plays=("second",))) == 2
    run = ledger.run(RUN.run_id)
    assert run is not None
    assert run.status == "awaiting_approval"
    assert ledger.reject(RUN.run_id, "wang", T0, Answer(plays=("recall",), reason="wrong picture")) == 5
    assert ledger.stopped(RUN.run_id) == {REJECTED: 5}
    assert len(list(ledger.grant_rows(RUN.calendar))) == 2
    (entry,) = ledger.audit(AuditFilter(action="reject"))
    assert (entry.by, entry.count, entry.value, entry.detail) == ("wang", 5, "recall", "wrong picture")


def test_an_answer_of_a_form_counts_once(ledger: Ledger) -> None:
    waiting(ledger)
    assert ledger.answered(RUN.run_id, "form-1") is None
    answer = Answer(most=1, source="form-1")
    assert ledger.approve(RUN.run_id, "li", T0, answer) == 1
    assert ledger.answered(RUN.run_id, "form-1") == ""
    waiting(ledger, 2, "later")
    assert ledger.approve(RUN.run_id, "li", T0, answer) == 0
    assert ledger.reject(RUN.run_id, "li", T0, answer) == 0
    assert len(ledger.audit(AuditFilter(action="approve"))) == 1


def test_a_refused_answer_stays_refused(ledger: Ledger) -> None:
    waiting(ledger)
    ledger.refuse_answer(RUN.run_id, "form-1", "no name", T0)
    ledger.refuse_answer(RUN.run_id, "form-1", "another reason", T0)
    assert ledger.answered(RUN.run_id, "form-1") == "no name"
    assert ledger.approve(RUN.run_id, "li", T0, Answer(source="form-1")) == 0
    assert set(states(ledger).values()) == {"awaiting_approval"}


def test_what_does_not_wait_is_not_touched(ledger: Ledger) -> None:
    keys = waiting(ledger)
    ledger.approve(RUN.run_id, "li", T0)
    assert ledger.reject(RUN.run_id, "li", T0) == ledger.approve(RUN.run_id, "li", T0, Answer(most=0)) == 0
    assert states(ledger) == dict.fromkeys(keys, "pending")
    with pytest.raises(LedgerError, match="not in the ledger"):
        ledger.reject("nobody", "li", T0)


def test_the_plan_that_was_applied_last_is_known(ledger: Ledger) -> None:
    assert ledger.applied_plan("c") is None
    for number, name in enumerate(("a", "b", "seen")):
        ledger.record_plan(name, "c", "{}", T0 + number * HOUR)
    ledger.mark_applied("b", "li", T0 + 5 * HOUR)
    ledger.mark_applied("a", "li", T0 + 6 * HOUR)
    found = ledger.applied_plan("c")
    assert found is not None
    assert (found.checksum, found.applied_by) == ("a", "li")
    assert ledger.applied_plan("d") is None
    then = [ledger.applied_plan("c", before=T0 + hours * HOUR) for hours in (5, 5.5, 6, 7)]
    assert [one and one.checksum for one in then] == [None, "b", "b", "a"], "in force from the moment it was applied"


def test_words_that_somebody_agreed_to_are_kept_by_run_and_play(ledger: Ledger) -> None:
    ledger.begin_run(RUN)
    assert ledger.agreed_words(RUN.run_id) == {}
    ledger.agree_words(RUN.run_id, {"recall": "a", "other": "b"}, T0)
    ledger.agree_words(RUN.run_id, {"recall": "c"}, T0)
    assert ledger.agreed_words(RUN.run_id) == {"recall": Agreed("c", False), "other": Agreed("b", False)}
    waiting(ledger)
    ledger.approve(RUN.run_id, "li", T0, Answer(plays=("recall",), words={"recall": "d"}))
    ledger.agree_words(RUN.run_id, {"recall": "e", "other": "e"}, T0)
    assert ledger.agreed_words(RUN.run_id) == {"recall": Agreed("d", True), "other": Agreed("e", False)}
    again = Answer(plays=("recall",), words={"recall": "f"})
    assert ledger.approve(RUN.run_id, "li", T0, again) == 0
    assert ledger.agreed_words(RUN.run_id)["recall"] == Agreed("d", True), "nothing waited: that was no answer"
    waiting(ledger, members=6)
    assert ledger.approve(RUN.run_id, "li", T0, again) == 1
    assert ledger.agreed_words(RUN.run_id)["recall"] == Agreed("f", True)
    assert ledger.agreed_words("another") == {}
    with pytest.raises(LedgerError, match="another"):
        ledger.agree_words("another", {"recall": "a"}, T0)


def test_what_says_something_else_waits_again_and_holds_what_it_held(ledger: Ledger) -> None:
    """All but what a worker holds; what may have arrived in an earlier attempt is for a person to settle."""
    keys = waiting(ledger)
    ledger.approve(RUN.run_id, "li", T0, Answer(words={"recall": "old"}))
    claimed = [each.intent_key for each in ledger.claim(RUN.run_id, "sms", 2, "w", T0)]
    ledger.record([Outcome(claimed[0], "pending", in_doubt=True)], T0, worker="w")
    asked = replace(REQUEST, why="words", requested_at=T0 + HOUR, until=T0 + 9 * HOUR)
    assert ledger.ask_again([asked], {"recall": "old"}, T0 + HOUR) == 0, "it is what was agreed to"
    assert ledger.ask_again([asked], {"recall": "new"}, T0 + HOUR) == 3
    rest = set(keys) - set(claimed)
    assert states(ledger) == {
        **dict.fromkeys(rest, "awaiting_approval"), claimed[0]: "unknown", claimed[1]: "sending"
    }  # fmt: skip
    assert ledger.approval_requests() == [asked]
    run = ledger.run(RUN.run_id)
    assert run is not None
    assert run.status == "awaiting_approval"
    assert sum(row.cost_cents for row in ledger.grant_rows(RUN.calendar)) == 5 * 100
    (entry,) = ledger.audit(AuditFilter(action="ask_again"))
    assert (entry.by, entry.value, entry.count, entry.detail) == ("promocal", "recall", 4, REWORDED)
    assert ledger.ask_again([asked], {"recall": "new"}, T0 + HOUR) == 0, "nothing of it is left to ask about"
    assert ledger.approve(RUN.run_id, "li", T0 + 2 * HOUR, Answer(words={"recall": "new"})) == 3
    assert ledger.ask_again([asked], {"recall": "new"}, T0 + 2 * HOUR) == 0
    assert len(ledger.audit(AuditFilter(action="ask_again"))) == 1
