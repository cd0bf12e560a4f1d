"""Prices of the shared rows by column generation, and the bound they prove.

For any prices, capacity times price plus every member's best plan at these prices is at least what any
plan is worth. Prices are whole numbers (times `PRICE_SCALE`), so the bound is exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.contact_plan.canonical import Instance
from warehouse.contact_plan.columns import Pool, Tariff, exact_sum
from warehouse.contact_plan.master import Master, Relaxed
from warehouse.contact_plan.problem import PRICE_SCALE, Ints
from warehouse.contact_plan.walk import Walked, Walker

ROUNDS = 40
GOAL = 2e-6
"""Where the search for prices ends: linear plan and bound this close, relatively."""
SAMPLE_GOAL = 3e-4
SAMPLE_PATTERNS = 2_000
KEPT_PRICES = 6
"""So many of the sample's last prices make the first columns of all patterns."""


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """Prices, what they prove (whole 1/1000 points times `PRICE_SCALE`), and the walk at them."""

    prices: Ints
    total: int
    walked: Walked


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """The end of column generation: all columns, the linear plan, the best bound, all prices that were tried.

    The bound's walk is of the patterns `some`.
    """

    pool: Pool
    relaxed: Relaxed
    bound: Bound
    tried: tuple[Ints, ...]
    some: Ints


def bound_at(
    walker: Walker, tariff: Tariff, treated: Ints, capacity: Ints, *, prices: Ints, some: Ints | None = None
) -> Bound:
    """What no plan of all patterns (or of `some`, `treated` members each) can be worth more than, at some prices."""
    worth = tariff.value * PRICE_SCALE - np.asarray(tariff.use @ prices, np.int64)
    walked = walker.walk(worth, some)
    total = exact_sum(walked.best, treated)
    total += sum(int(price) * int(room) for price, room in zip(prices, capacity, strict=True))
    return Bound(prices, total, walked)


def priced(instance: Instance, tariff: Tariff, scarce: Ints, warm: Sequence[Ints]) -> Priced:
    """Columns and prices for all patterns; first on a sample of them, where there are many and nothing is known.

    `tariff` and prices are of the rows `scarce` only.
    """
    capacity = instance.capacity[scarce]
    start = list(warm) or [np.zeros(len(capacity), np.int64)]
    active = np.flatnonzero(instance.treated)
    if not warm and len(active) > SAMPLE_PATTERNS:
        some, treated = _sampled(instance.treated)
        share = int(treated.sum()) / int(instance.treated.sum())
        part = _Search(instance, tariff, some, treated, np.floor(capacity * share).astype(np.int64))
        start = list(part.run(start, SAMPLE_GOAL).tried[-KEPT_PRICES:])
    return _Search(instance, tariff, active, instance.treated[active], capacity).run(start, GOAL)


def _sampled(treated: Ints) -> tuple[Ints, Ints]:
    """About `SAMPLE_PATTERNS` patterns, every so-many-th member in their order: numbers and members of each."""
    upto = np.cumsum(treated)
    step = max(int(upto[-1]) // 40_000, 1)
    while True:
        drawn = np.diff((upto + step // 2) // step, prepend=0)
        if (drawn > 0).sum() <= SAMPLE_PATTERNS:
            return np.flatnonzero(drawn), drawn[drawn > 0]
        step *= 2


@dataclass(slots=True, eq=False)
class _Search:
    """Column generation over the patterns `some`, with `treated` members each."""

    instance: Instance
    tariff: Tariff
    some: Ints
    treated: Ints
    capacity: Ints

    def run(self, start: Sequence[Ints], goal: float) -> Priced:
        instance = self.instance
        pool = Pool(self.tariff, len(instance.treated), len(instance.problem.slots))
        members = np.zeros(len(instance.treated), np.int64)
        members[self.some] = self.treated
        tried = list(start)
        best = min((self._priced_into(pool, prices) for prices in start), key=lambda bound: bound.total)
        master = Master(pool, members, self.capacity)
        for number in range(ROUNDS):
            relaxed = master.relaxed()
            if best.total - relaxed.value * PRICE_SCALE <= goal * best.total:
                break
            prices = relaxed.prices if number % 2 == 0 else (7 * best.prices + 3 * relaxed.prices) // 10
            size = len(pool.pattern)
            bound = self._priced_into(pool, prices)
            tried.append(prices)
            best = bound if bound.total < best.total else best
            if len(pool.pattern) == size and number % 2 == 0:
                break
        return Priced(pool, relaxed, best, tuple(tried), self.some)

    def _priced_into(self, pool: Pool, prices: Ints) -> Bound:
        bound = bound_at(self.instance.walker, self.tariff, self.treated, self.capacity, prices=prices, some=self.some)
        pool.add(self.some.astype(np.int32), bound.walked.plan)
        return bound
