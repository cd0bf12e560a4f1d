"""Which member gets which text: known answers, shares, and independence of the control group."""

from __future__ import annotations

from collections import Counter

import pytest

from campaign_calendars.deciding.arms import arm_of, bucket, shares_of
from campaign_calendars.model.calendar import Play

HALVES = {"a": 5_000, "b": 5_000}


@pytest.mark.parametrize(("member", "place", "arm"), [("42", 2895, "a"), ("1", 1805, "a"), ("0", 5440, "b")])
def test_known_answers(member: str, place: int, arm: str) -> None:
    assert bucket("camp1", member) == place
    assert arm_of("camp1", member, HALVES) == arm


def play(**keys: object) -> Play:
    texts = {"a": "a.txt", "b": "b.txt", "c": "c.txt"}
    return Play.model_validate({"id": "p", "audience": "x", "texts": texts, **keys})


def test_parts_are_equal_or_as_written_and_the_rest_waits() -> None:
    assert shares_of(play()) == {"a": 3_334, "b": 3_333, "c": 3_333}
    written = play(split={"shares": {"a": "10%", "b": "20%"}})
    assert shares_of(written) == {"a": 1_000, "b": 2_000, "c": 0}
    drawn = Counter(arm_of("s:ab", str(n), shares_of(written)) for n in range(20_000))
    assert drawn["a"] == pytest.approx(2_000, abs=150)
    assert drawn["b"] == pytest.approx(4_000, abs=200)
    assert drawn[None] == pytest.approx(14_000, abs=250)


def test_a_text_says_nothing_about_who_is_held_out() -> None:
    both = sum(bucket("s", str(n)) < 5_000 and arm_of("s:ab", str(n), HALVES) == "a" for n in range(20_000))
    assert both == pytest.approx(5_000, abs=200)
