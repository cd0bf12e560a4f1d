"""What a plan is held against: first come, the best of each day, and chunks of members solved apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.contact_plan import greedy
from warehouse.contact_plan.canonical import instance_of, with_rows
from warehouse.contact_plan.columns import Tariff, exact_sum
from warehouse.contact_plan.layout import Held, plan_rows
from warehouse.contact_plan.problem import Ints, Patterns, Problem, check
from warehouse.contact_plan.solving import solve_within_reach


@dataclass(frozen=True, slots=True)
class Baseline:
    """Total value (1/1000 points), contacts of each slot, and use of each row."""

    value: int
    contacts: tuple[int, ...]
    used: tuple[int, ...]


def first_come(problem: Problem, patterns: Patterns) -> Baseline:
    """Today's order by time. Scarce rows are shared among equal askers by their numbers."""
    check(problem, patterns)
    instance, tariff = instance_of(problem, patterns), Tariff.of(problem)
    return _weighed(tariff, greedy.first_come(instance, tariff))


def nightly(problem: Problem, patterns: Patterns) -> Baseline:
    """Priorities decide among the occurrences of one day, as nightly arbitration does."""
    check(problem, patterns)
    instance, tariff = instance_of(problem, patterns), Tariff.of(problem)
    return _weighed(tariff, greedy.nightly(instance, tariff))


def chunked(problem: Problem, patterns: Patterns, *, size: int = 1000, seed: int = 0) -> Baseline:
    """Members in random chunks of `size`, every capacity divided evenly among them, each chunk solved by itself."""
    check(problem, patterns)
    members = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(patterns.treated)), patterns.treated))
    chunks = max(-(-len(members) // size), 1)
    tariff = Tariff.of(problem)
    slot_of = np.array([choice.slot for choice in problem.choices], np.int64)
    parts = []
    for number, some in enumerate(np.array_split(members, chunks)):
        pattern, treated = np.unique(some, return_counts=True)
        share = Patterns(patterns.open[pattern], patterns.root[pattern], treated.astype(np.int64), patterns.pasts)
        capacities = [row.room // chunks + (number < row.room % chunks) for row in problem.rows]
        columns = solve_within_reach(with_rows(problem, np.array(capacities, np.int64)), share)[1].columns
        plan = plan_rows(columns, slot_of, len(problem.slots))
        parts.append(_weighed(tariff, Held(columns.pattern.astype(np.int64), plan, columns.members)))
    return Baseline(
        sum(part.value for part in parts),
        tuple(int(total) for total in np.sum([part.contacts for part in parts], axis=0)),
        tuple(int(total) for total in np.sum([part.used for part in parts], axis=0)),
    )


def _weighed(tariff: Tariff, held: Held) -> Baseline:
    value, use = tariff.of_plans(held.plan)
    contacts: Ints = held.members @ (held.plan >= 0)
    used: Ints = held.members @ use
    return Baseline(exact_sum(value, held.members), tuple(contacts.tolist()), tuple(used.tolist()))
