"""Members in memory, column by column: a sample of them, or the core whose choice the prices still decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.allocation.problem import PRICE_SCALE, Allocation

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Picks = NDArray[np.int8]
NONE = -1
NEVER = -1e300


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """At some prices: the sum of the best scores, what that uses of each row, and the options by group."""

    total: float
    used: Floats
    chosen: tuple[Picks, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Of a group in a box of prices: least and most of its best score, and how many options may be its best."""

    low: Floats
    high: Floats
    rivals: Picks


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """`values[k]` (`NEVER`: not open) and `amounts[column]`, one entry per member; `key` finds them again."""

    asked: Allocation
    key: NDArray[np.generic]
    values: tuple[Floats, ...]
    amounts: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.key)

    def only(self, some: Flags | Ints) -> Members:
        """Some of them, in their order."""
        amounts = {name: numbers[some] for name, numbers in self.amounts.items()}
        return Members(self.asked, self.key[some], tuple(value[some] for value in self.values), amounts)

    def score(self, number: int, prices: Floats) -> Floats:
        """Value less the price of what is used; very small where the option is not open."""
        fixed, factors = 0.0, dict[str, float]()
        for use in self.asked.options[number].uses:
            price = float(prices[use.row]) * use.times
            if use.column is None:
                fixed += price
            else:
                factors[use.column] = factors.get(use.column, 0.0) + price
        score = self.values[number] - fixed
        for column, factor in factors.items():
            if factor:
                score -= self.amounts[column] * factor
        return score

    def width(self, number: int, widths: Floats) -> Floats | float:
        """By how much a score may move when prices move by `widths`."""
        found: Floats | float = 0.0
        for use in self.asked.options[number].uses:
            width = float(widths[use.row]) * abs(use.times)
            if width:
                found = found + (width if use.column is None else np.abs(self.amounts[use.column]) * width)
        return found

    def best(self, prices: Floats) -> Best:
        """Every member's best options at some prices; nothing where that is worth more (or as much)."""
        bests, chosen = [], []
        for group in self.asked.groups:
            best, pick = np.zeros(len(self)), np.full(len(self), NONE, np.int8)
            for number in group:
                score = self.score(number, prices)
                better = score > best
                np.copyto(best, score, where=better)
                pick[better] = number
            bests.append(best)
            chosen.append(pick)
        if self.asked.most < len(bests):
            self._keep_best(bests, chosen)
        total = float(sum(best.sum() for best in bests))
        return Best(total, self.used(tuple(chosen)), tuple(chosen))

    def _keep_best(self, bests: list[Floats], chosen: list[Picks]) -> None:
        order = np.argsort(-np.stack(bests), axis=0, kind="stable")
        for g in range(len(bests)):
            beaten = (order[self.asked.most :] == g).any(axis=0)
            bests[g][beaten] = 0
            chosen[g][beaten] = NONE

    def used(self, chosen: tuple[Picks, ...]) -> Floats:
        """What options use of each row, by group one for each member."""
        used = np.zeros(len(self.asked.rows))
        for group, pick in zip(self.asked.groups, chosen, strict=True):
            for number in group:
                mine = np.flatnonzero(pick == number)
                sums: dict[str | None, float] = {None: float(len(mine))}
                for use in self.asked.options[number].uses:
                    if use.column is not None and use.column not in sums:
                        sums[use.column] = float(self.amounts[use.column][mine].sum())
                    used[use.row] += use.times * sums[use.column]
        return used

    def spans(self, prices: Floats, widths: Floats) -> tuple[Spans, ...]:
        """Of every group, in the box `prices` plus or minus `widths`."""
        found = []
        for group in self.asked.groups:
            low, high = np.full(len(self), NEVER), np.full(len(self), NEVER)
            highs = []
            for number in group:
                score, width = self.score(number, prices), self.width(number, widths)
                np.maximum(low, score - width, out=low)
                highs.append(score + width)
                np.maximum(high, highs[-1], out=high)
            rivals = np.zeros(len(self), np.int8)
            for one in highs:
                rivals += one >= low
            found.append(Spans(low, high, rivals))
        return tuple(found)

    def unsettled(self, prices: Floats, widths: Floats) -> Flags:
        """Whose choice prices in the box may change."""
        spans, most = self.spans(prices, widths), self.asked.most
        found = np.zeros(len(self), np.bool_)
        for g, span in enumerate(spans):
            others = [other for o, other in enumerate(spans) if o != g]
            above = sum((other.high > span.low).astype(np.int8) for other in others) if others else 0
            surely = sum((other.low > span.high).astype(np.int8) for other in others) if others else 0
            inside = (span.low > 0) & (span.rivals == 1) & (above < most)
            found |= ~(inside | (span.high < 0) | (surely >= most))
        return found


def whole(prices: Floats) -> Ints:
    """Prices as whole numbers times `PRICE_SCALE`, none below zero."""
    return np.asarray(np.rint(np.maximum(prices, 0) * PRICE_SCALE), np.int64)
