"""The master problem over columns: a linear program for prices, whole members at the end.

HiGHS by name, dual simplex, one thread, never a time limit. contact-plan.md, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse

from warehouse.contact_plan.columns import Pool, exact_sum
from warehouse.contact_plan.problem import PRICE_SCALE, Flags, Ints
from warehouse.contact_plan.walk import Floats

NODE_LIMIT = 50
CORE_COLUMNS = 400
"""Size of the integer master: the columns that lose least, at the prices, against the best plan of their pattern."""


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """The linear master: members of each column, its value, prices of the rows (times `PRICE_SCALE`)."""

    members: Floats
    value: float
    prices: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Master:
    """Columns of some patterns, `treated` members of each, and what is left of each row."""

    pool: Pool
    treated: Ints
    capacity: Ints

    def relaxed(self) -> Relaxed:
        """The linear program; a pattern with one column needs no row of its own."""
        rows, scale, unit = self._rows(np.ones(len(self.pool.pattern), np.bool_))
        most = self.treated[self.pool.pattern].astype(np.float64)
        found = optimize.linprog(
            -self.pool.value / unit,
            A_ub=rows.matrix,
            b_ub=rows.limit,
            bounds=np.column_stack([np.zeros(len(most)), most]),
            method="highs-ds",
        )
        if found.status != 0:
            raise ArithmeticError(f"the master has no solution: {found.message}")
        shared = -found.ineqlin.marginals[: len(scale)]
        prices = np.rint(np.maximum(shared, 0) * unit / scale * PRICE_SCALE).astype(np.int64)
        return Relaxed(found.x, -found.fun * unit, prices)

    def whole(self, some: Flags) -> Ints | None:
        """The integer program over the columns `some`; None if no answer was found within the node limit."""
        rows, _, unit = self._rows(some)
        most = self.treated[self.pool.pattern[some]].astype(np.float64)
        found = optimize.milp(
            -self.pool.value[some] / unit,
            constraints=optimize.LinearConstraint(rows.matrix, -np.inf, rows.limit),
            bounds=optimize.Bounds(0, most),
            integrality=np.ones(int(some.sum())),
            options={"node_limit": NODE_LIMIT, "mip_rel_gap": 1e-7},
        )
        if found.x is None:
            return None
        members = np.zeros(len(some), np.int64)
        members[some] = np.rint(found.x).astype(np.int64)
        return members

    def _rows(self, some: Flags) -> tuple[_Rows, Floats, float]:
        """Shared rows scaled to amounts up to 1, then a row for each pattern with several columns."""
        pattern, use = self.pool.pattern[some], self.pool.use[some].astype(np.float64)
        scale = (
            np.maximum(np.asarray(use.max(axis=0).todense()).ravel(), 1.0) if len(pattern) else np.ones(use.shape[1])
        )
        shared = (use @ sparse.diags_array(1 / scale)).T.tocsr()
        several, which = np.unique(pattern, return_inverse=True)
        counts = np.bincount(which, minlength=len(several))
        number = np.cumsum(counts > 1) - 1
        inside = np.flatnonzero(counts[which] > 1)
        own = sparse.csr_array(
            (np.ones(len(inside)), (number[which[inside]], inside)), shape=(int((counts > 1).sum()), len(pattern))
        )
        limit = np.concatenate([self.capacity / scale, self.treated[several[counts > 1]]])
        matrix = sparse.csr_array(sparse.vstack([shared, own], format="csr"))
        return _Rows(matrix, limit), scale, float(max(self.pool.value[some].max(initial=1), 1))


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    matrix: sparse.csr_array
    limit: Floats


def rounded(pool: Pool, members: Floats | Ints, treated: Ints, capacity: Ints) -> Ints:
    """Down to whole members, then what a solver's tolerance let through is taken back."""
    whole = np.floor(np.maximum(members, 0) + 1e-6).astype(np.int64)
    used = np.asarray(whole @ pool.use)
    given = np.bincount(pool.pattern, weights=whole, minlength=len(treated)).astype(np.int64)
    over = used > capacity
    if not over.any() and (given <= treated).all():
        return whole
    for column in np.argsort(pool.value, kind="stable"):
        own = pool.use[[column]].toarray().ravel()
        while whole[column] and (given[pool.pattern[column]] > treated[pool.pattern[column]] or (own[over] > 0).any()):
            whole[column] -= 1
            given[pool.pattern[column]] -= 1
            used -= own
            over = used > capacity
    return whole


def filled(pool: Pool, whole: Ints, treated: Ints, capacity: Ints) -> Ints:
    """Members left over take, best value first, columns that still fit."""
    left = capacity - np.asarray(whole @ pool.use)
    free = treated - np.bincount(pool.pattern, weights=whole, minlength=len(treated)).astype(np.int64)
    candidates = np.flatnonzero(free[pool.pattern] > 0)
    whole = whole.copy()
    for column in candidates[np.lexsort((candidates, -pool.value[candidates]))]:
        pattern = pool.pattern[column]
        start, stop = pool.use.indptr[column], pool.use.indptr[column + 1]
        rows, amounts = pool.use.indices[start:stop], pool.use.data[start:stop]
        many = min(
            [
                int(free[pattern]),
                *(int(left[row]) // int(amount) for row, amount in zip(rows, amounts, strict=True) if amount),
            ]
        )
        if many > 0:
            whole[column] += many
            free[pattern] -= many
            left[rows] -= many * amounts
    return whole


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """At some prices: of each column against the best plan of its pattern, and of each pattern that gets nothing."""

    column: Ints
    pattern: Ints


def improved(pool: Pool, members: Ints, loss: Loss, treated: Ints, capacity: Ints) -> Ints:
    """A better choice of whole members where a change costs least; the other patterns stay as they are."""
    best = np.full(len(treated), -1, np.int64)
    order = np.argsort(loss.column, kind="stable")[::-1]
    best[pool.pattern[order]] = order
    change = loss.column.copy()
    change[best[best >= 0]] = loss.pattern[best >= 0]
    core = np.zeros(len(treated), np.bool_)
    ranked = np.argsort(change, kind="stable")[:CORE_COLUMNS]
    core[pool.pattern[ranked]] = True
    some = core[pool.pattern] & (members > 0)
    some[ranked] = True
    some[best[core & (best >= 0)]] = True
    fixed = np.where(core[pool.pattern], 0, members)
    found = Master(pool, treated, capacity - np.asarray(fixed @ pool.use)).whole(some)
    if found is None:
        return members
    whole = filled(pool, rounded(pool, found + fixed, treated, capacity), treated, capacity)
    return whole if exact_sum(pool.value, whole) > exact_sum(pool.value, members) else members
