"""Instances small enough to be solved by hand: first come, nightly and the best, in points."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from tests.warehouse.contact_plan.worlds import CAP, World, by_hand, by_pattern, moment, slot
from warehouse.contact_plan import (
    Choice,
    Limit,
    Patterns,
    Problem,
    Row,
    audit,
    first_come,
    kept_for,
    nightly,
    solve,
)

WEEK = Limit("1/168h", 1, timedelta(hours=168))
ONE = ((0, 1),)

KNOWN = {
    "1 the evening is worth more": (World((9, 20), (30, 100), ("ABC", "AB")), (90, 230, 230)),
    "2 the next morning is worth more": (World((20, 33), (40, 100), ("AB", "AB")), (80, 80, 200)),
    "3a exactly 20 hours": (World((10, 30), (40, 100), "AA"), (140, 140, 140)),
    "3b a second less": (World((10, 30 - 1 / 3600), (40, 100), "AA"), (40, 40, 100)),
    "4 three in a week": (
        World(
            (10, 58, 106, 154, 178),
            (30, 30, 30, 100, 100),
            "AAAAA",
            limits=(CAP, Limit("3/168h", 3, timedelta(hours=168))),
        ),
        (190, 190, 260),
    ),
    "5 a shared stock": (
        World((10, 58), (60, 100), ("AB", "BC"), rows={"stock": 2}, uses={0: ONE, 1: ONE}),
        (120, 120, 200),
    ),
    "6 one unit": (World((10, 15), (50, 90), ("ABC", "ABC"), rows={"gift": 1}, uses={1: ONE}), (150, 190, 190)),
    "7 one unit of each": (
        World(
            (10, 34), (50, 50), ("ABC", "ABC"), limits=(WEEK,), rows={"a": 1, "b": 1}, uses={0: ONE, 1: ((1, 1),)}
        ),
        (100, 100, 100),
    ),
    "8 a contact of before": (
        World((10, 20, 31), (30, 60, 50), ("AB", "AB", "AB"), past={"A": ((0, moment(-3)),)}),
        (140, 120, 140),
    ),
    "9 two in the campaign": (
        World((10, 58, 106, 154), (30, 40, 40, 60), "AAAA", limits=(CAP, Limit("2/campaign", 2))),
        (70, 70, 100),
    ),
    "10 a channel's day": (
        World((10, 11), (40, 60), ("AB", "AC"), rows={"sms": 2}, uses={0: ONE, 1: ONE}),
        (80, 120, 120),
    ),
    "11 a play once": (
        World(
            (10, 34, 58),
            (40, 40, 70),
            "AAA",
            limits=(CAP, Limit("1/48h", 1, timedelta(hours=48)), Limit("once/a", 1)),
            counts={2: (0, 1)},
        ),
        (110, 110, 110),
    ),
    "12 a pool of money": (
        World(
            (10, 58), (60, 140), ("AB", "C"), rows={"pool": 90}, uses={0: ((0, 30),), 1: ((0, 80),)}
        ),
        (120, 120, 140),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_known_values(name: str) -> None:
    world, (come, night, best) = KNOWN[name]
    problem, patterns = world.solved()
    solution = solve(problem, patterns)
    audit(problem, patterns, solution)
    assert first_come(problem, patterns).value == come * 1000
    assert nightly(problem, patterns).value == night * 1000
    assert solution.value == best * 1000 == by_hand(problem, patterns)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("1 the evening is worth more", {0: [((1,), 1)], 1: [((1,), 1)], 2: [((0,), 1)]}),
        ("2 the next morning is worth more", {0: [((1,), 1)], 1: [((1,), 1)]}),
        ("3b a second less", {0: [((1,), 1)]}),
        ("4 three in a week", {0: [((0, 1, 3, 4), 1)]}),
        ("5 a shared stock", {0: [((), 1)], 1: [((1,), 1)], 2: [((1,), 1)]}),
        ("8 a contact of before", {0: [((1,), 1)], 1: [((0, 2), 1)]}),
        ("9 two in the campaign", {0: [((1, 3), 1)]}),
        ("10 a channel's day", {0: [((1,), 1)], 1: [((), 1)], 2: [((1,), 1)]}),
        ("11 a play once", {0: [((0, 2), 1)]}),
    ],
)
def test_known_columns_and_ties(name: str, columns: dict[int, list[tuple[tuple[int, ...], int]]]) -> None:
    assert by_pattern(solve(*KNOWN[name][0].solved()).columns) == columns


def test_the_price_of_a_shared_stock_lies_between_what_it_could_do() -> None:
    solution = solve(*KNOWN["5 a shared stock"][0].solved())
    assert 60_000 <= solution.rows[0].price / 1e6 <= 100_000


def test_the_bound_of_a_pool_is_that_of_the_linear_program() -> None:
    solution = solve(*KNOWN["12 a pool of money"][0].solved())
    assert (solution.bound, solution.rows[0].price) == (172_500, 1_750_000_000)
    assert (solution.rows[0].used, solution.rows[0].slack) == (80, 10)


def test_what_is_left_in_between_is_promised_to_nobody() -> None:
    # A stock of 10 where everybody takes 4 is two of them, not two and a half.
    solution = solve(*World((10,), (60,), ("ABC",), rows={"stock": 10}, uses={0: ((0, 4),)}).solved())
    assert (solution.value, solution.bound, solution.rows[0].slack) == (120_000, 120_000, 2)
    # Where some take 3 as well, it may all be used.
    both = World((10, 58), (60, 45), ("A", "BC"), rows={"stock": 10}, uses={0: ((0, 4),), 1: ((0, 3),)})
    two = solve(*both.solved())
    assert (two.value, two.rows[0].slack) == (150_000, 0)


@pytest.mark.parametrize(("chance", "plan"), [(3, (0,)), (4, (0,)), (5, (1,))])
def test_waiting_pays_only_if_what_is_left_of_later_is_more(chance: int, plan: tuple[int, ...]) -> None:
    solution = solve(*World((10, 20), (40, 10 * chance), "AA").solved())
    assert solution.columns.plan == (plan,)


def test_what_somebody_is_kept_for() -> None:
    problem, patterns = KNOWN["2 the next morning is worth more"][0].solved()
    assert kept_for(problem, patterns, solve(problem, patterns), 0, (1,)) == (1, None)
    problem, patterns = KNOWN["9 two in the campaign"][0].solved()
    assert kept_for(problem, patterns, solve(problem, patterns), 0, (1, 3)) == (1, None)
    problem, patterns = KNOWN["5 a shared stock"][0].solved()
    assert kept_for(problem, patterns, solve(problem, patterns), 0, ()) == (None, 0)
    assert kept_for(problem, patterns, solve(problem, patterns), 2, (), slot=1) == (None, 0)  # the last slot


def test_nobody_is_kept_who_could_not_have_it_or_has_it() -> None:
    problem, patterns = KNOWN["8 a contact of before"][0].solved()
    solution = solve(problem, patterns)
    assert kept_for(problem, patterns, solution, 0, (1,)) is None
    assert kept_for(problem, patterns, solution, 1, (0, 2)) is None
    assert kept_for(problem, patterns, solution, 1, (0, 2), slot=1) is None  # the contact at 10 is in the way


def options(
    values: list[tuple[int, ...]], costs: list[tuple[int, ...]], rows: dict[str, int]
) -> tuple[Problem, Patterns]:
    """One occurrence; member i may have option k where `values[i]` has one (costs in the first row)."""
    choices, flags = [], []
    for member, (worth, cost) in enumerate(zip(values, costs, strict=True)):
        for option, (value, amount) in enumerate(zip(worth, cost, strict=True)):
            uses = ((0, amount), (1, 1)) if len(rows) > 1 and option == 1 else ((0, amount),)
            choices.append(Choice(0, "sms", f"option-{option}", value * 1000, (), uses))
            flags.append(member)
    problem = Problem((slot(10),), tuple(choices), (), tuple(Row(name, left) for name, left in rows.items()))
    open_choices = np.array([[owner == member for owner in flags] for member in range(len(values))])
    return problem, Patterns(open_choices, np.zeros(len(values), int), np.ones(len(values), np.int64))


VALUES, COSTS = [(10, 14), (6, 9), (8,)], [(4, 8), (3, 7), (5,)]


@pytest.mark.parametrize(
    ("budget", "held_out", "best", "bound"),
    [(10, "", 18, 20_800), (12, "", 24, 24_000), (12, "C", 20, 20_750), (100, "", 31, 31_000)],
)
def test_the_allocator_s_budgets(budget: int, held_out: str, best: int, bound: int) -> None:
    problem, patterns = options(VALUES, COSTS, {"budget": budget})
    if held_out:
        patterns = replace(patterns, treated=np.array([1, 1, 0]))
    solution = solve(problem, patterns)
    audit(problem, patterns, solution)
    assert (solution.value, solution.bound) == (best * 1000, bound)


def test_the_allocator_s_gifts() -> None:
    problem, patterns = options(
        [(5, 9), (4, 8), (3, 7), (2, 6)], [(1, 2)] * 4, {"budget": 7, "gifts": 2}
    )  # fmt: skip
    assert solve(problem, patterns).value == 22_000


def test_equal_members_share_what_there_is_by_number() -> None:
    problem = Problem((slot(10),), (Choice(0, "sms", "gift", 4000, (), ((0, 2),)),), (), (Row("budget", 4),))
    patterns = Patterns(np.ones((1, 1), bool), np.zeros(1, int), np.array([3]))
    solution = solve(problem, patterns)
    assert solution.value == 8000
    assert by_pattern(solution.columns) == {0: [((0,), 2), ((), 1)]}
