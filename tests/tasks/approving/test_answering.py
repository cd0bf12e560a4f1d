"""A run that waits: what a person sees, what he may answer, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.values.json import to_json
from tasks.approving.answering import answer
from tasks.approving.judging import judged
from tasks.outreach.outreach import dispatch_run
from tasks.planning.applying import begin_apply
from tasks.planning.beside import make
from tasks.running.phase import finish_again
from tests.flows.small_project import MEMBERS, NAMES, PHONES
from tests.pulling import refresh
from tests.tasks.approving.waiting import CALENDAR, HOUR, MOMENT, PHASE, RUN, YES, Shop
from warehouse.ledger.approvals import ABOVE_LIMIT, REJECTED
from warehouse.ledger.audit import AuditFilter


def test_the_table_of_a_run_that_waits_closes_and_names_nobody(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.run()
    found = judged(small.rt, RUN)
    assert found is not None
    (row,) = found.plays
    assert row.candidates == 8 == row.waiting + row.held_out + sum(row.excluded.values())
    assert row.cost_cents == row.waiting * 1000
    assert row.benefits == {"coupon_10": row.waiting}
    assert row.why == ({"en": f"{row.waiting} members, and the calendar asks above 1",
                        "zh": f"{row.waiting} 名会员，日历规定超过 1 名须审批"},)  # fmt: skip
    assert row.until == MOMENT + 12 * HOUR
    assert len(found.previews) == 3
    said = to_json(found)
    assert all(name not in said for name in (*NAMES, *PHONES, *MEMBERS))
    assert all(one.text.endswith(", your coupon waits.") for one in found.previews)


def test_what_the_applied_plan_said_the_play_would_bring_stands_beside_it(shop: Callable[..., Shop]) -> None:
    small = shop()
    refresh(small.rt, CALENDAR, small.now)
    begin_apply(small.rt, CALENDAR, make(small.rt, CALENDAR).checksum, by="wang")
    small.run()
    found = judged(small.rt, RUN)
    assert found is not None
    said = found.plays[0].forecast
    assert said is not None
    assert (said.phase, said.play, [one.figure for one in said.figures][:2]) == (PHASE, "recall", ["reach", "buyers"])


def test_an_approved_run_sends_what_waited_and_tells_who_and_why(shop: Callable[..., Shop]) -> None:
    small = shop()
    waiting = small.run()
    assert (waiting.status, small.delivered()) == ("awaiting_approval", 0)
    done = answer(small.rt, RUN, YES)
    assert (done.released, done.stopped, done.waiting) == (waiting.chosen, 0, ())
    finish_again(small.rt, RUN, dispatch_run(small.rt, RUN))
    assert small.states() == {"sent": waiting.chosen}
    assert small.delivered() == waiting.chosen
    (entry,) = small.rt.ledger.audit(AuditFilter(action="approve"))
    assert (entry.by, entry.detail, entry.count) == ("Li Wei", "looked at it", waiting.chosen)
    assert judged(small.rt, RUN) is None


def test_a_lower_limit_takes_the_same_members_every_time_and_keeps_the_control_group(
    tmp_path: Path,
) -> None:
    sent = []
    for name in ("one", "two"):
        small = Shop(tmp_path / name)
        waiting = small.run()
        control = {play.play: dict(play.held_out) for play in waiting.plays}
        done = answer(small.rt, RUN, replace(YES, limit=2))
        assert (done.released, done.stopped) == (2, waiting.chosen - 2)
        dispatch_run(small.rt, RUN)
        assert small.rt.ledger.stopped(RUN) == {ABOVE_LIMIT: waiting.chosen - 2}
        assert len(list(small.rt.ledger.grant_rows(CALENDAR))) == 2
        again = finish_again(small.rt, RUN)
        assert {play.play: dict(play.held_out) for play in again.plays} == control
        sent.append(sorted(job.member_id for job in small.rt.ledger.jobs(RUN, status="sent")))
    assert sent[0] == sent[1]
    assert len(sent[0]) == 2


def test_a_rejected_run_sends_nothing_and_frees_its_money(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.apply_plan()
    waiting = small.run()
    done = answer(small.rt, RUN, replace(YES, answer="reject", reason="wrong picture"))
    assert (done.released, done.stopped) == (0, waiting.chosen)
    assert small.rt.ledger.stopped(RUN) == {REJECTED: waiting.chosen}
    assert list(small.rt.ledger.grant_rows(CALENDAR)) == []
    (row,) = small.rt.ledger.expected(CALENDAR)
    assert (row.state, row.reason) == ("skipped", REJECTED)
    assert small.run().status == "finished"
    assert small.delivered() == 0


WRONG: list[tuple[dict[str, object], str]] = [
    ({"by": "  "}, "needs a name"),
    ({"by": "x" * 81}, "needs a name"),
    ({"by": "Li\x1b[31m"}, "needs a name"),
    ({"by": "Li\u202e"}, "needs a name"),
    ({"by": "Li\ud800"}, "needs a name"),
    ({"reason": ""}, "needs a reason"),
    ({"reason": "x" * 401}, "needs a reason"),
    ({"limit": 0}, "limit of 0"),
    ({"limit": -3}, "limit of -3"),
    ({"limit": 2, "answer": "reject"}, "limit of 2"),
    ({"plays": ("recal",)}, "no such play: recal"),
    ({"plays": ("recall", "'; drop table jobs;--")}, "no such play"),
    ({"decision": "0123456789ab"}, "another decision"),
    ({"decision": "a"}, "another decision"),
]


def test_a_wrong_answer_changes_nothing(shop: Callable[..., Shop]) -> None:
    small = shop()
    waiting = small.run()
    for wrong, said in WRONG:
        with pytest.raises(UsageError, match=said):
            answer(small.rt, RUN, replace(YES, **wrong))  # type: ignore[arg-type]
        assert small.states() == {"awaiting_approval": waiting.chosen}, wrong
    assert small.rt.ledger.audit(AuditFilter(action="approve")) == []
    run = small.rt.find_run(RUN)
    assert answer(small.rt, RUN, replace(YES, decision=run.decision_sha[:12].upper())).released == waiting.chosen


def test_nobody_answers_twice(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.run()
    answer(small.rt, RUN, YES)
    with pytest.raises(UsageError, match=r"nothing of run .* waits"):
        answer(small.rt, RUN, YES)
    with pytest.raises(UsageError, match=r"nothing of run .* waits"):
        answer(small.rt, RUN, replace(YES, answer="reject"))


def test_what_nobody_answers_within_its_time_is_cancelled(shop: Callable[..., Shop]) -> None:
    small = shop("approve: {above: 1, within: 3h}")
    small.apply_plan()
    waiting = small.run()
    small.now = MOMENT + 3 * HOUR
    with pytest.raises(UsageError, match="waited until 2026-03-06 05:00Z"):
        answer(small.rt, RUN, YES)
    assert small.rt.ledger.stopped(RUN) == {"approval_expired": waiting.chosen}
    assert list(small.rt.ledger.grant_rows(CALENDAR)) == []
    (row,) = small.rt.ledger.expected(CALENDAR)
    assert (row.state, row.reason) == ("skipped", "approval_expired")


def test_how_long_a_store_lets_its_runs_wait(shop: Callable[..., Shop]) -> None:
    """`approval: {within}` of the store, at the latest until the messages expire with their phase."""
    small = shop()
    small.store("approval: {within: 90m}")
    small.run()
    (row,) = small.rt.ledger.approval_requests(RUN)
    assert row.until == MOMENT + 1.5 * HOUR


def test_messages_never_wait_beyond_their_phase(shop: Callable[..., Shop]) -> None:
    small = shop("approve: {above: 1, within: 9d}")
    small.run()
    (row,) = small.rt.ledger.approval_requests(RUN)
    assert row.until <= MOMENT + timedelta(days=1, seconds=1)


@pytest.mark.parametrize("second", ["approve", "reject"])
def test_whoever_answers_a_moment_later_is_told_and_changes_nothing(
    shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch, second: Literal["approve", "reject"]
) -> None:
    small = shop()
    small.apply_plan()
    waiting = small.run()
    take = getattr(small.rt.ledger, second)

    def a_moment_later(*given: object) -> object:
        monkeypatch.undo()
        assert answer(small.rt, RUN, YES).released == waiting.chosen
        return take(*given)

    monkeypatch.setattr(small.rt.ledger, second, a_moment_later)
    with pytest.raises(UsageError, match="nothing of run"):
        answer(small.rt, RUN, replace(YES, answer=second, by="Zhao"))
    assert small.states() == {"pending": waiting.chosen}
    assert [row.state for row in small.rt.ledger.expected(CALENDAR)] == ["due"]
    answers = [
        *small.rt.ledger.audit(AuditFilter(action="approve")),
        *small.rt.ledger.audit(AuditFilter(action="reject")),
    ]
    assert [entry.by for entry in answers] == [YES.by]
