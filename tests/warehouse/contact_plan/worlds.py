"""Small calendars for the tests: occurrences at hours of a day's 00:00, members by name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from itertools import product

import numpy as np

from warehouse.contact_plan import Choice, Columns, Limit, Past, Patterns, Problem, Relation, Row, Slot, solve

SHANGHAI = timezone(timedelta(hours=8))
MIDNIGHT = datetime(2026, 3, 1, tzinfo=SHANGHAI)
CAP = Limit("1/20h", 1, timedelta(hours=20))


def moment(hours: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hours)


def slot(hours: float, name: str = "play") -> Slot:
    at = moment(hours)
    return Slot(at, f"phase/{name}@{at:%m-%dT%H:%M:%S}", at.date().isoformat())


@dataclass
class World:
    """One choice a slot unless told otherwise; `who` says by slot which members it is open to."""

    hours: Sequence[float]
    points: Sequence[int]
    who: Sequence[str]
    limits: Sequence[Limit] = (CAP,)
    counts: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    uses: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    past: Mapping[str, tuple[tuple[int, datetime | None], ...]] = field(default_factory=dict)

    def problem(self) -> Problem:
        every = tuple(range(len(self.limits)))
        return Problem(
            tuple(slot(hours, str(number)) for number, hours in enumerate(self.hours)),
            tuple(
                Choice(number, "sms", None, value * 1000, self.counts.get(number, every), self.uses.get(number, ()))
                for number, value in enumerate(self.points)
            ),
            tuple(self.limits),
            tuple(Row(name, capacity) for name, capacity in self.rows.items()),
        )

    def patterns(self) -> Patterns:
        names = sorted(set("".join(self.who)))
        pasts = tuple(Past(self.past.get(name, ())) for name in names)
        flags = np.array([[name in who for who in self.who] for name in names], bool).reshape(len(names), len(self.who))
        return Patterns(flags, np.arange(len(names)), np.ones(len(names), np.int64), pasts)

    def solved(self) -> tuple[Problem, Patterns]:
        return self.problem(), self.patterns()


def may(problem: Problem, past: Past, plan: Sequence[int]) -> bool:
    """Whether one member's plan keeps every limit, told by the words of the definition."""
    chosen = [problem.choices[number] for number in plan]
    if len({choice.slot for choice in chosen}) < len(chosen):
        return False
    return all(_keeps(problem, past, chosen, number) for number in range(len(problem.limits)))


@cache
def _means(choice: Choice, number: int) -> tuple[int, bool, bool]:
    """What a choice counts for a limit, whether that closes it, whether it needs it."""
    relation = choice.relation
    return dict(relation.counts).get(number, 0), number in relation.closed_by, number in relation.needs


def _keeps(problem: Problem, past: Past, chosen: Sequence[Choice], number: int) -> bool:
    """Whether one member's contacts (in order of time), after those of before, keep one limit."""
    limit = problem.limits[number]
    before = [(at, 1) for held, at in past.held if held == number]
    before += [(None, amount) for held, amount in past.amounts if held == number]
    done: list[tuple[datetime | None, int]] = list(before)
    for choice in chosen:
        at = problem.slots[choice.slot].at
        amount, closed, needs = _means(choice, number)
        if limit.package and any(one == at for one, _ in done):
            continue  # one more of a package
        standing = [more for one, more in done if limit.window is None or one is None or one > at - limit.window]
        if closed and sum(standing) + max(amount, 1) > limit.max:
            return False
        if needs and not standing:
            return False
        if amount:
            done.append((at, amount))
    new = sum(amount for _, amount in done) - sum(amount for _, amount in before)
    return bool(before) or new == 0 or new >= limit.least


def plans_of(problem: Problem, past: Past, flags: np.ndarray) -> list[tuple[int, ...]]:
    """Every plan of one member."""
    at: list[list[int | None]] = [[None] for _ in problem.slots]
    for number, choice in enumerate(problem.choices):
        if flags[number]:
            at[choice.slot].append(number)
    told = (tuple(number for number in plan if number is not None) for plan in product(*at))
    return [plan for plan in told if may(problem, past, plan)]


def by_hand(problem: Problem, patterns: Patterns) -> int | None:
    """The best total value, by trying everything: states are what is left of each row. None: no plan keeps them."""
    reached: dict[tuple[int, ...], int] = {tuple(row.room for row in problem.rows): 0}
    for number, members in enumerate(patterns.treated):
        plans = plans_of(problem, patterns.pasts[patterns.root[number]], patterns.open[number])
        costs = {}
        for plan in plans:
            use = [0] * len(problem.rows)
            for choice in plan:
                for row, amount in problem.choices[choice].uses:
                    use[row] += amount
            value = sum(problem.choices[choice].value for choice in plan)
            costs[tuple(use)] = max(costs.get(tuple(use), 0), value)
        for _ in range(int(members)):
            after: dict[tuple[int, ...], int] = {}
            for left, value in reached.items():
                for use, more in costs.items():
                    rest = tuple(have - need for have, need in zip(left, use, strict=True))
                    if all(left >= 0 or row.signed for left, row in zip(rest, problem.rows, strict=True)):
                        after[rest] = max(after.get(rest, 0), value + more)
            reached = after
    return max((value for left, value in reached.items() if min(left, default=0) >= 0), default=None)


def by_pattern(columns: Columns) -> dict[int, list[tuple[tuple[int, ...], int]]]:
    told: dict[int, list[tuple[tuple[int, ...], int]]] = {}
    for pattern, plan, members in zip(columns.pattern.tolist(), columns.plan, columns.members.tolist(), strict=True):
        told.setdefault(pattern, []).append((plan, members))
    return told


def worth_of(problem: Problem, columns: Columns) -> int:
    """What a plan is worth by the values of a problem."""
    every = (row for rows in by_pattern(columns).values() for row in rows)
    return sum(members * sum(problem.choices[choice].value for choice in taken) for taken, members in every)


def world(rng: np.random.Generator, slots: int, patterns: int, rows: int, members: int = 3) -> tuple[Problem, Patterns]:
    """Two channels, one of them with a cap of its own; plays that recur; contacts of before."""
    hours = np.sort(rng.integers(0, 24 * 8, slots))
    names = [f"play-{number}" for number in rng.integers(0, max(slots // 2, 1), slots)]
    limits = [Limit("20h", 1, timedelta(hours=20)), Limit("7d", int(rng.integers(2, 4)), timedelta(days=7))]
    limits += [Limit("campaign", int(rng.integers(2, 6))), Limit("sms/3d", 1, timedelta(days=3))]
    limits += [Limit(f"once/{name}", 1) for name in sorted(set(names))]
    place = {limit.name: number for number, limit in enumerate(limits)}
    choices = []
    for number in range(slots):
        value = int(rng.integers(1, 12)) * 1000
        for channel in ("group", "sms"):
            counts = (0, 1, 2, *((3,) if channel == "sms" else ()), place[f"once/{names[number]}"])
            asked = [row for row in range(rows) if rng.random() < 0.4]
            uses = tuple((row, int(rng.integers(1, 4))) for row in asked)
            choices.append(Choice(number, channel, None, value, counts, uses))
    shared = tuple(Row(f"row-{row}", int(rng.integers(0, patterns * members))) for row in range(rows))
    problem = Problem(
        tuple(slot(float(at), name) for at, name in zip(hours, names, strict=True)),
        tuple(choices),
        tuple(limits),
        shared,
    )
    pasts = (
        Past(),
        Past(((0, moment(-3)), (1, moment(-3)), (2, None))),
        Past(((1, moment(-150)), (1, moment(-30)), (3, moment(-30)), (2, moment(-150)), (2, None))),
        Past(((0, moment(-1)), (0, moment(-2)))),
    )
    flags = rng.random((patterns, len(choices))) < 0.6
    treated = rng.integers(0, members + 1, patterns)
    return problem, Patterns(flags, rng.integers(0, len(pasts), patterns), treated.astype(np.int64), pasts)


def digest() -> str:
    """Of everything a solve says about one coupled world."""
    found = solve(*world(np.random.default_rng(4), 8, 60, 3, members=20))
    told = (found.value, found.bound, found.rows, found.columns.plan, found.columns.members.tolist())
    return hashlib.sha256(repr(told).encode()).hexdigest()


def ruled(rng: np.random.Generator, slots: int, patterns: int, rows: int, members: int = 2) -> tuple[Problem, Patterns]:
    """Plays with every kind of rule between them, some of them twice; moments that are shared; contacts of before."""
    hours = np.sort(rng.integers(0, 12, slots) * 12)
    plays = rng.integers(0, 4, slots)
    limits = [
        Limit(
            "cap", int(rng.integers(1, 4)), timedelta(hours=int(rng.integers(1, 5)) * 12), package=rng.random() < 0.5
        ),
        Limit("campaign", int(rng.integers(1, 6)), package=rng.random() < 0.3),
        Limit("had 0", 1),
        Limit("had 1", 1),
        Limit("after 2", 1, timedelta(hours=int(rng.integers(1, 8)) * 12)),
        Limit("follows 3", 1, timedelta(hours=int(rng.integers(1, 8)) * 12) if rng.random() < 0.7 else None),
        Limit("two or none", 2, least=2),
        Limit("three or none", 3, least=3),
        Limit("money", int(rng.integers(20, 90))),
    ]
    wanted = rng.random(7) < 0.5
    relations: list[list[tuple[list[int], list[int], list[int]]]] = [
        [],
        [],
        [],
        [],
    ]  # by play: counts, closed by, needs
    rules: list[tuple[bool, dict[int, tuple[list[int], list[int], list[int]]]]] = [
        (wanted[0], {0: ([2], [3], []), 1: ([3], [2], [])}),  # never 0 with 1
        (wanted[1], {2: ([4], [], []), int(rng.integers(0, 2)): ([], [4], [])}),  # not that within so long after 2
        (wanted[2], {3: ([5], [], []), int(rng.integers(0, 3)): ([], [], [5])}),  # that only after 3
        (wanted[3], {0: ([6], [], []), 2: ([6], [], [])}),
        (wanted[4], {1: ([7], [], []), 2: ([7], [], []), 3: ([7], [], [])}),
    ]
    for use, meant in rules:
        for play, relation in meant.items() if use else ():
            relations[play].append(relation)
    choices = []
    for number in range(slots):
        told = relations[plays[number]]
        for benefit, cost in ((None, 0), ("gift", int(rng.integers(10, 50)))):
            counts = {(limit, 1) for counted, _, _ in told for limit in counted}
            closed = {limit for _, shut, _ in told for limit in shut}
            needs = {limit for _, _, asked in told for limit in asked}
            if wanted[5] and cost:
                counts.add((8, cost))
                closed.add(8)
            rule = Relation(tuple(sorted(counts)), tuple(sorted(closed)), tuple(sorted(needs)))
            uses = tuple((row, int(rng.integers(1, 4))) for row in range(rows) if rng.random() < 0.4)
            value = int(rng.integers(1, 12)) * 1000
            choices.append(Choice(number, "sms", benefit, value, (0, 1) if wanted[6] else (), uses, rule))
    problem = Problem(
        tuple(
            slot(float(at), f"play-{play}-{number}") for number, (at, play) in enumerate(zip(hours, plays, strict=True))
        ),
        tuple(choices),
        tuple(limits),
        tuple(Row(f"row-{row}", int(rng.integers(0, patterns * members + 1))) for row in range(rows)),
    )
    pasts = (
        Past(),
        Past(((0, moment(0.0)), (1, None), (2, None), (4, moment(-13)))),
        Past(((4, moment(-24)), (5, moment(-12) if limits[5].window else None), (6, None)), ((8, 30),)),
        Past(((0, moment(float(hours[0]))), (7, None), (7, None)), ((8, 15),)),
    )
    flags = rng.random((patterns, len(choices))) < 0.6
    treated_members = rng.integers(0, members + 1, patterns)
    return problem, Patterns(flags, rng.integers(0, len(pasts), patterns), treated_members.astype(np.int64), pasts)
