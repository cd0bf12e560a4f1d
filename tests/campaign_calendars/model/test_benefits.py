"""Every benefit kind: its parameters, its rule, its cost, its one-line text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from campaign_calendars.model.benefits import KINDS, Benefit, BenefitBase, describe, reserve_cents

ADAPTER: TypeAdapter[BenefitBase] = TypeAdapter(Benefit)

GOOD: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "birthday_gift": ({"item": "cake", "unit_cost": "8"}, 800, "birthday month: cake", "生日当月可得cake"),
    "bundle_price": (
        {"items": "3", "price": "99", "unit_cost": "20"},
        2000,
        "3 items for 99 (counts toward the lowest price)",
        "3件99元（计入最低价）",
    ),
    "buyback_gift": (
        {"item": "jam", "unit_cost": "5"},
        500,
        "jam with the order after 1",
        "再次下单送jam",
    ),
    "category_coupon": (
        {"category": "fruit", "threshold": "50", "value": "5"},
        500,
        "fruit 5 off from 50",
        "fruit满50减5",
    ),
    "challenge": (
        {"item": "box", "spend": "500", "unit_cost": "30"},
        3000,
        "box for spending 500 in the campaign",
        "活动期累计满500元得box",
    ),
    "early_bird_price": (
        {"rate": "0.95", "days": ["2021-11-01", "2021-11-11"], "unit_cost": "10"},
        1000,
        "early bird 95% of the price (on 2021-11-01, 2021-11-11; outside the lowest price)",
        "早鸟95折（限 2021-11-01、2021-11-11；不计入最低价）",
    ),
    "exchange_card": (
        {"value": "100", "price": "90"},
        1000,
        "exchange card worth 100 for 90",
        "100元兑换卡（90元购）",
    ),
    "after_order_coupon": (
        {"threshold": "99", "value": "10", "valid": "15d"},
        1000,
        "10 off from 99, after an order succeeds; valid for 15 days after the grant",
        "订单完成后得满99减10券；领取后 15 天内有效",
    ),
    "order_sample": ({"item": "tea", "unit_cost": "2"}, 200, "tea with every order", "每单送tea"),
    "timed_offer": (
        {"item": "nuts", "price": "9.90", "stock": "10", "unit_cost": "4", "offered": {"from": "D", "to": "D"}},
        400,
        "nuts for 9.90 for a limited time (counts toward the lowest price)",
        "限时抢：nuts9.90元（计入最低价）",
    ),
    "haggle": (
        {
            "item": "nuts",
            "price": "9.90",
            "starts_at": "19.90",
            "helpers": "5",
            "stock": "10",
            "offered": {"from": "D", "to": "D"},
        },
        1000,
        "nuts from 19.90 down to 9.90 with 5 friends (counts toward the lowest price)",
        "nuts19.90元起，5人砍至9.90元（计入最低价）",
    ),
    "red_packet": (
        {"group": "fans", "amount": "2", "per_group": "50", "stock": "100", "offered": {"from": "D", "to": "D"}},
        200,
        "red packets of 2, 50 in each group",
        "红包2元，每群50个",
    ),
    "flash_sale": (
        {"item": "nuts", "price": "9.90", "stock": "10", "unit_cost": "4"},
        400,
        "nuts for 9.90 while stock lasts (counts toward the lowest price)",
        "nuts秒杀价9.90元（计入最低价）",
    ),
    "group_buy": (
        {"item": "nuts", "price": "9.90", "size": "3", "stock": "10", "unit_cost": "4"},
        400,
        "nuts for 9.90 to groups of 3 (counts toward the lowest price)",
        "nuts3人团9.90元（计入最低价）",
    ),
    "free_order": ({"max_amount": "200", "stock": "5"}, 20000, "a free order up to 200", "免单（最高200元）"),
    "half_price": (
        {"item": "tea", "price": "19.99", "stock": "5"},
        1000,
        "tea at half price, 9.99 (counts toward the lowest price)",
        "tea半价9.99元（计入最低价）",
    ),
    "lucky_bag": ({"item": "snacks", "unit_cost": "12"}, 1200, "lucky bag: snacks", "福袋：snacks"),
    "member_cashback": (
        {"amount": "199", "value": "20", "valid": "14d", "form": "red_packet"},
        2000,
        "from 199, red packet of 20 for the next order; valid for 14 days after the grant",
        "满199元返20元红包（下次下单使用）；领取后 14 天内有效",
    ),
    "member_coupon": (
        {"threshold": "199", "value": "30", "tiers": ["gold", "diamond"]},
        3000,
        "30 off from 199; for gold, diamond",
        "满199减30；限 gold、diamond",
    ),
    "member_coupon_pack": (
        {"coupons": [{"threshold": "99", "value": "10"}, {"threshold": "299", "value": "50"}]},
        6000,
        "pack of 10 off from 99, 50 off from 299",
        "满99减10、满299减50",
    ),
    "member_extra_gift": (
        {"items": "2", "item": "spoon", "stock": "9", "unit_cost": "3", "sale": "presale"},
        300,
        "presale, from 2 items: spoon on top",
        "预售满2件加赠spoon",
    ),
    "member_gift_001": (
        {"item": "sample", "stock": "100", "daily_cap": "10", "unit_cost": "2"},
        200,
        "sample for 0.01, 10 a day",
        "0.01元领sample，每日限量10份",
    ),
    "member_items_discount": (
        {"items": "2", "rate": "90%", "unit_cost": "15"},
        1500,
        "from 2 items 90% of the price (counts toward the lowest price)",
        "满2件9折（计入最低价）",
    ),
    "member_presale_right": (
        {"item": "new tea", "windows": [{"tier": "gold", "opens_at": "D-3 10:00"}]},
        0,
        "priority purchase of new tea (gold D-3 10:00)",
        "优先购new tea（gold D-3 10:00）",
    ),
    "member_price": (
        {"item": "oil", "price": "59", "counts_lowest_price": "false", "unit_cost": "6"},
        600,
        "oil at 59 for members (outside the lowest price)",
        "oil会员价59元（不计入最低价）",
    ),
    "new_member_coupon": ({"value": "10"}, 1000, "10 off any basket", "无门槛减10"),
    "new_member_gift": ({"item": "cup", "unit_cost": "4"}, 400, "welcome gift: cup", "入会即得cup"),
    "new_member_pack": (
        {"coupons": [{"value": "5"}], "item": "cup", "item_cost": "4"},
        900,
        "pack of 5 off any basket + cup",
        "无门槛减5 + cup",
    ),
    "partner": (
        {"brand": {"zh": "优酷", "en": "Youku"}, "item": {"zh": "月卡", "en": "month"}, "unit_cost": "8"},
        800,
        "Youku month",
        "优酷月卡",
    ),
    "points_cash": ({}, 0, "points pay part of the order", "积分抵扣现金"),
    "points_double": ({"unit_cost": "1"}, 100, "points times 2", "2倍积分"),
    "points_final_payment_coupon": (
        {"points": "100", "threshold": "99", "value": "10"},
        1000,
        "balance coupon 10 off from 99 for 100 points",
        "100积分兑尾款券满99减10",
    ),
    "points_game": (
        {"game": "sign_in", "points": "5", "unit_cost": "0.05"},
        5,
        "5 points for signing in",
        "签到得5积分",
    ),
    "points_plus_cash": (
        {"points": "200", "cash": "9.90", "item": "bowl", "unit_cost": "6"},
        600,
        "bowl for 200 points and 9.90 (counts toward the lowest price)",
        "200积分+9.90元购bowl（计入最低价）",
    ),
    "points_redeem": ({"points": "500", "item": "bag", "unit_cost": "7"}, 700, "bag for 500 points", "500积分兑bag"),
    "referral": (
        {"threshold": "99", "value": "10", "child_value": "8"},
        5000,
        "10 off from 99 for who invites, 8 off for the friend (expected: 37% of parents redeemed, 4 visitors each)",
        "邀请人得满99减10券，好友得无门槛减8券（预计主券核销率 37%，每张带来 4 位访客）",
    ),
    "referral_points": (
        {"points": "300", "spend": "300", "unit_cost": "6"},
        600,
        "300 points for both when the friend first spends 300",
        "好友首次消费满300元，双方各得300积分",
    ),
    "service": (
        {"offers": "returns", "days": "15", "unit_cost": "0"},
        0,
        "no-questions returns for 15 days",
        "15天无理由退换",
    ),
    "store_coupon": ({"threshold": "199", "value": "20"}, 2000, "20 off from 199", "满199减20"),
}


OFFERED = {"from": "D 20:00", "to": "D 20:59:59"}
TIMED = {"item": "x", "price": "9", "unit_cost": "1", "stock": "9", "offered": OFFERED}
PACKETS = {"group": "g", "amount": "2", "per_group": "5", "stock": "5", "offered": OFFERED}


def make(kind: str, **params: Any) -> BenefitBase:
    return ADAPTER.validate_python({"kind": kind, **params})


def test_every_kind_has_a_good_example() -> None:
    assert set(GOOD) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_cost_and_text_follow_from_the_parameters(kind: str) -> None:
    params, cost, english, chinese = GOOD[kind]
    benefit = make(kind, **params)
    assert reserve_cents(benefit, "worst_case") == cost
    assert describe(benefit, "en") == english
    assert describe(benefit, "zh") == chinese


BAD = [
    ("member_coupon", {"threshold": "20", "value": "30"}, "more than its threshold"),
    ("member_coupon", {"threshold": "20", "value": "0"}, "gives nothing"),
    ("member_gift_001", {"item": "x", "unit_cost": "1", "stock": "5"}, "daily_cap"),
    (
        "member_gift_001",
        {"item": "x", "unit_cost": "1", "stock": "5", "daily_cap": "1", "per_member": "2"},
        "one per member",
    ),
    ("member_extra_gift", {"item": "x", "unit_cost": "1", "stock": "5"}, "`items` or `amount` says"),
    ("member_extra_gift", {"item": "x", "unit_cost": "1", "stock": "5", "items": "1", "amount": "9"}, "exactly one"),
    ("member_extra_gift", {"item": "x", "unit_cost": "1", "items": "1"}, "as `stock`"),
    ("member_cashback", {"items": "1", "value": "5"}, "until when"),
    ("early_bird_price", {"rate": "0.96", "days": ["2021-11-01"], "unit_cost": "1"}, "at least as strong as 0.95"),
    ("early_bird_price", {"rate": "0.9", "days": ["2021-11-01 10:00"], "unit_cost": "1"}, "whole days"),
    ("member_price", {"item": "x", "unit_cost": "1"}, "`price` or `rate` says"),
    ("free_order", {"max_amount": "100"}, "as `stock`"),
    ("half_price", {"item": "x", "price": "100"}, "as `stock`"),
    ("flash_sale", {"item": "x", "price": "100", "unit_cost": "1"}, "as `stock`"),
    ("group_buy", {"item": "x", "price": "100", "size": "2", "unit_cost": "1"}, "as `stock`"),
    ("timed_offer", {**TIMED, "offered": {"from": "D"}}, "both ends"),
    ("timed_offer", {**TIMED, "valid": "3d"}, "leave `valid` out"),
    ("timed_offer", {**TIMED, "stock": None}, "as `stock`"),
    ("haggle", {**TIMED, "starts_at": "9", "helpers": "3"}, "above `price`"),
    ("red_packet", {**PACKETS, "stock": None}, "as `stock`"),
    ("red_packet", {**PACKETS, "amount": "0"}, "holds nothing"),
    ("red_packet", {**PACKETS, "delivery": "push"}, "announces"),
    ("after_order_coupon", {"value": "5"}, "valid: 14d"),
    ("birthday_gift", {"item": "x"}, "unit_cost is missing"),
    ("exchange_card", {"value": "10", "price": "10"}, "costs the member as much"),
    ("new_member_pack", {"coupons": [{"value": "5"}], "item_cost": "3"}, "without an item"),
    ("service", {"offers": "returns", "unit_cost": "0", "valid": {"from": "D-1"}}, "validity has one form"),
    ("member_coupon", {"value": "1", "colour": "red"}, "Extra inputs"),
]


@pytest.mark.parametrize(("kind", "params", "message"), BAD)
def test_rule_of_the_kind(kind: str, params: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        make(kind, **params)


def test_explicit_cost_wins_and_nature_has_a_default_by_kind() -> None:
    assert make("member_coupon", value="10", unit_cost="7").cost_cents == 700
    assert make("member_coupon", value="10").is_price
    assert not make("service", offers="after_sales", unit_cost="1").is_price
    assert make("service", offers="after_sales", unit_cost="1", nature="price").is_price


@given(cost=st.integers(0, 10_000_000), rate=st.integers(0, 10_000))
def test_expected_reserve_is_never_below_the_expectation(cost: int, rate: int) -> None:
    benefit = make("birthday_gift", item="x", unit_cost=f"{cost / 100:.2f}", redemption_rate=f"{rate / 100:.2f}%")
    expected = reserve_cents(benefit, "expected")
    assert expected * 10_000 >= cost * rate > (expected - 1) * 10_000
    assert expected <= reserve_cents(benefit, "worst_case") == cost


def test_a_referral_is_expected_to_cost_its_parents_and_their_friends() -> None:
    """100 parents of whom 37% use 10.00, and 400 visitors of whom 10% use 8.00: 370.00 and 320.00."""
    said = {"kind": "referral", "value": 10, "child_value": 8}
    given = KINDS["referral"].model_validate({**said, "child_redemption": "10%"})
    assert 100 * reserve_cents(given, "expected") == 690_00
    without = KINDS["referral"].model_validate(said)
    worst = 10_00 + 5 * 8_00  # a parent's coupon and those of all the friends it may bring
    assert reserve_cents(without, "expected") == reserve_cents(given, "worst_case") == worst


def test_members_read_nothing_that_is_meant_for_the_staff() -> None:
    for kind, (params, _, english, chinese) in GOOD.items():
        benefit = make(kind, **params)
        for lang, whole in (("en", english), ("zh", chinese)):
            said, remark = benefit.sentence(lang), benefit.remark(lang)
            assert whole.startswith(said + (f" ({remark})" if lang == "en" else f"（{remark}）") if remark else said)
            assert not re.search(r"\bD[+-]\d|expected|预计|lowest price|最低价|public|公域", said), kind
    shown = make("member_coupon", threshold="199", value="30", exposed_in=["public"])
    assert describe(shown, "zh") == "满199减30（公域透出）"
