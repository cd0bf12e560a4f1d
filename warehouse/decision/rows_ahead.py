"""What all members share over everything to come: stock, daily caps, pools, the total, channels by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import product
from math import ceil

import duckdb

from campaign_calendars.deciding.briefs import BenefitOption, Brief, ChannelOption
from campaign_calendars.deciding.events import EventRate, kept_free
from campaign_calendars.deciding.limits import PART, WHOLE, Done, LimitRule
from warehouse.contact_plan.problem import Row
from warehouse.decision import limits
from warehouse.decision.supply import Used


class RowsAhead:
    """Numbers the rows as choices use them; capacities are what the ledger left, in 1/`scale` units."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, scale: int, at: datetime, rates: Sequence[EventRate] = ()
    ) -> None:
        self._con, self._scale, self._at, self._rates = con, scale, at, rates
        self._used: dict[str, Used] = {}
        self.kept_free: dict[str, int] = {}
        self._rows: dict[str, tuple[int, int]] = {}
        self._limits: dict[str, Row] = {}
        self.past: dict[str, Done] = {}

    def rows(self) -> list[Row]:
        """In the order of their numbers."""
        return [self._limits.get(name, Row(name, capacity)) for name, (_, capacity) in self._rows.items()]

    def know_limits(self, briefs: Sequence[Brief]) -> None:
        """Make the rows of the calendar's limits; one of the whole campaign stands even if nothing to come is in it."""
        for brief in briefs:
            for rule in brief.limits:
                name = rule.row_name(brief.phase, self.day_of(brief))
                if name not in self._rows and (rule.per == "campaign" or _may_count(rule, brief)):
                    self._know(name, rule, limits.done(self._con, rule, brief))

    def _know(self, name: str, rule: LimitRule, past: Done) -> None:
        self.past[name] = past
        capacity = None if rule.capacity is None else (rule.capacity - past.total(rule)) * self._scale
        if rule.kind == "at_most" and capacity is not None:
            capacity = max(capacity, 0)
        self._row(name, 0)
        self._limits[name] = Row(name, capacity, signed=rule.signed)
        if rule.measured:
            for part in (PART, WHOLE):
                self._row(f"{name} {part}", 0)
                self._limits[f"{name} {part}"] = Row(f"{name} {part}", None)

    def limit_uses(
        self,
        brief: Brief,
        channel: str,
        benefit: BenefitOption | None,
        tiers: tuple[str, ...] | None,
        *,
        stays: float,
        value: float,
    ) -> tuple[tuple[int, int], ...]:
        """Rows of limits and amounts of one message, worth `value`, to a member of these tiers (None: all)."""
        found: list[tuple[int, int]] = []
        for rule in brief.limits:
            name = rule.row_name(brief.phase, self.day_of(brief))
            if name not in self._rows:
                continue
            counts = rule.counts(brief.phase, brief.play, channel, benefit.benefit if benefit else None)
            counts = counts and (
                not rule.tiers or (tiers is not None and set(tiers) <= set(rule.tiers) and bool(tiers))
            )
            cents = benefit.cost_cents if benefit else 0
            amounts = {name: rule.amount(counts=counts, cost_cents=cents, value=value)}
            if rule.measured:
                sides = rule.measure(counts=counts, cost_cents=cents, value=value)
                amounts |= dict(zip((f"{name} {PART}", f"{name} {WHOLE}"), sides, strict=True))
            found += [
                (self._rows[row][0], ceil(amount * self._scale * stays)) for row, amount in amounts.items() if amount
            ]
        return tuple(found)

    def day_of(self, brief: Brief) -> str:
        """The local day of an occurrence, ISO."""
        return (brief.day.start + timedelta(hours=12)).astimezone(brief.day.start.tzinfo).date().isoformat()

    def uses(
        self, brief: Brief, channel: ChannelOption, benefit: BenefitOption | None, stays: float
    ) -> tuple[tuple[int, int], ...]:
        """Rows and amounts of one member's message with its benefit, as likely as it is to be sent."""
        day = self.day_of(brief)
        needs: list[tuple[int, int]] = []
        if channel.capacity is not None:
            name = f"channel {channel.channel} {day}"
            left = channel.capacity
            if name not in self._rows:
                free = kept_free(self._rates, max(self._at, brief.day.start), brief.day.end, channel=channel.channel)
                left = self._without(name, left - self._used_by(brief).sent_today(brief, channel.channel), free)
            needs.append((self._row(name, left), 1))
        if channel.agent is not None and channel.agent.capacity is not None:
            name = f"channel {channel.label} {day}"
            sent = (
                0 if name in self._rows else self._used_by(brief).sent_today(brief, channel.channel, channel.agent.name)
            )
            needs.append((self._row(name, channel.agent.capacity - sent), 1))
        if benefit is not None:
            needs += self._benefit(brief, benefit, day)
        return tuple(sorted((row, ceil(amount * self._scale * stays)) for row, amount in needs))

    def _benefit(self, brief: Brief, benefit: BenefitOption, day: str) -> list[tuple[int, int]]:
        used, needs = self._used_by(brief), []
        if benefit.stock is not None:
            name = f"stock {benefit.benefit}"
            left = benefit.stock
            if name not in self._rows:
                end = max((rate.during.end for rate in self._rates), default=self._at)
                free = kept_free(self._rates, self._at, end, benefit=benefit.benefit)
                left = self._without(name, left - used.granted(benefit), free)
            needs.append((self._row(name, left), 1))
        if benefit.daily_cap is not None:
            name = f"daily {benefit.benefit} {day}"
            given = 0 if name in self._rows else used.granted_today(brief, benefit)
            needs.append((self._row(name, benefit.daily_cap - given), 1))
        if benefit.cost_cents:
            if brief.budget.total_cents is not None:
                name = "budget"
                spent = 0 if name in self._rows else used.spent()
                needs.append((self._row(name, brief.budget.total_cents - spent), benefit.cost_cents))
            if benefit.pool is not None and benefit.pool in brief.budget.pools:
                name = f"pool {benefit.pool}"
                spent = 0 if name in self._rows else used.spent(benefit.pool)
                needs.append((self._row(name, brief.budget.pools[benefit.pool] - spent), benefit.cost_cents))
        return needs

    def _used_by(self, brief: Brief) -> Used:
        return self._used.setdefault(brief.calendar, Used(self._con, brief.calendar))

    def _without(self, name: str, left: int, free: int) -> int:
        """What remains beside what is kept free for events."""
        if free := min(free, max(left, 0)):
            self.kept_free[name] = free
        return left - free

    def _row(self, name: str, left: int) -> int:
        number, _ = self._rows.setdefault(name, (len(self._rows), max(left, 0) * self._scale))
        return number


def _may_count(rule: LimitRule, brief: Brief) -> bool:
    """Whether some message of the occurrence is of those that the limit is about."""
    benefits: list[str | None] = [option.benefit for option in brief.benefits]
    ways = product(brief.channels, benefits or [None])
    return any(rule.counts(brief.phase, brief.play, channel.channel, benefit) for channel, benefit in ways)
