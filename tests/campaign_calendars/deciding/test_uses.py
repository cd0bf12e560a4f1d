"""Until when a grant may be used, and how the use of each kind of benefit is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.deciding.uses import UseRule, takes_order, use_rules, valid_until
from campaign_calendars.model.benefits.base import Asked
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.time.resolving import resolve

ZONE = ZoneInfo("Asia/Shanghai")
GRANTED = datetime(2020, 3, 5, 10, 30, tzinfo=ZONE)


def calendar(zone: str = "Asia/Shanghai", **benefits: dict[str, Any]) -> Calendar:
    window = {"from": "2020-03-01", "to": "2020-03-20"}
    return Calendar.model_validate(
        {
            "calendar": "x",
            "store": "s",
            "timezone": zone,
            "benefits": benefits,
            "phases": [{"id": "a", "kind": "burst", "window": window}],
        }
    )


@pytest.mark.parametrize(
    ("valid", "until"),
    [
        ("7d", "2020-03-13T00:00:00+08:00"),  # the last second of the 12th is in time
        ("12h", "2020-03-05T22:30:00+08:00"),
        ("1d", "2020-03-07T00:00:00+08:00"),
        ({"from": "2020-03-05", "to": "2020-03-08 21:59:59"}, "2020-03-08T22:00:00+08:00"),
        (None, "2020-03-21T00:00:00+08:00"),  # with the calendar
    ],
)
def test_whole_days_end_with_the_day_other_lengths_to_the_second(valid: object, until: str | None) -> None:
    given = calendar(c={"kind": "member_coupon", "value": 5, **({"valid": valid} if valid else {})})
    end = valid_until(given, resolve(given), "c", GRANTED)
    assert end == (until and datetime.fromisoformat(until))


def test_a_day_may_be_shorter_than_24_hours() -> None:
    given = calendar("Europe/Berlin", c={"kind": "member_coupon", "value": 5, "valid": "1d"})
    granted = datetime(2020, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))  # the clocks change on the 29th
    assert valid_until(given, resolve(given), "c", granted) == datetime.fromisoformat("2020-03-30T00:00:00+02:00")


def test_a_benefit_that_was_taken_out_of_the_calendar_has_no_end() -> None:
    given = calendar(c={"kind": "member_coupon", "value": 5})
    assert valid_until(given, resolve(given), "gone", GRANTED) is None


def rule(**benefit: object) -> UseRule:
    made = calendar(b=benefit)
    (found,) = use_rules(made, resolve(made))
    return found


def both(**benefits: dict[str, Any]) -> list[UseRule]:
    made = calendar(**benefits)
    return list(use_rules(made, resolve(made)))


def test_a_coupon_is_seen_in_redemptions_and_comes_back_with_its_order() -> None:
    found = rule(kind="member_coupon", value=5, threshold=50)
    assert found == UseRule("b", "redemptions", (500,), comes_back=True, off_basket=True)


def test_a_pack_has_a_use_for_each_coupon_and_its_gift_goes_with_the_first() -> None:
    coupons = [{"threshold": 99, "value": 10}, {"threshold": 199, "value": 30}]
    pack = {"kind": "new_member_pack", "coupons": coupons, "item": "mug", "item_cost": 4}
    assert rule(**pack).costs == (3400, 1000)
    assert rule(**pack, unit_cost=25).costs == (2500, 0)


def test_an_extra_gift_is_seen_with_an_order_that_is_large_enough() -> None:
    found = rule(kind="member_extra_gift", item="mug", amount=159, unit_cost=9, stock=5)
    assert (found.seen_in, found.comes_back) == ("orders", False)
    assert found.asked == Asked(amount_cents=15900, staged=False)


def test_points_tell_a_use_only_where_one_benefit_asks_for_so_many() -> None:
    mug = {"kind": "points_redeem", "points": 300, "item": "mug", "unit_cost": 4}
    assert (rule(**mug).seen_in, rule(**mug).asked.points) == ("points", 300)
    assert [found.seen_in for found in both(a=mug, b=mug)] == ["nowhere", "nowhere"]
    sign_in = {"kind": "points_game", "game": "sign_in", "points": 5, "unit_cost": 0}
    assert rule(**sign_in).seen_in == "nowhere"


GIFT = {"item": "mug", "unit_cost": 9, "stock": 5}


@pytest.mark.parametrize(
    ("benefit", "seen_in", "asked"),
    [
        ({"kind": "member_extra_gift", "items": 2, "sale": "presale", **GIFT}, "orders", Asked(items=2, staged=True)),
        (
            {"kind": "member_extra_gift", "items": 2, "sku": "g1", **GIFT},
            "orders",
            Asked(items=1, by_lines=True, goods=("g1",)),
        ),
        ({"kind": "birthday_gift", **GIFT}, "redemptions", Asked()),
        ({"kind": "birthday_gift", "sku": "g1", **GIFT}, "orders", Asked(items=1, by_lines=True, goods=("g1",))),
        ({"kind": "challenge", "spend": 1200, **GIFT}, "order_sums", Asked(amount_cents=120000)),
        ({"kind": "lucky_bag", **GIFT}, "nowhere", Asked()),
        (
            {"kind": "half_price", "item": "tea", "price": 99.99, "stock": 5, "goods": ["t1"]},
            "orders",
            Asked(items=1, by_lines=True, goods=("t1",), most_cents=4999),
        ),
        ({"kind": "half_price", "item": "tea", "price": 99.99, "stock": 5}, "nowhere", Asked()),
        (
            {"kind": "member_items_discount", "items": 3, "rate": 0.9, "unit_cost": 12},
            "orders",
            Asked(items=3, by_lines=True, share=9000),
        ),
        (
            {"kind": "bundle_price", "items": 3, "price": 99, "unit_cost": 9, "goods": ["t1", "t2"]},
            "orders",
            Asked(items=3, by_lines=True, goods=("t1", "t2"), most_cents=9900, of=3),
        ),
        ({"kind": "member_price", "item": "tea", "rate": 0.9, "unit_cost": 9}, "nowhere", Asked()),
        (
            {"kind": "member_price", "item": "tea", "rate": 0.9, "unit_cost": 9, "goods": ["t1"]},
            "orders",
            Asked(items=1, by_lines=True, goods=("t1",), share=9000),
        ),
        ({"kind": "free_order", "max_amount": 300, "stock": 5}, "refunds", Asked()),
    ],
)
def test_every_kind_has_its_own_trace(benefit: dict[str, Any], seen_in: str, asked: Asked) -> None:
    found = rule(**benefit)
    assert (found.seen_in, found.asked) == (seen_in, asked)


def test_an_early_bird_may_be_used_on_its_days_only_and_ends_with_the_last() -> None:
    bird = {"kind": "early_bird_price", "rate": 0.95, "unit_cost": 15, "days": ["2020-03-06", "2020-03-11"]}
    found = rule(**bird)
    assert found.seen_in == "redemptions"
    assert [span.start.day for span in found.spans] == [6, 11]
    made = calendar(b=bird)
    assert valid_until(made, resolve(made), "b", GRANTED) == datetime(2020, 3, 12, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("kind", "until"),
    [("buyback_gift", datetime(2020, 3, 21, tzinfo=ZONE)), ("birthday_gift", datetime(2020, 4, 1, tzinfo=ZONE))],
)
def test_without_valid_a_gift_ends_with_its_phase_or_the_month(kind: str, until: datetime) -> None:
    made = calendar(b={"kind": kind, **GIFT})
    assert valid_until(made, resolve(made), "b", GRANTED, "a") == until


def test_the_stores_coupon_is_granted_to_nobody() -> None:
    assert both(s={"kind": "store_coupon", "value": 5}) == []


@pytest.mark.parametrize(
    ("benefit", "takes"),
    [
        ({"kind": "member_coupon", "value": 5}, True),
        ({"kind": "early_bird_price", "rate": 0.95, "unit_cost": 15, "days": ["2020-03-06"]}, True),
        ({"kind": "member_extra_gift", "item": "mug", "amount": 159, "unit_cost": 9, "stock": 5}, True),
        ({"kind": "free_order", "max_amount": 300, "stock": 5}, True),
        ({"kind": "birthday_gift", **GIFT}, False),
    ],
    ids=lambda one: one["kind"] if isinstance(one, dict) else "",
)
def test_what_takes_an_order_to_be_used(benefit: dict[str, Any], *, takes: bool) -> None:
    assert takes_order(calendar(b=benefit).benefits["b"]) is takes
