"""Keys of benefits that a decision is made by: with another value somebody else may have it, or at another time."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from campaign_calendars.checks import load_store
from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import BenefitOption
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.time.resolving import resolve

STORE = """\
store: shop
tiers: {window: 365d, levels: [{id: basic}, {id: gold, spend: 1000}]}
channels: {push: {kind: push, consent: implied}}
admitted_to: [challenge]
"""
GIFT = {"item": "tea", "unit_cost": 3}
EXTRA = {"kind": "member_extra_gift", **GIFT, "items": 2, "stock": 9}
BUYBACK = {"kind": "buyback_gift", **GIFT, "after_orders": 1}
EARLY = {"kind": "early_bird_price", "rate": 0.9, "unit_cost": 1, "days": ["D-1"]}
RIGHT = {"kind": "member_presale_right", "item": "tea", "windows": [{"tier": "gold", "opens_at": "D-2 10:00"}]}
COUPON = {"kind": "member_coupon", "value": 5, "valid": {"from": "D-2", "to": "D"}}


def option(given: dict[str, Any], store: str = STORE) -> BenefitOption:
    """What the play at D-1 10:00 may give."""
    play = {"id": "p", "audience": "all", "benefits": ["b"], "channels": ["push"], "at": "D-1 10:00", "message": "m"}
    phase = {"id": "burst", "kind": "burst", "window": {"from": "D-3", "to": "D"}, "plays": [play]}
    text = yaml.safe_dump({
        "calendar": "spring", "store": "shop", "timezone": "Asia/Shanghai", "day_zero": "2026-03-08",
        "audiences": {"all": "joined"}, "benefits": {"b": given}, "phases": [phase],
    })  # fmt: skip
    loaded, shop = load_calendar(text, "c.yaml"), load_store(store)
    assert loaded.model is not None, [str(problem) for problem in loaded.problems]
    assert shop.model is not None, [str(problem) for problem in shop.problems]
    timeline = resolve(loaded.model)
    (found,) = make_brief(loaded.model, shop.model, timeline, timeline.occurrences[0]).benefits
    return found


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("sale", EXTRA, {**EXTRA, "sale": "presale"}),
        ("kind", {"kind": "birthday_gift", **GIFT}, {"kind": "new_member_gift", **GIFT}),
        ("after_orders", BUYBACK, {**BUYBACK, "after_orders": 2}),
        ("spend", {"kind": "challenge", **GIFT, "spend": 900}, {"kind": "challenge", **GIFT, "spend": 950}),
        ("days", EARLY, {**EARLY, "days": ["D"]}),
        ("windows", RIGHT, {**RIGHT, "windows": [{"tier": "basic", "opens_at": "D-2 10:00"}]}),
        ("to", COUPON, {**COUPON, "valid": {"from": "D-3", "to": "D-2"}}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_key_decides_who_may_have_it_and_when(key: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    """`tier` of windows as well: they are for the tiers that have one of their own."""
    assert key in str(one) + str(other)
    assert option(one) == option(one) != option(other)


def test_a_challenge_is_shut_where_the_store_is_not_admitted() -> None:
    challenge = {"kind": "challenge", **GIFT, "spend": 900}
    assert option(challenge).shut is None
    assert option(challenge, STORE.replace("admitted_to: [challenge]\n", "")).shut == "not_admitted"
