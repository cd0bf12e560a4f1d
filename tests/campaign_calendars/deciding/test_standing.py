"""What the platform lets a store do changes at a day: its member product, and plans it is admitted to for some days."""

from __future__ import annotations

from datetime import date

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.model.standing import Admission, admitted, edition

from .test_keys_of_offers import GIFT, STORE, option

CHALLENGE = {"kind": "challenge", **GIFT, "spend": 900}
REFERRAL = {"kind": "referral", "value": 10, "child_value": 8, "threshold": 99, "stock": 9}
DAY = date(2026, 3, 7)
"""That of the play."""


@pytest.mark.parametrize(
    ("days", "shut"),
    [
        ("from: 2026-03-07", None),
        ("from: 2026-03-08", "not_admitted"),
        ("until: 2026-03-07", None),
        ("until: 2026-03-06", "not_admitted"),
        ("from: 2026-03-07, until: 2026-03-07", None),
    ],
)
def test_a_plan_of_the_platform_is_open_on_the_days_of_its_admission(days: str, shut: str | None) -> None:
    store = STORE.replace("[challenge]", f"[{{plan: challenge, {days}}}]")
    assert option(CHALLENGE, store).shut == shut


@pytest.mark.parametrize(
    ("written", "shut"),
    [
        ("crm_edition: official\ncrm_edition_from: {2026-03-07: custom}", None),
        ("crm_edition: official\ncrm_edition_from: {2026-03-08: custom}", "not_admitted"),
        ("crm_edition: custom\ncrm_edition_from: {2026-03-01: official}", "not_admitted"),
        ("crm_edition_from: {2026-03-01: official, 2026-03-05: huiyuantong}", None),
    ],
)
def test_the_edition_of_the_day_decides_what_may_be_given(written: str, shut: str | None) -> None:
    store = f"{STORE}{written}\n"
    assert option(REFERRAL, store).shut == shut
    asked = {one.name for one in option({"kind": "new_member_gift", **GIFT}, store).conditions}
    assert ("buyer" in asked) == (shut is not None), "the official edition recruits buyers only"


def test_several_admissions_and_editions() -> None:
    twice = [Admission.model_validate({"plan": "challenge", "until": "2026-03-01"})]
    assert not admitted(twice, "challenge", DAY)
    assert admitted([*twice, Admission.model_validate("challenge")], "challenge", DAY)
    assert edition("official", {date(2026, 3, 7): "custom", date(2026, 3, 9): "huiyuantong"}, DAY) == "custom"


def test_days_in_the_wrong_order_are_told() -> None:
    text = STORE.replace("[challenge]", "[{plan: challenge, from: 2026-03-08, until: 2026-03-01}]")
    shop = load_store(text)
    assert shop.model is None
    assert any("until 早于 from" in problem.zh for problem in shop.problems)
