"""What is left to give: channel capacity of the day, stock, daily caps, pools, the total budget.

Everything is counted from the tables `contacts` and `grants` of the connection, which hold the
ledger's live rows (of any moment: a run that is late must not give away what a later one has
given) and what this session has already decided.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from campaign_calendars.deciding.briefs import BenefitOption, Brief
from warehouse.engines.rows import utc_naive


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


def supplies(con: duckdb.DuckDBPyConnection, brief: Brief) -> list[Supply]:
    """Everything that this occurrence can use up, in the order in which it is named as a reason."""
    found = []
    for position, channel in enumerate(brief.channels):
        if channel.capacity is not None:
            room = channel.capacity - _sent_today(con, brief, channel.channel)
            found.append(Supply(room, "capacity", {position: 1}, {}))
    for position, benefit in enumerate(brief.benefits):
        if benefit.stock is not None:
            found.append(Supply(benefit.stock - _granted(con, brief, benefit), "benefit_stock", {}, {position: 1}))
        if benefit.daily_cap is not None:
            room = benefit.daily_cap - _granted_today(con, brief, benefit)
            found.append(Supply(room, "benefit_daily_cap", {}, {position: 1}))
    return found + _money(con, brief)


def _money(con: duckdb.DuckDBPyConnection, brief: Brief) -> list[Supply]:
    costs = {position: option.cost_cents for position, option in enumerate(brief.benefits) if option.cost_cents}
    if not costs:
        return []
    found = []
    if brief.budget.total_cents is not None:
        spent = _one(
            con, "select coalesce(sum(cost_cents), 0)::bigint from grants where calendar = ?", [brief.calendar]
        )
        found.append(Supply(brief.budget.total_cents - spent, "benefit_budget", {}, costs))
    for pool, limit in brief.budget.pools.items():
        drawn = {position: cents for position, cents in costs.items() if brief.benefits[position].pool == pool}
        if drawn:
            sql = "select coalesce(sum(cost_cents), 0)::bigint from grants where calendar = ? and pool = ?"
            found.append(Supply(limit - _one(con, sql, [brief.calendar, pool]), "benefit_budget", {}, drawn))
    return found


def _sent_today(con: duckdb.DuckDBPyConnection, brief: Brief, channel: str) -> int:
    sql = 'select count(*) from contacts where channel = ? and "at" >= ? and "at" < ?'
    return _one(con, sql, [channel, utc_naive(brief.day.start), utc_naive(brief.day.end)])


def _granted(con: duckdb.DuckDBPyConnection, brief: Brief, option: BenefitOption) -> int:
    sql = "select count(*) from grants where calendar = ? and benefit = ?"
    return _one(con, sql, [brief.calendar, option.benefit])


def _granted_today(con: duckdb.DuckDBPyConnection, brief: Brief, option: BenefitOption) -> int:
    return _one(
        con,
        "select count(*) from grants where calendar = ? and benefit = ? and granted_at >= ? and granted_at < ?",
        [brief.calendar, option.benefit, utc_naive(brief.day.start), utc_naive(brief.day.end)],
    )


def _one(con: duckdb.DuckDBPyConnection, sql: str, parameters: list[object]) -> int:
    row = con.execute(sql, parameters).fetchone()
    assert row is not None  # noqa: S101  an aggregate without group by always has one row
    return int(row[0])
