"""The floor of planned prices: which days and which prices make it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_calendars.model.prices import PastPrice, PriceRule, floors

DAY = date(2026, 3, 5)


def past(**keys: Any) -> PastPrice:
    return PastPrice.model_validate({"on": "2026-03-01", **keys}, by_alias=True, by_name=False)


@pytest.mark.parametrize(
    ("on", "counts"), [("2026-02-17", False), ("2026-02-18", True), ("2026-03-04", True), ("2026-03-05", False)]
)
def test_the_fifteen_days_before_the_first_one_count(on: str, counts: bool) -> None:
    assert floors([past(on=on, list="99")], DAY, PriceRule()) == ((9_900 if counts else None), None)


@pytest.mark.parametrize(
    ("keys", "counts"),
    [
        ({}, True),
        ({"through": "store_coupon"}, True),
        ({"through": "member_price"}, True),
        ({"through": "member_items_discount"}, True),
        ({"through": "member_coupon"}, False),
        ({"through": "points_redeem"}, False),
        ({"through": "early_bird_price"}, False),
        ({"through": "early_bird_price", "counts": True}, True),
        ({"counts": False}, False),
    ],
)
def test_which_benefits_count(keys: dict[str, Any], counts: bool) -> None:
    assert past(list="99", **keys).is_counted == counts


def test_the_two_gates_are_apart_and_ten_percent_is_taken_off_the_list_price_only() -> None:
    history = [past(list="100.00", after_coupon="80.00"), past(list="90.01"), past(after_coupon="85.00")]
    assert floors(history, DAY, PriceRule()) == (9_001, 8_000)
    assert floors(history, DAY, PriceRule(below="10%")) == (8_100, 8_000)  # never rounded up


prices = st.builds(
    lambda days, cents, counts: PastPrice(on=DAY - timedelta(days=days), list_=f"{cents / 100:.2f}", counts=counts),
    st.integers(-3, 40),
    st.integers(1, 10_000),
    st.booleans(),
)


@given(history=st.lists(prices, max_size=12), extra=prices)
def test_one_more_price_never_raises_the_floor(history: list[PastPrice], extra: PastPrice) -> None:
    before, after = floors(history, DAY, PriceRule())[0], floors([*history, extra], DAY, PriceRule())[0]
    assert before is None or (after is not None and after <= before)


def test_a_price_entry_needs_a_price() -> None:
    with pytest.raises(ValueError, match="list"):
        past()
