"""Texts against each other: rates with intervals, sizes against shares, clicks or conversion."""

from __future__ import annotations

import pytest

from campaign_calendars.measuring.drawn import sample_ratio
from campaign_calendars.measuring.lift import Arm, MoneyContrast, Sums, no_money
from campaign_calendars.measuring.texts import Answers, best_text, compare_texts

HALVES = {"a": 5_000, "b": 5_000}


@pytest.mark.parametrize(
    ("sizes", "shares", "p"),
    [
        ({"a": 530, "b": 470}, HALVES, 0.057780),
        ({"a": 500, "b": 500}, HALVES, 1.0),
        ({"a": 40, "b": 30, "c": 20}, {"a": 1, "b": 1, "c": 1}, 0.035674),
        ({"a": 40, "b": 30, "c": 20, "d": 10}, {"a": 1, "b": 1, "c": 1, "d": 1}, 0.000170),
        ({}, HALVES, None),
    ],
)
def test_sizes_are_held_against_shares(sizes: dict[str, int], shares: dict[str, int], p: float | None) -> None:
    """Known answers: scipy.stats.chisquare."""
    found = sample_ratio(sizes, shares)
    assert found == (None if p is None else pytest.approx(p, abs=1e-6))


def test_without_clicks_only_conversion_is_compared_and_says_so() -> None:
    test = compare_texts(None, HALVES, {"a": Answers(1_000, 0, 100), "b": Answers(1_000, 0, 120)})
    assert test.measured_by == "conversion"
    assert [(arm.text, arm.rate, arm.clicked) for arm in test.arms] == [("a", 0.1, None), ("b", 0.12, None)]
    assert test.contrasts["b"].interval == (pytest.approx(-0.007492, abs=1e-6), pytest.approx(0.047551, abs=1e-6))
    assert test.contrasts["b"].verdict == "cannot conclude"
    assert test.as_drawn


def test_clicks_count_where_there_are_some_unless_conversion_is_asked() -> None:
    answers = {"a": Answers(100, 30, 2), "b": Answers(100, 10, 8)}
    assert best_text(None, ["a", "b"], answers) == "a"
    assert best_text("conversion", ["a", "b"], answers) == "b"
    assert compare_texts(None, HALVES, answers).contrasts["b"].verdict == "lower"
    assert best_text(None, ["a", "b"], {}) == "a", "of equals the first that is written"


def test_sizes_that_are_no_chance_are_said() -> None:
    assert not compare_texts(None, HALVES, {"a": Answers(1_000, 0, 9), "b": Answers(800, 0, 9)}).as_drawn


def test_sizes_that_are_no_chance_show_no_difference() -> None:
    """1,000 against 800 at halves: no rate may be compared, so none is."""
    test = compare_texts(None, HALVES, {"a": Answers(1_000, 0, 90), "b": Answers(800, 0, 160)})
    one = test.contrasts["b"]
    assert (one.verdict, one.difference, one.interval, one.p) == ("not as drawn", None, None, None)


def test_several_texts_are_asked_at_once() -> None:
    """p .03 of one of three comparisons is no finding; Holm makes .09 of it."""
    shares = {"a": 2_500, "b": 2_500, "c": 2_500, "d": 2_500}
    answers = {name: Answers(1_000, 0, buyers) for name, buyers in zip("abcd", (100, 131, 101, 99), strict=True)}
    test = compare_texts(None, shares, answers)
    alone = compare_texts(None, HALVES, {name: answers[name] for name in "ab"}).contrasts["b"]
    assert alone.verdict == "higher"
    found = test.contrasts["b"]
    assert found.p == alone.p
    assert found.p_of_all == pytest.approx(3 * (found.p or 0))
    assert found.verdict == "cannot conclude"


def test_texts_are_compared_in_money_and_read_daily_until_the_end() -> None:
    """The comparison of money is told from what the arms paid, whatever the rate is of."""
    arms = {
        name: Arm(1_000, buyers, spend, sums=Sums(spend_squares=spend * 9_000))
        for name, buyers, spend in (("a", 100, 900_000), ("b", 120, 1_080_000))
    }
    asked: list[tuple[Arm, Arm]] = []

    def money(text: Arm, first: Arm) -> MoneyContrast:
        asked.append((text, first))
        return no_money("told", "too few buyers")

    answers = {name: Answers(1_000, 300, arm.buyers, arm) for name, arm in arms.items()}
    test = compare_texts(None, HALVES, answers, money=money, elapsed=0.5)
    assert test.measured_by == "clicks"
    assert asked == [(arms["b"], arms["a"])]
    one = test.contrasts["b"]
    assert one.money is not None
    assert one.money.method == "told"
    assert one.interval is not None
    assert one.while_running is not None
    assert one.while_running[0] < one.interval[0]
