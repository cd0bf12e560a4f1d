"""Points of an order and the checks on points."""

from __future__ import annotations

import pytest

from campaign_calendars.model.programme import Points

from .examples import problems_of
from .test_checks import codes


@pytest.mark.parametrize(
    ("cents", "factor", "points"),
    [
        (19_990, 1.5, 298),  # 199 whole yuan times 1.5, rounded down
        (60, 1, 0),  # the part below one yuan is not carried over: 0.60 + 0.60 earn nothing
        (100, 1, 1),
        (10_000, 2.5, 250),
        (300, 1.1, 3),
        (1_000, 1.1, 11),  # exactly: 1.1 is no binary fraction
    ],
)
def test_points_of_an_order(cents: int, factor: float, points: int) -> None:
    assert Points().earned(cents, factor) == points


@pytest.mark.parametrize(("asked", "found"), [(1_000, False), (1_001, True)])
def test_what_the_highest_tier_just_earns_is_in_reach(asked: int, found: bool) -> None:
    text = (
        f"points: {{per_unit: 1}}\nbenefits: {{c: {{kind: points_redeem, points: {asked}, item: mug, unit_cost: 5}}}}\n"
    )
    assert ("C219" in codes(problems_of(text))) == found


def test_points_that_are_won_need_no_price() -> None:
    text = "benefits: {c: {kind: points_game, game: sign_in, points: 9999, unit_cost: 0.05}}\n"
    assert {"C218", "C219"} & codes(problems_of(text)) == {"C218"}
    assert not {"C218", "C219"} & codes(problems_of(f"points: {{per_unit: 1}}\n{text}"))


@pytest.mark.parametrize(("points", "found"), [("{per_unit: 1}", True), ("{cash: {per_yuan: 100}}", False)])
def test_cash_for_points_needs_a_rate(points: str, found: bool) -> None:
    text = f"points: {points}\nbenefits: {{c: {{kind: points_cash}}}}\n"
    assert ("C226" in codes(problems_of(text))) == found
