"""Prices of the shared rows by column generation, and the bound they prove.

For any prices, capacity times price plus every member's best plan at these prices is at least what any
plan is worth. Prices are whole numbers (times `PRICE_SCALE`), so the bound is exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from warehouse.contact_plan.canonical import Instance
from warehouse.contact_plan.columns import Pool, Tariff, exact_sum
from warehouse.contact_plan.master import Loss
from warehouse.contact_plan.problem import MAX_EXACT, PRICE_SCALE, Ints
from warehouse.contact_plan.relaxation import Relaxation
from warehouse.contact_plan.walk import Floats, Walked, Walker

ROUNDS = 40
GOAL = 2e-6
"""Where the search for prices ends: linear plan and bound this close, relatively."""
SAMPLE_GOAL = 3e-4
SAMPLE_PATTERNS = 300
KEPT_PRICES = 8
"""So many of the sample's best prices make the first columns of all patterns."""
DEAR = 256
"""A unit short of a signed row costs so many times what the best choice is worth, while prices are looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """Prices, what they prove (whole 1/1000 points times `PRICE_SCALE`), and the walk at them."""

    prices: Ints
    total: int
    walked: Walked


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """The end of column generation: all columns, the linear plan, the best bound (its walk is of `some`).

    `short` is what the linear plan goes beyond each signed row, where it had to.
    """

    pool: Pool
    members: Floats
    bound: Bound
    some: Ints
    tried: tuple[Ints, ...]
    short: Floats

    def loss(self) -> Loss:
        """What whole members lose against the bound, column by column."""
        return _loss(self.pool, self.bound, self.some)


def bound_at(
    walker: Walker, tariff: Tariff, treated: Ints, capacity: Ints, *, prices: Ints, some: Ints | None = None
) -> Bound:
    """What no plan of all patterns (or of `some`, `treated` members each) can be worth more than, at some prices."""
    worth = tariff.value * PRICE_SCALE - np.asarray(tariff.use @ prices, np.int64)
    walked = walker.walk(worth, some)
    total = exact_sum(walked.best, treated)
    total += sum(int(price) * int(room) for price, room in zip(prices, capacity, strict=True))
    return Bound(prices, total, walked)


@dataclass(frozen=True, slots=True, eq=False)
class Dear:
    """Of each row the highest price, and at which price a plan may go `beyond` it (0: it may not).

    Prices of signed rows raise what choices are worth, so together they stay below what is exact.
    """

    most: Ints
    beyond: Ints

    @classmethod
    def of(cls, instance: Instance, tariff: Tariff, scarce: Ints) -> Dear:
        """`tariff` is of the rows `scarce`; a plan may go beyond signed ones."""
        signed = np.array([instance.problem.rows[row].signed for row in scarce], np.bool_)
        most, beyond = np.full(len(scarce), MAX_EXACT, np.int64), np.zeros(len(scarce), np.int64)
        if signed.any():
            slots = np.array([choice.slot for choice in instance.problem.choices], np.int64)
            amounts = np.abs(tariff.use.toarray())[:, signed]
            largest = np.maximum(amounts.max(axis=0, initial=0), 1)
            raised = np.zeros((len(instance.problem.slots), amounts.shape[1]))
            np.maximum.at(raised, slots, amounts / largest)
            exact = MAX_EXACT // 2 / max(float(raised.sum()), 1.0)  # what a row may add to one choice
            dear = min(exact / 2, float(DEAR * PRICE_SCALE * max(int(tariff.value.max(initial=0)), 1)))
            most[signed] = np.maximum(exact // largest, 1).astype(np.int64)
            beyond[signed] = np.maximum(dear // largest, 1).astype(np.int64)
        return cls(most, beyond)


def priced(instance: Instance, tariff: Tariff, scarce: Ints, warm: Sequence[Ints]) -> Priced:
    """Columns and prices for all patterns; first on a sample of them, where there are many.

    `tariff` and prices are of the rows `scarce` only. Earlier prices (`warm`) halve the time of few patterns;
    many start better from a sample, which costs next to nothing and finds more different columns.
    """
    search = Search.of(instance, tariff, scarce)
    start = [np.zeros(len(scarce), np.int64)]
    if len(search.some) <= SAMPLE_PATTERNS:
        start += warm
    else:
        some, treated = _sampled(instance.treated)
        share = int(treated.sum()) / int(instance.treated.sum())
        part = replace(search, some=some, treated=treated, capacity=np.floor(search.capacity * share).astype(np.int64))
        start = list(part.run(start, SAMPLE_GOAL).tried[:KEPT_PRICES])
    return search.run(start, GOAL)


def _loss(pool: Pool, bound: Bound, some: Ints) -> Loss:
    best = np.zeros(pool.patterns, np.int64)
    best[some] = bound.walked.best
    return Loss(best[pool.pattern] - pool.value * PRICE_SCALE + np.asarray(pool.use @ bound.prices), best)


def _sampled(treated: Ints) -> tuple[Ints, Ints]:
    """About `SAMPLE_PATTERNS` patterns, every so-many-th member in their order: numbers and members of each."""
    upto = np.cumsum(treated)
    step = max(int(upto[-1]) // 40_000, 1)
    while True:
        drawn = np.diff((upto + step // 2) // step, prepend=0)
        if (drawn > 0).sum() <= SAMPLE_PATTERNS:
            return np.flatnonzero(drawn), drawn[drawn > 0]
        step *= 2


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """Column generation over the patterns `some`, `treated` members each, from `known` columns on."""

    instance: Instance
    tariff: Tariff
    some: Ints
    treated: Ints
    capacity: Ints
    dear: Dear
    known: Pool | None = None

    @classmethod
    def of(cls, instance: Instance, tariff: Tariff, scarce: Ints) -> Search:
        """Of everybody who is treated; `tariff` is of the rows `scarce`."""
        some = np.flatnonzero(instance.treated)
        dear = Dear.of(instance, tariff, scarce)
        return cls(instance, tariff, some, instance.treated[some], instance.capacity[scarce], dear)

    def run(self, start: Sequence[Ints], goal: float) -> Priced:
        """Rounds of master and pricing until the linear plan and the bound are `goal` apart, relatively."""
        pool = Pool(self.tariff, len(self.instance.treated), len(self.instance.problem.slots))
        if self.known is not None:
            pool.add(self.known.pattern, self.known.plan)
        members = np.zeros(len(self.instance.treated), np.int64)
        members[self.some] = self.treated
        master = Relaxation(pool, members, self.capacity, self.dear.beyond)
        tried = [self._priced_into(pool, prices) for prices in start]
        best = min(tried, key=_total)
        relaxed = master.best()
        while best.total - relaxed.value * PRICE_SCALE > goal * abs(best.total) and len(tried) < ROUNDS:
            known = len(pool.pattern)
            tried.append(self._priced_into(pool, _between(best.prices, relaxed.prices)))
            if len(pool.pattern) == known:  # what the linear plan lacks is at its own prices, if anywhere
                tried.append(self._priced_into(pool, relaxed.prices))
            best = min(best, *tried[-2:], key=_total)
            relaxed = master.best()
        ranked = tuple(bound.prices for bound in sorted(tried, key=_total))
        return Priced(pool, relaxed.members, best, self.some, ranked, relaxed.short)

    def _priced_into(self, pool: Pool, prices: Ints) -> Bound:
        prices = np.minimum(prices, self.dear.most)
        bound = bound_at(self.instance.walker, self.tariff, self.treated, self.capacity, prices=prices, some=self.some)
        known = pool.best_at(prices)[self.some]
        better = np.flatnonzero(bound.walked.best > known)
        pool.add(self.some[better].astype(np.int32), bound.walked.plan[better])
        return bound


def _between(best: Ints, linear: Ints) -> Ints:
    """Prices of a linear plan over few columns leap from one end to the other; half the way they find more."""
    return best + (linear - best) // 2


def _total(bound: Bound) -> int:
    return bound.total
