"""From whole members per plan to columns of the caller's patterns, in column order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.contact_plan.canonical import Instance
from warehouse.contact_plan.problem import Columns, Ints, Patterns, Small


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Members of patterns (of an `Instance`) that follow a plan; the rest of a pattern gets nothing."""

    pattern: Ints
    plan: Small
    members: Ints

    def completed(self, treated: Ints) -> Held:
        """With the empty plan for everybody who has none, equal plans of a pattern together, in column order."""
        some = self.members > 0
        pattern, plan, members = self.pattern[some], self.plan[some], self.members[some]
        rest = treated - np.bincount(pattern, weights=members, minlength=len(treated)).astype(np.int64)
        left = np.flatnonzero(rest)
        empty = np.full((len(left), plan.shape[1]), -1, np.int32)
        pattern, plan = np.concatenate([pattern, left]), np.concatenate([plan, empty])
        members = np.concatenate([members, rest[left]])
        # Column order: the earlier contact first, then the lower choice number; the empty plan is last.
        told = np.where(plan < 0, np.iinfo(np.int32).max, plan)
        order = np.lexsort((*told.T[::-1], pattern))
        pattern, plan, members = pattern[order], plan[order], members[order]
        new = np.ones(len(pattern), np.bool_)
        new[1:] = (pattern[1:] != pattern[:-1]) | (plan[1:] != plan[:-1]).any(axis=1)
        return Held(pattern[new], plan[new], np.add.reduceat(members, np.flatnonzero(new)) if len(new) else members)


def columns_of(instance: Instance, patterns: Patterns, held: Held, otherwise: Small) -> Columns:
    """Columns of the caller's patterns; `otherwise` is the plan of each pattern without treated members."""
    held = held.completed(instance.treated)
    order = instance.order[patterns.treated[instance.order] > 0]
    ends, columns_end = np.cumsum(patterns.treated[order]), np.cumsum(held.members)
    cuts = np.union1d(ends, columns_end)
    column = np.searchsorted(columns_end, cuts)
    pattern = order[np.searchsorted(ends, cuts)]
    members = np.diff(cuts, prepend=0)
    alone = np.flatnonzero(patterns.treated == 0)
    plan = np.concatenate([held.plan[column], otherwise[instance.of[alone]]])
    pattern = np.concatenate([pattern, alone])
    members = np.concatenate([members, np.zeros(len(alone), np.int64)])
    rank = np.argsort(pattern, kind="stable")  # inside a pattern the cuts stand in column order
    plans = tuple(tuple(number for number in row if number >= 0) for row in plan[rank].tolist())
    return Columns(pattern[rank].astype(np.int32), plans, members[rank].astype(np.int64))


def plan_rows(columns: Columns, slot_of: Ints, slots: int) -> Small:
    """Plans as a table (columns x slots): the choice number, or -1."""
    table = np.full((len(columns.plan), slots), -1, np.int32)
    counts = [len(plan) for plan in columns.plan]
    who = np.repeat(np.arange(len(counts)), counts)
    numbers = np.array([number for plan in columns.plan for number in plan], np.int64)
    table[who, slot_of[numbers] if len(numbers) else numbers] = numbers
    return table
