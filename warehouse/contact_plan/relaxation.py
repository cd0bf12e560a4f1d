"""The linear master of a pool that grows: solved again from the optimum before, not anew.

contact-plan.md, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from warehouse.contact_plan.columns import Pool, exact_sum
from warehouse.contact_plan.problem import PRICE_SCALE, Ints
from warehouse.contact_plan.walk import Floats
from warehouse.engines.solver import GrowingProgram

TOLERANCE = 1e-6
"""What a solver may be off by, in members."""


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """The linear master: members of each column, its value, prices of the rows (times `PRICE_SCALE`).

    `short` is what it goes beyond rows where that is allowed; its cost is taken off the value.
    """

    members: Floats
    value: float
    prices: Ints
    short: Floats


class Relaxation:
    """Columns of some patterns, `treated` members of each, and what is left of each row, as a linear program.

    `dear` is the price (times `PRICE_SCALE`) at which a row may be passed; 0: it may not. Shared rows are divided by
    `scale` and values by `unit`: amounts of about 1. A pattern has a row of its own once it has several columns.
    """

    def __init__(self, pool: Pool, treated: Ints, capacity: Ints, dear: Ints) -> None:
        self._pool, self._treated, self._capacity, self._dear = pool, treated, capacity, dear
        use = abs(pool.tariff.use)
        self._scale = np.ones(len(capacity))
        if use.shape[0]:
            self._scale = np.maximum(use.max(axis=0).toarray().ravel(), 1).astype(np.float64)
        self._unit = float(max(pool.tariff.value.max(initial=1), 1))
        self._own = np.full(len(treated), -1, np.int64)  # the row of a pattern
        self._taken = 0
        self._program = GrowingProgram(capacity / self._scale)
        passed = np.flatnonzero(dear)
        beyond = scipy.sparse.csc_array(
            (-np.ones(len(passed)), (passed, np.arange(len(passed)))), shape=(len(capacity), len(passed))
        )
        cost = dear[passed] * self._scale[passed] / PRICE_SCALE / self._unit
        self._program.add_columns(cost, np.full(len(passed), np.inf), beyond)
        self._passed = passed

    def best(self) -> Relaxed:
        """The optimum over the columns that the pool has now. ArithmeticError: there is none."""
        if not len(self._pool.pattern):  # nobody may have anything, whatever it costs
            short = np.where(self._dear > 0, np.maximum(-self._capacity, 0), 0)
            missing = exact_sum(short, self._dear) / PRICE_SCALE
            return Relaxed(np.zeros(0), -missing, np.where(short > 0, self._dear, 0), short.astype(np.float64))
        self._take_in()
        found = self._program.best()
        if found is None:
            raise ArithmeticError("the master has no solution")
        prices = found.prices[: len(self._scale)] * self._unit / self._scale * PRICE_SCALE
        short, members = np.split(found.x, [len(self._passed)])
        over, scale = np.zeros(len(self._capacity)), self._scale[self._passed]
        over[self._passed] = _units(np.where(short > TOLERANCE, short, 0) * scale, TOLERANCE * scale)
        return Relaxed(members, -found.value * self._unit, np.rint(prices).astype(np.int64), over)

    def _take_in(self) -> None:
        """New columns of the pool, then a row for each pattern that has several by now."""
        pool, first = self._pool, self._taken
        if first == len(pool.pattern):
            return
        self._taken = len(pool.pattern)
        pattern = pool.pattern[first:]
        shared = (pool.use[first:].astype(np.float64) @ scipy.sparse.diags_array(1 / self._scale)).T
        known = np.flatnonzero(self._own[pattern] >= 0)
        added = self._program.rows - len(self._scale)
        own = scipy.sparse.coo_array(
            (np.ones(len(known)), (self._own[pattern[known]] - len(self._scale), known)), shape=(added, len(pattern))
        )
        columns = scipy.sparse.csc_array(scipy.sparse.vstack([shared, own], format="csc"))
        most = self._treated[pattern].astype(np.float64)
        self._program.add_columns(-pool.value[first:] / self._unit, most, columns)
        self._add_rows()

    def _add_rows(self) -> None:
        pattern = self._pool.pattern
        counts = np.bincount(pattern, minlength=len(self._treated))
        several = np.flatnonzero((counts > 1) & (self._own < 0))
        if not len(several):
            return
        number = np.full(len(self._treated), -1, np.int64)
        number[several] = np.arange(len(several))
        inside = np.flatnonzero(number[pattern] >= 0)
        shape = (len(several), len(self._passed) + len(pattern))
        rows = scipy.sparse.csr_array(
            (np.ones(len(inside)), (number[pattern[inside]], len(self._passed) + inside)), shape=shape
        )
        self._own[several] = self._program.rows + np.arange(len(several))
        self._program.add_rows(self._treated[several].astype(np.float64), rows)


def _units(amounts: Floats, tolerance: Floats) -> Floats:
    """Whole units where that is what a solver means."""
    whole = np.rint(amounts)
    return np.where(np.abs(amounts - whole) <= tolerance, whole, amounts)
