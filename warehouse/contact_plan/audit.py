"""A plan recomputed from what is written: value, use, every column's caps, and the bound.

Caps and rules are counted in the plans themselves, by the words of their definition and not by the
automaton that made them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.said import Said
from warehouse.contact_plan.canonical import instance_of
from warehouse.contact_plan.columns import Tariff, exact_sum
from warehouse.contact_plan.layout import plan_rows
from warehouse.contact_plan.pricing import bound_at
from warehouse.contact_plan.problem import (
    PRICE_SCALE,
    Flags,
    Ints,
    Limit,
    Past,
    Patterns,
    Problem,
    RowUse,
    Small,
    Solution,
    check,
)


class PlanAuditError(PromocalError):
    """A plan that is not what it says it is; it is never used."""


def audit(problem: Problem, patterns: Patterns, solution: Solution) -> None:
    """PlanAuditError when the plan breaks a rule, or a figure of the certificate is not what the plan gives."""
    check(problem, patterns)
    found = next(_faults(problem, patterns, solution), None)
    if found is not None:
        raise PlanAuditError(
            (f"the contact plan does not stand up to its audit: {found[0]}", f"触达计划未通过复核：{found[1]}"),
            ("Report this with the plan; nothing was decided.", "请连同计划一起上报；未作任何决定。"),
        )


def _faults(problem: Problem, patterns: Patterns, solution: Solution) -> Iterator[Said]:
    malformed = list(_malformed(problem, patterns, solution))
    yield from malformed
    if malformed:
        return
    slot_of = np.array([choice.slot for choice in problem.choices], np.int64)
    plan = plan_rows(solution.columns, slot_of, len(problem.slots))
    yield from _sums(problem, patterns, solution, plan)
    for number, limit in enumerate(problem.limits):
        if (column := _breaks(problem, patterns, solution, plan, number)) is not None:
            yield (f"column {column} breaks {limit.name}", f"第 {column} 列违反 {limit.name}")


def _malformed(problem: Problem, patterns: Patterns, solution: Solution) -> Iterator[Said]:
    columns = solution.columns
    if not len(columns.pattern) == len(columns.plan) == len(columns.members):
        yield ("columns of different lengths", "各列长度不一")
        return
    if len(columns.pattern) and (columns.pattern.min() < 0 or columns.pattern.max() >= len(patterns.treated)):
        yield ("a column of no pattern", "有列不属于任何分组")
        return
    for number, plan in enumerate(columns.plan):
        known = all(0 <= choice < len(problem.choices) for choice in plan)
        slots = [problem.choices[choice].slot for choice in plan] if known else []
        if not known or sorted(set(slots)) != slots:
            yield (f"column {number} is no plan", f"第 {number} 列不是计划")
        elif not patterns.open[columns.pattern[number], list(plan)].all():
            yield (f"column {number} gives what is not open", f"第 {number} 列使用了未开放的选项")


def _sums(problem: Problem, patterns: Patterns, solution: Solution, plan: Small) -> Iterator[Said]:
    columns = solution.columns
    planned = np.zeros(len(patterns.treated), np.int64)
    np.add.at(planned, columns.pattern, columns.members)
    if (columns.members < 0).any() or (planned != patterns.treated).any():
        yield ("the members of the columns do not add up to the treated", "各列人数与实际人数不符")
    if len(np.unique(columns.pattern)) < len(patterns.treated):
        yield ("a pattern has no column", "有分组没有计划")
    tariff = Tariff.of(problem)
    value, use = tariff.of_plans(plan)
    if exact_sum(value, columns.members) != solution.value:
        yield ("its value is another one", "总价值不符")
    used = np.asarray(columns.members @ use)
    told = [(row.name, row.capacity, int(used[number])) for number, row in enumerate(problem.rows)]
    if told != [(row.name, row.capacity, row.used) for row in solution.rows]:
        yield ("the use of its rows is another one", "资源用量不符")
        return
    for known, row in zip(problem.rows, solution.rows, strict=True):
        if row.used > known.room or row != RowUse.of(known, row.used, row.price) or row.price < 0:
            yield (f"more of {row.name} than there is", f"{row.name} 超出可用量")
    bound = _bound(problem, patterns, tariff, solution)
    if bound != solution.bound or solution.value > bound:
        yield ("its bound does not hold", "上界不成立")


def _bound(problem: Problem, patterns: Patterns, tariff: Tariff, solution: Solution) -> int:
    prices = np.array([row.price for row in solution.rows], np.int64)
    instance = instance_of(problem, patterns, relaxed=True)
    return bound_at(instance.walker, tariff, instance.treated, instance.capacity, prices=prices).total // PRICE_SCALE


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """Of one limit: by column and slot what counts (`amount`), whether it closes or is needed there (`asks`)."""

    limit: Limit
    amount: Ints
    closed: Flags
    needs: Flags

    @classmethod
    def of(cls, problem: Problem, plan: Small, number: int) -> _Counted:
        relations = [choice.relation for choice in problem.choices]
        amounts = np.array([dict(one.counts).get(number, 0) for one in relations] + [0], np.int64)
        closed = np.array([number in one.closed_by for one in relations] + [False], np.bool_)
        needs = np.array([number in one.needs for one in relations] + [False], np.bool_)
        return cls(problem.limits[number], amounts[plan], closed[plan], needs[plan])  # nothing is -1, the last

    def in_packages(self, moments: list[datetime], patterns: Patterns, root: Ints, number: int) -> _Counted:
        """The same where contacts of one moment count once, those of before (by column `root`) included."""
        if not self.limit.package:
            return self
        amount, closed = self.amount.copy(), self.closed.copy()
        for slot, at in enumerate(moments):
            again: Flags = np.array([(number, at) in past.held for past in patterns.pasts], np.bool_)[root]
            for other in range(slot):
                if moments[other] == at:
                    again = again | (self.amount[:, other] > 0)
            amount[again, slot], closed[again, slot] = 0, False
        return _Counted(self.limit, amount, closed, self.needs)


def _breaks(problem: Problem, patterns: Patterns, solution: Solution, plan: Small, number: int) -> int | None:
    """The first column that breaks a limit: what counts in `(t - window, t]`, that of before included."""
    moments = [slot.at for slot in problem.slots]
    root = patterns.root[solution.columns.pattern].astype(np.int64)
    counted = _Counted.of(problem, plan, number).in_packages(moments, patterns, root, number)
    limit, upto = counted.limit, np.cumsum(counted.amount, axis=1)
    wrong = np.zeros(len(plan), np.bool_)
    for slot, at in enumerate(moments):
        closed, needs = counted.closed[:, slot], counted.needs[:, slot]
        if not (closed.any() or needs.any()):
            continue
        begin = None if limit.window is None else at - limit.window
        before = _before(upto, slot) - (0 if begin is None else _before(upto, bisect_right(moments, begin)))
        before = before + np.array([_held(past, number, begin) for past in patterns.pasts], np.int64)[root]
        # Whoever asks and counts nothing himself must find room for one.
        wrong |= closed & (before + np.maximum(counted.amount[:, slot], 1) > limit.max)
        wrong |= needs & (before == 0)
    if limit.least:
        past = np.array([_held(past, number, None) for past in patterns.pasts], np.int64)[root]
        total = counted.amount.sum(axis=1)
        # What was begun before is no duty any more.
        wrong |= (past == 0) & (total > 0) & (total < limit.least)
    found = np.flatnonzero(wrong)
    return int(found[0]) if len(found) else None


def _before(upto: Ints, slot: int) -> Ints:
    return upto[:, slot - 1] if slot else np.zeros(len(upto), np.int64)


def _held(past: Past, number: int, begin: datetime | None) -> int:
    counted = sum(of == number and (begin is None or at is None or at > begin) for of, at in past.held)
    return counted + sum(amount for of, amount in past.amounts if of == number)
