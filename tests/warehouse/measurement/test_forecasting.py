"""Drawn figures: a known answer, honest intervals where the truth is known, and a wide default without experience."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from campaign_calendars.measuring.correcting import Correction
from campaign_calendars.measuring.forecasting import ForecastFigure, PastResult, PlannedUnit
from warehouse.measurement.forecasting import DRAWS, Experience, beta_posterior, draw_count, forecast_figures

START = datetime(2025, 3, 5, tzinfo=UTC)
UNIT = PlannedUnit(
    phase="burst",
    play="",
    kind="burst",
    members=1_000,
    grants=800,
    with_order=0,
    worst_cents=800_000,
    message_cents=4_000,
)
# Tumours among female rats of 71 experiments (Tarone 1982; Gelman et al., table 5.1): tumours, rats.
TUMOURS = [
    *[0] * 14, *[1] * 8, *[2] * 9, 1, 5, 2, 5, 3, 2, 7, 7, 3, 3, 2, 9, 10, *[4] * 7, 10, 4, 4, 4, 5, 11, 12, 5, 5, 6, 5,
    6, 6, 6, 6, 16, 15, 15, 9, 4,
]  # fmt: skip
RATS = [
    20, 20, 20, 20, 20, 20, 20, 19, 19, 19, 19, 18, 18, 17, 20, 20, 20, 20, 19, 19, 18, 18, 25, 24, 23, 20, 20, 20, 20,
    20, 20, 10, 49, 19, 46, 27, 17, 49, 47, 20, 20, 13, 48, 50, 20, 20, 20, 20, 20, 20, 20, 48, 19, 19, 19, 22, 46, 49,
    20, 20, 23, 19, 22, 20, 20, 20, 52, 46, 47, 24, 14,
]  # fmt: skip


def past(count: int, contacted: int = 1_000, buyers: int = 60) -> list[PastResult]:
    """Phases that differ a little, as if by chance."""
    return [
        PastResult(
            calendar=f"c{n}", store="shop", phase="burst", play="", kind="burst",
            starts_at=START + timedelta(days=40 * n), ends_at=START + timedelta(days=40 * n + 4), contacted=contacted,
            buyers=buyers + 10 * (n % 3), sales_cents=(buyers + 10 * (n % 3)) * (25_000 + 2_000 * (n % 2)),
            granted=contacted, redemptions=contacted // 4 + 20 * (n % 2), worst_cents=contacted * 1_000,
            benefit_cents=(contacted // 4 + 20 * (n % 2)) * 800, message_cents=contacted * 4,
        )
        for n in range(count)
    ]  # fmt: skip


def figures(known: Experience, unit: PlannedUnit = UNIT, seed: int = 7) -> dict[str, ForecastFigure]:
    return {one.figure: one for one in forecast_figures(unit, known, seed)}


def test_the_rats_have_the_published_parameters() -> None:
    alpha, beta, weight = beta_posterior(list(zip(RATS, TUMOURS, strict=True)))
    assert (float((alpha * weight).sum()), float((beta * weight).sum())) == (
        pytest.approx(2.4, abs=0.05),
        pytest.approx(14.3, abs=0.1),
    )


def test_without_experience_what_takes_an_order_is_used_by_buyers_alone() -> None:
    coupons = figures(Experience(results=[]), replace(UNIT, grants=1_000, with_order=1_000))
    mixed = figures(Experience(results=[]), replace(UNIT, grants=1_000, with_order=500))
    gifts = figures(Experience(results=[]), replace(UNIT, grants=1_000, with_order=0))
    buyers = coupons["buyers"]
    used = [each["redemptions"] for each in (coupons, mixed, gifts)]
    assert all(getattr(used[0], end) < getattr(buyers, end) for end in ("low", "median", "high"))
    assert used[0].median < used[1].median < used[2].median
    assert [each["buyers"] for each in (mixed, gifts)] == [buyers, buyers]
    assert coupons["cost"].high < mixed["cost"].high < gifts["cost"].high


def test_experience_of_uses_stands_whether_or_not_they_take_an_order() -> None:
    known = Experience(results=past(4))
    assert figures(known, replace(UNIT, with_order=800)) == figures(known)


def test_fewer_than_three_earlier_phases_give_the_wide_default_whatever_they_say() -> None:
    two, none = figures(Experience(results=past(2))), figures(Experience(results=[]))
    assert two == none
    assert all(one.earlier == 0 for one in none.values())
    assert none["buyers"].high > 10 * none["buyers"].low
    three = figures(Experience(results=past(3)))
    assert (three["buyers"].earlier, three["reach"].earlier) == (3, 0)
    assert three["buyers"].high - three["buyers"].low < none["buyers"].high - none["buyers"].low
    assert 40 < three["buyers"].median < 80


def test_many_phases_of_one_campaign_share_its_luck() -> None:
    """Nine phases or plays of two campaigns say as little as two."""
    nine = [replace(one, calendar=f"c{n % 2}") for n, one in enumerate(past(9))]
    assert figures(Experience(results=nine)) == figures(Experience(results=[]))
    assert figures(Experience(results=[*nine, replace(nine[0], calendar="c2")]))["buyers"].earlier == 10


def test_without_orders_of_the_store_there_are_no_sales_and_without_experience_an_order_stands_for_a_buyer() -> None:
    assert "sales" not in figures(Experience(results=[]))
    sold = figures(Experience(results=[], order_cents=20_000))
    assert (sold["sales"].earlier, sold["sales"].median > 0) == (0, True)
    assert figures(Experience(results=past(4)))["sales"].earlier == 4


def test_reach_is_learnt_from_what_earlier_plans_reached() -> None:
    found = figures(Experience(results=past(4), reached=(0.5, 0.52, 0.48, 0.5)))["reach"]
    assert (found.earlier, found.planned) == (4, 1_000)
    spread = 1.638 * 0.0327 * (1 + 1 / 4) ** 0.5  # t of three degrees of freedom, deviation of the logarithms
    assert (found.low, found.high) == (
        pytest.approx(500 * np.exp(-spread), rel=0.01),
        pytest.approx(500 * np.exp(spread), rel=0.01),
    )


def test_plans_that_were_reached_in_full_are_no_certainty() -> None:
    """An interval of one number could never be widened, whatever it missed; more than the plan nobody expects."""
    full = (1.0, 1.0, 1.0)
    found = figures(Experience(results=past(4), reached=full))["reach"]
    assert (found.median, found.high) == (1_000, 1_000)
    assert 900 < found.low < 1_000
    wide = figures(Experience(results=past(4), reached=full, widened={"reach": 4.0}))["reach"]
    assert wide.low < found.low - 50
    more = figures(Experience(results=past(4), reached=(0.9, 1.1, 1.2)))["reach"]
    assert more.high > 1_200, "more came of a plan before: triggers were busier than expected"


def test_results_that_count_both_coupons_of_a_pack_are_read() -> None:
    packs = [replace(one, redemptions=one.granted * 2) for one in past(4)]
    found = figures(Experience(results=packs))["redemptions"]
    assert found.high <= UNIT.grants
    assert found.median > 0.8 * found.high


def test_cost_is_what_uses_did_cost_and_messages() -> None:
    """A quarter is used, at eight tenths of the full cost of 10.00."""
    known = Experience(results=past(6), reached=(1.0, 1.0, 1.0))
    found = figures(known)["cost"]
    assert found.median == pytest.approx(800 * 0.26 * 800 + 4_000, rel=0.1)
    assert found.planned == 804_000
    nothing = replace(UNIT, grants=0, worst_cents=0)
    only = figures(known, nothing)
    assert (only["cost"].high, only["redemptions"].high) == (4_000, 0), "every message of the plan"
    assert 3_600 < only["cost"].low < 4_000


def test_a_widened_figure_is_farther_from_its_middle_and_the_others_stay() -> None:
    plain, wide = figures(Experience(results=past(6))), figures(Experience(results=past(6), widened={"buyers": 2.0}))
    before, after = plain["buyers"], wide["buyers"]
    assert (after.median, after.widened) == (before.median, 2.0)
    assert after.high / after.median == pytest.approx((before.high / before.median) ** 2, rel=0.05)
    assert (wide["cost"], wide["sales"]) == (plain["cost"], plain["sales"])
    far = figures(Experience(results=past(6), reached=(1.0, 1.0, 1.0), widened={"buyers": 50.0}))["buyers"]
    assert far.high <= 1_000, "nobody buys who is not reached"


def test_the_same_seed_gives_the_same_figures() -> None:
    known = Experience(results=past(5), order_cents=20_000)
    assert forecast_figures(UNIT, known, 1) == forecast_figures(UNIT, known, 1)
    assert forecast_figures(UNIT, known, 1) != forecast_figures(UNIT, known, 2)


def test_intervals_hold_what_they_say_where_campaigns_differ() -> None:
    """Rates of campaigns lie apart (beta 4, 60): eight of ten figures end inside; by chance alone, far fewer.

    Truth and check are drawn 120 times with ten earlier phases of 800 members each.
    """
    rng = np.random.default_rng(3)
    inside = naive = 0
    for rates in _campaigns(rng, 120):
        *earlier, (trials, bought) = rates
        drawn = draw_count(np.full(DRAWS, trials), earlier, rng)
        low, high = np.quantile(drawn, [0.1, 0.9])
        inside += bool(low <= bought <= high)
        rate = sum(n for _, n in earlier) / sum(n for n, _ in earlier)
        low, high = np.quantile(rng.binomial(trials, rate, DRAWS), [0.1, 0.9])
        naive += bool(low <= bought <= high)
    assert 0.75 <= inside / 120 <= 0.88
    assert naive / 120 < 0.5


def _campaigns(rng: np.random.Generator, count: int) -> Iterator[list[tuple[int, int]]]:
    for _ in range(count):
        rates = rng.beta(4, 60, 11)
        yield [(800, int(rng.binomial(800, rate))) for rate in rates]


def test_a_correction_moves_what_rests_on_experience_and_says_so() -> None:
    plain = figures(Experience(results=past(6)))["buyers"]
    moved = figures(Experience(results=past(6), corrected={"buyers": Correction(1.25, 4)}))["buyers"]
    assert moved.median == pytest.approx(1.25 * plain.median, rel=0.02)
    assert (moved.corrected, moved.corrected_by) == (1.25, 4)
    assert (plain.corrected, plain.corrected_by) == (1.0, 0)


def test_a_wide_default_is_not_corrected_and_nobody_buys_who_is_not_reached() -> None:
    default = figures(Experience(results=past(2), corrected={"buyers": Correction(1.25, 4)}))["buyers"]
    assert default.corrected == 1.0
    most = figures(Experience(results=past(6), corrected={"buyers": Correction(50.0, 4)}))["buyers"]
    assert most.high <= UNIT.members
