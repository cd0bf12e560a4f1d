"""What is no problem is told; what is only empty, closed or overdrawn has a right answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from campaign_calendars.findings.errors import UsageError
from tests.warehouse.contact_plan.worlds import CAP, World, by_pattern, moment, slot
from warehouse.contact_plan import (
    Choice,
    Limit,
    Past,
    Patterns,
    PlanAuditError,
    PlanTooLargeError,
    Problem,
    Row,
    Slot,
    audit,
    first_come,
    nightly,
    solve,
)
from warehouse.contact_plan import automaton as automata
from warehouse.contact_plan.automaton import automaton_of

WORLD = World((10, 58), (60, 100), ("AB", "BC"), rows={"stock": 2}, uses={0: ((0, 1),), 1: ((0, 1),)})


def wrong(**changed: object) -> Problem:
    return replace(WORLD.problem(), **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (wrong(slots=(slot(58), slot(10))), "after a later occurrence"),
        (wrong(slots=(Slot(datetime(2026, 3, 1), "a", "2026-03-01"), slot(58))), "without a time zone"),
        (wrong(limits=(replace(CAP, max=-1),)), "allows nothing"),
        (wrong(limits=(replace(CAP, window=timedelta(0)),)), "allows nothing"),
        (wrong(choices=(Choice(1, "sms", None, 1), Choice(0, "sms", None, 1))), "not at its slot"),
        (wrong(choices=(Choice(0, "sms", None, 1, (4,)), Choice(1, "sms", None, 1))), "unknown limit"),
        (wrong(choices=(Choice(0, "sms", None, 1, (), ((0, -1),)), Choice(1, "sms", None, 1))), "wrong amount"),
        (wrong(choices=(Choice(0, "sms", None, -1), Choice(1, "sms", None, 1))), "not a whole number"),
        (wrong(choices=(Choice(0, "sms", None, float("nan")), Choice(1, "sms", None, 1))), "not a whole number"),
    ],
)
def test_no_calendar(problem: Problem, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        solve(problem, WORLD.patterns())


def test_no_patterns() -> None:
    patterns = WORLD.patterns()
    for changed in (
        replace(patterns, treated=-patterns.treated),
        replace(patterns, root=patterns.root + 9),
        replace(patterns, open=patterns.open[:, :1]),
        replace(patterns, pasts=(Past(((7, None),)),) * 3),
    ):
        with pytest.raises(UsageError):
            solve(WORLD.problem(), changed)


def test_numbers_too_large_to_add_up() -> None:
    with pytest.raises(PlanTooLargeError, match="priorities"):
        solve(replace(WORLD, points=(10**10, 1)).problem(), WORLD.patterns())
    with pytest.raises(PlanTooLargeError, match="stock"):
        solve(replace(WORLD, rows={"stock": 2**60}).problem(), WORLD.patterns())


@pytest.mark.parametrize("capacity", [0, -5])
def test_nothing_left_or_overdrawn(capacity: int) -> None:
    problem, patterns = replace(WORLD, rows={"stock": capacity}).solved()
    solution = solve(problem, patterns)
    audit(problem, patterns, solution)
    assert (solution.value, solution.bound, solution.gap) == (0, 0, 0.0)
    assert (solution.rows[0].used, solution.rows[0].slack, solution.rows[0].price) == (0, capacity, 0)


def test_one_unit_that_is_too_small_for_anybody() -> None:
    problem, patterns = replace(WORLD, uses={0: ((0, 3),), 1: ((0, 1),)}).solved()
    solution = solve(problem, patterns)
    assert (solution.value, solution.bound) == (200_000, 200_000)


def test_empty_calendars_and_nobody() -> None:
    nobody = Patterns(np.zeros((0, 2), bool), np.zeros(0, int), np.zeros(0, np.int64))
    assert solve(WORLD.problem(), nobody).columns.plan == ()
    assert first_come(WORLD.problem(), nobody).value == nightly(WORLD.problem(), nobody).value == 0
    empty = Patterns(np.zeros((2, 0), bool), np.zeros(2, int), np.array([3, 4]))
    solution = solve(Problem((), ()), empty)
    assert by_pattern(solution.columns) == {0: [((), 3)], 1: [((), 4)]}


def test_held_out_patterns_follow_the_plan_and_use_nothing() -> None:
    problem, patterns = replace(WORLD, rows={"stock": 1}).solved()
    patterns = replace(patterns, treated=np.array([1, 0, 0]))
    solution = solve(problem, patterns)
    audit(problem, patterns, solution)
    assert by_pattern(solution.columns) == {0: [((0,), 1)], 1: [((0, 1), 0)], 2: [((1,), 0)]}
    assert solution.rows[0].used == 1


def test_a_cap_of_none_and_contacts_beyond_a_cap() -> None:
    assert solve(*replace(WORLD, limits=(Limit("none", 0),), rows={}, uses={}).solved()).value == 0
    full = World((10, 20), (30, 60), "AA", past={"A": ((0, moment(-3)), (0, moment(-4)), (0, moment(-5)))})
    assert solve(*full.solved()).columns.plan == ((1,),)


def test_two_occurrences_at_one_moment_both_count() -> None:
    day = Limit("2/day", 2, timedelta(hours=24))
    solution = solve(*World((10, 10, 10), (30, 60, 50), "AAA", limits=(day,)).solved())
    assert (solution.columns.plan, solution.value) == (((1, 2),), 110_000)


def test_long_windows_are_rounded_and_the_bound_still_proves() -> None:
    hours = [24.0 * day + 10 for day in range(60)]
    month = Limit("8/30d", 8, timedelta(days=30))
    points = [10 + (day * 7) % 13 for day in range(60)]
    problem, patterns = World(hours, points, ["A"] * 60, limits=(CAP, month)).solved()
    automaton = automaton_of(problem, patterns.pasts)
    solution = solve(problem, patterns)
    audit(problem, patterns, solution)
    assert automaton.grain is not None
    assert automaton.states < automata.EXACT_STATES
    assert 0 < solution.gap < 0.1


def test_caps_with_too_many_states_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automata, "MAX_STATES", 500)
    hours = [7.0 * number for number in range(30)]
    busy = Limit("9/5d", 9, timedelta(days=5))
    with pytest.raises(PlanTooLargeError, match=r"9/5d is the widest") as raised:
        solve(*World(hours, [10] * 30, ["A"] * 30, limits=(busy,)).solved())
    assert "9/5d" in raised.value.text("zh")


def _broken(change: str) -> PlanAuditError:
    problem, patterns = WORLD.solved()
    solution = solve(problem, patterns)
    columns = solution.columns
    broken = {
        "value": replace(solution, value=solution.value + 1),
        "bound": replace(solution, bound=solution.bound - 1),
        "use": replace(solution, rows=(replace(solution.rows[0], used=1, slack=1),)),
        "members": replace(solution, columns=replace(columns, members=columns.members + 1)),
        "open": replace(solution, columns=replace(columns, plan=((1,), (1,), (1,)))),
        "order": replace(solution, columns=replace(columns, plan=((), (1, 0), (1,)))),
    }
    with pytest.raises(PlanAuditError) as raised:
        audit(problem, patterns, broken[change])
    return raised.value


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("value", "its value"),
        ("bound", "its bound"),
        ("use", "the use of its rows"),
        ("members", "do not add up"),
        ("open", "not open"),
        ("order", "no plan"),
    ],
)
def test_a_plan_that_is_not_what_it_says_fails_its_audit(change: str, told: str) -> None:
    assert told in _broken(change).message


def test_a_plan_that_breaks_a_cap_or_a_row_fails_its_audit() -> None:
    problem, patterns = World((10, 20), (30, 60), "AA").solved()
    solution = solve(problem, patterns)
    both = replace(solution, columns=replace(solution.columns, plan=((0, 1),)), value=90_000, bound=90_000)
    with pytest.raises(PlanAuditError, match=r"breaks 1/20h|bound"):
        audit(problem, patterns, both)
    problem, patterns = replace(WORLD, rows={"stock": 3}).solved()
    solution = solve(problem, patterns)
    with pytest.raises(PlanAuditError, match=r"use of its rows|than there is"):
        audit(replace(problem, rows=(Row("stock", 1),)), patterns, solution)
