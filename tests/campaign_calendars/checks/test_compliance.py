"""Rules of law and platform, at their edges."""

from __future__ import annotations

import pytest

from .examples import problems_of
from .test_checks import codes


@pytest.mark.parametrize(
    ("audience", "found"),
    [
        ("age < 18", True),
        ("age = 17 and joined", True),
        ("age between 14 and 17 or age < 3", True),
        ("age <= 18", False),
        ("age < 18 or joined", False),
        ("age is null", False),
        ("joined", False),
    ],
)
def test_only_audiences_of_minors_alone_are_found(audience: str, found: bool) -> None:
    assert ("C215" in codes(problems_of(f"audiences: {{everybody: {audience}}}\n"))) == found


def test_the_age_is_the_stores() -> None:
    patch = "contact_policy: {min_age: 21}\naudiences: {everybody: age < 21}\n"
    assert "C215" in codes(problems_of(patch))
    assert "C215" not in codes(problems_of("audiences: {everybody: age < 21}\n"))


def test_free_shipping_for_an_audience_of_tiers_is_fine() -> None:
    benefit = "benefits: {c: {kind: service, offers: free_shipping, unit_cost: 5}}\n"
    assert "C213" not in codes(problems_of(benefit + "audiences: {everybody: tier >= 'gold'}\n"))
    assert "C213" in codes(problems_of(benefit + "audiences: {everybody: has_tag('vip')}\n"))


@pytest.mark.parametrize(("valid", "found"), [("valid: 7d", True), ("valid: {from: D, to: D}", False)])
def test_a_balance_coupon_wants_a_window_not_a_duration(valid: str, found: bool) -> None:
    text = f"benefits: {{c: {{kind: points_final_payment_coupon, points: 300, value: 15, {valid}}}}}\n"
    assert ("C214" in codes(problems_of(text))) == found
