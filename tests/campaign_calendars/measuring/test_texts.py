"""Texts against each other: rates with intervals, sizes against shares, clicks or conversion."""

from __future__ import annotations

import pytest

from campaign_calendars.measuring.drawn import sample_ratio
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
