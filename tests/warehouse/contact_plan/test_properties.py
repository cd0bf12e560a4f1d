"""Random calendars: against enumeration, against an integer program written out by member, and what must hold."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import optimize

from tests.drawing import drawn
from tests.warehouse.contact_plan.worlds import by_hand, by_pattern, digest, moment, plans_of, world, worth_of
from warehouse.contact_plan import (
    Past,
    Patterns,
    Problem,
    Solution,
    audit,
    chunked,
    first_come,
    nightly,
    solve,
)
from warehouse.contact_plan.automaton import Automaton, automaton_of
from warehouse.contact_plan.canonical import instance_of, with_rows
from warehouse.contact_plan.columns import Tariff
from warehouse.contact_plan.pricing import bound_at
from warehouse.contact_plan.problem import PRICE_SCALE


def written_out(problem: Problem, patterns: Patterns, *, whole: bool = True) -> float:
    """The best value by an integer program with a column for every pattern and choice, members written out."""
    who = np.repeat(np.arange(len(patterns.treated)), patterns.treated)
    names = [
        (member, choice) for member, pattern in enumerate(who) for choice in np.flatnonzero(patterns.open[pattern])
    ]
    if not names:
        return 0.0
    rows, limits = [], []
    index = {name: place for place, name in enumerate(names)}
    moments = [slot.at for slot in problem.slots]
    for member, pattern in enumerate(who):
        mine = [choice for owner, choice in names if owner == member]
        for number in range(len(problem.slots)):
            rows.append([index[member, choice] for choice in mine if problem.choices[choice].slot == number])
            limits.append(1)
        for number, limit in enumerate(problem.limits):
            held = [at for of, at in patterns.pasts[patterns.root[pattern]].held if of == number]
            for end in moments if limit.window else moments[-1:]:
                begin = end - limit.window if limit.window else None
                inside = [
                    choice
                    for choice in mine
                    if number in problem.choices[choice].limits
                    and moments[problem.choices[choice].slot] <= end
                    and (begin is None or moments[problem.choices[choice].slot] > begin)
                ]
                before = sum(begin is None or at is None or at > begin for at in held)
                rows.append([index[member, choice] for choice in inside])
                limits.append(max(limit.max - before, 0))
    matrix = np.zeros((len(rows) + len(problem.rows), len(names)))
    for place, some in enumerate(rows):
        matrix[place, some] = 1
    for place, (_, choice) in enumerate(names):
        for row, amount in problem.choices[choice].uses:
            matrix[len(rows) + row, place] = amount
    upper = [*limits, *(max(row.capacity, 0) for row in problem.rows)]
    found = optimize.milp(
        [-problem.choices[choice].value for _, choice in names],
        constraints=optimize.LinearConstraint(matrix, -np.inf, upper),
        bounds=optimize.Bounds(0, 1),
        integrality=np.full(len(names), int(whole)),
    )
    assert found.status == 0
    return float(-found.fun)


@drawn(60)
@given(st.integers(0, 10**9), st.integers(0, 3))
@example(269, 2)
def test_tiny_calendars_against_enumeration(seed: int, rows: int) -> None:
    problem, patterns = world(np.random.default_rng(seed), 4, 3, rows)
    solution = solve(problem, patterns)
    audit(problem, patterns, solution)
    best = by_hand(problem, patterns)
    assert solution.value <= best <= solution.bound
    assert solution.value == best or rows
    assert solution.value >= first_come(problem, patterns).value
    assert solution.value >= nightly(problem, patterns).value


def test_most_tiny_coupled_calendars_are_solved_to_the_best() -> None:
    missed = 0.0
    for seed in range(60):
        problem, patterns = world(np.random.default_rng(seed), 4, 3, 2)
        best = by_hand(problem, patterns)
        missed += (best - solve(problem, patterns).value) / max(best, 1)
    assert missed / 60 < 0.02


@pytest.mark.parametrize("seed", range(6))
def test_medium_calendars_against_an_integer_program_by_member(seed: int) -> None:
    problem, patterns = world(np.random.default_rng(seed), 10, 8, 0)
    assert solve(problem, patterns).value == pytest.approx(written_out(problem, patterns), abs=0.5)


@pytest.mark.parametrize("seed", range(4))
def test_coupled_calendars_against_an_integer_program_by_member(seed: int) -> None:
    problem, patterns = world(np.random.default_rng(100 + seed), 8, 8, 3)
    solution = solve(problem, patterns)
    audit(problem, patterns, solution)
    best = written_out(problem, patterns)
    assert 0.97 * best <= solution.value <= best + 0.5
    assert solution.bound >= best - 0.5


@pytest.mark.parametrize("seed", range(8))
def test_the_bound_is_the_best_mixture_of_all_plans(seed: int) -> None:
    problem, patterns = world(np.random.default_rng(seed), 5, 5, 2)
    worth, use = [], []
    for number, count in enumerate(patterns.treated):
        for plan in plans_of(problem, patterns.pasts[patterns.root[number]], patterns.open[number]):
            chosen = [problem.choices[choice] for choice in plan]
            amounts = [sum(amount for one in chosen for at, amount in one.uses if at == row) for row in range(2)]
            if count and all(
                amount <= row.capacity for one in chosen for at, amount in one.uses for row in [problem.rows[at]]
            ):
                worth.append(sum(one.value for one in chosen))
                use.append([*amounts, *(float(other == number) for other in range(5))])
    limit = [*(row.capacity for row in problem.rows), *patterns.treated]
    found = optimize.linprog(-np.array(worth), np.array(use).T, limit, method="highs-ds")
    assert solve(problem, patterns).bound == pytest.approx(-found.fun, abs=2, rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_the_rest_of_a_calendar_is_in_the_tail_of_its_automaton(seed: int) -> None:
    problem, _ = world(np.random.default_rng(seed), 9, 1, 0)
    rest = replace(
        problem,
        slots=problem.slots[4:],
        choices=tuple(replace(choice, slot=choice.slot - 4) for choice in problem.choices if choice.slot >= 4),
    )
    whole, tail = automaton_of(problem, (Past(),)), automaton_of(rest, (Past(),))
    assert _futures(tail, int(tail.roots[0])) in {
        _futures(whole, node) for node in range(int(whole.first[4]), int(whole.first[5]))
    }


def _futures(automaton: Automaton, node: int) -> str:
    """The whole tree of what may still be done from a node."""
    if node == int(automaton.first[-2]):
        return "."
    slot = int(np.searchsorted(automaton.first, node, side="right")) - 1
    kinds = range(len(automaton.classes[slot]))
    taken = ",".join(
        _futures(automaton, int(to)) if to else "-" for to in (automaton.take[kind, node] for kind in kinds)
    )
    return f"({_futures(automaton, int(automaton.skip[node]))}|{taken})"


@drawn(25)
@given(st.integers(0, 10**9), st.lists(st.integers(0, 6000), min_size=2, max_size=2))
def test_no_plan_is_worth_more_than_any_prices_prove(seed: int, points: list[int]) -> None:
    problem, patterns = world(np.random.default_rng(seed), 6, 5, 2)
    instance = instance_of(problem, patterns)
    prices = np.array(points, np.int64) * PRICE_SCALE
    proved = bound_at(instance.walker, Tariff.of(problem), instance.treated, instance.capacity, prices=prices).total
    assert solve(problem, patterns).value * PRICE_SCALE <= proved


@drawn(25)
@given(st.integers(0, 10**9))
def test_more_of_a_row_and_wider_caps_never_cost(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem, patterns = world(rng, 6, 5, 2)
    solution = solve(problem, patterns)
    more = with_rows(problem, np.array([row.capacity + int(rng.integers(0, 4)) for row in problem.rows]))
    assert solve(more, patterns).bound >= solution.bound - 1
    free = replace(problem, choices=tuple(replace(choice, uses=()) for choice in problem.choices))
    wider = replace(free, limits=tuple(replace(limit, max=limit.max + 1) for limit in free.limits))
    assert solve(wider, patterns).value >= solve(free, patterns).value


@drawn(25)
@example(17442892, 2, 2)  # two plans tie
@given(st.integers(0, 10**9), st.integers(2, 9), st.integers(0, 2))
def test_only_ratios_of_priorities_matter(seed: int, factor: int, rows: int) -> None:
    problem, patterns = world(np.random.default_rng(seed), 5, 4, rows)
    scaled = replace(problem, choices=tuple(replace(choice, value=choice.value * factor) for choice in problem.choices))
    ours, theirs = solve(problem, patterns), solve(scaled, patterns)
    # Where plans tie, rounded prices say which of them is found: each is worth as much by the other's figures.
    assert theirs.value == factor * ours.value
    assert worth_of(problem, theirs.columns) == ours.value


@drawn(25)
@given(st.integers(0, 10**9), st.integers(0, 2))
def test_the_order_of_patterns_changes_nothing(seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    problem, patterns = world(rng, 6, 9, rows)
    order = rng.permutation(len(patterns.treated))
    turned = Patterns(patterns.open[order], patterns.root[order], patterns.treated[order], patterns.pasts)
    ours, theirs = solve(problem, patterns), solve(problem, turned)
    assert (ours.value, ours.bound, ours.rows) == (theirs.value, theirs.bound, theirs.rows)
    told = by_pattern(theirs.columns)
    assert by_pattern(ours.columns) == {int(order[place]): columns for place, columns in told.items()}
    assert _same(ours, solve(problem, patterns))


def _same(ours: Solution, theirs: Solution) -> bool:
    return (
        ours.columns.plan == theirs.columns.plan
        and (ours.columns.members == theirs.columns.members).all()
        and ours.rows == theirs.rows
    )


def test_members_in_the_same_state_are_planned_together_whatever_their_history() -> None:
    problem, patterns = world(np.random.default_rng(3), 6, 4, 1)
    # An eight-day-old contact counts no more: the same as none.
    old = Past(((0, moment(-200)), (1, moment(-200))))
    split = replace(
        patterns,
        open=np.repeat(patterns.open, 2, axis=0),
        root=np.array([0, 1] * 4),
        treated=np.ones(8, np.int64),
        pasts=(Past(), old),
    )
    joined = replace(patterns, root=np.zeros(4, int), treated=np.full(4, 2), pasts=(Past(),))
    ours, theirs = solve(problem, split), solve(problem, joined)
    audit(problem, split, ours)
    assert (ours.value, ours.bound) == (theirs.value, theirs.bound)


def test_a_warm_start_finds_the_same_value() -> None:
    problem, patterns = world(np.random.default_rng(8), 8, 20, 3)
    solution = solve(problem, patterns)
    again = solve(problem, patterns, warm=solution.prices)
    audit(problem, patterns, again)
    assert again.bound == pytest.approx(solution.bound, rel=1e-6)
    assert again.value >= 0.98 * solution.value


def test_chunks_lose_against_one_plan() -> None:
    problem, patterns = world(np.random.default_rng(5), 8, 30, 2, members=6)
    problem = with_rows(problem, np.array([12, 9]))
    whole, chunks = solve(problem, patterns), chunked(problem, patterns, size=10)
    assert chunks.value < whole.value
    assert all(used <= row.capacity for used, row in zip(chunks.used, problem.rows, strict=True))


def test_prices_are_zero_where_something_is_left_over_in_the_linear_plan() -> None:
    scarce = 0
    for seed in range(5):
        problem, patterns = world(np.random.default_rng(seed), 6, 20, 2, members=40)
        first, second = solve(with_rows(problem, np.array([20, 10**6])), patterns).rows
        assert second.price == 0
        assert first.price == 0 or first.slack < 4  # less than some choice asks for
        scarce += first.price > 0
    assert scarce


PRINTED = """
from tests.warehouse.contact_plan.worlds import digest
print(digest())
"""


def test_processes_and_threads_give_the_same_bytes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINTED],
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "7"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == digest()
