"""A snapshot of a few facts by hand, and grants in a ledger of memory."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import duckdb

from campaign_calendars.deciding.blocks import TierClock
from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.deciding.uses import UseRule
from campaign_calendars.model.benefits.base import Asked
from warehouse.accounting.naming import given_by_others, ids_of
from warehouse.accounting.settling import Settled, settle
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Books, Grant, GrantSum, Job, Outcome, Run

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CALENDAR = "c"
COUPON = UseRule("coupon", "redemptions", (500,), comes_back=True, off_basket=True)
GIFT = UseRule("gift", "redemptions", (300,), comes_back=False, off_basket=False)
PACK = UseRule("pack", "redemptions", (700, 300), comes_back=True, off_basket=True)
SERVICE = UseRule("service", "nowhere", (200,), comes_back=False, off_basket=False)
EXTRA = UseRule("extra", "orders", (900,), comes_back=False, off_basket=False, asked=Asked(amount_cents=15900))
POINTS = UseRule("mug", "points", (400,), comes_back=False, off_basket=False, asked=Asked(points=300))
PIECES = UseRule("two-pieces", "orders", (900,), comes_back=False, off_basket=False, asked=Asked(items=2))
RULES = (COUPON, GIFT, PACK, SERVICE, EXTRA, POINTS, PIECES)

_TABLES = """
attach ':memory:' as snap;
create table snap.stg_redemptions (
    redemption_id varchar, member_id varchar, benefit varchar, calendar varchar, redeemed_at timestamp,
    order_id varchar, amount_cents bigint
);
create table snap.stg_orders (
    order_id varchar, member_id varchar, ordered_at timestamp, paid_at timestamp, closed_at timestamp,
    amount_cents bigint, refunded_cents bigint, refunded_at timestamp, items bigint, status varchar,
    stage varchar, deposit_paid_at timestamp, part_refunded_cents bigint, part_refunded_at timestamp,
    succeeded_at timestamp
);
create table snap.stg_order_items (
    order_id varchar, price_cents bigint, quantity bigint, sku varchar, paid_cents bigint
);
create table snap.stg_referrals (referrer_id varchar, referred_id varchar, "at" timestamp);
create table snap.stg_members (member_id varchar, joined_at timestamp, left_at timestamp);
create table snap.stg_contact_points (
    member_id varchar, channel varchar, bound_at timestamp, unbound_at timestamp, withdrawn_at timestamp
);
create table snap.stg_points (entry_id varchar, member_id varchar, kind varchar, points bigint, "at" timestamp);
"""


class Shop:
    """Facts as they come in, and a ledger that is brought up to date with `look`."""

    def __init__(self, ledger: Ledger | None = None) -> None:
        self.con = duckdb.connect()
        self.con.execute(_TABLES)
        self.ledger = ledger or MemoryLedger()
        self.grants: list[Grant] = []
        self._facts = 0

    def grant(
        self,
        member: str,
        benefit: str,
        cost: int,
        *,
        at: datetime = T0,
        valid: timedelta | None = None,
        sent: bool = True,
        calendar: str = CALENDAR,
        costs: tuple[int, ...] = (),
    ) -> Grant:
        run = Run(f"r{len(self.grants)}", calendar, "burst", at, "s", "d", "started", RunSummary(), at)
        key = intent_key(calendar, "burst", "play", at, member, f"sms{len(self.grants)}")
        job = Job(key, run.run_id, calendar, "burst", "play", at, member, "sms", benefit)
        until = None if valid is None else at + valid
        made = Grant(key, calendar, "burst", "play", member, benefit, "pool", cost, at, 0, until, costs)
        self.ledger.begin_run(run)
        self.ledger.enqueue(run.run_id, [job], [made], budget=BudgetLimits(), stock={}, expected_position=None, at=at)
        if sent:
            self.ledger.claim(run.run_id, "sms", 1, "w", at)
            self.ledger.record([Outcome(key, "sent")], at)
        self.grants.append(made)
        return made

    def join(self, *members: str, at: datetime = T0 - 400 * DAY, left: datetime | None = None) -> None:
        """`left` before `at`: they were members before, left, and are back."""
        moments = [moment and moment.replace(tzinfo=None) for moment in (at, left)]
        self.con.executemany("insert into snap.stg_members values (?, ?, ?)", [[one, *moments] for one in members])

    def bring(self, referrer: str, friend: str, at: datetime, joined: datetime | None = None) -> None:
        """Somebody brings a friend, who joined then or at another moment."""
        moments = [moment.replace(tzinfo=None) for moment in (at, joined or at)]
        self.con.execute("insert into snap.stg_referrals values (?, ?, ?)", [referrer, friend, moments[0]])
        self.con.execute("insert into snap.stg_members values (?, ?, null)", [friend, moments[1]])

    def redeem(
        self,
        member: str,
        benefit: str,
        at: datetime,
        *,
        order: str | None = None,
        calendar: str | None = None,
        cents: int | None = None,
    ) -> None:
        """`cents`: what a file of pay-outs says that was paid with it."""
        self._add("stg_redemptions", member, benefit, calendar, at.replace(tzinfo=None), order, cents)

    def bind(self, *members: str, channel: str, at: datetime, until: datetime | None = None) -> None:
        """They are in a group of the channel from a moment on."""
        end = None if until is None else until.replace(tzinfo=None)
        rows = [(member, channel, at.replace(tzinfo=None), end) for member in members]
        self.con.executemany("insert into snap.stg_contact_points values (?, ?, ?, ?, null)", rows)

    def order(
        self,
        member: str,
        at: datetime,
        cents: int,
        *,
        list_cents: int | None = None,
        items: int = 1,
        placed: datetime | None = None,
        deposit: datetime | None = None,
        lines: Collection[tuple[str, int, int, int]] = (),
    ) -> str:
        """`lines` are (article, list price and paid for the line in cents, pieces); with a `deposit` it is staged."""
        name, moment = f"o{self._facts}", at.replace(tzinfo=None)
        self._facts += 1
        self.con.execute(
            "insert into snap.stg_orders values (?, ?, ?, ?, null, ?, 0, null, ?, null, ?, ?, null, null, ?)",
            [
                name, member, (placed or at).replace(tzinfo=None), moment, cents, items,
                None if deposit is None else "balance_paid", None if deposit is None else deposit.replace(tzinfo=None),
                moment,
            ],
        )  # fmt: skip
        for sku, price, paid, pieces in lines:
            self.con.execute(
                "insert into snap.stg_order_items values (?, ?, ?, ?, ?)", [name, price, pieces, sku, paid]
            )
        if list_cents is not None:
            self.con.execute("insert into snap.stg_order_items values (?, ?, 1, null, null)", [name, list_cents])
        return name

    def refund(self, order: str, at: datetime, cents: int | None = None) -> None:
        self.con.execute(
            "update snap.stg_orders set refunded_cents = coalesce(?, amount_cents), refunded_at = ? where order_id = ?",
            [cents, at.replace(tzinfo=None), order],
        )

    def close(self, order: str) -> None:
        """The export says that it was closed and never paid, not when."""
        self.con.execute("update snap.stg_orders set status = 'closed', paid_at = null where order_id = ?", [order])

    def pay_points(self, member: str, points: int, at: datetime, *, kind: str = "redeem") -> None:
        self._add("stg_points", member, kind, -points, at.replace(tzinfo=None))

    def line_without_price(self, order: str) -> None:
        self.con.execute("insert into snap.stg_order_items values (?, null, 1, null, null)", [order])

    def look(
        self,
        at: datetime,
        *,
        connected: Collection[str] = ("redemptions", "points"),
        calendar: str = CALENDAR,
        rules: Collection[UseRule] = RULES,
        tiers: TierClock | None = None,
    ) -> Settled:
        ids = ids_of(self.ledger, calendar)
        others = given_by_others(self.ledger, calendar, {one.benefit for one in rules}, ids)
        rows = [*self.ledger.given_rows(calendar), *others]
        found = settle(self.con, calendar, rows, rules, known_at=at, connected=connected, platform_ids=ids, tiers=tiers)
        self.ledger.book(calendar, found.states, Books(at, "snapshot", found.strays))
        return found

    def sums(self, calendar: str = CALENDAR) -> dict[tuple[str, str], tuple[int, int]]:
        """(benefit, state) → pieces and cents."""
        rows: list[GrantSum] = self.ledger.grant_sums(calendar)
        return {(row.benefit, row.state): (row.pieces, row.cents) for row in rows}

    def _add(self, table: str, *values: object) -> None:
        row = (f"f{self._facts:04d}", *values)
        self._facts += 1
        self.con.execute(f"insert into snap.{table} values ({', '.join('?' * len(row))})", list(row))
