"""The rules of a store's points as they are counted: rates of tiers and days, games, referrals, cash (A6, R5).

Pure: what a calendar and its store say, resolved to moments and whole numbers. Moments are aware.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from math import lcm
from typing import Literal

from campaign_calendars.model.programme import Ladder, PointsCash, Rounding

Difference = Literal[
    "not_recorded",
    "before_joining",
    "double_day",
    "tier",
    "double_day_and_tier",
    "refund",
    "amount",
    "no_order",
    "play_not_recorded",
    "play_not_due",
    "referral_not_recorded",
    "referral_not_due",
    "cash_not_given_back",
    "cash_above_share",
    "expiry",
    "expiry_follows",
    "balance_only",
]


@dataclass(frozen=True, slots=True)
class DoubleDays:
    """Orders paid in `[start, end)` earn `multiplier` times as much; `ranks` of tiers (1: the lowest), empty: all."""

    start: datetime
    end: datetime
    multiplier: float
    ranks: frozenset[int] = frozenset()
    calendar: str = ""
    benefit: str = ""


@dataclass(frozen=True, slots=True)
class EarnRule:
    """Points for something a member does, between two moments: at most once for each `per`.

    `streak` are points on top for so many local days in a row (days, points), by days; a row that is longer than the
    longest begins again. `month_cap` is of a local month, `most` of the whole rule; None: no limit.
    """

    calendar: str
    benefit: str
    event: str
    points: int
    start: datetime
    end: datetime
    per: Literal["day", "order", "member"]
    streak: tuple[tuple[int, int], ...] = ()
    month_cap: int | None = None
    most: int | None = None
    ranks: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ReferralTerm:
    """Points for both when a brought friend's first order succeeds that was paid in `[start, end)`.

    `points` None: as many as that order earns before tier factors and days. With `spend_cents` they are for the
    order with which the friend's successful spend reaches it. `start` None: the store's own rule, always.
    """

    points: int | None
    spend_cents: int = 0
    start: datetime | None = None
    end: datetime | None = None
    calendar: str = ""
    benefit: str = ""


@dataclass(frozen=True, slots=True)
class PointRules:
    """The rules of one store and its calendars; `factors` are those of the tiers, lowest first."""

    per_unit: int
    rounding: Rounding
    ladder: Ladder
    factors: tuple[float, ...]
    window: timedelta
    valid: timedelta | None = None
    waits: bool = True
    """Whether points of orders before joining are the member's on joining."""
    value_cents: int = 0
    cash: PointsCash | None = None
    doubles: tuple[DoubleDays, ...] = ()
    earning: tuple[EarnRule, ...] = ()
    referrals: tuple[ReferralTerm, ...] = ()
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on (None: ever) an order of a member of rank r earns `multipliers[r]` / `scale` times as much."""

    at: datetime | None
    multipliers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """Whole numbers: an order earns whole units x `factors[rank]` x a step's multiplier / (`factor_scale` x `scale`).

    Rank 0 has no tier. Of several days that hold at once the largest multiplier counts, they are never multiplied
    with each other (R5).
    """

    factors: tuple[int, ...]
    factor_scale: int
    steps: tuple[Step, ...]
    scale: int
    multipliers: tuple[int, ...]
    """Those of the rules' `doubles`, over `scale`."""


def rates(rules: PointRules) -> Rates:
    """The rules' factors as whole numbers, and the days on which more is earned as steps in time."""
    factors, factor_scale = _whole([1.0, *rules.factors])
    multipliers, scale = _whole([1.0, *(double.multiplier for double in rules.doubles)])
    one, timed = multipliers[0], list(zip(rules.doubles, multipliers[1:], strict=True))
    ranks = range(len(factors))
    steps = [Step(None, (one,) * len(factors))]
    for at in sorted({moment for double in rules.doubles for moment in (double.start, double.end)}):
        now = [(d, m) for d, m in timed if d.start <= at < d.end]
        most = tuple(max([one, *(m for d, m in now if not d.ranks or rank in d.ranks)]) for rank in ranks)
        if most != steps[-1].multipliers:
            steps.append(Step(at, most))
    return Rates(factors, factor_scale, tuple(steps), scale, multipliers[1:])


def that_matter(rules: PointRules, calendar: str) -> PointRules:
    """The rules that what the benefits of one calendar give can depend on: its own, and what holds on its days."""
    own = [double for double in rules.doubles if double.calendar == calendar]
    beside = (each for each in rules.doubles if any(each.start < one.end and one.start < each.end for one in own))
    # Of what several say of one friend the most counts.
    brings = any(term.calendar == calendar for term in rules.referrals)
    return replace(
        rules,
        doubles=tuple(beside),
        earning=tuple(rule for rule in rules.earning if rule.calendar == calendar),
        referrals=rules.referrals if brings else (),
    )


def _whole(numbers: Iterable[float]) -> tuple[tuple[int, ...], int]:
    """Decimal numbers as whole ones over one scale."""
    exact = [Fraction(str(number)) for number in numbers]
    scale = lcm(*(one.denominator for one in exact))
    return tuple(int(one * scale) for one in exact), scale


def liability_cents(points: Fraction, rules: PointRules) -> int:
    """What points that members hold are worth, rounded up."""
    return -(-points.numerator * rules.value_cents // points.denominator)


def ranks_of(tiers: Sequence[str], levels: Sequence[str]) -> frozenset[int]:
    """The ranks of tiers, 1 for the lowest; empty for all."""
    return frozenset(levels.index(tier) + 1 for tier in tiers if tier in levels)
