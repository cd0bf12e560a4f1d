"""The smallest effect a hold-out can show, against known answers and against statsmodels' way of counting."""

from __future__ import annotations

import pytest

from campaign_calendars.measuring.detectable import detectable


@pytest.mark.parametrize(
    ("control", "treated", "rate", "known"),
    [(100_000, 900_000, 0.05, 0.00203530), (10_000, 90_000, 0.02, 0.00413438), (50_000, 50_000, 0.10, 0.00531563)],
)
def test_known_answers(control: int, treated: int, rate: float, known: float) -> None:
    assert detectable(control, treated, rate) == pytest.approx(known, abs=5e-9)


@pytest.mark.parametrize(("control", "treated", "rate"), [(29, 900, 0.1), (900, 29, 0.1), (99, 99, 0.0), (99, 99, 1.0)])
def test_nothing_is_promised_where_nothing_is_known(control: int, treated: int, rate: float) -> None:
    assert detectable(control, treated, rate) is None


def test_it_finds_that_difference_four_times_in_five() -> None:
    """Simulated: with this effect the two-sided test at 5 % says so in about 80 of 100 campaigns."""
    import numpy as np

    control, treated, rate = 4_000, 16_000, 0.1
    effect = detectable(control, treated, rate)
    assert effect is not None
    draw = np.random.default_rng(3)
    first, second = draw.binomial(treated, rate + effect / 2, 4_000), draw.binomial(control, rate - effect / 2, 4_000)
    pooled = (first + second) / (control + treated)
    error = np.sqrt(pooled * (1 - pooled) * (1 / control + 1 / treated))
    found = np.abs(first / treated - second / control) > 1.959964 * error
    assert 0.78 < found.mean() < 0.82
