"""Contact caps at the send gate: what really left counts, of all calendars on the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.model.store import Store
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.outreach.late_caps import IN_HAND, held_by_caps
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Job, Outcome, Run

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 8, 2, tzinfo=UTC)  # 10:00 there
HOUR = timedelta(hours=1)


def calendar(*caps: dict[str, Any], post: bool = False, **policy: Any) -> LoadedCalendar:
    store = Store.model_validate(
        {
            "store": "shop",
            "tiers": {"window": "365d", "levels": [{"id": "basic"}]},
            "channels": {"sms": {"kind": "sms", "consent": "implied"}, "push": {"kind": "push", "consent": "implied"}},
            "contact_policy": {"caps": list(caps), **policy},
        }
    )
    play = SimpleNamespace(id="y", post=object() if post else None)
    about = SimpleNamespace(phases=[SimpleNamespace(id="p", plays=[play])])
    loaded = SimpleNamespace(store=store, calendar=about, timeline=SimpleNamespace(timezone=SHANGHAI))
    return cast("LoadedCalendar", loaded)


def job(name: str, member: str = "ann", calendar: str = "c", channel: str = "sms", planned: datetime = AT) -> Job:
    return Job(f"{calendar}-{member}-{name}", calendar, calendar, "p", "y", planned, member, channel)


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


def put(ledger: MemoryLedger, *jobs: Job) -> None:
    for name in dict.fromkeys(job.calendar for job in jobs):
        ledger.begin_run(Run(name, name, "p", AT, "s", "d", "started", RunSummary(), AT))
        mine = [job for job in jobs if job.calendar == name]
        ledger.enqueue(name, mine, [], budget=BudgetLimits(), stock={}, expected_position=None, at=AT)


def sent(ledger: MemoryLedger, at: datetime, *jobs: Job) -> None:
    put(ledger, *jobs)
    for one in jobs:
        ledger.claim(one.run_id, one.channel, 100, "other", at)
        ledger.record([Outcome(one.intent_key, "sent")], at)


DAILY = {"max": 1, "per": "1d"}


def test_what_another_calendar_sent_late_holds_the_next_until_the_cap_opens(ledger: MemoryLedger) -> None:
    """Planned two days ago and approved this morning: by its plan it would be long over."""
    sent(ledger, AT - HOUR, job("late", calendar="other", planned=AT - timedelta(days=2)))
    held = held_by_caps(ledger, calendar(DAILY))
    assert held([job("now"), job("now", "ben")], AT) == {"c-ann-now": ("the contact caps allow 1 in 1d", 23 * HOUR)}
    assert held([job("now")], AT + 23 * HOUR) == {}


def test_of_two_messages_of_one_claim_the_second_waits(ledger: MemoryLedger) -> None:
    held = held_by_caps(ledger, calendar(DAILY))
    assert list(held([job("a"), job("b")], AT)) == ["c-ann-b"]


def test_a_cap_of_the_day_opens_at_midnight_there(ledger: MemoryLedger) -> None:
    sent(ledger, AT - 9 * HOUR, job("early", calendar="other"))
    held = held_by_caps(ledger, calendar({"max": 1, "per": "day"}))
    (found,) = held([job("now")], AT).values()
    assert found == ("the contact caps allow 1 in day", 14 * HOUR)
    assert held([job("now")], AT + 14 * HOUR) == {}


def test_a_cap_of_some_channels_counts_those(ledger: MemoryLedger) -> None:
    sent(ledger, AT - HOUR, job("push", channel="push", calendar="other"))
    held = held_by_caps(ledger, calendar({**DAILY, "channels": ["sms"]}))
    assert held([job("now"), job("push", "ben", channel="push")], AT) == {}
    sent(ledger, AT - HOUR, job("sms", calendar="third"))
    assert list(held([job("now"), job("more", channel="push")], AT)) == ["c-ann-now"]


def test_a_message_never_waits_beyond_its_end(ledger: MemoryLedger) -> None:
    sent(ledger, AT - HOUR, job("late", calendar="other"))
    (found,) = held_by_caps(ledger, calendar(DAILY))([replace(job("now"), expires_at=AT + 2 * HOUR)], AT).values()
    assert found[1] == 2 * HOUR


def test_a_package_counts_once(ledger: MemoryLedger) -> None:
    sent(ledger, AT - HOUR, job("first", planned=AT))
    loaded = calendar(DAILY, packages=True)
    assert held_by_caps(ledger, loaded)([job("second", planned=AT)], AT) == {}
    assert held_by_caps(ledger, loaded)([job("third", planned=AT + HOUR)], AT)


def test_what_another_worker_has_in_hand_is_waited_for_and_one_of_two_comes_back_sooner(ledger: MemoryLedger) -> None:
    one, two = job("a"), job("b", calendar="d")
    put(ledger, one, two)
    ledger.claim("c", "sms", 1, "w1", AT)
    ledger.claim("d", "sms", 1, "w2", AT)
    held = held_by_caps(ledger, calendar(DAILY))
    first, second = held([one], AT)[one.intent_key], held([two], AT)[two.intent_key]
    assert (first[0], second[0]) == (IN_HAND, IN_HAND)
    assert first[1] < second[1]


@pytest.mark.parametrize("status", ["unknown", "to_do"])
def test_what_may_have_arrived_counts_and_what_did_not_leave_does_not(ledger: MemoryLedger, status: Any) -> None:
    put(ledger, job("x", calendar="other", planned=AT - HOUR), job("y", "ben", "other"))
    ledger.claim("other", "sms", 2, "w", AT)
    ledger.record([Outcome("other-ann-x", status), Outcome("other-ben-y", "failed")], AT)
    held = held_by_caps(ledger, calendar(DAILY))([job("now"), job("now", "ben")], AT)
    assert list(held) == ["c-ann-now"]


def test_posts_and_caps_of_the_campaign_are_left_to_the_decision(ledger: MemoryLedger) -> None:
    sent(ledger, AT - HOUR, job("late", calendar="other"))
    assert held_by_caps(ledger, calendar({"max": 1, "per": "campaign"}))([job("now")], AT) == {}
    assert held_by_caps(ledger, calendar(DAILY, post=True))([job("now")], AT) == {}
    assert held_by_caps(ledger, calendar({"max": 0, "per": "1d"}))([job("now", "ben")], AT)
