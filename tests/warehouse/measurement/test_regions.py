"""Regions drawn by lot: known answers, the randomisation itself, and how often nothing is called an effect.

The short gates take seconds; the long ones hold the figures tighter:
python -m pytest -m slow tests/warehouse/measurement/test_regions.py
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from math import log

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import ttest_ind

from campaign_calendars.measuring.lift import Arm, Contrast, Sums, contrast
from campaign_calendars.measuring.looking import so_far
from campaign_calendars.measuring.regions import MIN_REGIONS, RegionUnits, doubts, told_of_regions, too_few_regions
from warehouse.measurement.regions import RegionSums, compare_regions, detectable_of, difference_of, explained_by

from .drawn_regions import Floats, by_member, drawn_regions

PLACES = [(regions, alike, unequal) for regions in (12, 20, 34) for alike in (0.01, 0.1) for unequal in (0.3, 1.0)]


def columns(rows: list[RegionSums]) -> tuple[Floats, NDArray[np.bool_], Floats, Floats]:
    """Means of buyers, treated or not, members, and means of buyers before."""
    arms = [row.arm for row in rows]
    members = np.array([arm.members for arm in arms], dtype=float)
    treated = np.array([not row.held_out for row in rows])
    before = np.array([arm.sums.buyers_before if arm.sums else 0 for arm in arms]) / members
    return np.array([arm.buyers for arm in arms]) / members, treated, members, before


TEN = (
    (4200, 310, 290, False), (1500, 150, 120, True), (900, 61, 70, False), (2600, 240, 205, False),
    (700, 80, 66, False), (3100, 205, 230, True), (1200, 95, 88, False), (3200, 280, 250, True),
    (800, 40, 52, True), (2100, 190, 150, False),
)  # fmt: skip
"""Ten regions: members, buyers, buyers before, and whether it was held out."""


@pytest.fixture(scope="module")
def ten() -> list[RegionSums]:
    return [
        RegionSums(f"r{n}", held, Arm(members, buyers, sums=Sums(buyers_before=before)))
        for n, (members, buyers, before, held) in enumerate(TEN)
    ]


def test_difference_and_error_are_those_of_statsmodels(ten: list[RegionSums]) -> None:
    """statsmodels 0.15: WLS of the means on the arm (and on the time before), weights members, cov_type HC2."""
    means, treated, members, before = columns(ten)
    plain, adjusted = difference_of(means, treated, members), difference_of(means, treated, members, before)
    assert plain.estimate == pytest.approx(0.004930431325780155, rel=1e-9)
    assert plain.error == pytest.approx(0.010231276451717914, rel=1e-9)
    assert adjusted.estimate == pytest.approx(0.007827006011529454, rel=1e-9)
    assert adjusted.error == pytest.approx(0.0064056140433330355, rel=1e-9)
    # Sums of squares inside the arms, without and with the time before.
    assert explained_by(means, treated, members, before) == pytest.approx(
        1 - 1.4786523340189286 / 3.683457959270038, rel=1e-9
    )


def test_it_is_the_regression_over_all_members_clustered_by_region(ten: list[RegionSums]) -> None:
    """statsmodels 0.15: OLS over the 20,300 members, cov_type cluster without its correction: the same difference.

    Its error counts the residuals as they are, which of few regions are too small; ours corrects each for its weight.
    """
    means, treated, members, _ = columns(ten)
    found = difference_of(means, treated, members)
    assert found.estimate == pytest.approx(0.004930431325781014, rel=1e-9)
    plain = 0.0
    for arm in (treated, ~treated):
        rest = (means[arm] - np.average(means[arm], weights=members[arm])) * members[arm]
        plain += (rest**2).sum() / members[arm].sum() ** 2
    assert np.sqrt(plain) == pytest.approx(0.008639787961719403, rel=1e-9)
    assert found.error > np.sqrt(plain)


def test_regions_of_one_size_are_compared_as_by_welch() -> None:
    rng = np.random.default_rng(2)
    means, treated = rng.normal(0.1, 0.02, 15), np.arange(15) < 9
    found = difference_of(means, treated, np.full(15, 1_000.0))
    oracle = ttest_ind(means[treated], means[~treated], equal_var=False)
    assert found.estimate / found.error == pytest.approx(oracle.statistic, rel=1e-9)
    # Of the degrees of freedom Welch takes the variances that were seen, Bell and McCaffrey equal ones.
    n, m = 9, 6
    assert found.freedom == pytest.approx(
        (1 / n + 1 / m) ** 2 / (1 / (n * n * (n - 1)) + 1 / (m * m * (m - 1))), rel=1e-9
    )


@pytest.mark.parametrize("adjusted", [False, True])
def test_degrees_of_freedom_are_those_of_the_whole_matrix(*, adjusted: bool) -> None:
    """Satterthwaite of the residuals' quadratic form, regions by regions; a region of 60 % counts by leaving it out."""
    rng = np.random.default_rng(3)
    means, before, treated = rng.random(14), rng.random(14), np.arange(14) >= 6
    members = np.array([*(100.0 + 9 * n for n in range(13)), 2_900.0])
    design = np.column_stack([np.ones(14), treated, *([before] if adjusted else [])]) * np.sqrt(members)[:, None]
    rows = np.linalg.inv(design.T @ design) @ design.T
    left = np.eye(14) - design @ rows
    own = np.diag(left).copy()
    own[13] **= 2
    scaled = left * (rows[1] / np.sqrt(own))[:, None]
    spread = scaled @ scaled.T
    found = difference_of(means, treated, members, before if adjusted else None)
    assert members[13] / members[treated].sum() > 0.6
    assert found.freedom == pytest.approx(np.trace(spread) ** 2 / (spread**2).sum(), rel=1e-9)
    rest = left @ (means * np.sqrt(members))
    assert found.error == pytest.approx(np.sqrt((rows[1] ** 2 / own * rest**2).sum()), rel=1e-9)


def test_places_as_people_write_them_may_be_tens_of_thousands() -> None:
    rng, many = np.random.default_rng(4), 50_000
    found = difference_of(rng.random(many), np.arange(many) % 3 > 0, np.full(many, 20.0), rng.random(many))
    assert found.freedom > many / 3


def test_the_randomisation_itself_agrees() -> None:
    """Every other draw of as many regions, exactly: it claims as rarely, and nearly always says the same."""
    rng, agree, exact, claimed, times = np.random.default_rng(6), 0, 0, 0, 80
    for _ in range(times):
        rows = drawn_regions(rng, 9, alike=0.05, unequal=0.6, members=8_000)
        means, treated, members, _ = columns(rows)
        seen = difference_of(means, treated, members).around()
        size, most = seen.estimate / seen.error, 0
        others = list(combinations(range(9), int((~treated).sum())))
        for held in others:
            other = np.ones(9, dtype=bool)
            other[list(held)] = False
            one = difference_of(means, other, members)
            most += abs(one.estimate / one.error) >= abs(size) - 1e-12
        p = most / len(others)
        agree += (p <= 0.05) == (seen.p <= 0.05)
        exact += p <= 0.05
        claimed += seen.p <= 0.05
    assert agree >= 0.95 * times
    assert exact <= 0.11 * times
    assert claimed <= 0.11 * times


def claims(places: list[tuple[int, float, float]], times: int, seed: int) -> dict[str, float]:
    """Share of experiments in which nothing was done, and an effect was claimed."""
    rng, counted = np.random.default_rng(seed), {"conversion": 0, "money": 0, "members": 0}
    for regions, alike, unequal in places:
        for _ in range(times):
            rows = drawn_regions(rng, regions, alike=alike, unequal=unequal)
            found = compare_regions(rows, by="province")
            assert found.money is not None
            counted["conversion"] += found.verdict in ("higher", "lower")
            counted["money"] += found.money.verdict in ("higher", "lower")
            counted["members"] += contrast(*by_member(rows)).verdict in ("higher", "lower")
    return {name: count / (times * len(places)) for name, count in counted.items()}


def test_nothing_is_claimed_as_rarely_as_said_and_with_members_as_units_it_is_not() -> None:
    found = claims(PLACES[::3], 200, seed=31)
    assert 0.035 <= found["conversion"] <= 0.065
    assert 0.035 <= found["money"] <= 0.065
    assert found["members"] > 0.3, "the analysis by member fails the same gate by far"


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_claimed_more_often_than_said_in_every_place(place: tuple[int, float, float]) -> None:
    """Few regions that lie far apart claim less: skewed rates widen intervals, as does one with most of its group."""
    found = claims([place], 4_000, seed=32)
    assert 0.012 <= found["conversion"] <= 0.065
    assert 0.012 <= found["money"] <= 0.065
    assert found["members"] > 0.3


@pytest.mark.parametrize("most", [0.3, 0.6, 0.9])
def test_a_region_with_most_members_makes_no_false_claims(most: float) -> None:
    """A shop of one province has members elsewhere as well: what sets that province apart is no effect."""
    rng, times, claimed = np.random.default_rng(35), 200, 0
    for _ in range(times):
        rest = drawn_regions(rng, 30, alike=0.05, members=int(100_000 * (1 - most)))
        [big] = drawn_regions(rng, 1, alike=0.05, members=int(100_000 * most), least=0, share=1.0)
        claimed += compare_regions([*rest, replace(big, region="big")], by="province", money=False).verdict in (
            "higher", "lower",
        )  # fmt: skip
    assert claimed <= 0.08 * times


@pytest.mark.parametrize("times", [400, pytest.param(4_000, marks=pytest.mark.slow)])
def test_intervals_hold_what_was_added(times: int) -> None:
    """Of twenty regions; the truth is what the treated members would have bought otherwise, times what was added."""
    rng, held, kept = np.random.default_rng(33), 0, 0
    for _ in range(times):
        found = compare_regions(drawn_regions(rng, 20, alike=0.02, added=0.4, steady=0.9), by="province")
        assert found.interval is not None
        truth = 0.4 * 0.085
        held += found.interval[0] <= truth <= found.interval[1]
        kept += 1
    assert 0.92 <= held / kept <= 0.975


def test_read_on_fourteen_days_nothing_is_claimed_more_often() -> None:
    """The band holds at all looks together; members are assigned on the first day and outcomes add up."""
    rng, times, claimed, ordinary = np.random.default_rng(34), 150, 0, 0
    for _ in range(times):
        rows = drawn_regions(rng, 14, alike=0.02, unequal=0.5)
        whole = [row.arm for row in rows]
        parts = [rng.multinomial(arm.buyers, [1 / 14] * 14).cumsum() for arm in whole]
        looks = []
        for day in range(13):
            now = [
                replace(row, arm=Arm(row.arm.members, int(part[day]), sums=row.arm.sums))
                for row, part in zip(rows, parts, strict=True)
            ]
            looks.append(compare_regions(now, by="province", money=False))
        ordinary += any(one.verdict in ("higher", "lower") for one in looks)
        bands = (so_far(one, (day + 1) / 14) for day, one in enumerate(looks))
        claimed += any(one.verdict in ("higher", "lower") for one in bands)
    assert claimed <= 0.06 * times
    assert ordinary > claimed


def arm(members: int, buyers: int, spend: int = 0, **sums: int) -> Arm:
    return Arm(members, buyers, spend, sums=Sums(**sums))


def alike(held: int, treated: int, one: Callable[[int], Arm]) -> list[RegionSums]:
    names = [(f"h{n}", True, n) for n in range(held)] + [(f"t{n}", False, n) for n in range(treated)]
    return [RegionSums(name, out, one(n)) for name, out, n in names]


@pytest.mark.parametrize(
    ("by", "held", "treated", "english", "chinese"),
    [
        ("province", 3, 20, "Hold out a larger share, or draw smaller regions (by: city).", "请提高留出比例"),
        ("province", 20, 3, "Hold out a smaller share, or draw smaller regions (by: city).", "请降低留出比例"),
        ("city", 3, 20, "Hold out a larger share, or draw smaller regions, or members.", "请提高留出比例"),
        ("city", 3, 3, "Draw smaller regions, or members.", "请改按更小的区域或会员抽取"),
        ("province", 2, 3, "Draw smaller regions (by: city).", "请改按更小的区域（by: city）抽取"),
    ],
)
def test_too_few_regions_say_what_gives_more(by: str, held: int, treated: int, english: str, chinese: str) -> None:
    told = too_few_regions(by, held, treated)
    assert told[0].endswith(f"are needed. {english}")
    assert chinese in told[1]


@pytest.mark.parametrize(("held", "treated"), [(3, 20), (20, 3), (0, 12), (0, 0)])
def test_too_few_regions_show_nothing(held: int, treated: int) -> None:
    found = compare_regions(alike(held, treated, lambda n: arm(900, 90 + n)), by="province", without=7)
    assert (found.verdict, found.difference, found.interval, found.p) == ("too few regions", None, None, None)
    assert found.money is not None
    assert (found.money.verdict, found.money.difference) == ("too few regions", None)
    assert found.regions is not None
    said = " ".join(en for en, _ in told_of_regions(found.regions))
    assert f"Cannot conclude: {held} provinces held out and {treated} treated; {MIN_REGIONS} of each are needed" in said
    assert "7 member(s) have no province" in said
    assert found.control.members == held * 900


def test_a_region_in_both_groups_withholds_the_verdict() -> None:
    rows = alike(6, 8, lambda n: arm(900, 90 + n))
    found = compare_regions([*rows, RegionSums("h0", False, arm(10, 1))], by="city")
    assert (found.verdict, found.difference) == ("not as drawn", None)
    assert found.regions is not None
    assert found.regions.mixed == ("h0",)
    assert any("h0" in zh and "h0" in en for en, zh in told_of_regions(found.regions)[1:])


@pytest.mark.parametrize(
    ("one", "conversion", "money"),
    [
        (lambda _: arm(900, 0), "too few buyers", "too few buyers"),
        (lambda n: arm(900, n % 2), "cannot conclude", "too few buyers"),
        (lambda _: arm(900, 90, 900_000), "too few buyers", "all paid the same"),
        (lambda _: arm(3, 1), "too few members", "too few members"),
        (lambda _: arm(0, 0), "too few regions", "too few regions"),
    ],
)
def test_what_cannot_be_told_says_why(one: Callable[[int], Arm], conversion: str, money: str) -> None:
    found = compare_regions(alike(6, 8, one), by="province")
    assert found.money is not None
    assert (found.verdict, found.money.verdict) == (conversion, money)
    assert found.money.difference is None


def test_one_region_that_is_most_of_its_group_is_said() -> None:
    rows = alike(6, 8, lambda n: arm(20_000 if n == 0 else 500, 1_700 if n == 0 else 40 + n))
    found = compare_regions(rows, by="province")
    assert found.regions is not None
    assert found.regions.largest == pytest.approx(20_000 / 22_500)
    assert found.regions.freedom is not None
    assert found.regions.freedom < 3, "one region alone says little of chance"
    [(en, zh)] = doubts("province", 6, 8, 0, found.regions.largest)
    assert "89%" in en
    assert "89%" in zh


def test_the_time_before_is_taken_off_where_it_explains_enough_and_else_is_not() -> None:
    rng = np.random.default_rng(9)
    steady = compare_regions(drawn_regions(rng, 30, alike=0.05, steady=0.98), by="province")
    shaky = compare_regions(drawn_regions(rng, 30, alike=0.05, steady=0.0), by="province")
    few = compare_regions(drawn_regions(rng, 9, alike=0.05, steady=0.98), by="province")
    for found, adjusted in ((steady, True), (shaky, False), (few, False)):
        assert found.regions is not None
        assert found.regions.adjusted is adjusted
        assert (found.regions.plain == found.difference) is not adjusted
    assert steady.regions is not None
    assert steady.interval is not None
    plain = compare_regions(_without_before(steady), by="province")
    assert plain.interval is not None
    assert steady.interval[1] - steady.interval[0] < 0.6 * (plain.interval[1] - plain.interval[0])


def _without_before(found: Contrast) -> list[RegionSums]:
    assert found.regions is not None
    return [
        RegionSums(row.region, row.held_out, Arm(row.members, row.buyers, row.spend_cents, sums=Sums()))
        for row in found.regions.rows
    ]


def test_money_growth_and_profit_are_those_of_plain_arithmetic() -> None:
    """Margin of what was added, less cost, is a difference of one outcome of each region; growth one of ratios."""
    rng = np.random.default_rng(12)
    rows = [
        replace(
            row,
            arm=replace(
                row.arm,
                sums=Sums(
                    orders=row.arm.buyers, cost_cents=0 if row.held_out else 9 * row.arm.members + 500 * row.arm.buyers
                ),
            ),
        )
        for row in drawn_regions(rng, 24, alike=0.01, added=0.9)
    ]
    money = compare_regions(rows, by="province", margin=0.4).money
    assert money is not None
    assert money.difference is not None
    assert money.returned is not None
    assert money.growth is not None
    members = np.array([row.arm.members for row in rows], dtype=float)
    treated = np.array([not row.held_out for row in rows])
    spend = np.array([row.arm.spend_cents for row in rows]) / members
    cost = np.array([row.arm.sums.cost_cents if row.arm.sums else 0 for row in rows]) / members
    profit = difference_of(0.4 * spend - cost, treated, members)
    assert money.returned.profit.estimate == pytest.approx(profit.estimate)
    assert money.returned.profit.error == pytest.approx(profit.error)
    first, second = (np.average(spend[one], weights=members[one]) for one in (treated, ~treated))
    assert money.growth.estimate == pytest.approx(first / second - 1)
    assert money.difference.estimate == pytest.approx(first - second)
    # The delta method on the logarithm: errors of both means as parts of them.
    relative = np.where(treated, spend / first, spend / second)
    around = difference_of(relative, treated, members).around()
    reach = around.high - around.estimate
    assert log(money.growth.high + 1) == pytest.approx(log(first / second) + reach)
    assert log(money.growth.low + 1) == pytest.approx(log(first / second) - reach)
    assert money.per_buyer is not None
    added = difference_of(np.array([row.arm.buyers for row in rows]) / members, treated, members).estimate
    assert money.per_buyer.estimate == pytest.approx(difference_of(cost, treated, members).estimate / added)
    assert money.per_buyer.low < money.per_buyer.estimate < money.per_buyer.high
    assert money.returned.per_cost is not None
    assert money.returned.per_cost.estimate == pytest.approx(
        0.4 * (first - second) / difference_of(cost, treated, members).estimate - 1
    )


def test_more_than_everybody_cannot_be_shown() -> None:
    """One region has nearly all of its group: a degree of freedom is left, and no difference would be large enough."""
    rows = alike(6, 8, lambda n: arm(100, 10 + 9 * (n % 3)))
    assert (detectable_of(units_of(rows)) or 1) < 1
    rows[0] = RegionSums("h0", True, arm(100_000, 60_000))
    assert units_of(rows).error
    assert detectable_of(units_of(rows)) is None


def units_of(rows: list[RegionSums]) -> RegionUnits:
    found = compare_regions(rows, by="city", money=False).regions
    assert found is not None
    return found


def test_a_growth_beyond_words_is_none() -> None:
    """A region of a billion members that pay next to nothing, beside some that do."""
    rows = alike(6, 8, lambda n: arm(100, 10 + n, 100_000 + 10 * n, orders=9))
    rows[0] = RegionSums("h0", True, arm(10**9, 10**8, 1))
    found = compare_regions(rows, by="city").money
    assert found is not None
    assert found.difference is not None
    assert found.growth is None
