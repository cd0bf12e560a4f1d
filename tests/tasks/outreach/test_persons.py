"""Two accounts that turn out to be one person after the decision: one message leaves, a refusal holds for both."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from tasks.outreach.persons import SHARED, TWICE, PersonCheck
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Job, Outcome, Run, Suppression

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
ACCOUNTS = dict.fromkeys(("c1", "wx1", "tb1"), ("c1", "tb1", "wx1"))


def accounts_of(members: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    return {member: ACCOUNTS[member] for member in members if member in ACCOUNTS}


def sharing_with(members: Collection[str], channel: str) -> Mapping[str, tuple[str, ...]]:
    """Two neighbours have one number; they have nothing else in common."""
    pairs = {"n1": ("n2",), "n2": ("n1",)} if channel == "sms" else {}
    return {member: pairs[member] for member in members if member in pairs}


def job(member: str, play: str = "recall", channel: str = "sms") -> Job:
    return Job(f"{member}-{play}", "r", "c", "burst", play, T0, member, channel)


@pytest.fixture
def ledger() -> MemoryLedger:
    ledger = MemoryLedger()
    ledger.begin_run(Run("r", "c", "burst", T0, "s", "d", "started", RunSummary(), T0))
    return ledger


def check(ledger: MemoryLedger, *jobs: Job, joined_since: bool = True) -> dict[str, str]:
    ledger.enqueue("r", jobs, (), budget=BudgetLimits(), stock={}, expected_position=None, at=T0)
    return PersonCheck(ledger, "r", accounts_of, sharing_with, joined_since)(jobs)


def test_of_two_messages_of_a_play_the_one_of_the_persons_own_id_leaves(ledger: MemoryLedger) -> None:
    assert check(ledger, job("wx1"), job("c1"), job("x"), job("tb1", "gift")) == {"wx1-recall": TWICE}


def test_a_message_that_may_have_left_counts(ledger: MemoryLedger) -> None:
    jobs = (job("wx1"), job("c1"))
    ledger.enqueue("r", jobs, (), budget=BudgetLimits(), stock={}, expected_position=None, at=T0)
    ledger.claim("r", "sms", 1, "w", T0)
    ledger.record([Outcome("wx1-recall", "sent")], T0)
    assert PersonCheck(ledger, "r", accounts_of, sharing_with, joined_since=True)([jobs[1]]) == {"c1-recall": TWICE}


def test_a_run_decided_on_this_very_snapshot_needs_no_search(ledger: MemoryLedger) -> None:
    assert check(ledger, job("wx1"), job("c1"), joined_since=False) == {}


@pytest.mark.parametrize(("channel", "held"), [(None, True), ("sms", True), ("push", False)])
def test_a_refusal_under_any_account_holds(ledger: MemoryLedger, channel: str | None, held: bool) -> None:
    ledger.suppress([Suppression("tb1", channel, "asked", T0)])
    found = check(ledger, job("c1"), job("x"), joined_since=False)
    assert found == ({"c1-recall": "suppressed"} if held else {})


@pytest.mark.parametrize(
    ("refused", "held"),
    [(("n2", None), True), (("n2", "sms"), True), (("n2", "push"), False), (("x", None), False)],
)
def test_a_refusal_by_another_who_has_the_number_holds(
    ledger: MemoryLedger, refused: tuple[str, str | None], held: bool
) -> None:
    ledger.suppress([Suppression(*refused, "asked", T0)])
    found = check(ledger, job("n1"), job("n1", "gift", "push"), job("c1"), joined_since=False)
    assert found == ({"n1-recall": "suppressed"} if held else {})


def test_two_who_came_to_share_a_number_get_one_message_there(ledger: MemoryLedger) -> None:
    jobs = (job("n2"), job("n1"), job("n2", "gift"), job("x"))
    assert check(ledger, *jobs) == {"n2-recall": SHARED}
    assert check(ledger, *jobs, joined_since=False) == {}, "the decision saw to it"


def test_the_one_that_may_have_left_is_the_message_of_the_number(ledger: MemoryLedger) -> None:
    jobs = (job("n2"), job("n1"))
    ledger.enqueue("r", jobs, (), budget=BudgetLimits(), stock={}, expected_position=None, at=T0)
    ledger.claim("r", "sms", 1, "w", T0)
    ledger.record([Outcome("n2-recall", "unknown")], T0)
    found = PersonCheck(ledger, "r", accounts_of, sharing_with, joined_since=True)([jobs[1]])
    assert found == {"n1-recall": SHARED}


def test_a_shared_number_of_another_channel_is_nothing_to_this_one(ledger: MemoryLedger) -> None:
    assert check(ledger, job("n1", channel="push"), job("n2", channel="push")) == {}
