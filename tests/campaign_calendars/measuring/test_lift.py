from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_calendars.measuring.lift import MIN_ARM, Arm, contrast, newcombe, wilson


def test_newcombe_known_answer() -> None:
    low, high = newcombe(Arm(1000, 120), Arm(1000, 100))
    assert low == pytest.approx(-0.007492, abs=5e-7)
    assert high == pytest.approx(0.047551, abs=5e-7)


def test_newcombe_published_example() -> None:
    # Newcombe (1998), table II, case (a), method 10: 56/70 - 48/80.
    low, high = newcombe(Arm(70, 56), Arm(80, 48))
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_interval_contains_the_difference_and_is_antisymmetric(n: int, m: int, data: st.DataObject) -> None:
    a = Arm(n, data.draw(st.integers(0, n)))
    b = Arm(m, data.draw(st.integers(0, m)))
    low, high = newcombe(a, b)
    difference = a.buyers / n - b.buyers / m
    assert low - 1e-12 <= difference <= high + 1e-12
    assert newcombe(b, a) == pytest.approx((-high, -low))


def test_verdicts() -> None:
    assert contrast(Arm(1000, 200), Arm(1000, 100)).verdict == "higher"
    assert contrast(Arm(1000, 100), Arm(1000, 200)).verdict == "lower"
    assert contrast(Arm(1000, 120), Arm(1000, 100)).verdict == "cannot conclude"
    small = contrast(Arm(MIN_ARM - 1, 10), Arm(1000, 100))
    assert (small.verdict, small.interval) == ("too few members", None)


def test_an_empty_arm_has_no_rate_and_no_interval() -> None:
    assert Arm(0, 0).rate is None
    assert contrast(Arm(0, 0), Arm(100, 3)).difference is None
    with pytest.raises(ValueError, match="at least one trial"):
        wilson(0, 0)
