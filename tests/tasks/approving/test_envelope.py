"""A run that does more than the applied plan waits for a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tasks.approving.answering import answer
from tasks.approving.judging import judged
from tasks.deciding.envelope import why_of
from tests.tasks.approving.waiting import CALENDAR, HOUR, MOMENT, RUN, SIGNED, YES, Shop


def figures(small: Shop) -> list[str]:
    return [each.figure for row in small.rt.ledger.approval_requests(RUN) for each in why_of(row)]


def test_a_run_that_does_what_was_planned_leaves_by_itself(shop: Callable[..., Shop]) -> None:
    small = shop("")
    small.apply_plan()
    small.now = MOMENT
    assert small.run().status == "finished"
    assert small.rt.ledger.approval_requests() == []


def test_more_members_and_money_than_planned_wait_for_a_person(shop: Callable[..., Shop]) -> None:
    """`approval: {envelope}` of the store, 20% where it says nothing."""
    small = shop("")
    members = (small.root / "data" / "members.csv").read_text("utf-8").splitlines()
    (small.root / "data" / "members.csv").write_text("\n".join(members[:4]) + "\n", "utf-8")
    small.apply_plan()
    (small.root / "data" / "members.csv").write_text("\n".join(members) + "\n", "utf-8")
    outcome = small.run()
    assert outcome.status == "awaiting_approval"
    assert figures(small) == ["members", "money"]
    found = judged(small.rt, RUN)
    assert found is not None
    assert found.plays[0].why[0]["en"].endswith("were planned")
    assert answer(small.rt, RUN, YES).released == outcome.chosen


def test_a_play_that_left_a_run_does_not_bring_its_older_plan_back(shop: Callable[..., Shop]) -> None:
    """The older plan had many more members; what the run may take is what the plan of now says."""
    small = shop("")
    members = (small.root / "data" / "members.csv").read_text("utf-8").splitlines()
    (small.root / "data" / "members.csv").write_text("\n".join(members[:4]) + "\n", "utf-8")
    checksum = small.apply_plan()
    (small.root / "data" / "members.csv").write_text("\n".join(members) + "\n", "utf-8")

    ledger, older = small.rt.ledger, "0" * len(checksum)
    now = ledger.plan(checksum)
    assert now is not None
    body = json.loads(now.body)
    for row in body["occurrences"]:
        row |= {"chosen": 8_000, "benefit_cost_cents": 8_000_000}
    ledger.record_plan(older, CALENDAR, json.dumps(body), small.now - HOUR)
    ledger.mark_applied(older, "wang", small.now - HOUR)
    (row,) = ledger.expected(CALENDAR)
    ledger.expect(CALENDAR, [row, replace(row, play="gone", plan=older)], small.now)
    ledger.expect(CALENDAR, [row], small.now)
    assert {each.play: each.state for each in ledger.expected(CALENDAR)} == {"recall": "due", "gone": "dropped"}

    assert small.run().status == "awaiting_approval"
    assert [each.plan for each in ledger.approval_requests(RUN)] == [checksum]


@pytest.mark.parametrize(("envelope", "waits"), [("null", False), ("100%", True), ("20%", True)])
def test_a_store_says_how_much_more_may_leave(shop: Callable[..., Shop], envelope: str, waits: bool) -> None:
    small = shop("")
    small.store(f"approval: {{envelope: {envelope}}}")
    members = (small.root / "data" / "members.csv").read_text("utf-8").splitlines()
    (small.root / "data" / "members.csv").write_text("\n".join(members[:3]) + "\n", "utf-8")
    small.apply_plan()
    (small.root / "data" / "members.csv").write_text("\n".join(members) + "\n", "utf-8")
    assert (small.run().status == "awaiting_approval") is waits


def test_another_audience_than_planned_waits_for_a_person(shop: Callable[..., Shop]) -> None:
    small = shop("")
    small.apply_plan()
    small.change("calendars/small-sale.yaml", ('where: "joined"', 'where: "joined and spend_365d > 1"'))
    assert small.run().status == "awaiting_approval"
    assert figures(small) == ["audience"]


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("messages/recall.txt", (", your coupon waits.", ", buy now!")),
        ("stores/corner.yaml", ("signature: Corner", "signature: Corners")),
    ],
)
def test_other_words_than_planned_wait_for_a_person_who_reads_them(
    shop: Callable[..., Shop], file: str, change: tuple[str, str]
) -> None:
    """The calendar is as it was; what its messages are written of is not."""
    small = shop("")
    small.change("stores/corner.yaml", SIGNED)
    small.apply_plan()
    small.change(file, change)
    assert small.run().status == "awaiting_approval"
    assert figures(small) == ["words"]
    found = judged(small.rt, RUN)
    assert found is not None
    shown = "buy now!" if file.startswith("messages") else "waits."
    assert all(shown in one.text for one in found.previews)
    assert small.delivered() == 0
    assert answer(small.rt, RUN, YES).released > 0


def test_a_store_that_asks_about_nothing_does_not_ask_about_words(shop: Callable[..., Shop]) -> None:
    small = shop("")
    small.store("approval: {envelope: null}")
    small.apply_plan()
    small.change("messages/recall.txt", (", your coupon waits.", ", buy now!"))
    assert small.run().status == "finished"


def test_a_moment_the_plan_does_not_have_waits_for_a_person(shop: Callable[..., Shop]) -> None:
    small = shop("")
    small.change("calendars/small-sale.yaml", ("2026-03-06 10:00:00]", "2026-03-06 12:00:00]"))
    small.apply_plan()
    small.change("calendars/small-sale.yaml", ("2026-03-06 12:00:00]", "2026-03-06 10:00:00]"))
    assert small.run().status == "awaiting_approval"
    assert figures(small) == ["unplanned"]


def test_without_an_applied_plan_there_is_no_envelope(shop: Callable[..., Shop]) -> None:
    small = shop("")
    assert small.run().status == "finished"
