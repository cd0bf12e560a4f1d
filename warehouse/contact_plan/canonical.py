"""Patterns in an order of their own, so that the order they come in changes nothing; equal ones together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import gcd

import numpy as np

from warehouse.contact_plan.automaton import Automaton, automaton_of
from warehouse.contact_plan.problem import Choice, Flags, Ints, Patterns, Problem, Small
from warehouse.contact_plan.walk import Walker, offers_of


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """A problem ready to be solved: what can never be given is closed, patterns are distinct and sorted.

    `of` is for each pattern of the caller its number here; `order` the caller's patterns, sorted so that
    those of one number stand together.
    """

    problem: Problem
    automaton: Automaton
    walker: Walker
    open: Flags
    treated: Ints
    capacity: Ints
    of: Ints
    order: Ints

    @property
    def roots(self) -> Small:
        return self.walker.roots


def instance_of(problem: Problem, patterns: Patterns, *, relaxed: bool = False) -> Instance:
    """Presolve and sort. A choice that asks for more of a row than there is left is closed."""
    automaton = automaton_of(problem, patterns.pasts, relaxed=relaxed)
    capacity = np.array(rooms(problem), np.int64)
    open_choices = patterns.open & affordable(problem)
    roots = automaton.roots[patterns.root] if len(patterns.root) else np.zeros(0, np.int32)
    keys = np.concatenate([np.packbits(open_choices, axis=1), _bytes_of(roots)], axis=1)
    _, index, of = np.unique(_rows_as_one(keys), return_index=True, return_inverse=True)
    treated = np.zeros(len(index), np.int64)
    np.add.at(treated, of, patterns.treated)
    order = np.lexsort((patterns.root, _ranks(patterns), of))
    offered = np.ascontiguousarray(open_choices[index])
    walker = Walker(automaton, offers_of(problem, offered), roots[index])
    return Instance(problem, automaton, walker, offered, treated, capacity, of.astype(np.int64), order.astype(np.int64))


def rooms(problem: Problem) -> list[int]:
    """Of each row the most that a plan can come to: what all choices take a multiple of is never filled in between.

    A stock of 150 units at 0.848 each is 176 units: without this the linear plan would promise 176.9 of them.
    """
    steps = [0] * len(problem.rows)
    for choice in problem.choices:
        for row, amount in choice.uses:
            steps[row] = gcd(steps[row], int(amount))
    return [
        row.room if row.signed or row.capacity is None or not step else row.room // step * step
        for row, step in zip(problem.rows, steps, strict=True)
    ]


def affordable(problem: Problem) -> Flags:
    """The choices that ask for no more of any row than there is; a signed one is told by whole plans only."""
    return np.array([not closing(problem, choice) for choice in problem.choices], np.bool_)


def closing(problem: Problem, choice: Choice) -> list[int]:
    """The rows that a choice asks for more of than there is."""
    rows = problem.rows
    return [row for row, amount in choice.uses if not rows[row].signed and amount > rows[row].room]


def with_rows(problem: Problem, capacities: Ints) -> Problem:
    """The same problem with other capacities."""
    rows = tuple(
        row if row.capacity is None else replace(row, capacity=int(capacity), short=0)
        for row, capacity in zip(problem.rows, capacities, strict=True)
    )
    return replace(problem, rows=rows)


def _bytes_of(numbers: Small) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.ascontiguousarray(numbers.astype(">u4")).view(np.uint8).reshape(-1, 4)


def _rows_as_one(keys: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Each row of bytes as one thing that sorts as the bytes do."""
    return np.ascontiguousarray(keys).view(np.dtype((np.void, keys.shape[1]))).ravel()


def _ranks(patterns: Patterns) -> Ints:
    """Sort key inside equal patterns: the past, told by its moments and not by its number, then the members."""
    told = [sorted((limit, at.isoformat() if at else "") for limit, at in past.held) for past in patterns.pasts]
    place = np.empty(len(told), np.int64)
    ranked: dict[str, int] = {text: rank for rank, text in enumerate(sorted({str(held) for held in told}))}
    for number, held in enumerate(told):
        place[number] = ranked[str(held)]
    members = int(patterns.treated.max(initial=0)) + 1
    return np.asarray(place[patterns.root] * members + patterns.treated, np.int64)
