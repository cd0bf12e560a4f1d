"""For what somebody is kept who could be contacted now and is not. contact-plan.md, section 6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.contact_plan.automaton import CLOSED, Automaton, automaton_of
from warehouse.contact_plan.canonical import closing
from warehouse.contact_plan.layout import plan_rows
from warehouse.contact_plan.problem import Columns, Flags, Ints, Patterns, Problem, Small, Solution

NONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """By column: whether it `could` be contacted at the slot and is not, and the `slot` it is kept for.

    If nothing later stands against it, units are kept for others: `row` is the one that costs most. Both
    are -1 if nothing is kept.
    """

    could: Flags
    slot: Small
    row: Small


def kept_slots(problem: Problem, patterns: Patterns, solution: Solution, slot: int = 0) -> Kept:
    """For what each column's members are kept at `slot`: the first later occurrence of their plan without which
    contacting them now would be allowed; the first later one if no single one is enough."""
    return _kept(problem, patterns, solution, solution.columns, slot)


def kept_for(
    problem: Problem, patterns: Patterns, solution: Solution, pattern: int, plan: Sequence[int], *, slot: int = 0
) -> tuple[int, None] | tuple[None, int] | None:
    """The same of one plan: (slot, None), or (None, row), or None if nothing is kept."""
    one = Columns(np.array([pattern], np.int32), (tuple(plan),), np.ones(1, np.int64))
    kept = _kept(problem, patterns, solution, one, slot)
    if kept.slot[0] != NONE:
        return int(kept.slot[0]), None
    return None if kept.row[0] == NONE else (None, int(kept.row[0]))


def _kept(problem: Problem, patterns: Patterns, solution: Solution, columns: Columns, slot: int) -> Kept:
    automaton = automaton_of(problem, patterns.pasts)
    slot_of = np.array([choice.slot for choice in problem.choices], np.int64)
    plan = plan_rows(columns, slot_of, len(problem.slots))
    node = automaton.roots[patterns.root[columns.pattern]]
    node = follow(automaton, node, plan[:, :slot])
    size = len(columns.pattern)
    could, free = np.zeros(size, np.bool_), np.full(size, NONE, np.int32)
    first = np.full(size, CLOSED, np.int32)  # the node after the first choice the caps allow
    for number in np.flatnonzero(slot_of == slot):
        if closing(problem, problem.choices[number]):
            continue
        after = automaton.take[automaton.class_of[number], node]
        may = patterns.open[columns.pattern, number] & (plan[:, slot] < 0) & (after != CLOSED)
        first = np.where(may & ~could, after, first)
        could |= may
        fits = may & (free == NONE)
        fits[fits] = follow(automaton, after[fits], plan[fits, slot + 1 :]) != CLOSED
        free[fits] = number
    conflict = np.flatnonzero(could & (free == NONE))
    later = np.full(size, NONE, np.int32)
    later[conflict] = _stands_against(automaton, first[conflict], plan[conflict], slot)
    return Kept(could, later, _dearest(problem, solution, free))


def _stands_against(automaton: Automaton, node: Small, plan: Small, slot: int) -> Small:
    """The first later contact without which the plan goes on from `node`; the first later one if there is none."""
    told = np.full(len(plan), NONE, np.int32)
    for later in range(slot + 1, plan.shape[1]):
        some = np.flatnonzero((plan[:, later] >= 0) & (told == NONE))
        without = plan[some, slot + 1 :]
        without[:, later - slot - 1] = -1
        some = some[follow(automaton, node[some], without) != CLOSED]
        told[some] = later
    rest = np.flatnonzero(told == NONE)
    if not len(rest):  # at the last slot there is nothing later, and so no conflict
        return told
    told[rest] = slot + 1 + np.argmax(plan[rest, slot + 1 :] >= 0, axis=1)
    return told


def follow(automaton: Automaton, node: Small, plan: Small) -> Small:
    """Where a plan (plans x slots, from the layer of `node`) leads; `CLOSED` if the caps forbid it."""
    for numbers in plan.T:
        chosen = np.flatnonzero(numbers >= 0)
        after = automaton.skip[node]
        after[chosen] = automaton.take[automaton.class_of[numbers[chosen]], node[chosen]]
        node = after
    return node


def _dearest(problem: Problem, solution: Solution, number: Small) -> Small:
    """Of each choice the row whose units cost most; none where prices are 0."""
    dearest: Ints = np.full(len(problem.choices) + 1, NONE, np.int64)
    for place, choice in enumerate(problem.choices):
        costs = [(solution.rows[row].price * amount, -row) for row, amount in choice.uses]
        cost, row = max(costs, default=(0, 0))
        dearest[place] = -row if cost > 0 else NONE
    return dearest[number].astype(np.int32)
