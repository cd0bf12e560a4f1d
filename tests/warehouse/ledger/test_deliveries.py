"""Reports of the other side: late, twice, in any order, about nobody; every ledger ends alike."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from tests.warehouse.ledger.cases import HOUR, RUN, T0, grant, job, put, reserved, statuses
from warehouse.ledger.audit import receipts_taken
from warehouse.ledger.deliveries import NO_MESSAGE, NOT_AWAY, SEVERAL, DeliveryState, Report
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Outcome


def said(ref: str, state: DeliveryState, minutes: int = 0, *, code: str = "", member: str = "") -> Report:
    return Report(ref=ref, state=state, at=T0 + timedelta(minutes=minutes), code=code, member_id=member)


def sent(ledger: Ledger, *members: str, status: str = "sent", receipt: str | None = None) -> dict[str, str]:
    """Jobs that went to the channel and came back with an outcome; member → key."""
    jobs = {member: job(member) for member in members}
    put(ledger, jobs.values(), [grant(one) for one in jobs.values()])
    ledger.claim(RUN.run_id, "sms", 99, "w", T0)
    outcomes = [
        Outcome(one.intent_key, status, receipt=receipt or f"r-{member}")  # type: ignore[arg-type]
        for member, one in jobs.items()
    ]
    ledger.record(outcomes, T0, worker="w")
    return {member: one.intent_key for member, one in jobs.items()}


def test_reports_are_known_by_our_key_and_by_the_receipt(ledger: Ledger) -> None:
    keys = sent(ledger, "a", "b", "c")
    reports = [said(keys["a"], "delivered"), said("r-b", "failed", code="MOBILE_NOT_ON_SERVICE")]
    found = ledger.report(reports, T0 + HOUR, receipts_taken("push", "sms", T0 + HOUR))
    assert (found.new, found.known, found.sent, found.failed, found.undelivered) == (2, 0, 0, 0, 1)
    assert ledger.delivery_counts(RUN.run_id) == {
        ("sms", "delivered", ""): 1,
        ("sms", "failed", "MOBILE_NOT_ON_SERVICE"): 1,
    }
    assert ledger.delivery_counts("another") == {}
    assert set(statuses(ledger).values()) == {"sent"}, "what left is a contact, delivered or not"
    assert reserved(ledger) == 300
    assert next((entry.action, entry.subject, entry.count) for entry in ledger.audit()) == ("receipts", "push", 2)
    again = ledger.report(reports, T0 + HOUR, receipts_taken("push", "sms", T0 + HOUR))
    assert (again.new, again.known) == (0, 2)
    assert len([entry for entry in ledger.audit() if entry.action == "receipts"]) == 1


@pytest.mark.parametrize(("state", "status", "held"), [("delivered", "sent", 100), ("failed", "failed", 0)])
def test_a_report_settles_what_was_unknown(ledger: Ledger, state: DeliveryState, status: str, held: int) -> None:
    sent(ledger, "a", status="unknown")
    found = ledger.report([said("r-a", state)], T0 + HOUR)
    assert (found.sent, found.failed) == (int(status == "sent"), int(status == "failed"))
    assert statuses(ledger) == {"a": status}
    assert reserved(ledger) == held
    assert next(ledger.jobs()).sent_at == (T0 + HOUR if status == "sent" else None)


STORY = [said("r-a", "failed", 1, code="x"), said("r-a", "delivered", 2), said("r-a", "failed", 3, code="y")]


@pytest.mark.parametrize("order", list(permutations(STORY)), ids=lambda order: "".join(str(r.at.minute) for r in order))
@pytest.mark.parametrize("status", ["sent", "unknown"])
def test_the_order_of_reports_changes_nothing(ledger: Ledger, order: tuple[Report, ...], status: str) -> None:
    sent(ledger, "a", status=status)
    together = order[0].at.minute == 2
    for part in [order] if together else [[one] for one in order]:
        ledger.report(part, T0 + HOUR)
    assert statuses(ledger) == {"a": "sent"}, "it arrived, says one of them"
    assert reserved(ledger) == 100, "what was freed in between is held again"
    assert ledger.delivery_counts() == {("sms", "failed", "y"): 1}


def test_the_same_said_later_is_nothing_new(ledger: Ledger) -> None:
    sent(ledger, "a")
    assert ledger.report([said("r-a", "failed", 1)], T0).new == 1
    later = ledger.report([said("r-a", "failed", 9), said("r-a", "delivered", 5)], T0)
    assert (later.new, later.known) == (1, 1), "that it arrived is new, what is told last stays"
    assert ledger.delivery_counts() == {("sms", "failed", ""): 1}


def test_what_fits_nobody_is_kept_aside_and_counted(ledger: Ledger) -> None:
    sent(ledger, "a", "b", receipt="batch-1")
    put(ledger, [job("c")])
    reports = [
        said("nobody", "failed"),
        said("batch-1", "delivered"),
        said(job("c").intent_key, "delivered"),
        said("batch-1", "delivered", member="zz"),
        said("", "delivered"),
    ]
    found = ledger.report(reports, T0)
    assert found.aside == {NO_MESSAGE: 3, SEVERAL: 1, NOT_AWAY: 1}
    assert ledger.report(reports[:1], T0).aside == {NO_MESSAGE: 1}
    assert [(row.ref, row.reason, row.times) for row in ledger.reports_aside() if row.ref == "nobody"] == [
        ("nobody", NO_MESSAGE, 2)
    ]
    assert statuses(ledger) == {"a": "sent", "b": "sent", "c": "pending"}
    assert ledger.report([said("batch-1", "delivered", member="b")], T0).new == 1
    assert len(ledger.reports_aside()) == 5


def test_a_report_that_is_faster_than_the_answer_waits_for_it(ledger: Ledger) -> None:
    put(ledger, [job("a")])
    ledger.claim(RUN.run_id, "sms", 9, "w", T0)
    assert ledger.report([said("r-a", "delivered", 1)], T0).aside == {NO_MESSAGE: 1}
    ledger.record([Outcome(job("a").intent_key, "unknown", receipt="r-a")], T0, worker="w")
    found = ledger.report([], T0 + HOUR)
    assert (found.new, found.sent, found.aside) == (1, 1, {})
    assert ledger.reports_aside() == []
    assert statuses(ledger) == {"a": "sent"}


def test_a_report_ends_a_doubt_before_it_is_sent_again(ledger: Ledger) -> None:
    put(ledger, [job("a")])
    ledger.claim(RUN.run_id, "sms", 9, "w", T0)
    ledger.record([Outcome(job("a").intent_key, "pending", in_doubt=True)], T0, worker="w")
    assert ledger.report([said(job("a").intent_key, "delivered")], T0).sent == 1
    assert ledger.claim(RUN.run_id, "sms", 9, "w", T0 + HOUR) == []
    assert [(one.status, one.in_doubt) for one in ledger.jobs()] == [("sent", False)]


def test_a_request_is_remembered_for_a_while(ledger: Ledger) -> None:
    assert not ledger.was_seen("d1")
    ledger.saw("d1", T0, T0 - HOUR)
    ledger.saw("d1", T0, T0 - HOUR)
    assert ledger.was_seen("d1")
    ledger.saw("d2", T0 + 3 * HOUR, T0 + HOUR)
    assert not ledger.was_seen("d1"), "forgotten by then"


def test_a_reference_leads_to_the_one_it_was_addressed_to(ledger: Ledger) -> None:
    keys = sent(ledger, "a", "b", receipt="batch-1")
    put(ledger, [job("c", channel="push")])
    asked = [keys["a"], "batch-1", "nobody", job("c", channel="push").intent_key]
    assert ledger.addressed(asked) == {asked[0]: ("a", "sms"), asked[3]: ("c", "push")}


def test_many_reports_of_nobody_are_quick(ledger: Ledger) -> None:
    sent(ledger, *(f"m{n}" for n in range(50)))
    reports = [said(f"r-m{n % 100}", "delivered", n) for n in range(4_000)]
    found = ledger.report(reports, T0)
    assert found.new + found.known + sum(found.aside.values()) == 4_000
    assert len(ledger.reports_aside()) == 50


CLICKS = [
    Report(ref="r-a", state="delivered", at=T0 + timedelta(minutes=9), clicked_at=T0 + timedelta(minutes=9)),
    Report(ref="r-a", state="delivered", at=T0 + timedelta(minutes=2)),
    Report(ref="r-a", state="delivered", at=T0 + timedelta(minutes=5), clicked_at=T0 + timedelta(minutes=5)),
]


@pytest.mark.parametrize(
    "order", list(permutations(CLICKS)), ids=lambda order: "".join(str(r.at.minute) for r in order)
)
def test_the_first_arrival_and_the_first_click_are_kept(ledger: Ledger, order: tuple[Report, ...]) -> None:
    keys = sent(ledger, "a", "b")
    for one in order:
        ledger.report([one], T0 + HOUR)
    ledger.report([said("r-b", "failed", 3)], T0 + HOUR)
    rows = {row.member_id: row for row in ledger.receipt_rows(RUN.calendar)}
    assert (rows["a"].intent_key, rows["a"].channel, rows["a"].planned_at) == (keys["a"], "sms", job("a").occurrence_at)
    assert rows["a"].delivered_at == T0 + timedelta(minutes=2)
    assert rows["a"].clicked_at == T0 + timedelta(minutes=5)
    assert (rows["b"].delivered_at, rows["b"].clicked_at) == (None, None)
    assert ledger.receipt_rows("another") == []
    assert ledger.report([CLICKS[0]], T0 + HOUR).known == 1


def test_a_click_alone_settles_what_was_unknown(ledger: Ledger) -> None:
    sent(ledger, "a", status="unknown")
    assert ledger.report(CLICKS[:1], T0 + HOUR).sent == 1
    assert ledger.delivery_counts() == {("sms", "delivered", ""): 1}


def test_a_click_that_waits_for_its_message_is_not_lost(ledger: Ledger) -> None:
    put(ledger, [job("a")])
    ledger.claim(RUN.run_id, "sms", 9, "w", T0)
    ledger.report([CLICKS[0]], T0)
    ledger.report([CLICKS[1]], T0)
    ledger.record([Outcome(job("a").intent_key, "unknown", receipt="r-a")], T0, worker="w")
    assert ledger.report([], T0 + HOUR).sent == 1
    assert [row.clicked_at for row in ledger.receipt_rows(RUN.calendar)] == [T0 + timedelta(minutes=9)]
