"""Checks compare what remains after stacking, and hold prices of benefits against the price ledger."""

from __future__ import annotations

import pytest

from .examples import problems_of
from .test_checks import codes

COUPONS = """\
benefits:
  shop: {kind: store_coupon, threshold: 199, value: 20}
  c: {kind: member_coupon, threshold: %s}
"""
TOGETHER = "stacking: {store_coupon: shop}\n"
PRICE = """\
prices:
  tea: {history: [{on: 2026-03-01, list: 300, after_coupon: 280}], planned: [{phase: later, after_coupon: %s}]}
benefits:
  c: {%s, goods: [tea], unit_cost: 9}
phases:
  - id: burst
    kind: burst
    window: {from: D-3, to: %s}
    plays: [{id: p, audience: everybody, benefits: [c], channels: [sms, push], at: D-3 10:00, message: m.txt}]
  - {id: later, kind: burst, window: {from: "2026-03-10", to: "2026-03-12"}}
"""


def test_a_basket_of_250() -> None:
    assert "C160" not in codes(problems_of(COUPONS % "199, value: 30, beats: shop"))
    assert "C160" in codes(problems_of(COUPONS % "299, value: 35, beats: shop"))


def test_coupons_of_two_groups_are_used_together_and_the_members_comes_on_top() -> None:
    assert "C160" not in codes(problems_of(TOGETHER + COUPONS % "299, value: 35, beats: shop"))
    assert "C192" in codes(problems_of(COUPONS % "299, value: 35"))
    assert "C192" not in codes(problems_of(TOGETHER + COUPONS % "299, value: 35"))


@pytest.mark.parametrize(
    ("benefit", "to", "planned", "fails"),
    [
        ("kind: member_price, item: tea, price: 1", "D-3", 259, True),
        ("kind: member_price, item: tea, price: 1", "D-3", 1, False),
        ("kind: member_price, item: tea, price: 1, tiers: [gold]", "D-3", 259, True),
        ("kind: member_price, item: tea, price: 1, counts_lowest_price: false", "D-3", 259, False),
        ("kind: member_items_discount, items: 3, rate: 0.9", "D-3", 270, False),
        ("kind: member_items_discount, items: 3, rate: 0.9", "D-3", 271, True),
        ("kind: bundle_price, items: 3, price: 600", "D-3", 201, True),
        ("kind: half_price, item: tea, price: 99.99, stock: 5", "D-3", "49.99", False),
        ("kind: half_price, item: tea, price: 99.99, stock: 5", "D-3", "50", True),
        ("kind: early_bird_price, rate: 0.9, days: [2026-03-05]", "D-3", 280, False),
        ("kind: points_plus_cash, item: tea, points: 5, cash: 20", "D-3", 21, True),
    ],
)
def test_the_price_of_a_benefit_counts_from_the_days_on_which_it_is_online(
    benefit: str, to: str, planned: object, fails: bool
) -> None:
    assert ("C196" in codes(problems_of(PRICE % (planned, benefit, to)))) == fails
