"""Scores of options at some prices, as SQL over the wide table: whole numbers, so that a bound is a proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.allocation.problem import PRICE_SCALE, Allocation, Option

Ints = NDArray[np.int64]
NEVER = -(2**62)


@dataclass(frozen=True, slots=True)
class Scores:
    """SQL texts of one allocation. `signed` are columns that may hold numbers below zero."""

    asked: Allocation
    closed: frozenset[int] = frozenset()
    """Options that nobody may have."""
    zero: tuple[tuple[int, str], ...] = ()
    """Options open only to members whose number in a column is not above zero."""
    signed: frozenset[str] = frozenset()

    def value(self, number: int) -> str:
        """What an option is worth to a member: null where it is not open to him."""
        option = self.asked.options[number]
        if number in self.closed:
            return "null::bigint"
        barred = [f"{_name(column)} <= 0" for option_of, column in self.zero if option_of == number]
        value = _name(option.value)
        return f"case when {' and '.join(barred)} then {value} end" if barred else value

    def score(self, number: int, prices: Ints) -> str:
        """Value less the price of what is used, times `PRICE_SCALE`."""
        fixed, factors = _priced(self.asked.options[number], prices)
        terms = "".join(f" - {_name(column)} * {factor:d}" for column, factor in factors.items() if factor)
        return f"{self.value(number)} * {PRICE_SCALE:d}{terms} - {fixed:d}".replace("- -", "+ ")

    def slack(self, number: int, widths: Ints) -> str:
        """By how much a score may move when prices move by `widths`."""
        option = self.asked.options[number]
        fixed, factors = 0, dict[str, int]()
        for use in option.uses:
            width = int(widths[use.row]) * abs(use.times)
            if use.column is None:
                fixed += width
            else:
                factors[use.column] = factors.get(use.column, 0) + width
        terms = [f"{self._size(column)} * {factor:d}" for column, factor in factors.items() if factor]
        return " + ".join([*terms, f"{fixed:d}"])

    def _size(self, column: str) -> str:
        return f"abs({_name(column)})" if column in self.signed else _name(column)

    def amount(self, row: int, chosen: str) -> str:
        """What the option whose number stands in the column `chosen` uses of a row."""
        cases = []
        for number, option in enumerate(self.asked.options):
            parts = [
                f"{use.times:d}" if use.column is None else f"{_name(use.column)} * {use.times:d}"
                for use in option.uses
                if use.row == row
            ]
            if parts:
                cases.append(f"when {number:d} then {' + '.join(parts)}")
        return f"case {chosen} {' '.join(cases)} else 0 end" if cases else "0"

    def worth(self, chosen: str) -> str:
        """The value of the option whose number stands in the column `chosen`."""
        cases = " ".join(
            f"when {number:d} then {_name(option.value)}" for number, option in enumerate(self.asked.options)
        )
        return f"case {chosen} {cases} else 0 end"

    def chosen(self, prices: Ints) -> str:
        """A query: member, fair order and columns of the table, and by group `_bg` (best score) and `_cg` (option)."""
        groups = self.asked.groups
        scores = ", ".join(f"{self.score(n, prices)} as _s{n}" for n in range(len(self.asked.options)))
        bests = ", ".join(
            f"coalesce(greatest({', '.join(f'_s{n}' for n in group)}), {NEVER:d}) as _b{g}"
            for g, group in enumerate(groups)
        )
        # A score that is exactly 0 is worth nothing more than nothing; the lowest number wins ties.
        picks = ", ".join(
            f"case when _b{g} <= 0 then null {' '.join(f'when _s{n} = _b{g} then {n}' for n in group)} end as _c{g}"
            for g, group in enumerate(groups)
        )
        inner = f"select *, {scores} from {self.asked.table}"
        best = f"select *, {bests} from ({inner})"
        picked = f"select *, {picks} from ({best})"
        return self._at_most(picked)

    def _at_most(self, picked: str) -> str:
        """Where a member may have fewer options than there are groups: the best of them, the first of equal ones."""
        groups = range(len(self.asked.groups))
        if self.asked.most >= len(groups):
            return picked
        ranks = []
        for g in groups:
            before = [f"(_b{o} >= _b{g})::int" if o < g else f"(_b{o} > _b{g})::int" for o in groups if o != g]
            ranks.append(f"case when {' + '.join(before)} < {self.asked.most:d} then _c{g} end as _c{g}")
        return f"select * replace ({', '.join(ranks)}) from ({picked})"

    def unsettled(self) -> str:
        """A condition over `_bg`, `_lg`, `_hg`, `_ng` (see `boxed`): prices in the box may change a choice."""
        groups = range(len(self.asked.groups))
        told = []
        for g in groups:
            above = " + ".join(["0", *(f"(_h{o} > _l{g})::int" for o in groups if o != g)])
            surely = " + ".join(["0", *(f"(_l{o} > _h{g})::int" for o in groups if o != g)])
            inside = f"(_l{g} > 0 and _n{g} = 1 and {above} < {self.asked.most:d})"
            outside = f"(_h{g} < 0 or {surely} >= {self.asked.most:d})"
            told.append(f"({inside} or {outside})")
        return f"not ({' and '.join(told)})"

    def boxed(self, prices: Ints, widths: Ints) -> str:
        """A query like `chosen`, with the least and most of each group's best score in the box, and how many rival."""
        count = range(len(self.asked.options))
        slacks = ", ".join(f"{self.slack(n, widths)} as _e{n}" for n in count)
        inner = f"select *, {slacks} from ({self.chosen(prices)})"
        spans = []
        for g, group in enumerate(self.asked.groups):
            low = ", ".join(f"_s{n} - _e{n}" for n in group)
            high = ", ".join(f"_s{n} + _e{n}" for n in group)
            spans.append(
                f"coalesce(greatest({low}), {NEVER:d}) as _l{g}, coalesce(greatest({high}), {NEVER:d}) as _h{g}"
            )
        spanned = f"select *, {', '.join(spans)} from ({inner})"
        rivals = ", ".join(
            " + ".join(f"coalesce((_s{n} + _e{n} >= _l{g})::int, 0)" for n in group) + f" as _n{g}"
            for g, group in enumerate(self.asked.groups)
        )
        return f"select *, {rivals} from ({spanned})"


def _priced(option: Option, prices: Ints) -> tuple[int, dict[str, int]]:
    """What an option's uses cost: a fixed part, and a factor for each column."""
    fixed, factors = 0, dict[str, int]()
    for use in option.uses:
        price = int(prices[use.row]) * use.times
        if use.column is None:
            fixed += price
        else:
            factors[use.column] = factors.get(use.column, 0) + price
    return fixed, factors


def names(columns: Sequence[str]) -> str:
    """Columns as a list in SQL."""
    return ", ".join(_name(column) for column in columns)


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
