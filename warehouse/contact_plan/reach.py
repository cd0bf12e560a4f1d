"""Minimums, averages and shares that cannot be kept: by how much, and which of them stand against each other.

The search for prices with nothing to be gained: what it proves is how far every plan is from keeping its rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from warehouse.contact_plan.automaton import CLOSED
from warehouse.contact_plan.canonical import Instance, closing, instance_of
from warehouse.contact_plan.columns import Pool, Tariff
from warehouse.contact_plan.pricing import Priced, Search
from warehouse.contact_plan.problem import InfeasibleError, Ints, Patterns, Problem, check

_GOAL = 1e-6
ALL_PLANS = 3_000
"""So many plans of all patterns are listed one by one; a plan of whole members is then found if there is one."""


def demanded(problem: Problem) -> list[str]:
    """The rows that a plan without contacts does not keep."""
    return [row.name for row in problem.rows if row.signed and row.room < 0]


def falling_short(problem: Problem, units: Mapping[str, int]) -> Problem:
    """The problem whose rows may be passed by so many units more; none has to allow more than no contact takes."""
    rows = [
        replace(row, short=row.short + min(units[row.name], max(-row.room, 0))) if row.name in units else row
        for row in problem.rows
    ]
    return replace(problem, rows=tuple(rows))


def kept(instance: Instance, tariff: Tariff, scarce: Ints, found: Priced) -> Priced:
    """The search again, from columns that keep all rows; InfeasibleError where no plan does."""
    nearest = _nearest(instance, tariff, scarce, found.pool)
    if nearest.short.any():
        rows = instance.problem.rows
        short = zip(scarce, np.ceil(nearest.short), strict=True)
        raise InfeasibleError({rows[row].name: int(units) for row, units in short if units})
    search = Search.of(instance, tariff, scarce)
    hard = replace(search.dear, beyond=np.zeros(len(scarce), np.int64))
    return replace(search, dear=hard, known=nearest.pool).run([found.bound.prices], _GOAL)


def conflict(problem: Problem, patterns: Patterns) -> tuple[str, ...]:
    """Rows that no plan keeps together, and that could be kept if any one of them were not: () if all can be kept."""
    check(problem, patterns)
    rows = _proved(problem, patterns, range(len(problem.rows)))
    if rows is None:
        return ()
    closed = {row for choice in problem.choices for row in closing(problem, choice)}
    wanted = sorted({*rows, *closed})
    for row in tuple(wanted):
        without = [other for other in wanted if other != row]
        if _proved(problem, patterns, without) is not None:
            wanted = without
    return tuple(problem.rows[row].name for row in wanted)


def _proved(problem: Problem, patterns: Patterns, rows: Sequence[int]) -> list[int] | None:
    """Of these rows the ones with a price in the proof that they cannot be kept together; None if they can."""
    some = set(rows)
    told = [row if n in some else replace(row, capacity=None) for n, row in enumerate(problem.rows)]
    problem = replace(problem, rows=tuple(told))
    instance = instance_of(problem, patterns)
    scarce = np.array(sorted(some), np.int64)
    if not len(scarce):
        return None
    nearest = _nearest(instance, Tariff.of(problem).only(scarce), scarce, None)
    if not nearest.short.any():
        return None
    return [int(row) for row, price in zip(scarce, nearest.bound.prices, strict=True) if price]


def _nearest(instance: Instance, tariff: Tariff, scarce: Ints, known: Pool | None) -> Priced:
    """The linear plan that is short of what is demanded by as little as can be, whatever it is worth.

    What a plan without contacts keeps is kept: nobody breaks a share or an average to reach a minimum.
    """
    search = Search.of(instance, replace(tariff, value=np.zeros_like(tariff.value)), scarce)
    beyond = np.where(search.capacity < 0, search.dear.beyond, 0)
    search = replace(search, known=known, dear=replace(search.dear, beyond=beyond))
    return search.run([np.zeros(len(scarce), np.int64), beyond], _GOAL)


def add_all_plans(pool: Pool, instance: Instance) -> bool:
    """Every plan of every pattern into the pool, if they are few."""
    automaton, choices = instance.automaton, instance.walker.offers.choices
    patterns: list[int] = []
    plans: list[tuple[int, ...]] = []
    for pattern in np.flatnonzero(instance.treated).tolist():
        ways: list[tuple[int, tuple[int, ...]]] = [(int(instance.roots[pattern]), ())]
        for numbers in choices:
            mine = [number for number in numbers if instance.open[pattern, number]]
            after = []
            for node, plan in ways:
                after.append((int(automaton.skip[node]), (*plan, -1)))
                for number in mine:
                    to = int(automaton.take[automaton.class_of[number], node])
                    if to != CLOSED:
                        after.append((to, (*plan, number)))
            ways = after
            if len(ways) + len(plans) > ALL_PLANS:
                return False
        patterns += [int(pattern)] * len(ways)
        plans += [plan for _, plan in ways]
    if plans:
        pool.add(np.array(patterns, np.int32), np.array(plans, np.int32))
    return True
