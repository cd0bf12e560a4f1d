"""The master problem over columns in whole members: a linear plan rounded, and an integer program for the rest.

contact-plan.md, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy

from warehouse.contact_plan.columns import Pool, exact_sum
from warehouse.contact_plan.problem import PRICE_SCALE, Flags, Ints
from warehouse.contact_plan.relaxation import TOLERANCE
from warehouse.contact_plan.walk import Floats
from warehouse.engines.solver import integer

NODE_LIMIT = 50
CORE_COLUMNS = 400
"""Size of the integer program that has the last word: patterns that were split, then where a change costs least."""
TRIES = ((CORE_COLUMNS, NODE_LIMIT), (2_000, 2_000), (10_000, 2_000))
"""Sizes and nodes of that program, one after the other, until a plan of whole members keeps every row."""


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """At some prices: of each column against the best plan of its pattern, and of each pattern that gets nothing."""

    column: Ints
    pattern: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Master:
    """Columns of some patterns, `treated` members of each, and what is left of each row."""

    pool: Pool
    treated: Ints
    capacity: Ints

    def whole(self, some: Flags, nodes: int = NODE_LIMIT) -> Ints | None:
        """The integer program over the columns `some`; None if no answer was found within the node limit."""
        rows = self._rows(some)
        most = self.treated[self.pool.pattern[some]].astype(np.float64)
        value = -self.pool.value[some] / rows.unit
        found = integer(value, rows.matrix, rows.limit, most, nodes=nodes, gap=1e-7)
        if found is None:
            return None
        members = np.zeros(len(some), np.int64)
        members[some] = np.rint(found).astype(np.int64)
        return members

    def _rows(self, some: Flags) -> _Rows:
        """Shared rows, then a row for each pattern with several of the columns `some`."""
        pattern, use = self.pool.pattern[some], self.pool.use[some].astype(np.float64)
        scale = np.maximum(abs(self.pool.use).max(axis=0).toarray().ravel(), 1).astype(np.float64)
        shared = (use @ scipy.sparse.diags_array(1 / scale)).T.tocsr()
        several, which = np.unique(pattern, return_inverse=True)
        counts = np.bincount(which, minlength=len(several))
        number = np.cumsum(counts > 1) - 1
        inside = np.flatnonzero(counts[which] > 1)
        own = scipy.sparse.csr_array(
            (np.ones(len(inside)), (number[which[inside]], inside)), shape=(int((counts > 1).sum()), len(pattern))
        )
        limit = np.concatenate([self.capacity / scale, self.treated[several[counts > 1]]])
        matrix = scipy.sparse.csr_array(scipy.sparse.vstack([shared, own], format="csr"))
        return _Rows(matrix, limit, scale, float(max(self.pool.value.max(initial=1), 1)))

    def keeps(self, members: Ints) -> bool:
        """Whether whole members keep every row and every pattern's number."""
        given = np.bincount(self.pool.pattern, weights=members, minlength=len(self.treated))
        return bool((np.asarray(members @ self.pool.use) <= self.capacity).all() and (given <= self.treated).all())

    def in_whole_members(self, linear: Floats, loss: Loss) -> Ints | None:
        """A linear plan rounded and filled, and then the best choice where it was split or a change costs little.

        None if no plan of whole members was found that keeps every row.
        """
        members = self._filled(self._rounded(linear))
        best = members if self.keeps(members) else None
        for size, nodes in TRIES if len(members) else ():
            core, some = self._core(members, linear, loss, size)
            fixed = np.where(core[self.pool.pattern], 0, members)
            left = self.capacity - np.asarray(fixed @ self.pool.use)
            found = replace(self, capacity=left).whole(some, nodes)
            better = None if found is None else self._filled(self._rounded(found + fixed))
            if better is not None and self.keeps(better) and (best is None or self._worth(better) > self._worth(best)):
                best = better
            if best is not None or some.all():
                break
        return best

    def _worth(self, members: Ints) -> int:
        return exact_sum(self.pool.value, members)

    def _core(self, members: Ints, linear: Floats, loss: Loss, most: int) -> tuple[Flags, Flags]:
        """Patterns to decide again, and their columns."""
        pattern, size = self.pool.pattern, len(self.treated)
        best = np.full(size, -1, np.int64)
        order = np.argsort(loss.column, kind="stable")[::-1]
        best[pattern[order]] = order
        change = loss.column // PRICE_SCALE  # less than 1/1000 point is what prices were rounded by
        change[best[best >= 0]] = loss.pattern[best >= 0] // PRICE_SCALE
        split = np.zeros(size, np.bool_)
        split[pattern[np.abs(linear - np.rint(linear)) > TOLERANCE]] = True
        ranked = np.lexsort((change, ~split[pattern]))[:most]
        core = np.zeros(size, np.bool_)
        core[pattern[ranked]] = True
        some = core[pattern] & (members > 0)
        some[ranked] = True
        some[best[core & (best >= 0)]] = True
        return core, some

    def _rounded(self, members: Floats | Ints) -> Ints:
        """Down to whole members, then what a solver's tolerance let through is taken back."""
        pool = self.pool
        whole = np.floor(np.maximum(members, 0) + TOLERANCE).astype(np.int64)
        used = np.asarray(whole @ pool.use)
        given = np.bincount(pool.pattern, weights=whole, minlength=len(self.treated)).astype(np.int64)
        over = used > self.capacity
        if not over.any() and (given <= self.treated).all():
            return whole
        takes = np.asarray((pool.use[:, over] > 0).sum(axis=1)).ravel() > 0
        touched = np.flatnonzero((whole > 0) & (takes | (given > self.treated)[pool.pattern]))
        for column in touched[np.argsort(pool.value[touched], kind="stable")]:
            own, pattern = pool.use[[column]].toarray().ravel(), pool.pattern[column]
            while whole[column] and (given[pattern] > self.treated[pattern] or (own[over] > 0).any()):
                whole[column] -= 1
                given[pattern] -= 1
                used -= own
                over = used > self.capacity
        return whole

    def _filled(self, whole: Ints) -> Ints:
        """Members left over take columns that still fit: first what a row falls short of, then the best value."""
        pool, whole = self.pool, whole.copy()
        left = self.capacity - np.asarray(whole @ pool.use)
        free = self.treated - np.bincount(pool.pattern, weights=whole, minlength=len(self.treated)).astype(np.int64)
        candidates = np.flatnonzero(free[pool.pattern] > 0)
        adds = np.asarray((pool.use[:, left < 0] < 0).sum(axis=1)).ravel()[candidates]
        for column in candidates[np.lexsort((candidates, -pool.value[candidates], -adds))]:
            pattern = pool.pattern[column]
            start, stop = pool.use.indptr[column], pool.use.indptr[column + 1]
            rows, amounts = pool.use.indices[start:stop], pool.use.data[start:stop]
            many = min([int(free[pattern]), *(left[rows[amounts > 0]] // amounts[amounts > 0]).tolist()])
            if many > 0:
                whole[column] += many
                free[pattern] -= many
                left[rows] -= many * amounts
        return whole


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """`matrix @ members <= limit`, shared rows divided by `scale` and values by `unit`: amounts up to 1."""

    matrix: scipy.sparse.csr_array
    limit: Floats
    scale: Floats
    unit: float
