"""What the rules of the points give for a member's orders (A6), whatever was recorded.

Pure: orders come in, points come out. Money in cents, moments aware.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from campaign_calendars.model.programme import Ladder, Points


@dataclass(frozen=True, slots=True)
class Trade:
    """A successful order: when it succeeded, what was paid, what has been given back since."""

    at: datetime
    cents: int
    refunded_cents: int = 0


@dataclass(frozen=True, slots=True)
class PointRules:
    """The rules of one store; `factors` are those of the tiers, lowest first."""

    points: Points
    ladder: Ladder
    factors: tuple[float, ...]
    window: timedelta
    timezone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Earned:
    """Points of one order: earned when it succeeded, and taken back with its refund."""

    at: datetime
    earned: int | Fraction
    taken_back: int | Fraction


def earned_by(trades: Sequence[Trade], rules: PointRules) -> Iterator[Earned]:
    """The points of one member's orders, in the order they succeeded.

    The tier is the one reached by the orders before, net of what has been given back; the order
    itself counts for the next. A refund takes back what its part of the order had earned (A6).
    """
    recent: deque[Trade] = deque()
    spend = orders = 0
    for trade in sorted(trades, key=lambda trade: trade.at):
        while recent and recent[0].at < trade.at - rules.window:
            gone = recent.popleft()
            spend, orders = spend - (gone.cents - gone.refunded_cents), orders - 1
        rank = rules.ladder.rank(spend, orders)
        factor = rules.factors[rank - 1] if rank else 1.0
        multiplier = day_multiplier(rules.points, trade.at, rules.timezone)
        full = rules.points.earned(trade.cents, factor, multiplier)
        kept = rules.points.earned(trade.cents - trade.refunded_cents, factor, multiplier)
        yield Earned(trade.at, full, full - kept)
        if trade.refunded_cents < trade.cents:
            recent.append(trade)
            spend, orders = spend + trade.cents - trade.refunded_cents, orders + 1


def day_multiplier(points: Points, at: datetime, timezone: ZoneInfo) -> float:
    """The factor of the local day (会员日双倍积分, A3)."""
    day = points.member_day
    if day is None:
        return 1.0
    local = at.astimezone(timezone).date()
    return day.multiplier if local.day in day.monthly or local in day.on else 1.0


def referral_reached(trades: Iterable[Trade], points: Points) -> datetime | None:
    """When a referred friend's successful spend reached the amount; None: not yet, or no such rule."""
    if points.referral is None:
        return None
    spend = 0
    for trade in sorted(trades, key=lambda trade: trade.at):
        spend += trade.cents - trade.refunded_cents
        if spend >= points.referral.spend:
            return trade.at
    return None
