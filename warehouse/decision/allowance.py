"""How much is left to give: channel capacity of the day, stock, daily caps, pools, the total budget.

Everything is counted from the tables `contacts` and `grants` of the connection, which hold the
ledger's history and what this decision has already given.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from campaign_calendars.deciding.briefs import BenefitOption, Brief, ChannelOption
from warehouse.engines.rows import utc_naive

UNLIMITED = 2**62


@dataclass(frozen=True, slots=True)
class Allowance:
    """`room` grants may still be made; `exhausted` is the reason code once they are."""

    room: int
    exhausted: str


def channel_room(con: duckdb.DuckDBPyConnection, brief: Brief, option: ChannelOption) -> int:
    """Messages the channel may still carry on the occurrence's local day."""
    if option.capacity is None:
        return UNLIMITED
    used = _one(
        con,
        'select count(*) from contacts where channel = ? and "at" >= ? and "at" < ?',
        [option.channel, utc_naive(brief.day.start), utc_naive(brief.day.end)],
    )
    return max(option.capacity - used, 0)


def benefit_allowance(con: duckdb.DuckDBPyConnection, brief: Brief, option: BenefitOption) -> Allowance:
    """The tightest of stock, daily cap, pool and total; ties go to the first of them."""
    limits: list[Allowance] = []
    if option.stock is not None:
        limits.append(Allowance(option.stock - _granted(con, brief, option), "benefit_stock"))
    if option.daily_cap is not None:
        limits.append(Allowance(option.daily_cap - _granted_today(con, brief, option), "benefit_daily_cap"))
    if option.cost_cents:
        for limit, spent in _money(con, brief, option):
            limits.append(Allowance((limit - spent) // option.cost_cents, "benefit_budget"))
    tightest = min(limits, key=lambda allowance: allowance.room, default=Allowance(UNLIMITED, "benefit_stock"))
    return Allowance(max(tightest.room, 0), tightest.exhausted)


def _granted(con: duckdb.DuckDBPyConnection, brief: Brief, option: BenefitOption) -> int:
    given_now = _one(con, "select count(*) from given where benefit = ?", [option.benefit])
    before = "select count(*) from grants where calendar = ? and benefit = ?"
    return given_now + _one(con, before, [brief.calendar, option.benefit])


def _granted_today(con: duckdb.DuckDBPyConnection, brief: Brief, option: BenefitOption) -> int:
    return _one(
        con,
        "select count(*) from grants where calendar = ? and benefit = ? and granted_at >= ? and granted_at < ?",
        [brief.calendar, option.benefit, utc_naive(brief.day.start), utc_naive(brief.day.end)],
    )


def _money(con: duckdb.DuckDBPyConnection, brief: Brief, option: BenefitOption) -> list[tuple[int, int]]:
    """(limit, spent) in cents of the total budget and of the option's pool."""
    pools = {choice.benefit: choice.pool for choice in brief.benefits}
    given = con.execute(
        "select benefit, sum(cost_cents)::bigint from given group by benefit order by benefit"
    ).fetchall()
    money = []
    if brief.budget.total_cents is not None:
        before = _one(
            con, "select coalesce(sum(cost_cents), 0)::bigint from grants where calendar = ?", [brief.calendar]
        )
        money.append((brief.budget.total_cents, before + sum(cents for _, cents in given)))
    if option.pool is not None and option.pool in brief.budget.pools:
        sql = "select coalesce(sum(cost_cents), 0)::bigint from grants where calendar = ? and pool = ?"
        before = _one(con, sql, [brief.calendar, option.pool])
        now = sum(cents for benefit, cents in given if pools[benefit] == option.pool)
        money.append((brief.budget.pools[option.pool], before + now))
    return money


def _one(con: duckdb.DuckDBPyConnection, sql: str, parameters: list[object]) -> int:
    row = con.execute(sql, parameters).fetchone()
    assert row is not None  # noqa: S101  an aggregate without group by always has one row
    return int(row[0])
