"""What a contact plan is asked and what it answers: frozen records, integers throughout.

Values are 1/1000 priority points, with the chance of still being there already multiplied in; amounts
and capacities are whole units of their row; prices are 1/1000 points a unit, times `PRICE_SCALE`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said

PRICE_SCALE = 1_000_000
MAX_EXACT = 2**52
"""Whole numbers up to here are exact as float64, which is how the walk carries them."""
MAX_TOTAL = 2**62
MAX_AMOUNT = 2**30
"""What one contact may count for a limit, and the most of a limit that is told from more."""

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]


class PlanTooLargeError(UsageError):
    """A calendar whose caps make too many states, or numbers too large to be added exactly."""


class InfeasibleError(UsageError):
    """Minimums, averages or shares that no plan keeps together; `short` says by row how far the best one is away."""

    def __init__(self, short: Mapping[str, int]) -> None:
        self.short = dict(short)
        names = ", ".join(short)
        super().__init__(
            (f"no plan can keep all of this together: {names}", f"没有计划能同时满足：{names}"),
            ("Ask for less of one of them, or allow more of what it needs.", "请降低其中一项要求，或放宽所需的限制。"),
        )


@dataclass(frozen=True, slots=True)
class Slot:
    """An occurrence still to come; `at` is aware, `key` is `phase/play@moment`, `day` the local ISO date."""

    at: datetime
    key: str
    day: str


@dataclass(frozen=True, slots=True)
class Limit:
    """Something about one member: at most `max` of what counts for it, in any `(t - window, t]`; no window: in all.

    `least`: whoever has any of it has at least so many in the end (counted in all, never in a window).
    `package`: contacts of one moment count once.
    """

    name: str
    max: int
    window: timedelta | None = None
    least: int = 0
    package: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """What a contact is to limits: the amounts it `counts`, those that close it when full, those it `needs`.

    A limit is full for a contact where its amount (one, where it counts nothing) would pass `max`; it is
    needed where anything that counts for it stands: happened before, in order of time, and inside the window.
    """

    counts: tuple[tuple[int, int], ...] = ()
    closed_by: tuple[int, ...] = ()
    needs: tuple[int, ...] = ()

    def with_caps(self, limits: tuple[int, ...]) -> Relation:
        """The same, and one is counted by each of `limits`, which close it."""
        caps = tuple((limit, 1) for limit in set(limits))
        return Relation(
            tuple(sorted({*self.counts, *caps})),
            tuple(sorted({*self.closed_by, *limits})),
            tuple(sorted(set(self.needs))),
        )

    @property
    def limits(self) -> frozenset[int]:
        """Every limit it has to do with."""
        return frozenset((*(limit for limit, _ in self.counts), *self.closed_by, *self.needs))


@dataclass(frozen=True, slots=True)
class Choice:
    """A channel and a benefit (or none) at a slot; `uses` are pairs of row and amount of one member.

    `limits` are the caps: one is counted by each, and closes the choice when full. `rules` is all else.
    """

    slot: int
    channel: str
    benefit: str | None
    value: int
    limits: tuple[int, ...] = ()
    uses: tuple[tuple[int, int], ...] = ()
    rules: Relation = Relation()

    @property
    def relation(self) -> Relation:
        """Caps and rules together."""
        return self.rules.with_caps(self.limits)


@dataclass(frozen=True, slots=True)
class Row:
    """Something all members share: the amounts of a plan add up to at most `capacity`, what the ledger left of it.

    Amounts of stock, daily cap, pool, total, channel by day are from 0. A `signed` row knows amounts and a capacity
    below zero: at least n is at most -n at -1 each, an average or a share at most 0 at what each choice has above
    it. Without a capacity a row is only reported. `short` is how much a plan may go beyond a signed one.
    """

    name: str
    capacity: int | None
    signed: bool = False
    short: int = 0

    @property
    def room(self) -> int:
        """What a plan may come to. Below zero, what is not signed is overdrawn: nothing more can be given."""
        if self.capacity is None:
            return MAX_TOTAL
        return self.capacity + self.short if self.signed else max(self.capacity, 0)


@dataclass(frozen=True, slots=True)
class Problem:
    """Slots in order of time (two may share a moment, both then count), choices grouped by slot.

    The listed order of choices is the order of ties.
    """

    slots: tuple[Slot, ...]
    choices: tuple[Choice, ...]
    limits: tuple[Limit, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """What was done before: pairs of a limit and the moment of a contact that counts for it (None: only counted).

    A moment after the first slot (another run was faster) counts from the start: no cap is broken, and a
    contact long before it may be withheld that the cap would have allowed. Contacts of one moment are told
    once to a limit that counts packages. `amounts` are pairs of a limit without a window and what counts
    for it in all.
    """

    held: tuple[tuple[int, datetime | None], ...] = ()
    amounts: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Members who are alike to the plan.

    `open`: patterns x choices; `root`: which of `pasts`; `treated`: members who use rows (held-out ones do not).
    """

    open: Flags
    root: NDArray[np.integer]
    treated: Ints
    pasts: tuple[Past, ...] = (Past(),)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Who gets which plan: pattern by pattern, in column order; `members` of a pattern add up to its treated.

    A plan is a tuple of choice numbers in order of time; the empty plan is a column like any other. A
    pattern without treated members has one column of no members, the plan its held-out members follow.
    """

    pattern: Small
    plan: tuple[tuple[int, ...], ...]
    members: Ints

    def in_order_of(self, slopes: Sequence[float]) -> Columns:
        """The same, inside each pattern the plan first whose choices add up to the greatest slope.

        Members in order of their baskets, the largest first, then get what a pattern has at the largest value there is.
        """
        total = np.array([sum(slopes[number] for number in plan) for plan in self.plan])
        order = np.lexsort((-total, self.pattern))
        return Columns(self.pattern[order], tuple(self.plan[n] for n in order), self.members[order])

    @property
    def last_places(self) -> Ints:
        """Of each column the place of its last member inside the pattern, counted from 1."""
        total = np.cumsum(self.members)
        starts = np.flatnonzero(np.diff(self.pattern, prepend=-1))
        before = np.repeat(total[starts] - self.members[starts], np.diff(starts, append=len(total)))
        return np.asarray(total - before, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class RowUse:
    """A shared row in the certificate; `price` is 1/1000 points a unit, times `PRICE_SCALE`.

    A `slack` below zero is what a plan falls short of; there is none where a row is only reported.
    """

    name: str
    capacity: int | None
    used: int
    slack: int | None
    price: int

    @classmethod
    def of(cls, row: Row, used: int, price: int) -> RowUse:
        return cls(row.name, row.capacity, used, None if row.capacity is None else row.capacity - used, price)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A plan, what it is worth, and what no plan can be worth more than (`bound`)."""

    columns: Columns
    value: int
    bound: int
    rows: tuple[RowUse, ...] = ()

    @property
    def gap(self) -> float:
        """How much of the bound the plan may fall short of the best, at most."""
        return (self.bound - self.value) / self.bound if self.bound else 0.0

    @property
    def prices(self) -> dict[str, int]:
        """By row name; what a later `solve` may start from."""
        return {row.name: row.price for row in self.rows}


def prices_of(problem: Problem, known: Mapping[str, int]) -> Ints:
    """Prices by row, 0 for those not known; so large a price that nobody could pay it is as good as any larger."""
    limits = (MAX_EXACT // max(amount, 1) for amount in most_used(problem))
    prices = (min(max(int(known.get(row.name, 0)), 0), limit) for row, limit in zip(problem.rows, limits, strict=True))
    return np.fromiter(prices, np.int64, len(problem.rows))


def most_used(problem: Problem) -> list[int]:
    """Of each row the largest amount of a choice, either way."""
    most = [0] * len(problem.rows)
    for choice in problem.choices:
        for row, amount in choice.uses:
            most[row] = max(most[row], abs(int(amount)))
    return most


def check(problem: Problem, patterns: Patterns) -> None:
    """UsageError for what makes no problem, PlanTooLargeError for numbers that cannot be added exactly."""
    for said in chain(_wrong_calendar(problem), _wrong_choices(problem), _wrong_patterns(problem, patterns)):
        raise UsageError(said)
    best = [0] * len(problem.slots)
    for choice in problem.choices:
        best[choice.slot] = max(best[choice.slot], choice.value)
    members = int(patterns.treated.sum(dtype=np.int64)) if len(patterns.treated) else 0
    # Prices of signed rows raise what a choice is worth: half of what is exact is theirs.
    exact = MAX_EXACT // 2 if any(row.signed for row in problem.rows) else MAX_EXACT
    if sum(best) * PRICE_SCALE >= exact or sum(best) * max(members, 1) >= MAX_TOTAL:
        raise PlanTooLargeError(
            (
                f"the priorities of {len(best)} occurrences add up to {sum(best) / 1000:,.0f} points a member",
                f"{len(best)} 次触达的优先级合计每位会员 {sum(best) / 1000:,.0f} 分，过大",
            ),
            ("Use smaller priorities: only their ratios matter.", "请用较小的优先级：只有比例起作用。"),
        )
    for row, most in zip(problem.rows, most_used(problem), strict=True):
        if max(most * max(members, 1) * max(len(best), 1), abs(row.capacity or 0)) >= MAX_EXACT:
            raise PlanTooLargeError(
                (f"the amounts of {row.name} are too large", f"{row.name} 的数额过大"),
                ("Count it in larger units.", "请换用更大的单位。"),
            )


def _wrong_calendar(problem: Problem) -> Iterator[Said]:
    for slot in problem.slots:
        if slot.at.utcoffset() is None:
            yield (f"{slot.key} has a moment without a time zone", f"{slot.key} 的时刻没有时区")
    for before, after in pairwise(problem.slots):
        if after.at < before.at:
            yield (f"{after.key} stands after a later occurrence", f"{after.key} 排在更晚的触达之后")
    for limit in problem.limits:
        if limit.max < 0 or (limit.window is not None and (limit.window <= timedelta(0) or limit.least)):
            yield (f"the limit {limit.name} allows nothing that exists", f"限制 {limit.name} 不成立")
        elif not 0 <= limit.least <= limit.max:
            yield (f"the limit {limit.name} asks for more than it allows", f"限制 {limit.name} 的下限高于上限")
    for row in problem.rows:
        if not all(_is_int(amount) for amount in (row.capacity or 0, row.short)) or row.short < 0:
            yield (f"the capacity of {row.name} is no whole number", f"{row.name} 的容量不是整数")


def _wrong_choices(problem: Problem) -> Iterator[Said]:
    last = 0
    for number, choice in enumerate(problem.choices):
        if not last <= choice.slot < len(problem.slots):
            yield (f"choice {number} is not at its slot {choice.slot}", f"选项 {number} 不在其时段 {choice.slot}")
            return
        last = choice.slot
        relation = choice.relation
        if any(not 0 <= limit < len(problem.limits) for limit in relation.limits):
            yield (f"choice {number} counts for an unknown limit", f"选项 {number} 计入未知的限制")
        elif any(
            not _whole(amount)
            or not 0 < amount <= MAX_AMOUNT
            or (amount > 1 and problem.limits[limit].window is not None)
            for limit, amount in relation.counts
        ):
            yield (f"choice {number} counts a wrong amount", f"选项 {number} 计入的数量有误")
        if any(
            not 0 <= row < len(problem.rows) or not (_is_int if problem.rows[row].signed else _whole)(amount)
            for row, amount in choice.uses
        ):
            yield (f"choice {number} uses an unknown row or a wrong amount", f"选项 {number} 占用的资源或数量有误")
        if not _whole(choice.value):
            yield (
                f"choice {number} is worth {choice.value}: not a whole number from 0",
                f"选项 {number} 的价值 {choice.value} 不是非负整数",
            )


def _is_int(amount: object) -> bool:
    return isinstance(amount, int | np.integer)


def _whole(amount: object) -> bool:
    return isinstance(amount, int | np.integer) and bool(amount >= 0)


def _wrong_patterns(problem: Problem, patterns: Patterns) -> Iterator[Said]:
    shape = (len(patterns.treated), len(problem.choices))
    if patterns.open.shape != shape or patterns.open.dtype != np.bool_ or patterns.root.shape != shape[:1]:
        yield (f"patterns of shape {patterns.open.shape} where {shape} was expected", f"会员分组的形状应为 {shape}")
    elif not np.issubdtype(patterns.treated.dtype, np.integer) or (patterns.treated < 0).any():
        yield ("a pattern has a number of members below zero", "会员分组的人数有误")
    elif shape[0] and not (patterns.root.min() >= 0 and patterns.root.max() < len(patterns.pasts)):
        yield ("a pattern has a past that is not listed", "会员分组的历史不在列表中")
    for past in patterns.pasts:
        for limit, at in past.held:
            if not 0 <= limit < len(problem.limits) or (at is not None and at.utcoffset() is None):
                yield ("a past contact counts for an unknown limit or has no time zone", "历史触达的限制未知或没有时区")
        for limit, amount in past.amounts:
            known = 0 <= limit < len(problem.limits) and problem.limits[limit].window is None
            if not known or not _whole(amount):
                yield ("an amount of before counts for an unknown limit", "历史数额的限制未知")
