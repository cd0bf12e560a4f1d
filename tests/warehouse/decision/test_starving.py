"""Which other occurrence is named where an occurrence reaches nobody."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from campaign_calendars.deciding.briefs import BenefitOption
from campaign_calendars.deciding.certificate import Starved
from campaign_calendars.deciding.contact import CapRule
from warehouse.decision import engine
from warehouse.decision.starving import starved

from .cases import AT, BRIEF, Member, connect

CAPS = (CapRule((), 1, timedelta(hours=20)), CapRule((), 3, timedelta(days=7)))


def test_the_message_that_fills_the_tightest_cap_is_named_not_the_one_with_most_members() -> None:
    """An older list reached everybody, too, but only the one of an hour ago is in the way."""
    old, recent = ("sms", "old-list", 72), ("sms", "morning-list", 1)
    con = connect([Member("a", contacts=(old, recent)), Member("b", contacts=(old, recent)), Member("c")])
    brief = dataclasses.replace(BRIEF, caps=CAPS, predicate="f.wanted and f.member_id <> 'c'")
    counts = engine.decide_play(con, brief)
    found = starved(con, brief, counts)
    morning = (AT - timedelta(hours=1)).isoformat()
    assert found == Starved("cap", 2, f"burst/morning-list@{morning}", 2)


def test_a_cap_of_several_messages_names_the_newest_of_them() -> None:
    contacts = (("sms", "first", 100), ("sms", "second", 60), ("sms", "third", 30))
    con = connect([Member("a", contacts=contacts)])
    brief = dataclasses.replace(BRIEF, caps=CAPS)
    found = starved(con, brief, engine.decide_play(con, brief))
    assert found is not None
    assert found.by == f"burst/third@{(AT - timedelta(hours=30)).isoformat()}"


def test_a_benefit_that_runs_out_at_its_own_play_is_taken_by_nobody_else() -> None:
    con = connect([Member(f"m{number:02}") for number in range(30)])
    brief = dataclasses.replace(BRIEF, benefits=(BenefitOption("mug", 100, stock=2),))
    found = starved(con, brief, engine.decide_play(con, brief))
    assert found == Starved("benefit_stock", 28, None, 0)
