"""Every key of a benefit reaches the set-up pack: with another value the platform is told something else."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from campaign_calendars.checks import load_store
from campaign_calendars.model.benefits import KINDS
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.set_up.benefits import Known, SetupRow, setup_rows
from campaign_calendars.set_up.places import PlaceRow, place_rows
from campaign_calendars.set_up.tools import TOOLS
from campaign_calendars.time.resolving import resolve
from tasks.exporting.sheets import benefit_sheets

COUPON = {"threshold": 199, "value": 20}
GIFT = {"item": "tea", "unit_cost": 3}
ITEM = {"item": "tea"}
BASES: dict[str, dict[str, Any]] = {
    "store_coupon": COUPON,
    "member_coupon": COUPON,
    "new_member_coupon": COUPON,
    "category_coupon": {**COUPON, "category": "tea"},
    "member_coupon_pack": {"coupons": [{"threshold": 50, "value": 5}]},
    "new_member_pack": {"coupons": [{"threshold": 50, "value": 5}]},
    "member_cashback": {"amount": 149, "value": 20, "valid": "7d"},
    "referral": {**COUPON, "child_value": 8},
    "member_gift_001": {**GIFT, "stock": 9, "daily_cap": 3},
    "new_member_gift": GIFT,
    "member_extra_gift": {**GIFT, "items": 2, "stock": 9},
    "buyback_gift": GIFT,
    "challenge": {**GIFT, "spend": 1200},
    "birthday_gift": GIFT,
    "lucky_bag": GIFT,
    "exchange_card": {"value": 100},
    "points_redeem": {**GIFT, "points": 400},
    "points_plus_cash": {**GIFT, "points": 400, "cash": 9},
    "points_final_payment_coupon": {**COUPON, "points": 400},
    "points_double": {"unit_cost": 0},
    "points_cash": {"unit_cost": 0},
    "points_game": {"game": "draw", "points": 20, "unit_cost": 1},
    "referral_points": {"points": 300, "spend": 300, "unit_cost": 1},
    "member_items_discount": {"items": 3, "rate": 0.9, "unit_cost": 1},
    "member_price": {"item": "tea", "price": 170, "unit_cost": 1},
    "early_bird_price": {"rate": 0.9, "days": ["2026-03-07"], "unit_cost": 1},
    "free_order": {"max_amount": 100, "stock": 3},
    "half_price": {"item": "tea", "price": 99, "stock": 3},
    "bundle_price": {"items": 3, "price": 99, "unit_cost": 1},
    "flash_sale": {"item": "tea", "price": 9, "stock": 3, "unit_cost": 1},
    "group_buy": {"item": "tea", "price": 9, "size": 3, "stock": 3, "unit_cost": 1},
    "timed_offer": {"item": "tea", "price": 9, "stock": 3, "unit_cost": 1, "offered": {"from": "D-2", "to": "D"}},
    "haggle": {
        "item": "tea",
        "price": 9,
        "starts_at": 19,
        "helpers": 3,
        "stock": 3,
        "offered": {"from": "D-2", "to": "D"},
    },
    "red_packet": {"group": "fans", "amount": 2, "per_group": 5, "stock": 5, "offered": {"from": "D-2", "to": "D"}},
    "after_order_coupon": {**COUPON, "valid": "7d"},
    "order_sample": GIFT,
    "member_presale_right": {"item": "tea", "windows": [{"tier": "gold", "opens_at": "D-2 10:00"}]},
    "service": {"offers": "returns", "unit_cost": 1},
    "partner": {"brand": "Youku", "item": "a month", "unit_cost": 5},
}
CHANGES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("member_coupon", {"title": "Spring"}, "title"),
    ("member_coupon", {"stock": 7}, "stock"),
    ("member_coupon", {"daily_cap": 7}, "daily_cap"),
    ("member_coupon", {"per_member": 2}, "per_member"),
    ("member_coupon", {"tiers": ["gold"]}, "who"),
    ("member_coupon", {"valid": {"for": "9d"}}, "valid_for"),
    ("member_coupon", {"valid": {"from": "D-2", "to": "D"}}, "valid"),
    ("member_coupon", {"threshold": 299}, "threshold"),
    ("member_coupon", {"value": 30}, "value"),
    ("member_coupon", {"exposed_in": ["private", "public"]}, "public"),
    ("category_coupon", {"category": "nuts"}, "offer"),
    ("member_coupon_pack", {"coupons": [{"threshold": 50, "value": 5}, {"threshold": 99, "value": 12}]}, "part"),
    ("member_coupon_pack", {"coupons": [{"threshold": 60, "value": 5}]}, "threshold"),
    ("member_coupon_pack", {"coupons": [{"threshold": 50, "value": 6}]}, "value"),
    ("new_member_pack", {"item": "tea"}, "part"),
    ("member_cashback", {"amount": 159}, "threshold"),
    ("member_cashback", {"value": 30}, "value"),
    ("member_cashback", {"form": "red_packet"}, "offer"),
    ("referral", {"child_value": 9}, "value"),
    ("referral", {"parent_redemption": "40%"}, "offer"),
    ("referral", {"visitors_per_parent": 3}, "offer"),
    ("member_gift_001", {"price": 1}, "offer"),
    ("new_member_gift", {"item": "cup"}, "thing"),
    ("member_extra_gift", {"items": 3}, "items"),
    ("member_extra_gift", {"item": "cup"}, "thing"),
    ("member_extra_gift", {"sale": "presale"}, "offer"),
    ("buyback_gift", {"after_orders": 2}, "offer"),
    ("challenge", {"spend": 1300}, "offer"),
    ("exchange_card", {"value": 120}, "value"),
    ("exchange_card", {"price": 10}, "offer"),
    ("points_redeem", {"points": 500}, "points"),
    ("points_redeem", {"item": "cup"}, "thing"),
    ("points_plus_cash", {"points": 500}, "points"),
    ("points_plus_cash", {"cash": 19}, "offer"),
    ("points_plus_cash", {"item": "cup"}, "thing"),
    ("points_final_payment_coupon", {"points": 500}, "points"),
    ("points_double", {"multiplier": 3}, "offer"),
    ("points_game", {"game": "flash"}, "offer"),
    ("points_game", {"points": 30}, "points"),
    ("referral_points", {"points": 400}, "points"),
    ("referral_points", {"spend": 400}, "offer"),
    ("member_items_discount", {"items": 4}, "items"),
    ("member_items_discount", {"rate": 0.8}, "offer"),
    ("member_price", {"item": "cup"}, "thing"),
    ("member_price", {"price": 160}, "offer"),
    ("member_price", {"price": None, "rate": 0.8}, "offer"),
    ("member_price", {"counts_lowest_price": False}, "counts"),
    ("early_bird_price", {"rate": 0.8}, "offer"),
    ("early_bird_price", {"days": ["2026-03-07", "2026-03-08"]}, "part"),
    ("free_order", {"max_amount": 200}, "offer"),
    ("half_price", {"item": "cup"}, "thing"),
    ("half_price", {"price": 199}, "offer"),
    ("bundle_price", {"items": 4}, "items"),
    ("bundle_price", {"price": 89}, "offer"),
    ("flash_sale", {"item": "cup"}, "thing"),
    ("flash_sale", {"price": 8}, "offer"),
    ("group_buy", {"item": "cup"}, "thing"),
    ("group_buy", {"price": 8}, "offer"),
    ("group_buy", {"size": 2}, "offer"),
    ("timed_offer", {"item": "cup"}, "thing"),
    ("timed_offer", {"price": 8}, "price"),
    ("timed_offer", {"offered": {"from": "D-2 20:00", "to": "D-2 20:59:59"}}, "valid"),
    ("timed_offer", {"group": "fans"}, "who"),
    ("haggle", {"starts_at": 29}, "offer"),
    ("haggle", {"helpers": 8}, "offer"),
    ("red_packet", {"amount": 3}, "offer"),
    ("red_packet", {"per_group": 4}, "offer"),
    ("red_packet", {"split": "lucky"}, "offer"),
    ("after_order_coupon", {"issued_on": "paid"}, "offer"),
    ("member_presale_right", {"item": "cup"}, "thing"),
    ("member_presale_right", {"windows": [{"tier": "basic", "opens_at": "D-2 10:00"}]}, "who"),
    ("member_presale_right", {"windows": [{"tier": "gold", "opens_at": "D-2 14:00"}]}, "offered"),
    ("service", {"offers": "price_protection"}, "offer"),
    ("service", {"days": 15}, "offer"),
    ("partner", {"brand": "Bilibili"}, "offer"),
    ("partner", {"item": "a year"}, "thing"),
    ("member_gift_001", {"price": 1}, "price"),
    ("exchange_card", {"price": 10}, "price"),
    ("points_plus_cash", {"cash": 19}, "price"),
    ("member_items_discount", {"rate": 0.8}, "price"),
    ("half_price", {"price": 199}, "price"),
    ("member_price", {"goods": ["A1"]}, "goods"),
    ("buyback_gift", {"sku": "A1"}, "goods"),
)
"""Kind, the key with another value, and the column of its row that says so."""

STORE = """\
store: shop
tiers: {window: 365d, levels: [{id: basic}, {id: gold, spend: 1000}]}
channels: {push: {kind: push, consent: implied}}
positions: {card: {POSITION}}
"""


def rows(kind: str, **changes: Any) -> list[SetupRow]:
    """The set-up rows of a calendar that gives one benefit of the kind."""
    given = {key: value for key, value in {"kind": kind, **BASES[kind], **changes}.items() if value is not None}
    play = {"id": "p", "audience": "all", "benefits": ["b"], "channels": ["push"], "at": "D-1 10:00", "message": "m"}
    phase = {"id": "burst", "kind": "burst", "window": {"from": "D-3", "to": "D"}, "plays": [play]}
    text = yaml.safe_dump({
        "calendar": "spring", "store": "shop", "timezone": "Asia/Shanghai", "day_zero": "2026-03-08",
        "audiences": {"all": "joined"}, "benefits": {"b": given}, "phases": [phase],
    })  # fmt: skip
    loaded = load_calendar(text, "c.yaml")
    assert loaded.model is not None, [str(problem) for problem in loaded.problems]
    return setup_rows(loaded.model, resolve(loaded.model), Known({}))


def test_every_kind_is_tried() -> None:
    assert set(BASES) == {kind for kind, model in KINDS.items() if model.__module__.startswith("campaign_calendars")}


@pytest.mark.parametrize("kind", sorted(BASES))
def test_a_kind_is_set_up_with_its_tool(kind: str) -> None:
    made = rows(kind)
    assert {row.kind for row in made} == {kind}
    assert {(row.sheet, row.tool) for row in made} == {(TOOLS[kind].sheet, TOOLS[kind].name)}


@pytest.mark.parametrize(("kind", "changes", "column"), CHANGES, ids=lambda value: str(value).replace(" ", ""))
def test_with_another_value_the_platform_is_told_something_else(
    kind: str, changes: dict[str, Any], column: str
) -> None:
    before, after = rows(kind), rows(kind, **changes)
    assert [getattr(row, column) for row in before] != [getattr(row, column) for row in after]


@pytest.mark.parametrize(
    ("kind", "changes", "price", "goods"),
    [
        ("member_price", {"goods": ["A1", "A2"]}, ("170", "170"), "A1, A2"),
        ("member_price", {"price": None, "rate": 0.8}, ("80% of the price", "8折"), ""),
        ("half_price", {"price": 99.99}, ("49.99", "49.99"), ""),
        ("new_member_gift", {"sku": "A1"}, ("", ""), "A1"),
        ("member_gift_001", {}, ("0.01", "0.01"), ""),
    ],
)
def test_price_and_goods_stand_in_columns_of_their_own(
    kind: str, changes: dict[str, Any], price: tuple[str, str], goods: str
) -> None:
    made = rows(kind, **changes)
    (sheet,) = [each for each in benefit_sheets(made, "en").values() if each.rows]
    line = dict(zip(sheet.head, sheet.rows[0], strict=True))
    assert (made[0].price, line["price or rate"], line["item ids (fill in where empty)"]) == (price, price[0], goods)


def shown(position: str, picture: str = "702x110") -> PlaceRow:
    text = f"""\
calendar: spring
store: shop
timezone: Asia/Shanghai
day_zero: 2026-03-08
audiences: {{all: joined}}
phases:
  - id: burst
    kind: burst
    window: {{from: D-3, to: D}}
    plays:
      - {{id: p, audience: all, positions: [card], displays: {{card: {{copy: 会员专享好礼, picture: {picture}}}}}}}
"""
    loaded, store = load_calendar(text, "c.yaml"), load_store(STORE.replace("{POSITION}", f"{{{position}}}"))
    assert loaded.model is not None
    assert store.model is not None
    return next(iter(place_rows(loaded.model, store.model, resolve(loaded.model))))


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("title: Card", "title"),
        ("domain: public", "public"),
        ("max_copy: 5", "refused"),
        ("picture: 600x100", "refused"),
        ("needs: [member_coupon]", "refused"),
    ],
)
def test_a_key_of_a_position_stands_in_its_row(key: str, column: str) -> None:
    assert getattr(shown(""), column) != getattr(shown(key), column)


def test_a_position_that_needs_content_refuses_to_be_without_words() -> None:
    assert shown("needs_content: true").refused == ()
    assert shown("").copy[0] == "会员专享好礼"
    assert shown("", picture="600x100").picture == "600x100"
