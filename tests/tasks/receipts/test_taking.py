"""Reports and replies reach the ledger: messages are settled, refusals hold at once."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from tasks.outreach.dispatch import dispatch
from tasks.receipts.taking import Desk, Taken, check_channel
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import NUMBER, Job, Outcome, Run
from warehouse.snapshots.recipients import Recipient

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
KINDS = {"sms": "sms", "sms_b": "sms", "push": "push", "mail": "mail"}
DIGEST = hashlib.sha256(b"13900000101").hexdigest()


@pytest.fixture
def ledger() -> MemoryLedger:
    made = MemoryLedger()
    made.begin_run(Run("r", "c", "burst", T0, "s", "d", "started", RunSummary(), T0))
    jobs = [Job(str(n).ljust(64, "0"), "r", "c", "burst", "recall", T0, f"m{n}", "sms") for n in range(3)]
    made.enqueue("r", jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=T0)
    made.claim("r", "sms", 9, "w", T0)
    made.record([Outcome(j.intent_key, "unknown", receipt=f"biz-{n}") for n, j in enumerate(jobs)], T0, worker="w")
    return made


def take(ledger: MemoryLedger, *items: Any, channel: str = "", **desk: Any) -> Taken:
    return Desk(ledger, KINDS, **desk).take(items, source="reports.csv", channel=channel, by="li", at=T0)


def refused(ledger: MemoryLedger) -> set[tuple[str, str | None]]:
    return {(row.member_id, row.channel) for row in ledger.suppression_rows()}


def test_unknown_messages_are_settled_and_told(ledger: MemoryLedger) -> None:
    taken = take(
        ledger,
        {"biz_id": "biz-0", "success": True},
        {"biz_id": "biz-1", "success": False, "err_code": "MOBILE_NOT_ON_SERVICE"},
        {"biz_id": "biz-9", "success": True},
        {"biz_id": "biz-0", "success": True},
        {"biz_id": "biz-2"},
        17,
    )
    assert taken == Taken(
        items=6,
        new=2,
        known=1,
        aside={"no message is known by this reference": 1},
        unread={"says neither that it arrived nor that it did not": 1, "is no object": 1},
        sent=1,
        failed=1,
    )
    assert [job.status for job in ledger.jobs()] == ["sent", "failed", "unknown"]
    assert [(e.action, e.subject, e.by, e.count) for e in ledger.audit()] == [("receipts", "reports.csv", "li", 2)]


def test_a_reply_refuses_every_channel_of_its_kind_for_whoever_has_the_number(ledger: MemoryLedger) -> None:
    taken = take(
        ledger,
        {"phone_number": "139 0000 0101", "content": "R"},
        {"phone_number": "13900000102", "content": "谢谢"},
        holders=lambda digests: {digest: ["m7"] for digest in digests},
    )
    assert (taken.replies, taken.refusals, taken.items) == (2, 4, 2)
    assert refused(ledger) == {(who, where) for who in (NUMBER + DIGEST, "m7") for where in ("sms", "sms_b")}
    assert [(e.action, e.count) for e in ledger.audit()] == [("suppress", 4)]
    assert take(ledger, {"phone_number": "13900000101", "content": "TD"}).refusals == 0


@pytest.mark.parametrize(
    ("item", "channel", "expected"),
    [
        ({"phone": "13900000101", "content": "R", "channel": "sms_b"}, "", {(NUMBER + DIGEST, "sms_b")}),
        ({"phone": "13900000101", "content": "R"}, "sms_b", {(NUMBER + DIGEST, "sms_b")}),
        ({"member_id": "m5", "content": "unsubscribe"}, "mail", {("m5", "mail")}),
        ({"member_id": "m5", "content": "unsubscribe"}, "", {("m5", None)}),
        ({"member_id": "m5", "content": "STOP", "channel": "no such"}, "", {("m5", None)}),
        ({"biz_id": "biz-1", "content": "T"}, "", {("m1", "sms")}),
        ({"biz_id": "biz-1", "status": "complaint"}, "", {("m1", "sms")}),
        ({"biz_id": "biz-1", "status": "hard_bounce"}, "", {("m1", "sms")}),
        ({"biz_id": "biz-1", "success": "false", "err_code": "USER_REJECT"}, "", {("m1", "sms")}),
        ({"biz_id": "biz-1", "success": "false", "err_code": "OTHER"}, "", set()),
        ({"biz_id": "biz-77", "status": "complaint"}, "", set()),
    ],
)
def test_who_is_refused_where(ledger: MemoryLedger, item: Any, channel: str, expected: set[tuple[str, str]]) -> None:
    take(ledger, item, channel=channel, suppressing=lambda where, code: (where, code) == ("sms", "USER_REJECT"))
    assert refused(ledger) == expected


def test_a_reply_counts_while_a_run_sends(ledger: MemoryLedger) -> None:
    """The reply to the first message comes before the second leaves."""
    ledger.begin_run(Run("r2", "c", "burst", T0, "s", "d", "started", RunSummary(), T0))
    jobs = [Job(str(n).ljust(64, "1"), "r2", "c", "burst", f"p{n}", T0, f"m{n}", "sms") for n in range(2)]
    ledger.enqueue("r2", jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=T0)

    class Answered:
        name, honours_key, batch_size, needs_address = "sms", False, 1, True

        def send(self, batch: Any) -> list[Outcome]:
            take(ledger, {"phone": batch.messages[0].address, "content": "退订"})
            return [Outcome(m.intent_key, "sent") for m in batch.messages]

    found = dispatch(
        ledger,
        {"sms": Answered()},
        lambda members, _: {m: Recipient(m, "13900000101", "甲") for m in members},
        lambda _job, _to: "hello",
        run_id="r2",
        now=lambda: T0,
        worker="w",
    )
    assert (found.sent, found.cancelled) == (1, 1)
    assert ledger.stopped("r2") == {"suppressed": 1}


def test_a_channel_is_one_of_the_project(ledger: MemoryLedger) -> None:
    desk = Desk(ledger, KINDS)
    assert check_channel(desk, "") is check_channel(desk, "sms") is check_channel(desk, "短信") is None
    assert check_channel(desk, "pigeon") == ("there is no channel 'pigeon'", "没有渠道“pigeon”")
