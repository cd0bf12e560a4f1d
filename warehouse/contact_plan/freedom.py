"""What else members could have at one slot while the rest of their plan stands, and what is left for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.contact_plan.automaton import CLOSED, automaton_of, follow
from warehouse.contact_plan.canonical import affordable
from warehouse.contact_plan.layout import plan_rows
from warehouse.contact_plan.problem import Flags, Ints, Patterns, Problem, Small, Solution


@dataclass(frozen=True, slots=True, eq=False)
class Freedom:
    """Of one slot: its `choices`, which of them each column could have (columns x choices), and by row what is `left`.

    A column that could not do without its contact is free for nothing. `left` is the room of each row without
    what all other slots use of it, and without what columns use here that are free for nothing.
    """

    choices: Ints
    open: Flags
    left: Ints


def freedom_at(problem: Problem, patterns: Patterns, solution: Solution, slot: int) -> Freedom:
    """Every other contact of a plan stays as it is: caps and rules are kept whichever of the choices is taken."""
    columns = solution.columns
    slot_of = np.array([choice.slot for choice in problem.choices], np.int64)
    choices = np.flatnonzero(slot_of == slot)
    plan = plan_rows(columns, slot_of, len(problem.slots))
    may = patterns.open[columns.pattern][:, choices] & affordable(problem)[choices]
    concerned = np.flatnonzero(may.any(axis=1))
    automaton = automaton_of(problem, patterns.pasts)
    node = follow(automaton, automaton.roots[patterns.root[columns.pattern[concerned]]], plan[concerned, :slot])
    behind = plan[concerned, slot + 1 :]
    without = follow(automaton, automaton.skip[node], behind) != CLOSED
    for place, number in enumerate(choices):
        some = np.flatnonzero(may[concerned, place])
        after = automaton.take[automaton.class_of[number], node[some]]
        some, after = some[after != CLOSED], after[after != CLOSED]
        fits: Flags = np.zeros(len(concerned), np.bool_)
        fits[some] = follow(automaton, after, behind[some]) != CLOSED
        may[concerned, place] = fits & without
    return Freedom(choices, may, _left(problem, solution, plan, slot, np.asarray(may.any(axis=1))))


def _left(problem: Problem, solution: Solution, plan: Small, slot: int, free: Flags) -> Ints:
    members = solution.columns.members
    counted = np.zeros(len(problem.choices), np.int64)
    for at in range(plan.shape[1]):
        here = (plan[:, at] >= 0) & ~(free & (at == slot))
        np.add.at(counted, plan[here, at], members[here])
    left = np.array([row.room for row in problem.rows], np.int64)
    for number, choice in enumerate(problem.choices):
        for row, amount in choice.uses:
            left[row] -= counted[number] * amount
    return left
