"""What is left to give: channel capacity of the day, stock, daily caps, pools, the total budget.

Everything is counted from the tables `contacts`, `grants` and `blocks` of the connection, which hold the
ledger's live rows (of any moment: a run that is late must not give away what a later one has
given) and what this session has already decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import duckdb

from campaign_calendars.deciding.briefs import BenefitOption, Brief
from warehouse.engines.rows import utc_naive

Needs = Mapping[int, int]
NONE: Needs = {}


@dataclass(frozen=True, slots=True)
class Supply:
    """One scarce thing: `room` units are left, in pieces or cents.

    One message on a channel of `channels`, or one grant of a benefit of `benefits` (positions of the
    brief), takes so many of them. `exhausted` is the reason code once it is used up.
    """

    room: int
    exhausted: str
    channels: dict[int, int]
    benefits: dict[int, int]

    @classmethod
    def left(cls, limit: int, used: int, exhausted: str, *, channels: Needs = NONE, benefits: Needs = NONE) -> Supply:
        """What a limit leaves; one that was lowered below its use leaves nothing, and takes nothing back."""
        return cls(max(limit - used, 0), exhausted, dict(channels), dict(benefits))


def supplies(con: duckdb.DuckDBPyConnection, brief: Brief) -> list[Supply]:
    """Everything that this occurrence can use up, in the order in which it is named as a reason."""
    used = Used(con, brief.calendar)
    found, ways = [], list(enumerate(brief.channels))
    for name in dict.fromkeys(channel.channel for channel in brief.channels):
        positions = {position: 1 for position, channel in ways if channel.channel == name}
        capacity = brief.channels[min(positions)].capacity
        if capacity is not None:
            found.append(Supply.left(capacity, used.sent_today(brief, name), "capacity", channels=positions))
    for position, channel in ways:
        if channel.agent is not None and channel.agent.capacity is not None:
            sent = used.sent_today(brief, channel.channel, channel.agent.name)
            found.append(Supply.left(channel.agent.capacity, sent, "capacity", channels={position: 1}))
    for position, benefit in enumerate(brief.benefits):
        if benefit.stock is not None:
            given = used.granted(benefit)
            found.append(Supply.left(benefit.stock, given, "benefit_stock", benefits={position: 1}))
        if benefit.daily_cap is not None:
            given = used.granted_today(brief, benefit)
            found.append(Supply.left(benefit.daily_cap, given, "benefit_daily_cap", benefits={position: 1}))
    return found + _money(used, brief)


def _money(used: Used, brief: Brief) -> list[Supply]:
    costs = {position: option.cost_cents for position, option in enumerate(brief.benefits) if option.cost_cents}
    if not costs:
        return []
    found = []
    if brief.budget.total_cents is not None:
        found.append(Supply.left(brief.budget.total_cents, used.spent(), "benefit_budget", benefits=costs))
    for pool, limit in brief.budget.pools.items():
        drawn = {position: cents for position, cents in costs.items() if brief.benefits[position].pool == pool}
        if drawn:
            found.append(Supply.left(limit, used.spent(pool), "benefit_budget", benefits=drawn))
    return found


class Used:
    """What is used up as of now: two statements, each when it is first asked for, whatever is asked how often."""

    def __init__(self, con: duckdb.DuckDBPyConnection, calendar: str) -> None:
        self._con, self._calendar = con, calendar

    def sent_today(self, brief: Brief, channel: str, agent: str | None = None) -> int:
        """Messages of the channel on the occurrence's local day, of all calendars; or to an agent's members."""
        start, end = utc_naive(brief.day.start), utc_naive(brief.day.end)
        if agent is None:
            return sum(count for name, at, count in self._sent if name == channel and start <= at < end)
        sql = (
            'select count(*) from contacts where channel = $channel and "at" >= $start and "at" < $end and member_id in'
            " (select member_id from member_agents where channel = $channel and agent = $agent)"
        )
        given = {"channel": channel, "start": start, "end": end, "agent": agent}
        return int(self._con.execute(sql, given).fetchall()[0][0])

    def granted(self, option: BenefitOption) -> int:
        """Grants of the benefit in the calendar, and what is set aside of it for those who use it without one."""
        given = sum(each.count for each in self._granted if each.benefit == option.benefit)
        return given + sum(each.pieces for each in self._blocks if each.benefit == option.benefit)

    def granted_today(self, brief: Brief, option: BenefitOption) -> int:
        """Grants of the benefit on the occurrence's local day."""
        start, end = utc_naive(brief.day.start), utc_naive(brief.day.end)
        return sum(each.count for each in self._granted if each.benefit == option.benefit and start <= each.at < end)

    def spent(self, pool: str | None = None) -> int:
        """Cents that the calendar's grants and blocks hold, of one pool or in all."""
        held = [(each.pool, each.cents) for each in self._granted]
        held += [(each.pool, each.cents) for each in self._blocks]
        return sum(cents for of, cents in held if pool is None or of == pool)

    @cached_property
    def _sent(self) -> list[tuple[str, datetime, int]]:
        return self._con.execute('select channel, "at", count(*) from contacts group by all').fetchall()

    @cached_property
    def _granted(self) -> list[_Granted]:
        sql = (
            "select benefit, pool, granted_at, count(*), sum(cost_cents)::bigint from grants where calendar = ?"
            " group by all"
        )
        return [_Granted(*row) for row in self._con.execute(sql, [self._calendar]).fetchall()]

    @cached_property
    def _blocks(self) -> list[_Held]:
        sql = "select benefit, pool, pieces, cents from blocks where calendar = ?"
        return [_Held(*row) for row in self._con.execute(sql, [self._calendar]).fetchall()]


@dataclass(frozen=True, slots=True)
class _Held:
    """What is held of a benefit that applies itself."""

    benefit: str
    pool: str | None
    pieces: int
    cents: int


@dataclass(frozen=True, slots=True)
class _Granted:
    """Grants of a benefit at a moment (naive UTC)."""

    benefit: str
    pool: str | None
    at: datetime
    count: int
    cents: int
