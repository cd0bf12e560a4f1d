"""An assignment recomputed from what is written: value, use of every row, members' limits, and the bound."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.said import Said
from warehouse.allocation.problem import PRICE_SCALE
from warehouse.allocation.scoring import Ints, Scores, names


class AllocationAuditError(PromocalError):
    """A written assignment that is not what it says."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the written assignment is worth, what it uses, and what no assignment can be worth more than."""

    value: int
    bound: int
    used: tuple[int, ...]
    contacts: int


def certify(con: duckdb.DuckDBPyConnection, scores: Scores, prices: Ints, into: str) -> Proof:
    """AllocationAuditError where a row is overdrawn, or a member has what is not open to him or too much."""
    asked = scores.asked
    key = names([asked.member])
    sums = "".join(f", sum({scores.amount(row, 'option')})" for row in range(len(asked.rows)))
    barred = " ".join(f"when {n} then ({scores.value(n)}) is null" for n in range(len(asked.options)))
    value, wrong, contacts, *used = _row(
        con,
        f"select sum({scores.worth('option')}), count(*) filter (case option {barred} else true end), count(*){sums}"
        f" from {into} as w inner join {asked.table} as t on t.{key} = w.member",
    )
    written, *_ = _row(con, f"select count(*) from {into}")
    if wrong or contacts != written:
        raise _failed("a member has an option that is not open to him", "有会员获得了不可得的选项")
    if len(asked.groups) > 1 and _too_much(con, scores, into):
        raise _failed("a member has more options than he may", "有会员获得的选项过多")
    for row, amount in zip(asked.rows, used, strict=True):
        if amount > row.capacity and (amount > 0 or row.capacity < 0):
            raise _failed(f"{row.name} is overdrawn", f"{row.name} 超出")
    bests = " + ".join(f"case when _c{g} is null then 0 else _b{g} end" for g in range(len(asked.groups)))
    best, *_ = _row(con, f"select sum({bests}) from ({scores.chosen(prices)})")
    total = best + sum(int(price) * row.capacity for price, row in zip(prices, asked.rows, strict=True))
    bound = total // PRICE_SCALE  # an assignment is a whole number
    if value > bound:
        raise _failed("the assignment is worth more than the bound", "分配的价值超过上界")
    return Proof(value, bound, tuple(used), contacts)


def _too_much(con: duckdb.DuckDBPyConnection, scores: Scores, into: str) -> bool:
    asked = scores.asked
    groups = " ".join(f"when {n} then {g}" for g, group in enumerate(asked.groups) for n in group)
    sql = (
        f"select 1 from {into} group by member"
        f" having count(*) > {asked.most:d} or count(*) > count(distinct case option {groups} end) limit 1"
    )
    return con.execute(sql).fetchone() is not None


def _failed(en: str, zh: str) -> AllocationAuditError:
    said: Said = (f"the allocation failed its audit: {en}", f"分配未通过复核：{zh}")
    return AllocationAuditError(said)


def _row(con: duckdb.DuckDBPyConnection, sql: str) -> list[int]:
    row = con.execute(sql).fetchone()
    assert row is not None  # noqa: S101  an aggregate without group by always has one row
    return [int(each or 0) for each in row]
