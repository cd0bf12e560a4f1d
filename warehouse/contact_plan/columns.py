"""Columns of the master: pairs of a pattern and a plan, with value and use, each kept once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy  # its parts are loaded where they are first used: a run whose plan stands solves nothing

from warehouse.contact_plan.problem import PRICE_SCALE, Flags, Ints, Problem, Small

_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class Tariff:
    """What each choice is worth and uses: `value` by choice, `use` choices x rows (whole numbers)."""

    value: Ints
    use: scipy.sparse.csr_array

    @classmethod
    def of(cls, problem: Problem) -> Tariff:
        triples = [
            (number, row, amount) for number, choice in enumerate(problem.choices) for row, amount in choice.uses
        ]
        numbers, rows, amounts = (
            np.array(part, np.int64) for part in (zip(*triples, strict=True) if triples else ((), (), ()))
        )
        shape = (len(problem.choices), len(problem.rows))
        use = scipy.sparse.csr_array((amounts, (numbers, rows)), shape=shape, dtype=np.int64)
        use.sum_duplicates()
        return cls(np.array([choice.value for choice in problem.choices], np.int64), use)

    def only(self, rows: Ints) -> Tariff:
        """The same, of some rows."""
        return Tariff(self.value, scipy.sparse.csr_array(self.use[:, rows]))

    def of_plans(self, plan: Small) -> tuple[Ints, scipy.sparse.csr_array]:
        """Value and use of plans (plans x slots, choice numbers)."""
        who, slot = np.nonzero(plan >= 0)
        numbers = plan[who, slot]
        chosen = scipy.sparse.csr_array(
            (np.ones(len(who), np.int64), (who, numbers)), shape=(len(plan), len(self.value)), dtype=np.int64
        )
        return np.asarray(chosen @ self.value, np.int64), scipy.sparse.csr_array(chosen @ self.use)


def exact_sum(numbers: Ints, times: Ints) -> int:
    """The sum of products as an int of any size."""
    high, low = np.divmod(numbers, 1 << 31)
    if len(times) and (int(times.sum()) >= 1 << 31 or int(np.abs(high).max()) * int(times.sum()) >= 1 << 62):
        return sum(int(number) * int(many) for number, many in zip(numbers, times, strict=True))
    return int(high @ times) * (1 << 31) + int(low @ times)


@dataclass(slots=True, eq=False)
class Pool:
    """All columns found so far, in the order in which they were found; non-empty plans only."""

    tariff: Tariff
    patterns: int
    slots: int
    pattern: Small = field(init=False)
    plan: Small = field(init=False)
    value: Ints = field(init=False)
    use: scipy.sparse.csr_array = field(init=False)
    _seen: Ints = field(init=False)
    _factors: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.pattern, self.plan = np.zeros(0, np.int32), np.zeros((0, self.slots), np.int32)
        self.value, self._seen = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self.use = scipy.sparse.csr_array((0, self.tariff.use.shape[1]), dtype=np.int64)
        self._factors = _factors(self.slots)

    def best_at(self, prices: Ints) -> Ints:
        """Of each pattern what the best of its columns is worth at some prices (times `PRICE_SCALE`); nothing is 0."""
        best = np.zeros(self.patterns, np.int64)
        np.maximum.at(best, self.pattern, self.value * PRICE_SCALE - np.asarray(self.use @ prices))
        return best

    def add(self, pattern: Small, plan: Small) -> int:
        """Take in plans of patterns; how many were new."""
        new: Flags = np.asarray((plan >= 0).any(axis=1))
        mark = (plan.astype(np.int64) + 2) @ self._factors[:-1] + (pattern.astype(np.int64) + 1) * self._factors[-1]
        new = new & ~np.isin(mark, self._seen)
        pattern, plan, mark = pattern[new], plan[new], mark[new]
        mark, index = np.unique(mark, return_index=True)
        pattern, plan = pattern[index], plan[index]
        order = np.argsort(pattern, kind="stable")
        pattern, plan = pattern[order], plan[order]
        value, use = self.tariff.of_plans(plan)
        self._seen = np.concatenate([self._seen, mark])
        self.pattern = np.concatenate([self.pattern, pattern]).astype(np.int32)
        self.plan = np.concatenate([self.plan, plan])
        self.value = np.concatenate([self.value, value])
        self.use = scipy.sparse.csr_array(scipy.sparse.vstack([self.use, use], format="csr"))
        return len(pattern)


def _factors(slots: int) -> Ints:
    """Odd multipliers that make a mark of a plan; the same in every process."""
    marks = np.arange(1, slots + 2, dtype=np.uint64)
    with np.errstate(over="ignore"):
        mixed = marks * _MIX
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
    return np.asarray((mixed | np.uint64(1)).view(np.int64))
