"""For what somebody is kept who could be contacted now and is not. contact-plan.md, section 6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from warehouse.contact_plan.automaton import CLOSED, Automaton, automaton_of, follow
from warehouse.contact_plan.canonical import closing
from warehouse.contact_plan.layout import plan_rows
from warehouse.contact_plan.problem import Columns, Flags, Ints, Patterns, Problem, Small, Solution
from warehouse.contact_plan.walk import Walker, offers_of

NONE = -1
_CHUNK = 256
"""Patterns whose whole table is looked at together."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """By column: whether it `could` be contacted at the slot and is not, and the `slot` it is kept for.

    If nothing later stands against it, units are kept for others: `row` is the one that costs most. If it
    would stay with less than a least number, nothing is kept, and `limit` is the one that asks for more. All
    are -1 where they say nothing.
    """

    could: Flags
    slot: Small
    row: Small
    limit: Small


def kept_slots(problem: Problem, patterns: Patterns, solution: Solution, slot: int = 0) -> Kept:
    """For what each column's members are kept at `slot`: the first later occurrence of their plan without which
    contacting them now would be allowed; the first later one if no single one is enough."""
    return Keeping.of(problem, patterns, solution).at(slot)


def kept_for(
    problem: Problem, patterns: Patterns, solution: Solution, pattern: int, plan: Sequence[int], *, slot: int = 0
) -> tuple[int, None] | tuple[None, int] | None:
    """The same of one plan: (slot, None), or (None, row), or None if nothing is kept."""
    one = Columns(np.array([pattern], np.int32), (tuple(plan),), np.ones(1, np.int64))
    kept = Keeping.of(problem, patterns, replace(solution, columns=one)).at(slot)
    if kept.slot[0] != NONE:
        return int(kept.slot[0]), None
    return None if kept.row[0] == NONE else (None, int(kept.row[0]))


@dataclass(frozen=True, slots=True, eq=False)
class Keeping:
    """What is asked of a solution slot by slot: where its plans stand before each slot (`nodes`) is worked out once."""

    problem: Problem
    patterns: Patterns
    solution: Solution
    automaton: Automaton
    slot_of: Ints
    plan: Small
    """Columns x slots: the choice number, or -1."""
    nodes: Small
    """Slots x columns."""

    @classmethod
    def of(cls, problem: Problem, patterns: Patterns, solution: Solution) -> Keeping:
        """Every column of the solution."""
        automaton, columns = automaton_of(problem, patterns.pasts), solution.columns
        slot_of = np.array([choice.slot for choice in problem.choices], np.int64)
        plan = plan_rows(columns, slot_of, len(problem.slots))
        nodes = [automaton.roots[patterns.root[columns.pattern]]]
        for slot in range(len(problem.slots) - 1):
            nodes.append(follow(automaton, nodes[-1], plan[:, slot : slot + 1]))
        return cls(problem, patterns, solution, automaton, slot_of, plan, np.stack(nodes))

    def at(self, slot: int) -> Kept:
        """Of each column what it is kept for at a slot."""
        problem, patterns, plan = self.problem, self.patterns, self.plan
        automaton, columns, node = self.automaton, self.solution.columns, self.nodes[slot]
        size = len(columns.pattern)
        could, free = np.zeros(size, np.bool_), np.full(size, NONE, np.int32)
        first = np.full(size, CLOSED, np.int32)  # the node after the first choice the caps allow
        for number in np.flatnonzero(self.slot_of == slot):
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
        short = _stays_short(problem, patterns, columns.pattern[conflict], first[conflict])
        later, limit = np.full(size, NONE, np.int32), np.full(size, NONE, np.int32)
        least = _least_of(problem, slot)
        limit[conflict[short]] = least
        conflict = conflict[~short]
        later[conflict] = _stands_against(automaton, first[conflict], plan[conflict], slot)
        # It could come to enough, and the plan has better things for what that needs.
        limit[conflict[later[conflict] == NONE]] = least
        never = _never_enough(problem, patterns, columns.pattern, plan, slot)
        closed = np.flatnonzero(never & ~could & (plan[:, slot] < 0))
        limit[closed] = least
        if least == NONE:  # it takes what a least number of others needs
            later[closed] = _first_later(plan[closed], slot)
        return Kept(could, later, _dearest(problem, self.solution, free), limit)


def _least_of(problem: Problem, slot: int) -> int:
    """The first limit of a least number that choices of the slot count for."""
    counted = {limit for choice in problem.choices if choice.slot == slot for limit, _ in choice.rules.counts}
    return next((number for number in sorted(counted) if problem.limits[number].least), NONE)


def _never_enough(problem: Problem, patterns: Patterns, pattern: Small, plan: Small, slot: int) -> Flags:
    """Whom something at the slot would be allowed to, were there no least numbers."""
    allowed = np.zeros(len(pattern), np.bool_)
    if not any(limit.least for limit in problem.limits):
        return allowed
    problem = replace(problem, limits=tuple(replace(limit, least=0) for limit in problem.limits))
    automaton = automaton_of(problem, patterns.pasts)
    node = follow(automaton, automaton.roots[patterns.root[pattern]], plan[:, :slot])
    for number, choice in enumerate(problem.choices):
        if choice.slot == slot:
            after = automaton.take[automaton.class_of[number], node]
            allowed |= patterns.open[pattern, number] & (after != CLOSED)
    return allowed


def _stays_short(problem: Problem, patterns: Patterns, pattern: Small, node: Small) -> Flags:
    """Whether nothing that is open to the pattern leads from the node to enough of a least number."""
    short = np.zeros(len(node), np.bool_)
    if not any(limit.least for limit in problem.limits):
        return short
    automaton = automaton_of(problem, patterns.pasts)
    among, place = np.unique(pattern, return_inverse=True)
    walker = Walker(automaton, offers_of(problem, patterns.open[among]), np.zeros(len(among), np.int32))
    for start in range(0, len(among), _CHUNK):
        some = np.arange(start, min(start + _CHUNK, len(among)))
        table = walker.values(np.zeros(len(problem.choices), np.int64), some)
        mine = np.flatnonzero((place >= start) & (place < start + _CHUNK))
        short[mine] = table[node[mine], place[mine] - start] < 0
    return short


def _stands_against(automaton: Automaton, node: Small, plan: Small, slot: int) -> Small:
    """The first later contact without which the plan goes on from `node`; the first later one if there is none.

    None at all where the plan has nothing later: a least number is what it cannot be beside.
    """
    # Every plan once for each of its later contacts, without that one; all of them followed together.
    who, later = np.nonzero(plan[:, slot + 1 :] >= 0)
    without = plan[who, slot + 1 :]
    without[np.arange(len(who)), later] = -1
    fits = follow(automaton, node[who], without) != CLOSED
    told = _first_later(plan, slot)
    among, first = np.unique(who[fits], return_index=True)
    told[among] = slot + 1 + later[fits][first]
    return told


def _first_later(plan: Small, slot: int) -> Small:
    """The first contact of each plan after the slot, or `NONE`."""
    behind = plan[:, slot + 1 :] >= 0
    if not behind.shape[1]:
        return np.full(len(plan), NONE, np.int32)
    return np.where(behind.any(axis=1), slot + 1 + np.argmax(behind, axis=1), NONE).astype(np.int32)


def _dearest(problem: Problem, solution: Solution, number: Small) -> Small:
    """Of each choice the row whose units cost most; none where prices are 0."""
    dearest: Ints = np.full(len(problem.choices) + 1, NONE, np.int64)
    for place in np.unique(number[number >= 0]).tolist():
        costs = [(solution.rows[row].price * amount, -row) for row, amount in problem.choices[place].uses]
        cost, row = max(costs, default=(0, 0))
        dearest[place] = -row if cost > 0 else NONE
    return dearest[number].astype(np.int32)
