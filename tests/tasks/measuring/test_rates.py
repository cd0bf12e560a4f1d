from __future__ import annotations

from tasks.measuring.rates import RATES, Rate


def test_a_rate_carries_what_it_is_made_of() -> None:
    made = Rate.named("redemption_rate").of({"redeemers": 604, "holders": 3647})
    assert (made.numerator, made.denominator) == (604, 3647)
    assert round((made.value or 0) * 100, 3) == 16.562
    assert made.says("en")
    assert made.says("zh")


def test_an_empty_denominator_has_no_value() -> None:
    assert Rate.named("conversion_rate").of({"contacted_buyers": 0, "contacted": 0}).value is None


def test_every_rate_is_defined_in_both_languages() -> None:
    assert all(rate.definition and rate.definition_zh for rate in RATES)
