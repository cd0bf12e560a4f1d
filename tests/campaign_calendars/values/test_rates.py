"""Prices in the operator's words are the number that is meant, or are answered with it."""

from __future__ import annotations

import pytest

from campaign_calendars.values.scalars import UnfitError, parse_money, parse_rate


@pytest.mark.parametrize(
    ("written", "basis_points"),
    [
        ("8折", 8_000),
        ("打8折", 8_000),
        ("8.5折", 8_500),
        ("８．５折", 8_500),
        ("85折", 8_500),
        ("95折", 9_500),
        ("9.5 折", 9_500),
        ("88.8折", 8_880),
        ("10折", 10_000),
        ("0.8折", 800),
        ("0.85", 8_500),
        ("85%", 8_500),
        ("1", 10_000),
        (0.9, 9_000),
    ],
)
def test_rates_are_read(written: str | float, basis_points: int) -> None:
    assert parse_rate(written) == basis_points


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("8.5", "write 0.85 or 8.5折"),
        ("8", "write 0.8 or 8折"),
        ("85", "write 0.85 or 85折"),
        ("15% off", "write 0.85"),
        ("减15%", "write 0.85"),
        ("满199减30", "write kind: member_coupon, threshold: 199, value: 30"),
        ("满 199 元减 30.50 元", "write kind: member_coupon, threshold: 199, value: 30.50"),
        ("第二件半价", "write kind: half_price"),
        ("0折扣", "write 5% or 0.05"),
    ],
)
def test_what_is_no_rate_is_answered_with_the_value_that_was_meant(written: str, answer: str) -> None:
    with pytest.raises(UnfitError) as caught:
        parse_rate(written)
    assert answer in str(caught.value)
    remedy = answer.removeprefix("write ").split(" or ")[0]
    if remedy.startswith("0."):
        assert parse_rate(remedy) > 0


def test_a_step_in_place_of_an_amount_is_taken_apart() -> None:
    with pytest.raises(UnfitError, match="threshold: 199, value: 30"):
        parse_money("满199减30")
