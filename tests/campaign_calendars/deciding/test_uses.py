"""Until when a grant may be used, and how the use of each kind of benefit is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.deciding.uses import UseRule, use_rules, valid_until
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
        (None, None),
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
    (found,) = use_rules(calendar(b=benefit))
    return found


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
    assert (found.seen_in, found.amount_cents, found.items, found.comes_back) == ("orders", 15900, 0, False)


def test_points_tell_a_use_only_where_one_benefit_asks_for_so_many() -> None:
    mug = {"kind": "points_redeem", "points": 300, "item": "mug", "unit_cost": 4}
    assert (rule(**mug).seen_in, rule(**mug).points) == ("points", 300)
    assert [found.seen_in for found in use_rules(calendar(a=mug, b=mug))] == ["nowhere", "nowhere"]
    sign_in = {"kind": "points_game", "game": "sign_in", "points": 5, "unit_cost": 0}
    assert rule(**sign_in).seen_in == "nowhere"


def test_the_stores_coupon_is_granted_to_nobody() -> None:
    assert list(use_rules(calendar(s={"kind": "store_coupon", "value": 5}))) == []
