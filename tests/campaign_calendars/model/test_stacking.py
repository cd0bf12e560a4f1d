"""What one order may use together, what is paid where the best counts, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from campaign_calendars.model.benefits import Benefit
from campaign_calendars.model.benefits.base import at_rate
from campaign_calendars.model.stacking import best_price, exclude_each_other, group_of

_BENEFIT: TypeAdapter[Any] = TypeAdapter(Benefit)


def benefit(**written: object) -> Any:
    return _BENEFIT.validate_python(written)


def test_of_a_tiers_discount_and_a_member_price_the_best_counts() -> None:
    assert at_rate(20000, 9000) == 18000
    assert best_price(20000, [17000], 9000) == 17000
    assert best_price(20000, [17000], 8000) == 16000
    assert best_price(20000, []) == 20000


def test_half_of_an_odd_price_costs_the_store_the_larger_half() -> None:
    half = benefit(kind="half_price", item="tea", price=99.99, stock=1)
    assert (half.unit_cents(9999), half.cost_cents) == (4999, 5000)


def test_three_pieces_at_a_rate() -> None:
    three = benefit(kind="member_items_discount", items=3, rate=0.9, unit_cost=12)
    prices = [three.unit_cents(price) for price in (5000, 4000, 3000)]
    assert (prices, sum(prices)) == ([4500, 3600, 2700], 10800)


CASHBACK = {"kind": "member_cashback", "amount": 149, "value": 20, "valid": "15d"}


@pytest.mark.parametrize(
    ("written", "stacking", "group"),
    [
        ({"kind": "member_coupon", "value": 5}, {}, "coupon"),
        ({"kind": "member_coupon", "value": 5}, {"member_coupon": "members"}, "members"),
        (CASHBACK, {}, "coupon"),
        ({**CASHBACK, "form": "red_packet"}, {}, "red_packet"),
        ({"kind": "service", "offers": "free_shipping", "unit_cost": 5}, {}, "freight"),
        ({"kind": "service", "offers": "after_sales", "unit_cost": 5}, {}, ""),
        ({"kind": "free_order", "max_amount": 5, "stock": 5}, {}, "free_order"),
    ],
)
def test_every_kind_has_its_group_unless_the_store_says_otherwise(
    written: dict[str, Any], stacking: dict[str, str], group: str
) -> None:
    assert group_of(benefit(**written), stacking) == group


def test_a_free_order_excludes_all_and_gifts_combine() -> None:
    assert exclude_each_other("coupon", "coupon")
    assert exclude_each_other("free_order", "gift")
    assert not exclude_each_other("gift", "gift")
    assert not exclude_each_other("coupon", "price")
    assert not exclude_each_other("", "")
