"""What is left to give: channel capacity of the day, stock, daily caps, pools, the total budget.

Everything is counted from the tables `contacts` and `grants` of the connection, which hold the
ledger's live rows (of any moment: a run that is late must not give away what a later one has
given) and what this session has already decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
    found, ways = [], list(enumerate(brief.channels))
    for name in dict.fromkeys(channel.channel for channel in brief.channels):
        positions = {position: 1 for position, channel in ways if channel.channel == name}
        capacity = brief.channels[min(positions)].capacity
        if capacity is not None:
            found.append(Supply.left(capacity, sent_today(con, brief, name), "capacity", channels=positions))
    for position, channel in ways:
        if channel.agent is not None and channel.agent.capacity is not None:
            sent = sent_today(con, brief, channel.channel, channel.agent.name)
            found.append(Supply.left(channel.agent.capacity, sent, "capacity", channels={position: 1}))
    for position, benefit in enumerate(brief.benefits):
        if benefit.stock is not None:
            given = granted(con, brief, benefit)
            found.append(Supply.left(benefit.stock, given, "benefit_stock", benefits={position: 1}))
        if benefit.daily_cap is not None:
            given = granted_today(con, brief, benefit)
            found.append(Supply.left(benefit.daily_cap, given, "benefit_daily_cap", benefits={position: 1}))
    return found + _money(con, brief)


def _money(con: duckdb.DuckDBPyConnection, brief: Brief) -> list[Supply]:
    costs = {position: option.cost_cents for position, option in enumerate(brief.benefits) if option.cost_cents}
    if not costs:
        return []
    found = []
    if brief.budget.total_cents is not None:
        found.append(Supply.left(brief.budget.total_cents, spent(con, brief), "benefit_budget", benefits=costs))
    for pool, limit in brief.budget.pools.items():
        drawn = {position: cents for position, cents in costs.items() if brief.benefits[position].pool == pool}
        if drawn:
            found.append(Supply.left(limit, spent(con, brief, pool), "benefit_budget", benefits=drawn))
    return found


def spent(con: duckdb.DuckDBPyConnection, brief: Brief, pool: str | None = None) -> int:
    """Cents that the calendar's grants reserve, of one pool or in all."""
    sql = "select coalesce(sum(cost_cents), 0)::bigint from grants where calendar = ?"
    if pool is None:
        return _one(con, sql, [brief.calendar])
    return _one(con, sql + " and pool = ?", [brief.calendar, pool])


def sent_today(con: duckdb.DuckDBPyConnection, brief: Brief, channel: str, agent: str | None = None) -> int:
    """Messages of the channel on the occurrence's local day, of all plays and calendars; or to an agent's members."""
    sql = 'select count(*) from contacts where channel = ? and "at" >= ? and "at" < ?'
    values: list[object] = [channel, utc_naive(brief.day.start), utc_naive(brief.day.end)]
    if agent is not None:
        sql += " and member_id in (select member_id from member_agents where channel = ? and agent = ?)"
        values += [channel, agent]
    return _one(con, sql, values)


def granted(con: duckdb.DuckDBPyConnection, brief: Brief, option: BenefitOption) -> int:
    """Grants of the benefit in the calendar."""
    sql = "select count(*) from grants where calendar = ? and benefit = ?"
    return _one(con, sql, [brief.calendar, option.benefit])


def granted_today(con: duckdb.DuckDBPyConnection, brief: Brief, option: BenefitOption) -> int:
    """Grants of the benefit on the occurrence's local day."""
    return _one(
        con,
        "select count(*) from grants where calendar = ? and benefit = ? and granted_at >= ? and granted_at < ?",
        [brief.calendar, option.benefit, utc_naive(brief.day.start), utc_naive(brief.day.end)],
    )


def _one(con: duckdb.DuckDBPyConnection, sql: str, parameters: list[object]) -> int:
    row = con.execute(sql, parameters).fetchone()
    assert row is not None  # noqa: S101  an aggregate without group by always has one row
    return int(row[0])
