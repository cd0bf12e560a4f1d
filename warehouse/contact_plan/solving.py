"""`solve`: presolve, prices, whole members, and the plan laid out column by column."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from warehouse.contact_plan import greedy
from warehouse.contact_plan.canonical import Instance, instance_of
from warehouse.contact_plan.columns import Tariff, exact_sum
from warehouse.contact_plan.layout import Held, columns_of
from warehouse.contact_plan.master import Loss, filled, improved, rounded
from warehouse.contact_plan.pricing import Priced, bound_at, priced
from warehouse.contact_plan.problem import PRICE_SCALE, Flags, Ints, Patterns, Problem, RowUse, Solution, check

SMALL_SHOP = 20_000
"""Below so many members the last few are worth an integer program."""


def solve(problem: Problem, patterns: Patterns, *, warm: Mapping[str, int] | None = None) -> Solution:
    """The plan of the largest total value, and a bound that proves how far from the best it can be.

    `warm` are prices by row name from an earlier solve; they change how long it takes, and where ties or
    the gap leave room, which of the equally good plans is found. UsageError for what is no problem,
    PlanTooLargeError for caps with too many states.
    """
    check(problem, patterns)
    instance = instance_of(problem, patterns)
    tariff = Tariff.of(problem)
    prices = np.zeros(len(problem.rows), np.int64)
    scarce = np.flatnonzero(_may_bind(instance, tariff))
    if len(scarce):
        found = priced(instance, tariff.only(scarce), scarce, _warm_prices(problem, warm, scarce))
        prices[scarce] = found.bound.prices
        held = _whole(instance, tariff, scarce, found)
    bound = bound_at(instance.walker, tariff, instance.treated, instance.capacity, prices=prices)
    if not len(scarce):
        held = Held(np.arange(len(instance.treated)), bound.walked.plan, instance.treated)
    total = bound.total
    if instance.automaton.grain is not None:  # the plans of rounded windows are not all that are allowed
        relaxed = instance_of(problem, patterns, relaxed=True)
        total = bound_at(relaxed.walker, tariff, relaxed.treated, relaxed.capacity, prices=prices).total
    value, use = tariff.of_plans(held.plan)
    used = held.members @ use
    return Solution(
        columns_of(instance, patterns, held, bound.walked.plan),
        exact_sum(value, held.members),
        total // PRICE_SCALE,
        tuple(
            RowUse(row.name, row.capacity, int(used[number]), row.capacity - int(used[number]), int(prices[number]))
            for number, row in enumerate(problem.rows)
        ),
    )


def _may_bind(instance: Instance, tariff: Tariff) -> Flags:
    """Rows that could be asked for more than there is; the others never have a price."""
    asked = (instance.treated @ instance.open) @ tariff.use
    return np.asarray(asked > instance.capacity)


def _warm_prices(problem: Problem, warm: Mapping[str, int] | None, scarce: Ints) -> list[Ints]:
    """An earlier solve's prices and a fifth to both sides: from one vector alone the first master is poor."""
    known = [max(int((warm or {}).get(problem.rows[row].name, 0)), 0) for row in scarce]
    prices = np.array(known, np.int64)
    return [prices, prices * 4 // 5, prices * 6 // 5] if prices.any() else []


def _whole(instance: Instance, tariff: Tariff, scarce: Ints, found: Priced) -> Held:
    """The linear plan rounded and filled, for a small shop an integer program; never worth less than a baseline."""
    pool, capacity, treated = found.pool, instance.capacity[scarce], instance.treated
    members = filled(pool, rounded(pool, found.relaxed.members, treated, capacity), treated, capacity)
    value = exact_sum(pool.value, members)
    if int(treated.sum()) < SMALL_SHOP and value < found.bound.total // PRICE_SCALE:
        members = improved(pool, members, _loss(found), treated, capacity)
        value = exact_sum(pool.value, members)
    best = Held(pool.pattern.astype(np.int64), pool.plan, members)
    if value == found.bound.total // PRICE_SCALE:
        return best
    for way in (greedy.first_come, greedy.nightly):
        other = way(instance, tariff)
        worth = exact_sum(tariff.of_plans(other.plan)[0], other.members)
        best, value = (other, worth) if worth > value else (best, value)
    return best


def _loss(found: Priced) -> Loss:
    """What whole members lose against the bound, column by column."""
    pool, bound = found.pool, found.bound
    best = np.zeros(pool.patterns, np.int64)
    best[found.some] = bound.walked.best
    reduced = pool.value * PRICE_SCALE - np.asarray(pool.use @ bound.prices)
    return Loss(best[pool.pattern] - reduced, best)
