"""A store's facts in memory, and its points by the rules: what the tests of points are written with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import duckdb

from campaign_calendars.measuring.points import PointRules
from campaign_calendars.model.programme import Ladder
from warehouse.engines.rows import append_rows
from warehouse.measurement.points import Reconciliation, reconcile

T0 = datetime(2026, 3, 1, 4, tzinfo=UTC)
NOW = datetime(2027, 12, 1, tzinfo=UTC)
DAY = timedelta(days=1)
FIVE = Ladder((0, 100_000, 300_000, 1_000_000, 3_000_000), (None,) * 5)
_TABLES = """
attach ':memory:' as snap;
create table snap.stg_members (member_id varchar, joined_at timestamp, left_at timestamp);
create table snap.stg_orders (
    order_id varchar, member_id varchar, paid_at timestamp, succeeded_at timestamp, amount_cents bigint,
    refunded_at timestamp, refunded_cents bigint, part_refunded_at timestamp, part_refunded_cents bigint
);
create table snap.stg_events (
    event_id varchar, member_id varchar, kind varchar, "at" timestamp, order_id varchar, approved boolean
);
create table snap.stg_referrals (referrer_id varchar, referred_id varchar, "at" timestamp);
create table snap.stg_points (
    entry_id varchar, member_id varchar, kind varchar, points bigint, "at" timestamp, order_id varchar,
    expires_at timestamp
)
"""


def rules(**changes: Any) -> PointRules:
    given: dict[str, Any] = {
        "per_unit": 1,
        "rounding": "floor",
        "ladder": FIVE,
        "factors": (1, 1.5, 2, 2.5, 3),
        "window": 365 * DAY,
        "timezone": "Asia/Shanghai",
        **changes,
    }
    return PointRules(**given)


@dataclass
class Programme:
    """What happened, in the order it is written; nothing is checked."""

    members: list[tuple[Any, ...]] = field(default_factory=list)
    orders: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    referrals: list[tuple[Any, ...]] = field(default_factory=list)
    points: list[tuple[Any, ...]] = field(default_factory=list)

    def member(self, member: str, joined: datetime | None = T0 - 400 * DAY, left: datetime | None = None) -> None:
        self.members.append((member, joined, left))

    def order(
        self,
        member: str,
        cents: int,
        paid: datetime,
        *,
        done: datetime | None = None,
        back: tuple[Any, ...] = (None, 0),
    ) -> str:
        """`back` is when and how many cents came back."""
        number = f"o{len(self.orders)}"
        self.orders.append((number, member, paid, done or paid, cents, *back, None, None))
        return number

    def event(
        self, member: str, kind: str, at: datetime, order: str | None = None, approved: bool | None = None
    ) -> None:
        self.events.append((f"e{len(self.events)}", member, kind, at, order, approved))

    def refer(self, referrer: str, referred: str, at: datetime = T0 - 30 * DAY) -> None:
        self.referrals.append((referrer, referred, at))

    def entry(self, member: str, kind: str, points: int, at: datetime, order: str | None = None, **more: Any) -> None:
        self.points.append((f"p{len(self.points)}", member, kind, points, at, order, more.get("expires")))

    def session(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(config={"threads": 1})
        for statement in _TABLES.split(";"):
            con.execute(statement)
        for name in ("members", "orders", "events", "referrals", "points"):
            append_rows(con, f"snap.stg_{name}", getattr(self, name))
        return con

    def found(self, given: PointRules, at: datetime = NOW) -> Reconciliation:
        with self.session() as con:
            return reconcile(con, as_of=at, rules=given)

    def entries(self, given: PointRules, at: datetime = NOW) -> list[tuple[str, str, Fraction]]:
        """Member, reason and points of every entry by the rules, in the order of their moments."""
        sql = 'select member_id, reason, points from point_entries order by "at", reason, member_id, points'
        with self.session() as con:
            reconcile(con, as_of=at, rules=given)
            return [(member, reason, Fraction(points)) for member, reason, points in con.execute(sql).fetchall()]

    def balances(self, given: PointRules, at: datetime = NOW) -> dict[str, Fraction]:
        with self.session() as con:
            reconcile(con, as_of=at, rules=given)
            rows = con.execute("select member_id, by_rules from point_members").fetchall()
            return {member: Fraction(points) for member, points in rows}


def totals(entries: Sequence[tuple[str, str, Fraction]]) -> dict[tuple[str, str], Fraction]:
    """Points by member and reason."""
    found: dict[tuple[str, str], Fraction] = {}
    for member, reason, points in entries:
        found[member, reason] = found.get((member, reason), Fraction(0)) + points
    return found
