"""Rules about one member: against enumeration, against an integer program, by hand, and broken on purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from scipy import optimize

from campaign_calendars.findings.errors import UsageError
from tests.warehouse.contact_plan.worlds import (
    World,
    by_hand,
    by_pattern,
    may,
    moment,
    plans_of,
    ruled,
    slot,
)
from warehouse.contact_plan import (
    Choice,
    Limit,
    Past,
    Patterns,
    PlanAuditError,
    Problem,
    Relation,
    Row,
    audit,
    first_come,
    kept_for,
    kept_slots,
    nightly,
    solve,
)

DAY = timedelta(days=1)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 100))])
def test_every_rule_is_that_of_the_enumeration(seed: int) -> None:
    """Of each of some calendars: the best plan of every member is the best of all plans that keep every rule."""
    for number in range(12):
        problem, patterns = ruled(np.random.default_rng([seed, number]), 6, 3, 0)
        patterns = replace(patterns, treated=np.ones(3, np.int64))
        solution = solve(problem, patterns)
        audit(problem, patterns, solution)
        assert solution.value == solution.bound == by_hand(problem, patterns), (seed, number)
        for pattern, rows in by_pattern(solution.columns).items():
            assert all(may(problem, patterns.pasts[patterns.root[pattern]], plan) for plan, _ in rows)
        for way in (first_come, nightly):
            assert way(problem, patterns).value <= solution.value


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 9))])
def test_rules_and_shared_rows_together(seed: int) -> None:
    """With scarce rows the bound is never passed, nothing is given that a rule forbids, and little is lost."""
    lost = []
    for number in range(10):
        problem, patterns = ruled(np.random.default_rng([100 + seed, number]), 6, 4, 2)
        solution = solve(problem, patterns)
        audit(problem, patterns, solution)
        best = by_hand(problem, patterns)
        assert solution.value <= best <= solution.bound, (seed, number)
        lost.append(best - solution.value)
        held = by_pattern(solution.columns)
        assert all(may(problem, patterns.pasts[patterns.root[one]], plan) for one in held for plan, _ in held[one])
    assert sum(one == 0 for one in lost) >= 7


def test_the_linear_program_over_all_plans_has_our_bound() -> None:
    """A choice that is worth less than its price may still be had for what it opens."""
    for seed in range(5):
        problem, patterns = ruled(np.random.default_rng([7, seed]), 6, 4, 2)
        worth, use = [], []
        for number, members in enumerate(patterns.treated):
            for plan in plans_of(problem, patterns.pasts[patterns.root[number]], patterns.open[number]):
                chosen = [problem.choices[choice] for choice in plan]
                asked = [(row, amount) for one in chosen for row, amount in one.uses]
                if members and all(amount <= problem.rows[row].capacity for row, amount in asked):
                    worth.append(sum(one.value for one in chosen))
                    amounts = [sum(amount for at, amount in asked if at == row) for row in range(2)]
                    use.append([*amounts, *(float(other == number) for other in range(4))])
        if not worth:
            continue
        limit = [*(row.capacity for row in problem.rows), *patterns.treated]
        found = optimize.linprog(-np.array(worth), np.array(use).T, limit, method="highs-ds")
        assert solve(problem, patterns).bound == pytest.approx(-found.fun, abs=2, rel=1e-6), seed


def one(
    hours: tuple[float, ...],
    points: tuple[int, ...],
    limits: tuple[Limit, ...],
    rules: tuple[Relation, ...],
    past: Past | None = None,
) -> tuple[Problem, Patterns]:
    """One member to whom everything is open; one choice a slot, with its relation to the limits."""
    choices = tuple(
        Choice(number, "sms", None, value * 1000, (), (), rule)
        for number, (value, rule) in enumerate(zip(points, rules, strict=True))
    )
    problem = Problem(tuple(slot(at, str(number)) for number, at in enumerate(hours)), choices, limits)
    flags = np.ones((1, len(choices)), bool)
    return problem, Patterns(flags, np.zeros(1, int), np.ones(1, np.int64), (past or Past(),))


HAD_A, HAD_B = Limit("had a", 1), Limit("had b", 1)
A, B = Relation(((0, 1),), (1,)), Relation(((1, 1),), (0,))  # never a with b
QUIET = Limit("3 days after b", 1, 3 * DAY)
AFTER, NOT = Relation(((0, 1),)), Relation((), (0,))  # b, and what it keeps away
FOLLOWED = Limit("7 days after b", 1, 7 * DAY)
FOLLOWS = Relation((), (), (0,))
PAIR = Limit("two of them", 2, least=2)
OF_PAIR = Relation(((0, 1),))
MONEY = Limit("money", 60)
KNOWN = {
    "never a with b, the dearer one": (one((0, 24, 48), (60, 100, 50), (HAD_A, HAD_B), (A, B, A)), (0, 2)),
    "never a with b, b is worth more than both": (one((0, 24, 48), (60, 120, 50), (HAD_A, HAD_B), (A, B, A)), (1,)),
    "not a within three days after b": (one((0, 71), (50, 40), (QUIET,), (AFTER, NOT)), (0,)),
    "a three days after b exactly": (one((0, 72), (50, 40), (QUIET,), (AFTER, NOT)), (0, 1)),
    "a before b is no matter": (one((0, 1), (40, 50), (QUIET,), (NOT, AFTER)), (0, 1)),
    "a only after b": (one((0, 24), (100, 50), (FOLLOWED,), (FOLLOWS, AFTER)), (1,)),
    "b is worth little, and opens a": (one((0, 5, 24), (10, 50, 100), (FOLLOWED, HAD_B), (
        Relation(((0, 1), (1, 1)), (1,)), Relation(((1, 1),), (1,)), FOLLOWS)), (0, 2)),
    "b is too long ago": (one((0, 24 * 8), (10, 100), (FOLLOWED,), (AFTER, FOLLOWS)), (0,)),
    "b was before": (one((0,), (100,), (FOLLOWED,), (FOLLOWS,), Past(((0, moment(-24 * 6)),))), (0,)),
    "two or none, and both fit": (one((0, 24), (10, 20), (PAIR,), (OF_PAIR, OF_PAIR)), (0, 1)),
    "two or none, and one is left": (one((0,), (10,), (PAIR,), (OF_PAIR,)), ()),
    "one was before": (one((0,), (10,), (PAIR,), (OF_PAIR,), Past(((0, None),))), (0,)),
    "money for a member": (one((0, 1, 2), (50, 60, 40), (MONEY,), tuple(
        Relation(((0, cost),), (0,)) for cost in (30, 45, 30))), (0, 2)),
    "money that was given before": (one((0, 1), (50, 60), (MONEY,), tuple(
        Relation(((0, cost),), (0,)) for cost in (30, 20)), Past((), ((0, 40),))), (1,)),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_known_plans(name: str) -> None:
    (problem, patterns), plan = KNOWN[name]
    solution = solve(problem, patterns)
    audit(problem, patterns, solution)
    assert solution.columns.plan == (plan,)


def test_what_one_moment_sends_is_one_interruption() -> None:
    for package, value in ((True, 170_000), (False, 100_000)):
        day = Limit("1 a day", 1, DAY, package=package)
        problem, patterns = World((10, 10, 20), (70, 100, 90), "AAA", limits=(day,)).solved()
        solution = solve(problem, patterns)
        audit(problem, patterns, solution)
        assert solution.value == value == by_hand(problem, patterns)
    before = World((10, 11), (70, 100), "AA", limits=(Limit("1 a day", 1, DAY, package=True),))
    before.past = {"A": ((0, moment(10)),)}
    assert solve(*before.solved()).columns.plan == ((0,),), "the same moment as one of before"


def test_a_pair_is_worth_its_price_together() -> None:
    """The first of a pair is worth less than the unit it takes, and is had for the second."""
    limits, rules = (FOLLOWED,), (AFTER, FOLLOWS)
    problem, _ = one((0, 24), (10, 100), limits, rules)
    other = Choice(0, "push", None, 60_000, (), ((0, 1),))
    first, second = problem.choices
    problem = replace(
        problem, choices=(replace(first, uses=((0, 1),)), other, second), rows=(Row("unit", 1),)
    )  # fmt: skip
    flags = np.array([[True, False, True], [False, True, False]])
    both = Patterns(flags, np.zeros(2, int), np.ones(2, np.int64))
    solution = solve(problem, both)
    audit(problem, both, solution)
    assert solution.value == by_hand(problem, both) == 110_000
    assert solution.rows[0].price > 10_000 * 1_000_000


def test_what_stays_short_is_named() -> None:
    problem, patterns = one((0, 24), (10, 20), (PAIR,), (OF_PAIR, OF_PAIR))
    alone = replace(patterns, open=np.array([[True, False]]))
    kept = kept_slots(problem, alone, solve(problem, alone))
    assert (kept.could[0], kept.slot[0], kept.row[0], kept.limit[0]) == (True, -1, -1, 0)
    assert kept_for(problem, alone, solve(problem, alone), 0, ()) is None
    single = KNOWN["two or none, and one is left"][0]
    told = kept_slots(*single, solve(*single))
    assert (told.could[0], told.limit[0]) == (False, 0), "in the whole calendar there is no second"
    quiet = KNOWN["not a within three days after b"][0]
    turned = replace(quiet[0], choices=tuple(replace(c, value=10_000 + 90_000 * c.slot) for c in quiet[0].choices))
    assert kept_for(turned, quiet[1], solve(turned, quiet[1]), 0, (1,)) == (1, None), "kept for what b would close"


BROKEN = {
    "never a with b, the dearer one": (0, 1),
    "not a within three days after b": (0, 1),
    "a only after b": (0, 1),
    "b is too long ago": (0, 1),
    "two or none, and both fit": (0,),
    "money for a member": (0, 1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_plan_that_breaks_a_rule_fails_its_audit(name: str) -> None:
    (problem, patterns), _ = KNOWN[name]
    solution = solve(problem, patterns)
    plan = BROKEN[name]
    value = sum(problem.choices[number].value for number in plan)
    wrong = replace(solution, value=value, columns=replace(solution.columns, plan=(plan,)))
    with pytest.raises(PlanAuditError, match=r"breaks|bound"):
        audit(problem, patterns, wrong)
    # The same with a value that the bound allows.
    less = replace(problem, choices=tuple(replace(choice, value=0) for choice in problem.choices))
    with pytest.raises(PlanAuditError, match="breaks"):
        audit(less, patterns, replace(wrong, value=0, bound=0))


def test_a_package_of_two_moments_fails_its_audit() -> None:
    day = Limit("1 a day", 1, DAY, package=True)
    problem, patterns = World((10, 10, 20), (0, 0, 0), "AAA", limits=(day,)).solved()
    solution = solve(problem, patterns)
    for plan, broken in (((0, 1), False), ((0, 2), True)):
        changed = replace(solution, columns=replace(solution.columns, plan=(plan,)))
        if not broken:
            audit(problem, patterns, changed)
            continue
        with pytest.raises(PlanAuditError, match="1 a day"):
            audit(problem, patterns, changed)


@pytest.mark.parametrize(
    ("limits", "rule", "told"),
    [
        ((Limit("x", 1, DAY, least=1),), OF_PAIR, "allows nothing"),
        ((Limit("x", 1, least=2),), OF_PAIR, "asks for more"),
        ((Limit("x", 1, DAY),), Relation(((0, 2),)), "wrong amount"),
        ((Limit("x", 1),), Relation(((0, 0),)), "wrong amount"),
        ((Limit("x", 1),), Relation((), (), (3,)), "unknown limit"),
    ],
)
def test_what_is_no_rule(limits: tuple[Limit, ...], rule: Relation, told: str) -> None:
    problem, patterns = one((0,), (1,), limits, (rule,))
    with pytest.raises(UsageError, match=told):
        solve(problem, patterns)
