from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_calendars.measuring.drawn import sample_ratio
from campaign_calendars.measuring.lift import (
    MIN_ARM,
    Arm,
    Difference,
    MoneyContrast,
    checked,
    contrast,
    holm,
    newcombe,
    no_money,
    of_all_plays,
    score_p,
    wilson,
    withheld,
)


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


TREATED, CONTROL = Arm(9_000, 1_014), Arm(1_000, 73)


def test_known_answers_of_conversion() -> None:
    found = contrast(TREATED, CONTROL)
    assert found.growth is not None
    assert found.difference == pytest.approx(0.039667, abs=5e-7)
    assert found.interval == pytest.approx((0.020753, 0.055676), abs=5e-7)
    assert (found.growth.estimate, found.growth.low, found.growth.high) == pytest.approx(
        (0.543379, 0.228294, 0.939291), abs=5e-7
    )
    assert found.p == pytest.approx(0.000132, abs=5e-7)
    assert score_p(Arm(1000, 120), Arm(1000, 100)) == pytest.approx(0.152918, abs=5e-7)


def test_several_questions_at_once() -> None:
    assert holm([0.001, 0.012, 0.014, 0.04, 0.2]) == pytest.approx([0.005, 0.048, 0.048, 0.08, 0.2])
    assert holm([0.2, 0.001]) == pytest.approx([0.2, 0.002])


def test_what_only_one_of_many_plays_shows_is_no_finding() -> None:
    alone = contrast(Arm(1000, 140), Arm(1000, 108))
    nothing = [contrast(Arm(1000, 100 + n), Arm(1000, 100)) for n in range(5)]
    assert alone.verdict == "higher"
    found = of_all_plays([alone, None, *nothing])
    assert found[0] is not None
    assert (found[0].verdict, found[0].interval) == ("cannot conclude", alone.interval)
    assert found[1] is None
    kept = of_all_plays([alone])
    assert kept[0] is not None
    assert (kept[0].verdict, kept[0].p_of_all) == ("higher", alone.p)


def test_money_of_many_plays_is_asked_at_once_too() -> None:
    def money(p: float) -> MoneyContrast:
        return replace(no_money("pooled", "higher"), difference=Difference(5, 1, 9, p, 2))

    found = of_all_plays(
        [replace(contrast(TREATED, CONTROL), money=money(p)) for p in (0.001, 0.012, 0.014, 0.04, 0.2)]
    )
    told = [one.money for one in found if one is not None and one.money is not None]
    assert [one.p_of_all for one in told] == pytest.approx([0.005, 0.048, 0.048, 0.08, 0.2])
    assert [one.verdict for one in told] == ["higher", "higher", "higher", "cannot conclude", "cannot conclude"]


@pytest.mark.parametrize(
    ("treated", "control", "p", "verdict"),
    [
        (9_000, 1_000, 1.0, "higher"),
        (8_940, 1_060, 0.045500, "higher"),
        (8_890, 1_110, 0.000246, "not as drawn"),
        (9_120, 880, 0.000063, "not as drawn"),
    ],
)
def test_groups_that_cannot_be_chance_give_no_verdict(treated: int, control: int, p: float, verdict: str) -> None:
    likely = sample_ratio({"treated": treated, "control": control}, {"treated": 9_000, "control": 1_000})
    assert likely == pytest.approx(p, abs=6e-7)
    found = checked(contrast(Arm(treated, 1_014), Arm(control, 73)), likely)
    assert found.verdict == verdict
    assert (found.interval is None) == (verdict == "not as drawn")


def test_a_play_that_sent_nothing_has_no_effect() -> None:
    found = withheld(contrast(TREATED, CONTROL), "nothing sent")
    assert (found.difference, found.interval, found.growth, found.verdict) == (None, None, None, "nothing sent")


@pytest.mark.parametrize(
    ("control", "treated", "share", "p"),
    [
        (1, 0, 500, 0.1),
        (2, 0, 1_000, 0.02),
        (3, 0, 100, 2e-6),
        (0, 1, 500, 1.0),
        (1, 3, 100, 0.0788),
        (250, 0, 10, 0.0),
    ],
)
def test_few_of_a_small_share_are_tested_exactly(control: int, treated: int, share: int, p: float) -> None:
    """One person of joined accounts, and he in a hold-out of 5 %: one draw in twenty, no reason to show nothing."""
    likely = sample_ratio({"treated": treated, "control": control}, {"treated": 10_000 - share, "control": share})
    assert likely == pytest.approx(p, abs=5e-5)
    assert likely is not None
    assert likely >= 0
