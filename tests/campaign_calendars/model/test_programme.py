"""The arithmetic of the member programme against the known answers of the policies (A6)."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from campaign_calendars.model.programme import Points, Tiers, ladder, tier_rules
from tests.campaign_calendars.checks.test_checks import codes, problems_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIVE = "basic 0, silver 1000, gold 3000, platinum 10000, diamond 30000"


def tiers(levels: list[dict[str, Any]], **more: Any) -> Tiers:
    return Tiers.model_validate({"window": "365d", "levels": levels, **more})


@pytest.mark.parametrize(
    ("cents", "factor", "rounding", "points"),
    [
        (19_990, 1.5, "floor", 298),
        (19_990, 1.5, "half_up", 299),
        (19_990, 1.5, "exact_half", Fraction(597, 2)),
        (60, 3, "half_up", 0),
        (10_100, 1.25, "exact_half", 126),
        (30_000, 2.5, "exact_half", 750),
        (-500, 2, "floor", 0),
    ],
)
def test_rounding_is_what_the_store_says(cents: int, factor: float, rounding: str, points: int | Fraction) -> None:
    assert Points.model_validate({"rounding": rounding}).earned(cents, factor) == points


def test_the_member_day_multiplies_on_top_of_the_tier() -> None:
    assert Points().earned(19_990, 1.5, 2) == 597


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.sampled_from([1, 1.5, 2, 2.5, 3]), st.integers(1, 5))
def test_two_orders_never_earn_more_than_one_of_both(a: int, b: int, factor: float, per_unit: int) -> None:
    points = Points(per_unit=per_unit)
    assert points.earned(a, factor) + points.earned(b, factor) <= points.earned(a + b, factor)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.sampled_from(["floor", "half_up", "exact_half"]))
def test_more_spent_never_earns_less(a: int, b: int, rounding: str) -> None:
    points = Points.model_validate({"rounding": rounding})
    assert points.earned(min(a, b), 1.5) <= points.earned(max(a, b), 1.5)


@pytest.mark.parametrize(
    ("spend", "orders", "any_of", "all_of"),
    [(99_999, 4, 1, 1), (100_000, 4, 2, 1), (99_999, 5, 2, 1), (100_000, 5, 2, 2), (0, 0, 1, 1)],
)
def test_spend_or_orders_inclusive(spend: int, orders: int, any_of: int, all_of: int) -> None:
    # Example A: the second tier at 1,000 yuan or 5 orders (A6).
    levels = tiers([{"id": "basic"}, {"id": "high", "spend": 1000, "orders": 5}]).levels
    assert ladder(levels, "any_of").rank(spend, orders) == any_of
    assert ladder(levels, "all_of").rank(spend, orders) == all_of


def test_a_tier_may_ask_for_one_measure_only() -> None:
    levels = tiers([{"id": "a"}, {"id": "b", "orders": 3}, {"id": "c", "spend": 1000}, {"id": "d", "orders": 9}]).levels
    either = ladder(levels, "any_of")
    assert [either.rank(0, 3), either.rank(100_000, 0), either.rank(10**9, 0), either.rank(0, 9)] == [2, 3, 3, 4]
    both = ladder(levels, "all_of")
    assert [both.rank(0, 3), both.rank(100_000, 0), both.rank(100_000, 3), both.rank(100_000, 9)] == [2, 1, 3, 4]


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 12)), min_size=2, max_size=30))
def test_whoever_does_more_never_ranks_lower(people: list[tuple[int, int]]) -> None:
    levels = tiers(
        [{"id": "a"}, {"id": "b", "spend": 1, "orders": 3}, {"id": "c", "spend": 2}, {"id": "d", "orders": 8}]
    )
    for mode in ("any_of", "all_of"):
        steps = ladder(levels.levels, mode)  # type: ignore[arg-type]
        for spend, orders in people:
            assert steps.rank(spend, orders) <= steps.rank(spend + 1, orders)
            assert steps.rank(spend, orders) <= steps.rank(spend, orders + 1)


def test_a_store_without_a_free_tier_leaves_some_without() -> None:
    assert ladder(tiers([{"id": "vip", "spend": 500}]).levels, "any_of").rank(49_999, 99) == 0


def test_new_rules_wait_for_the_next_success() -> None:
    rules = tier_rules(
        tiers(
            [{"id": "basic"}, {"id": "vip", "spend": 500}, {"id": "top", "spend": 900}],
            applies="next_success",
            since="2026-03-01",
            earlier=[{"id": "basic"}, {"id": "top", "spend": 400}],
        ),
        SHANGHAI,
    )
    assert rules.since == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert rules.earlier is not None
    assert [rules.earlier.rank(spend, 0) for spend in (0, 39_999, 40_000)] == [1, 1, 3]
    assert rules.now.rank(40_000, 0) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"applies": "next_success"},
        {"applies": "next_success", "since": "2026-03-01"},
        {"earlier": [{"id": "unheard"}]},
    ],
)
def test_rules_that_wait_say_since_when_and_what_was_before(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        tiers([{"id": "basic"}], **wrong)


@pytest.mark.parametrize(
    ("levels", "code"),
    [
        # The policy as the seed prints it: diamond promotes to diamond at 100,000 (A6).
        (f"{FIVE}, diamond 100000", "C151"),
        ("basic 0, silver 1000, gold 3000, platinum 10000, diamond 30000, star 30000", "C150"),
        (FIVE, None),
        (f"{FIVE}, star 100000", None),
    ],
)
def test_the_self_promoting_tier_of_the_seed_is_an_error(levels: str, code: str | None) -> None:
    rows = [f"{{id: {name}, spend: {spend}}}" for name, spend in (level.split() for level in levels.split(", "))]
    found = {"C150", "C151"} & set(codes(problems_of(f"tiers: {{window: 365d, levels: [{', '.join(rows)}]}}\n")))
    assert found == ({code} if code else set())


@pytest.mark.parametrize(
    ("levels", "wrong"),
    [
        ("[{id: basic}, {id: b, orders: 5}, {id: c, orders: 5}]", True),
        ("[{id: basic}, {id: b, spend: 10, orders: 5}, {id: c, spend: 20, orders: 4}]", True),
        ("[{id: basic}, {id: b}]", True),
        ("[{id: basic}, {id: b, orders: 5}, {id: c, spend: 10}]", False),
        ("[{id: basic}, {id: b, spend: 10, orders: 5}, {id: c, spend: 20, orders: 6}]", False),
    ],
)
def test_thresholds_increase_in_each_measure(levels: str, wrong: bool) -> None:
    assert ("C150" in codes(problems_of(f"tiers: {{window: 365d, levels: {levels}}}\n"))) == wrong
