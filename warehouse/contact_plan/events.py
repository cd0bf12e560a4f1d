"""What an event has to be worth to be sent now: what the member's plan loses by it, and the rows it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from warehouse.contact_plan.automaton import CLOSED
from warehouse.contact_plan.canonical import Instance, instance_of
from warehouse.contact_plan.columns import Tariff
from warehouse.contact_plan.problem import PRICE_SCALE, Choice, Ints, Patterns, Problem, Slot, check
from warehouse.contact_plan.walk import Floats

NEVER = 2**62
"""The price where the caps forbid the event or its units are gone."""
_TOGETHER = 256


def event_prices(
    problem: Problem,
    patterns: Patterns,
    prices: Mapping[str, int],
    *,
    at: datetime,
    limits: Sequence[int] = (),
    uses: Sequence[tuple[int, int]] = (),
) -> Ints:
    """By pattern, in 1/1000 points (rounded up): send iff the event's value is at least this.

    `at` is no later than the first slot; `prices` are those of the last plan, by row name; `limits` and
    `uses` are the event's, as a choice's.
    """
    event = Choice(0, "event", None, 0, tuple(limits), tuple(uses))
    choices = (event, *(replace(choice, slot=choice.slot + 1) for choice in problem.choices))
    slots = (Slot(at, "event", at.date().isoformat()), *problem.slots)
    flags = np.column_stack([np.ones(len(patterns.treated), np.bool_), patterns.open])
    extended, asked = replace(problem, slots=slots, choices=choices), replace(patterns, open=flags)
    check(extended, asked)
    instance, tariff = instance_of(extended, asked), Tariff.of(extended)
    by_row = np.array([max(int(prices.get(row.name, 0)), 0) for row in problem.rows], np.int64)
    cost = np.asarray(tariff.use @ by_row, np.int64)
    lost = _lost(instance, tariff.value * PRICE_SCALE - cost)
    asked_for = np.where(lost < 0, NEVER, -(-(lost + cost[0]) // PRICE_SCALE))
    return np.asarray(np.where(instance.open[:, 0], asked_for, NEVER)[instance.of], np.int64)


def _lost(instance: Instance, worth: Ints) -> Ints:
    """Value of not taking the first slot less that of what is left after taking it; -1 if the caps forbid it."""
    automaton, roots = instance.automaton, instance.roots
    lost = np.empty(len(roots), np.int64)
    for start in range(0, len(roots), _TOGETHER):
        some = np.arange(start, min(start + _TOGETHER, len(roots)))
        table: Floats = instance.walker.values(worth, some)
        every = np.arange(len(some))
        to = automaton.take[0, roots[some]]
        difference = table[automaton.skip[roots[some]], every] - table[to, every]
        lost[some] = np.where(to == CLOSED, -1, difference).astype(np.int64)
    return lost
