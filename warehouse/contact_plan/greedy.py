"""Two ways that do not plan ahead: first come, and the best of each day. For groups of members alike.

Where a row does not suffice for all who ask, what is left is shared among the groups by their sizes:
the expectation of a salted order, without drawing one. Averages and shares hold after each step; minimums
are not looked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from warehouse.contact_plan.automaton import CLOSED, follow
from warehouse.contact_plan.canonical import Instance
from warehouse.contact_plan.columns import Tariff
from warehouse.contact_plan.layout import Held
from warehouse.contact_plan.problem import Flags, Ints, Small


def first_come(instance: Instance, tariff: Tariff) -> Held:
    """Slot by slot, everybody who may be contacted is, with the first listed choice that is left."""
    groups = _Groups.of(instance, tariff)
    for slot, numbers in enumerate(instance.walker.offers.choices):
        groups.begin(1)
        for number in numbers:
            groups.give(number, 0)
        groups.end(slot)
    return groups.held()


def nightly(instance: Instance, tariff: Tariff) -> Held:
    """Day by day, the choices of the day by value (tie: by time, then as listed), each to all who may still have it."""
    groups = _Groups.of(instance, tariff)
    offered, start = instance.walker.offers.choices, 0
    for _, slots in groupby(instance.problem.slots, key=lambda slot: slot.day):
        stop = start + len(list(slots))
        numbers = [
            (-int(tariff.value[number]), slot, number) for slot in range(start, stop) for number in offered[slot]
        ]
        groups.begin(stop - start)
        for _, slot, number in sorted(numbers):
            groups.give(number, slot - start)
        groups.end(start)
        start = stop
    return groups.held()


@dataclass(slots=True, eq=False)
class _Groups:
    """Members of one pattern with one plan so far: `node` before the current days, `today` their choices of it."""

    instance: Instance
    tariff: Tariff
    left: Ints
    pattern: Ints
    members: Ints
    node: Small
    plan: Small
    today: Small

    @classmethod
    def of(cls, instance: Instance, tariff: Tariff) -> _Groups:
        some = np.flatnonzero(instance.treated)
        slots = len(instance.problem.slots)
        left = instance.capacity.copy()
        plan, today = np.full((len(some), slots), -1, np.int32), np.zeros((len(some), 0), np.int32)
        return cls(instance, tariff, left, some, instance.treated[some], instance.roots[some], plan, today)

    def begin(self, slots: int) -> None:
        self.today = np.full((len(self.pattern), slots), -1, np.int32)

    def give(self, number: int, place: int) -> None:
        """A choice to every group that may have it, as far as the rows go."""
        wish = self.instance.open[self.pattern, number] & (self.today[:, place] < 0)
        wish[wish] = self._allowed(np.flatnonzero(wish), number, place)
        begin, end = self.tariff.use.indptr[number], self.tariff.use.indptr[number + 1]
        rows, amounts = self.tariff.use.indices[begin:end], self.tariff.use.data[begin:end]
        asked = np.where(wish, self.members, 0)
        total = int(asked.sum())
        units = min([total, *(self.left[rows[amounts > 0]] // amounts[amounts > 0]).tolist()])
        if units <= 0:
            return
        given = asked if units == total else np.diff(np.cumsum(asked) * units // total, prepend=0)
        self.left[rows] -= units * amounts
        self._split(given, number, place)

    def _allowed(self, some: Ints, number: int, place: int) -> Flags:
        """Whether the caps allow the choice beside what the groups have of today."""
        today = self.today[some]
        today[:, place] = number
        return np.asarray(follow(self.instance.automaton, self.node[some], today) != CLOSED)

    def _split(self, given: Ints, number: int, place: int) -> None:
        partly = np.flatnonzero((given > 0) & (given < self.members))
        rest = self.members[partly] - given[partly]
        stay_pattern, stay_node = self.pattern[partly], self.node[partly]
        stay_plan, stay_today = self.plan[partly], self.today[partly]
        self.members = np.concatenate([np.where(given > 0, given, self.members), rest])
        self.today = self.today.copy()
        self.today[given > 0, place] = number
        self.pattern, self.node = np.concatenate([self.pattern, stay_pattern]), np.concatenate([self.node, stay_node])
        self.plan, self.today = np.concatenate([self.plan, stay_plan]), np.concatenate([self.today, stay_today])

    def end(self, start: int) -> None:
        self.node = follow(self.instance.automaton, self.node, self.today)
        self.plan[:, start : start + self.today.shape[1]] = self.today

    def held(self) -> Held:
        return Held(self.pattern, self._without_too_few(), self.members)

    def _without_too_few(self) -> Small:
        """Plans that end with less than a least number, without it; nothing else, if the rest needs it."""
        plan = self.plan.copy()
        limits, choices = self.instance.problem.limits, self.instance.problem.choices
        counts = np.array([any(limits[limit].least for limit, _ in one.rules.counts) for one in choices], np.bool_)
        few = np.flatnonzero(self.node == CLOSED)
        rest = plan[few]
        rest[(rest >= 0) & counts[rest]] = -1
        rest[follow(self.instance.automaton, self.instance.roots[self.pattern[few]], rest) == CLOSED] = -1
        plan[few] = rest
        return plan
