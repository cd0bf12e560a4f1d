"""The best plan of every pattern at given prices: the longest path from its root, many patterns at once.

Values are whole numbers carried as float64 (exact below 2**53; `problem.check` sees to it), laid out
nodes x patterns so that an arc is one contiguous row. Tie: contact now, then the lower choice number.
A sum that leads where no plan does is far below any that is worth something, and need not be exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from warehouse.contact_plan.automaton import Automaton
from warehouse.contact_plan.problem import Flags, Ints, Problem, Small

Floats = NDArray[np.float64]
NOTHING = -1
"""In a plan: no contact at this slot."""
_FORBIDDEN = -float(2**61)
_NEVER = _FORBIDDEN / 2
"""Below it are only sums with something forbidden in them."""
_LAST = np.iinfo(np.int32).max
_CELLS = 1 << 20
"""Numbers of a chunk's table: about what the caches of one core hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Offers:
    """What is open at each slot, by pattern: `code[slot]` says which of the few combinations of `flags[slot]`."""

    code: tuple[Small, ...]
    flags: tuple[Flags, ...]
    choices: tuple[tuple[int, ...], ...]
    patterns: int


def offers_of(problem: Problem, open_choices: Flags) -> Offers:
    """The combinations of open choices; `open_choices` is patterns x choices."""
    at: list[list[int]] = [[] for _ in problem.slots]
    for number, choice in enumerate(problem.choices):
        at[choice.slot].append(number)
    codes, flags = [], []
    for numbers in at:
        part = np.ascontiguousarray(open_choices[:, numbers])
        bits = np.packbits(part, axis=1)
        word = np.zeros(len(part), np.int64)
        for byte in bits.T:
            word = np.unique(word * 256 + byte, return_inverse=True)[1].astype(np.int64)
        _, index, code = np.unique(word, return_index=True, return_inverse=True)
        codes.append(code.astype(np.int32))
        flags.append(part[index])
    return Offers(tuple(codes), tuple(flags), tuple(tuple(numbers) for numbers in at), len(open_choices))


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """Of each pattern: the best value, and at each slot the choice (a number, or `NOTHING`)."""

    best: Ints
    plan: Small


@dataclass(frozen=True, slots=True, eq=False)
class _Offer:
    """Of each combination of open choices: the best worth in a class (`_FORBIDDEN` if none), and its choice."""

    worth: Floats
    choice: Small

    @property
    def empty(self) -> bool:
        return bool((self.worth < _NEVER).all())


@dataclass(slots=True, eq=False)
class Walker:
    """Walks patterns through an automaton; `roots` is the node each pattern starts from."""

    automaton: Automaton
    offers: Offers
    roots: Small
    _table: Floats = field(default_factory=lambda: np.empty(0))

    def walk(self, worth: Ints, among: Ints | None = None) -> Walked:
        """Best plans when choice k is worth `worth[k]`, of all patterns or of `among`.

        Below zero it is taken only for what it opens, where the automaton has `pairs`.
        """
        offered = self._offered(worth)
        members = np.arange(self.offers.patterns) if among is None else among
        slots = len(self.offers.code)
        best = np.zeros(len(members), np.int64)
        plan = np.full((len(members), slots), NOTHING, np.int32)
        chunk = int(np.clip(_CELLS // self.automaton.nodes, 32, 1024))
        for start in range(0, len(members), chunk):
            some = members[start : start + chunk]
            codes = [code[some] for code in self.offers.code]
            table = self._values(codes, offered, len(some))
            best[start : start + chunk] = table[self.roots[some], np.arange(len(some))].astype(np.int64)
            self._follow(table, codes, offered, self.roots[some], plan[start : start + chunk])
        return Walked(best, plan)

    def values(self, worth: Ints, some: Ints) -> Floats:
        """The whole table, nodes x the patterns `some` (keep them few)."""
        codes = [code[some] for code in self.offers.code]
        return self._values(codes, self._offered(worth), len(some)).copy()

    def _offered(self, worth: Ints) -> list[list[_Offer]]:
        """By slot and class what the combinations of open choices are worth."""
        offered = []
        least = self._least(worth)
        for slot, (numbers, flags) in enumerate(zip(self.offers.choices, self.offers.flags, strict=True)):
            kinds = len(self.automaton.classes[slot])
            best = [np.full(len(flags), _FORBIDDEN) for _ in range(kinds)]
            pick = [np.full(len(flags), _LAST, np.int32) for _ in range(kinds)]
            for place, number in enumerate(numbers):
                kind, value = int(self.automaton.class_of[number]), int(worth[number])
                better = flags[:, place] & (best[kind] < value) & (value >= least)
                best[kind][better], pick[kind][better] = value, number
            offered.append([_Offer(*both) for both in zip(best, pick, strict=True)])
        return offered

    def _least(self, worth: Ints) -> int:
        """Below this nothing is ever taken: 0, or what all the others together could not make good."""
        if not self.automaton.pairs:
            return 0
        best = (max((int(worth[number]) for number in numbers), default=0) for numbers in self.offers.choices)
        return -sum(max(value, 0) for value in best)

    def _values(self, codes: list[Small], offered: list[list[_Offer]], width: int) -> Floats:
        """Backward: what is still to be had from each node."""
        automaton = self.automaton
        if self._table.size < automaton.nodes * width * 2:
            self._table = np.empty(automaton.nodes * width * 2)
        table = self._table[: automaton.nodes * width].reshape(automaton.nodes, width)
        widest = int(np.diff(automaton.first).max(initial=0))
        spare = self._table[automaton.nodes * width :][: widest * width].reshape(widest, width)
        table[0] = _FORBIDDEN
        table[int(automaton.first[-2])] = 0
        for slot in range(len(codes) - 1, -1, -1):
            start, stop = int(automaton.first[slot]), int(automaton.first[slot + 1])
            here = table[start:stop]
            np.take(table, automaton.skip[start:stop], axis=0, out=here, mode="clip")
            for kind, offer in enumerate(offered[slot]):
                if offer.empty:
                    continue
                size = int(automaton.free[slot]) if kind == 0 else stop - start
                taken = spare[:size]
                np.take(table, automaton.take[kind, start : start + size], axis=0, out=taken, mode="clip")
                np.add(taken, offer.worth[codes[slot]], out=taken)
                np.maximum(here[:size], taken, out=here[:size])
        return table

    def _follow(
        self,
        table: Floats,
        codes: list[Small],
        offered: list[list[_Offer]],
        node: Small,
        plan: Small,
    ) -> None:
        """Forward: write into `plan` what a best path chooses."""
        automaton, every = self.automaton, np.arange(len(node))
        for slot, code in enumerate(codes):
            to = automaton.skip[node]
            best = table[to, every]
            pick = np.full(len(node), _LAST, np.int32)
            for kind, offer in enumerate(offered[slot]):
                if offer.empty:
                    continue
                there = automaton.take[kind, node]
                value, number = table[there, every] + offer.worth[code], offer.choice[code]
                better = (value > best) | ((value == best) & (number < pick))
                best = np.where(better, value, best)
                to, pick = np.where(better, there, to), np.where(better, number, pick)
            plan[:, slot] = np.where(pick == _LAST, NOTHING, pick)
            node = to
