"""What all members share over everything to come: stock, daily caps, pools, the total, channels by day."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

import duckdb

from campaign_calendars.deciding.briefs import BenefitOption, Brief, ChannelOption
from warehouse.contact_plan.problem import Row
from warehouse.decision import supply


class RowsAhead:
    """Numbers the rows as choices use them; capacities are what the ledger left, in 1/`scale` units."""

    def __init__(self, con: duckdb.DuckDBPyConnection, scale: int) -> None:
        self._con, self._scale = con, scale
        self._rows: dict[str, tuple[int, int]] = {}

    def rows(self) -> list[Row]:
        """In the order of their numbers."""
        return [Row(name, capacity) for name, (_, capacity) in self._rows.items()]

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
            left = channel.capacity - (
                0 if name in self._rows else supply.sent_today(self._con, brief, channel.channel)
            )
            needs.append((self._row(name, left), 1))
        if benefit is not None:
            needs += self._benefit(brief, benefit, day)
        return tuple(sorted((row, ceil(amount * self._scale * stays)) for row, amount in needs))

    def _benefit(self, brief: Brief, benefit: BenefitOption, day: str) -> list[tuple[int, int]]:
        con, needs = self._con, []
        if benefit.stock is not None:
            name = f"stock {benefit.benefit}"
            given = 0 if name in self._rows else supply.granted(con, brief, benefit)
            needs.append((self._row(name, benefit.stock - given), 1))
        if benefit.daily_cap is not None:
            name = f"daily {benefit.benefit} {day}"
            given = 0 if name in self._rows else supply.granted_today(con, brief, benefit)
            needs.append((self._row(name, benefit.daily_cap - given), 1))
        if benefit.cost_cents:
            if brief.budget.total_cents is not None:
                name = "budget"
                spent = 0 if name in self._rows else supply.spent(con, brief)
                needs.append((self._row(name, brief.budget.total_cents - spent), benefit.cost_cents))
            if benefit.pool is not None and benefit.pool in brief.budget.pools:
                name = f"pool {benefit.pool}"
                spent = 0 if name in self._rows else supply.spent(con, brief, benefit.pool)
                needs.append((self._row(name, brief.budget.pools[benefit.pool] - spent), benefit.cost_cents))
        return needs

    def _row(self, name: str, left: int) -> int:
        number, _ = self._rows.setdefault(name, (len(self._rows), max(left, 0) * self._scale))
        return number
