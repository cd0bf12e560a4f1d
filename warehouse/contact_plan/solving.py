"""`solve`: presolve, prices, whole members, and the plan laid out column by column."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from warehouse.contact_plan import greedy, reach
from warehouse.contact_plan.canonical import Instance, instance_of
from warehouse.contact_plan.columns import Tariff, exact_sum
from warehouse.contact_plan.layout import Held, columns_of
from warehouse.contact_plan.master import Master
from warehouse.contact_plan.pricing import Priced, bound_at, priced
from warehouse.contact_plan.problem import (
    PRICE_SCALE,
    Flags,
    InfeasibleError,
    Ints,
    Patterns,
    Problem,
    RowUse,
    Solution,
    check,
    prices_of,
)


def solve(problem: Problem, patterns: Patterns, *, warm: Mapping[str, int] | None = None) -> Solution:
    """The plan of the largest total value, and a bound that proves how far from the best it can be.

    `warm` are prices by row name from an earlier solve; they change how long it takes, and where ties or
    the gap leave room, which of the equally good plans is found. UsageError for what is no problem,
    PlanTooLargeError for caps with too many states, InfeasibleError where signed rows cannot be kept.
    """
    check(problem, patterns)
    instance = instance_of(problem, patterns)
    tariff = Tariff.of(problem)
    prices = np.zeros(len(problem.rows), np.int64)
    scarce = np.flatnonzero(_may_bind(instance, tariff))
    if len(scarce):
        found = priced(instance, tariff.only(scarce), scarce, _warm_prices(problem, warm, scarce))
        if found.short.any():
            found = reach.kept(instance, tariff.only(scarce), scarce, found)
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
        tuple(RowUse.of(row, int(used[number]), int(prices[number])) for number, row in enumerate(problem.rows)),
    )


def solve_within_reach(
    problem: Problem, patterns: Patterns, *, warm: Mapping[str, int] | None = None
) -> tuple[Problem, Solution]:
    """`solve`; where signed rows cannot be kept, the plan that falls short of them by the fewest units.

    The problem comes back with what each row is short of (`Row.short`).
    """
    more = 1
    while True:
        try:
            return problem, solve(problem, patterns, warm=warm)
        except InfeasibleError as error:
            # The first time the linear plan says how much; then only whole members stand in the way.
            units = error.short or dict.fromkeys(reach.demanded(problem), more)
            more *= 2 if not error.short else 1
            before, problem = problem, reach.falling_short(problem, units)
            if problem == before:
                raise


def _may_bind(instance: Instance, tariff: Tariff) -> Flags:
    """Rows that could be asked for more than there is; the others never have a price."""
    asked = (instance.treated @ instance.open) @ tariff.use.maximum(0)
    return np.asarray(asked > instance.capacity)


def _warm_prices(problem: Problem, warm: Mapping[str, int] | None, scarce: Ints) -> list[Ints]:
    """An earlier solve's prices and a fifth to both sides: from one vector alone the first master is poor."""
    prices = prices_of(problem, warm or {})[scarce]
    return [prices, prices * 4 // 5, prices * 6 // 5] if prices.any() else []


def _whole(instance: Instance, tariff: Tariff, scarce: Ints, found: Priced) -> Held:
    """The linear plan rounded and filled, the last few by an integer program; never worth less than a baseline."""
    pool, capacity = found.pool, instance.capacity[scarce]
    signed = any(instance.problem.rows[row].signed for row in scarce)
    linear = found.members
    if signed and reach.add_all_plans(pool, instance):
        linear = np.concatenate([linear, np.zeros(len(pool.pattern) - len(linear))])
    master = Master(pool, instance.treated, capacity)
    members = master.in_whole_members(linear, found.loss())
    value, best = -1, None
    if members is not None:
        value, best = exact_sum(pool.value, members), Held(pool.pattern.astype(np.int64), pool.plan, members)
    if value == found.bound.total // PRICE_SCALE and best is not None:
        return best
    for way in (greedy.first_come, greedy.nightly):
        other = way(instance, tariff)
        plan_value, use = tariff.of_plans(other.plan)
        worth = exact_sum(plan_value, other.members)
        if worth > value and (np.asarray(other.members @ use) <= instance.capacity).all():
            best, value = other, worth
    if best is None:
        raise InfeasibleError({})
    return best
