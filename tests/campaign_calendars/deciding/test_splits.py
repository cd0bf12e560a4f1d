"""Random splits whose parts get different plays: which calendars hold them against each other."""

from __future__ import annotations

import pytest

from campaign_calendars.deciding.splits import SplitPlan, splits_of
from campaign_calendars.model.calendar import Calendar

HALF = "random_split('halves', 2) = "


def calendar(*plays: tuple[str, str, str]) -> Calendar:
    """Of plays (id, where of the audience, moment)."""
    return Calendar.model_validate(
        {
            "calendar": "c",
            "store": "s",
            "timezone": "Asia/Shanghai",
            "day_zero": "2026-03-08",
            "audiences": {f"a-{name}": where for name, where, _ in plays},
            "phases": [
                {
                    "id": "burst",
                    "kind": "burst",
                    "window": {"from": "D-1 00:00", "to": "D+1 23:59:59"},
                    "plays": [{"id": name, "audience": f"a-{name}", "at": at} for name, _, at in plays],
                }
            ],
        }
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"joined and {HALF}1", f"joined and {HALF}2"),
        (f"joined and ({HALF}1)", f"{HALF}2 and  joined"),
        (f"{HALF}1", "2 = random_split('halves', 2)"),
    ],
)
def test_parts_that_differ_in_nothing_else_are_compared(first: str, second: str) -> None:
    made = calendar(("coupon", first, "D+0 10:00"), ("words", second, "D+0 10:00"))
    assert splits_of(made) == (SplitPlan("burst", "halves", {1: ("coupon",), 2: ("words",)}),)
    assert list(splits_of(made)[0].plays()) == [("coupon", 1), ("words", 2)]


@pytest.mark.parametrize(
    ("first", "second", "at"),
    [
        (f"joined and {HALF}1", f"not joined and {HALF}2", "D+0 10:00"),
        (f"joined and {HALF}1", f"joined and {HALF}2", "D+1 10:00"),
        (f"joined and {HALF}1", f"joined and {HALF}1", "D+0 10:00"),
        (f"joined and {HALF}1", "joined and random_split('halves', 3) = 2", "D+0 10:00"),
        (f"joined or {HALF}1", f"joined or {HALF}2", "D+0 10:00"),
        (f"joined and {HALF}1", f"joined and not {HALF}1", "D+0 10:00"),
        (f"joined and {HALF}1", "joined", "D+0 10:00"),
    ],
    ids=["other people", "other moments", "one part", "other parts", "an or", "a not", "no part"],
)
def test_what_is_no_fair_test_is_not_compared(first: str, second: str, at: str) -> None:
    assert splits_of(calendar(("coupon", first, "D+0 10:00"), ("words", second, at))) == ()


def test_several_plays_of_a_part_are_one_part() -> None:
    made = calendar(
        ("coupon", f"joined and {HALF}1", "D+0 10:00"), ("coupon-again", f"joined and {HALF}1", "D+1 10:00"),
        ("words", f"joined and {HALF}2", "D+0 10:00"), ("words-again", f"joined and {HALF}2", "D+1 10:00"),
    )  # fmt: skip
    (found,) = splits_of(made)
    assert found.parts == {1: ("coupon", "coupon-again"), 2: ("words", "words-again")}


def test_one_split_drawn_for_two_audiences_is_two_tests() -> None:
    """Each has a key of its own in the phase, so that the members of one are not counted in the other."""
    made = calendar(
        ("coupon", f"joined and {HALF}1", "D+0 10:00"), ("words", f"joined and {HALF}2", "D+0 10:00"),
        ("gift", f"not joined and {HALF}1", "D+0 10:00"), ("silence", f"not joined and {HALF}2", "D+0 10:00"),
    )  # fmt: skip
    found = splits_of(made)
    assert [(one.split, dict(one.parts)) for one in found] == [
        ("halves", {1: ("coupon",), 2: ("words",)}),
        ("halves", {1: ("gift",), 2: ("silence",)}),
    ]
    assert [one.key for one in found] == ["coupon", "gift"]
