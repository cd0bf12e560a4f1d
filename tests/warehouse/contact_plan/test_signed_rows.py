"""Minimums, averages, shares, returns and rows that are only reported: by hand, against programs, and if they fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import optimize, sparse

from campaign_calendars.findings.errors import UsageError
from tests.drawing import drawn
from tests.warehouse.contact_plan.worlds import World, by_hand, by_pattern, plans_of, slot, world
from warehouse.contact_plan import (
    Choice,
    InfeasibleError,
    Patterns,
    PlanAuditError,
    PlanTooLargeError,
    Problem,
    Row,
    audit,
    chunked,
    conflict,
    first_come,
    nightly,
    solve,
    solve_within_reach,
)
from warehouse.contact_plan.canonical import instance_of
from warehouse.contact_plan.columns import Tariff
from warehouse.contact_plan.pricing import bound_at


def ruled(rng: np.random.Generator, slots: int, patterns: int, members: int = 3) -> tuple[Problem, Patterns]:
    """A random calendar with a stock, and with some of: at least n, a share, an average, a return, a report."""
    problem, some = world(rng, slots, patterns, 1, members)
    amounts: list[list[int]] = []
    rows: list[Row] = []
    choices = len(problem.choices)
    sms = np.array([choice.channel == "sms" for choice in problem.choices])
    kinds = rng.random(5) < 0.6
    if kinds[0]:
        rows.append(Row("least", -int(rng.integers(1, patterns * members // 2 + 2)), signed=True))
        amounts.append([-int(taken) for taken in rng.random(choices) < 0.4])
    if kinds[1]:
        rows.append(Row("share", 0, signed=True))
        amounts.append([60 if one else -40 for one in sms])
    if kinds[2]:
        rows.append(Row("average", 0, signed=True))
        amounts.append([int(cost) - 5 for cost in rng.integers(0, 12, choices)])
    if kinds[3]:
        rows.append(Row("return", -int(rng.integers(0, 6)), signed=True))
        amounts.append([int(cost) for cost in rng.integers(-4, 5, choices)])
    if kinds[4]:
        rows.append(Row("reported", None))
        amounts.append([1] * choices)
    first = len(problem.rows)
    told = [
        replace(
            choice, uses=(*choice.uses, *((first + at, row[number]) for at, row in enumerate(amounts) if row[number]))
        )
        for number, choice in enumerate(problem.choices)
    ]
    return replace(problem, choices=tuple(told), rows=(*problem.rows, *rows)), some


@drawn(40)
@given(st.integers(0, 10**9))
@example(12)
def test_tiny_calendars_against_enumeration(seed: int) -> None:
    problem, patterns = ruled(np.random.default_rng(seed), 4, 3)
    best = by_hand(problem, patterns)
    if best is None:
        with pytest.raises(InfeasibleError):
            solve(problem, patterns)
        nearest, solution = solve_within_reach(problem, patterns)
        audit(nearest, patterns, solution)
        assert any(row.short for row in nearest.rows)
        return
    solution = solve(problem, patterns)
    audit(problem, patterns, solution)
    assert 0.97 * best <= solution.value <= best <= solution.bound
    assert all(row.slack is None or row.slack >= 0 for row in solution.rows)
    assert solve_within_reach(problem, patterns)[0] == problem


def test_most_tiny_calendars_are_solved_to_the_best() -> None:
    found = hit = 0
    for seed in range(40):
        problem, patterns = ruled(np.random.default_rng(seed), 4, 3)
        if (best := by_hand(problem, patterns)) is not None:
            found += 1
            hit += solve(problem, patterns).value == best
    assert found > 20
    assert hit > 0.95 * found


@drawn(30)
@given(st.integers(0, 10**9), st.lists(st.integers(0, 6000), min_size=6, max_size=6))
def test_no_plan_is_worth_more_than_any_prices_prove(seed: int, points: list[int]) -> None:
    problem, patterns = ruled(np.random.default_rng(seed), 5, 4)
    instance = instance_of(problem, patterns)
    asked = zip(points, problem.rows, strict=False)
    prices = np.array([0 if row.capacity is None else price * 1000 for price, row in asked], np.int64)
    proved = bound_at(instance.walker, Tariff.of(problem), instance.treated, instance.capacity, prices=prices).total
    best = by_hand(problem, patterns)
    assert best is None or best * 1_000_000 <= proved


@drawn(12)
@given(st.integers(0, 10**9))
def test_more_room_never_costs_and_order_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem, patterns = ruled(rng, 5, 4)
    nearest, solution = solve_within_reach(problem, patterns)
    wider = [row if row.capacity is None else replace(row, capacity=row.capacity + 2) for row in nearest.rows]
    assert solve_within_reach(replace(nearest, rows=tuple(wider)), patterns)[1].bound >= solution.bound - 1
    order = rng.permutation(len(patterns.treated))
    turned = Patterns(patterns.open[order], patterns.root[order], patterns.treated[order], patterns.pasts)
    same, again = solve_within_reach(problem, turned)
    assert (same, again.value, again.bound, again.rows) == (nearest, solution.value, solution.bound, solution.rows)
    told = by_pattern(again.columns)
    assert by_pattern(solution.columns) == {int(order[place]): columns for place, columns in told.items()}


@pytest.mark.parametrize("seed", range(12))
def test_the_bound_is_the_best_mixture_of_all_plans(seed: int) -> None:
    problem, patterns = ruled(np.random.default_rng(seed), 5, 5)
    worth, use = [], []
    size = len(problem.rows)
    for number, count in enumerate(patterns.treated):
        for plan in plans_of(problem, patterns.pasts[patterns.root[number]], patterns.open[number]):
            chosen = [problem.choices[choice] for choice in plan]
            amounts = [sum(dict(one.uses).get(row, 0) for one in chosen) for row in range(size)]
            if count and all(dict(one.uses).get(0, 0) <= problem.rows[0].room for one in chosen):
                worth.append(sum(one.value for one in chosen))
                use.append([*amounts, *(float(other == number) for other in range(5))])
    step = max(np.gcd.reduce([dict(choice.uses).get(0, 0) for choice in problem.choices]), 1)  # all take a multiple
    limit = [problem.rows[0].room // step * step, *(row.room for row in problem.rows[1:]), *patterns.treated]
    found = optimize.linprog(-np.array(worth), np.array(use).T, limit, method="highs-ds")
    if found.status == 2:
        with pytest.raises(InfeasibleError):
            solve(problem, patterns)
        return
    try:
        solution = solve(problem, patterns)
    except InfeasibleError:  # members are whole
        assert by_hand(problem, patterns) is None
        return
    audit(problem, patterns, solution)
    assert solution.bound == pytest.approx(-found.fun, abs=2, rel=1e-5)


def test_ten_thousand_members_against_a_linear_program() -> None:
    rng = np.random.default_rng(5)
    problem, patterns = ruled(rng, 8, 200, members=100)
    problem = replace(problem, limits=(), choices=tuple(replace(choice, limits=()) for choice in problem.choices))
    patterns = replace(patterns, root=np.zeros(200, int), pasts=patterns.pasts[:1])
    tight = {"row-0": 4_000, "least": -6_000}
    rows = tuple(replace(row, capacity=tight.get(row.name, row.capacity)) for row in problem.rows)
    problem = replace(problem, rows=rows)
    pattern, choice = np.nonzero(patterns.open & (patterns.treated > 0)[:, None])
    use = np.zeros((len(rows), len(problem.choices)))
    for number, one in enumerate(problem.choices):
        for row, amount in one.uses:
            use[row, number] = amount
    cell, of = np.unique(pattern * 8 + np.array([c.slot for c in problem.choices])[choice], return_inverse=True)
    once = sparse.csr_array((np.ones(len(of)), (of, np.arange(len(of)))), shape=(len(cell), len(of)))
    found = optimize.linprog(
        -np.array([one.value for one in problem.choices])[choice],
        sparse.vstack([sparse.csr_array(use[:, choice]), once]),
        [*(row.room for row in rows), *patterns.treated[cell // 8]],
        method="highs",
    )
    solution = solve(problem, patterns)
    audit(problem, patterns, solution)
    assert patterns.treated.sum() > 9_000
    assert solution.bound == pytest.approx(-found.fun, rel=1e-5)
    assert solution.value >= -found.fun * (1 - 1e-4)
    assert sum(row.price > 0 for row in solution.rows) >= 2


# --- by hand ---------------------------------------------------------------------------------------------------------

ONE = ((0, 1),)
LEAST = ((0, -1),)


def with_rows(base: World, rows: tuple[Row, ...], uses: dict[int, tuple[tuple[int, int], ...]]) -> Problem:
    problem = replace(base, uses=uses).problem()
    return replace(problem, rows=rows)


EITHER = World((10, 15), (30, 100), ("ABC", "ABC"))
"""Within 20 hours: the morning is worth 30, the evening 100."""


def test_a_minimum_takes_members_from_where_they_are_worth_more_and_its_price_says_so() -> None:
    problem = with_rows(EITHER, (Row("morning", -2, signed=True),), {0: LEAST})
    solution = solve(problem, EITHER.patterns())
    audit(problem, EITHER.patterns(), solution)
    assert solution.value == solution.bound == 160_000
    (row,) = solution.rows
    assert (row.used, row.slack, row.price) == (-2, 0, 70_000 * 1_000_000)
    # Whoever comes first is contacted in the morning; the day's best in the evening.
    assert first_come(problem, EITHER.patterns()).value == 90_000
    assert nightly(problem, EITHER.patterns()).used == (0,)


def test_a_share_of_the_sends() -> None:
    apart = World((10, 58), (30, 100), ("ABCD", "ABCD"))
    rows = (Row("second at most 40%", 0, signed=True),)
    problem = with_rows(apart, rows, {0: ((0, -40),), 1: ((0, 60),)})
    solution = solve(problem, apart.patterns())
    # Four in the morning allow two of six in all.
    assert (solution.value, solution.rows[0].used) == (4 * 30_000 + 2 * 100_000, -40)


def test_an_average_and_a_return() -> None:
    apart = World((10, 58), (50, 100), ("ABCD", "ABCD"))
    average = with_rows(apart, (Row("average cost 6", 0, signed=True),), {0: ((0, 3 - 6),), 1: ((0, 12 - 6),)})
    assert solve(average, apart.patterns()).value == 4 * 50_000 + 2 * 100_000
    # Costs 3 and 12 against values 9 and 20, at least twice the money back: -3 and 4 a message.
    returned = with_rows(apart, (Row("return 2", 0, signed=True),), {0: ((0, 6 - 9),), 1: ((0, 24 - 20),)})
    assert solve(returned, apart.patterns()).value == 4 * 50_000 + 3 * 100_000


def test_a_reported_row_is_used_and_costs_nothing() -> None:
    problem = with_rows(EITHER, (Row("messages", None),), {0: ONE, 1: ONE})
    solution = solve(problem, EITHER.patterns())
    audit(problem, EITHER.patterns(), solution)
    assert (solution.value, solution.rows[0].used, solution.rows[0].slack) == (300_000, 3, None)
    assert solution.rows[0].price == 0


def test_minimums_that_cannot_be_reached_name_the_smallest_conflict() -> None:
    rows = (
        Row("sms", 40),
        Row("morning", -2, signed=True),
        Row("evening", -2, signed=True),
        Row("all", -1, signed=True),
    )
    uses = {0: ((0, 1), (1, -1), (3, -1)), 1: ((0, 1), (2, -1), (3, -1))}
    problem, patterns = with_rows(EITHER, rows, uses), EITHER.patterns()
    assert conflict(problem, patterns) == ("morning", "evening")
    with pytest.raises(InfeasibleError) as raised:
        solve(problem, patterns)
    assert sum(raised.value.short.values()) == 1
    nearest, solution = solve_within_reach(problem, patterns)
    audit(nearest, patterns, solution)
    assert sum(row.short for row in nearest.rows) == 1
    assert sorted(row.slack for row in solution.rows if row.slack is not None)[:2] == [-1, 0]
    fewer = replace(problem, rows=(rows[0], replace(rows[1], capacity=-1), *rows[2:]))
    assert conflict(fewer, patterns) == ()


@pytest.mark.parametrize("stock", [0, 1, -3])
def test_a_stock_that_is_too_small_for_a_minimum_is_in_the_conflict(stock: int) -> None:
    rows = (Row("budget", 100), Row("stock", stock), Row("morning", -2, signed=True))
    problem = with_rows(EITHER, rows, {0: ((0, 1), (1, 1), (2, -1))})
    assert conflict(problem, EITHER.patterns()) == ("stock", "morning")
    nearest, solution = solve_within_reach(problem, EITHER.patterns())
    assert [row.short for row in nearest.rows] == [0, 0, 2 - max(stock, 0)]
    assert solution.value == max(stock, 0) * 30_000 + (3 - max(stock, 0)) * 100_000


def test_a_minimum_nobody_can_be_chosen_for() -> None:
    problem = with_rows(EITHER, (Row("nobody", -5, signed=True),), {})
    assert conflict(problem, EITHER.patterns()) == ("nobody",)
    nearest, solution = solve_within_reach(problem, EITHER.patterns())
    audit(nearest, EITHER.patterns(), solution)
    assert (nearest.rows[0].short, solution.value, solution.rows[0].slack) == (5, 300_000, -5)
    empty = Problem((), (), (), (Row("nobody", -5, signed=True),))
    alone = Patterns(np.zeros((2, 0), bool), np.zeros(2, int), np.array([3, 4]))
    assert conflict(empty, alone) == ("nobody",)
    assert solve_within_reach(empty, alone)[1].value == 0


def test_what_is_past_already_has_to_be_made_good() -> None:
    # Sixty of a hundred went out as the wrong kind where 40% are allowed: 2,000 hundredths over.
    apart = World((10, 58), (30, 100), ("ABC", "ABC"))
    rows = (Row("second at most 40%", -80, signed=True),)
    problem = with_rows(apart, rows, {0: ((0, -40),), 1: ((0, 60),)})
    assert solve(problem, apart.patterns()).value == 90_000
    nearest, solution = solve_within_reach(replace(problem, rows=(replace(rows[0], capacity=-2000),)), apart.patterns())
    assert (nearest.rows[0].short, solution.rows[0].used) == (1880, -120)


# --- known answers of the allocation, through the same core -----------------------------------------------------------


def allocation(budget: int, *, held_out: str = "", gifts: int | None = None) -> tuple[Problem, Patterns]:
    """Members A, B, C with values and costs of two options each."""
    values = {"A": (10, 14), "B": (6, 9), "C": (8, None)}
    costs = {"A": (4, 8), "B": (3, 7), "C": (5, 0)}
    choices, flags = [], []
    for name, both in values.items():
        for option, value in enumerate(both):
            if value is not None:
                choices.append(Choice(0, name, f"{option}", value * 1000, (), ((0, costs[name][option]),)))
                flags.append(name)
    patterns = np.array([[flag == name for flag in flags] for name in values])
    treated = np.array([int(name not in held_out) for name in values])
    told = Problem((slot(10),), tuple(choices), (), (Row("budget", budget),))
    return told, Patterns(patterns, np.zeros(3, int), treated)


@pytest.mark.parametrize(
    ("budget", "held_out", "best", "linear"),
    [(10, "", 18, 20.8), (12, "", 24, 24), (12, "C", 20, 20.75), (100, "", 31, 31)],
)
def test_known_allocations(budget: int, held_out: str, best: int, linear: float) -> None:
    problem, patterns = allocation(budget, held_out=held_out)
    solution = solve(problem, patterns)
    audit(problem, patterns, solution)
    assert (solution.value, solution.bound) == (best * 1000, pytest.approx(linear * 1000, abs=2))
    if budget == 10:
        assert solution.rows[0].price == pytest.approx(1600 * 1_000_000, abs=1000)
    if budget == 100:
        assert solution.rows[0].price == 0
    if held_out:
        assert not any(members for _, members in by_pattern(solution.columns)[2])


def test_two_gifts_and_a_budget() -> None:
    values = ((5, 9), (4, 8), (3, 7), (2, 6))
    choices = [
        Choice(0, f"{member}", f"{option}", value * 1000, (), ((0, option + 1), *(((1, 1),) if option else ())))
        for member, both in enumerate(values)
        for option, value in enumerate(both)
    ]
    flags = np.array([[choice.channel == f"{member}" for choice in choices] for member in range(4)])
    problem = Problem((slot(10),), tuple(choices), (), (Row("budget", 7), Row("gifts", 2)))
    patterns = Patterns(flags, np.zeros(4, int), np.ones(4, np.int64))
    assert solve(problem, patterns).value == 22_000 == by_hand(problem, patterns)
    floor = replace(problem, rows=(*problem.rows, Row("at least three of the first", -3, signed=True)))
    told = [replace(c, uses=(*c.uses, (2, -1))) if c.benefit == "0" else c for c in problem.choices]
    forced = replace(floor, choices=tuple(told))
    assert solve(forced, patterns).value == by_hand(forced, patterns)


def test_three_equal_members_and_money_for_two() -> None:
    tie = Problem((slot(10),), (Choice(0, "sms", None, 4000, (), ((0, 2),)),), (), (Row("budget", 4),))
    solution = solve(tie, Patterns(np.ones((1, 1), bool), np.zeros(1, int), np.array([3])))
    assert (solution.value, by_pattern(solution.columns)) == (8000, {0: [((0,), 2), ((), 1)]})


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("capacity", [1.5, float("nan"), float("inf")])
def test_capacities_that_are_no_whole_numbers(capacity: float) -> None:
    problem = with_rows(EITHER, (Row("stock", capacity),), {0: ONE})  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no whole number"):
        solve(problem, EITHER.patterns())


def test_amounts_below_zero_are_for_signed_rows_only() -> None:
    with pytest.raises(UsageError, match="wrong amount"):
        solve(with_rows(EITHER, (Row("stock", 3),), {0: LEAST}), EITHER.patterns())
    with pytest.raises(UsageError, match="wrong amount"):
        solve(with_rows(EITHER, (Row("average", 3, True),), {0: ((0, 0.5),)}), EITHER.patterns())  # type: ignore[dict-item]


def test_numbers_too_large_for_signed_rows() -> None:
    with pytest.raises(PlanTooLargeError, match="average"):
        solve(with_rows(EITHER, (Row("average", 0, True),), {0: ((0, -(2**60)),)}), EITHER.patterns())


def test_a_budget_below_any_cost_gives_nothing_and_has_no_price() -> None:
    solution = solve(with_rows(EITHER, (Row("budget", 5),), {0: ((0, 6),), 1: ((0, 7),)}), EITHER.patterns())
    assert (solution.value, solution.bound, solution.rows[0].price) == (0, 0, 0)


def test_a_plan_short_of_what_was_asked_is_no_plan_unless_it_says_so() -> None:
    rows = (Row("morning", -2, signed=True),)
    problem, patterns = with_rows(EITHER, rows, {0: LEAST}), EITHER.patterns()
    nobody = with_rows(EITHER, (Row("morning", -9, signed=True),), {0: LEAST})
    nearest, solution = solve_within_reach(nobody, patterns)
    audit(nearest, patterns, solution)
    with pytest.raises(PlanAuditError):
        audit(nobody, patterns, solution)
    with pytest.raises(PlanAuditError):
        audit(problem, patterns, solve(EITHER.problem(), patterns))


def test_chunks_of_members_share_minimums_too() -> None:
    problem = with_rows(EITHER, (Row("morning", -2, signed=True),), {0: LEAST})
    assert chunked(problem, EITHER.patterns(), size=2).used[0] <= -2


def test_equal_ways_are_told_apart_in_the_same_way() -> None:
    tied = World((10, 15), (50, 50), ("ABCD", "ABCD"))
    problem = with_rows(tied, (Row("late", -2, signed=True), Row("early", -2, signed=True)), {0: ((1, -1),), 1: LEAST})
    ours, theirs = solve(problem, tied.patterns()), solve(problem, tied.patterns())
    assert ours.columns.plan == theirs.columns.plan
    assert (ours.value, ours.bound) == (200_000, 200_000)
