"""Whether the sources bring what benefits ask about, and who keeps their rules otherwise."""

from __future__ import annotations

import pytest

from campaign_calendars.deciding.briefs import BenefitOption
from campaign_calendars.deciding.conditions import Condition
from campaign_calendars.deciding.enforcers import ENFORCERS
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.model.benefits import KINDS
from tasks.planning.enforcing import unfounded
from tests.warehouse.decision.cases import BRIEF, brief_with

JOINED = Condition("joined")


def test_every_kind_of_benefit_says_who_keeps_its_rules() -> None:
    assert set(ENFORCERS) == set(KINDS)


def test_what_the_platform_keeps_is_named_with_the_facts_that_are_missing() -> None:
    coupon = BenefitOption("coupon", 0, conditions=(JOINED,), by_platform=True)
    assert unfounded([brief_with(coupon)], {"joined_at", "birth_on"}) == {"coupon": ("joined_at",)}
    assert unfounded([brief_with(coupon)], {"birth_on"}) == {}
    assert unfounded([BRIEF], {"joined_at"}) == {}


def test_what_nobody_could_keep_stops_the_plan() -> None:
    gift = BenefitOption("gift", 0, conditions=(JOINED, Condition("birthday")))
    with pytest.raises(UsageError, match="gift cannot be enforced: no source of birthdays") as raised:
        unfounded([brief_with(gift)], {"birth_on"})
    assert "生日" in raised.value.said[1]
