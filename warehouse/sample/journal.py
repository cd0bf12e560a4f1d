"""The world's own source files: what happened after the first extract, as the shop would export it.

Every step adds a file of each dataset in which something happened, as daily exports do: new events,
redemptions, points and lines, and once more the orders, members and contact points that changed, each
row as it stood then. Of several rows about one thing the one that knows more counts.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.sample.behaviour import EVENT_KINDS
from warehouse.sample.boards import Board, days_told
from warehouse.sample.draws import Ints, hashes
from warehouse.sample.facts import CLOSE_AFTER
from warehouse.sample.files import money, pick, read_file, table, times, write_file
from warehouse.sample.generate import Manifest
from warehouse.sample.habits import OrderFacts
from warehouse.sample.inviting import asked_before
from warehouse.sample.places import phone_numbers
from warehouse.sample.point_book import PointBook
from warehouse.sample.points import Points, local_seconds
from warehouse.sample.population import NEVER, member_ids, prefixed
from warehouse.sample.presale import Stages, member_numbers, settles, staged_windows, stages_of
from warehouse.sample.profiles import REACH
from warehouse.sample.reminders import Reminders
from warehouse.sample.trade import Trades, completed, item_table, state_numbers, states

_ORDER_ID, _EVENT_ID, _REDEMPTION_ID = 60, 61, 62
_JOINED_IN = "campaign"


def order_ids(seed: int, member: Ints, ordered: Ints, cause: Ints) -> pa.Array:
    """Ids that depend on the order alone, so that every way of advancing gives the same."""
    return _hashed("w", seed, _ORDER_ID, member, ordered, cause)


def _hashed(prefix: str, seed: int, stream: int, *keys: Ints) -> pa.Array:
    return prefixed(prefix, (hashes(seed, stream, *keys) >> np.uint64(1)).astype(np.int64), 19)


class Journal:
    """Writes a world's facts into the sample's directory; `flush` ends a step."""

    def __init__(self, directory: Path, manifest: Manifest, seed: int) -> None:
        file_format = manifest.format
        self._directory, self._format, self._seed = directory, file_format, seed
        self._gifts = manifest.shares.gifts
        self._board = Board(manifest.seed, manifest.members)
        self.step = 1
        self._rows: dict[str, list[pa.Table]] = {}
        self._members = read_file(directory, "members", 1, file_format)
        self._joined = local_seconds(self._members["joined_at"])
        self._points = Points(read_file(directory, "contact_points", 1, file_format), self._members.num_rows)
        self._told = np.empty((6, 0), dtype=np.int64)
        self._book = PointBook(directory, file_format, local_seconds(self._members["left_at"]))
        self._collecting: tuple[Trades, pa.Array, int] | None = None
        self._open = self._load_open()

    def _load_open(self) -> tuple[pa.Table, Ints, Ints]:
        """Orders still open at the extract, when they are paid and when they close.

        They close a day after they were placed; with a deposit they are paid in the window of the balance, or
        close at its end.
        """
        orders = read_file(self._directory, "orders", 1, self._format)
        orders = orders.filter(pc.and_(orders["paid_at"].is_null(), orders["closed_at"].is_null()))
        ordered, ends = local_seconds(orders["ordered_at"]), local_seconds(orders["balance_until"])
        numbers = member_numbers(orders["member_id"].combine_chunks())
        deposit = np.asarray(orders["deposit_paid_at"].is_valid(), dtype=bool)
        settled = settles(numbers, ordered, local_seconds(orders["balance_from"]), ends)
        paying = np.where(deposit, settled, NEVER)
        closing = np.where(deposit, np.where(settled == NEVER, ends + 1, NEVER), ordered + CLOSE_AFTER)
        return orders, paying, closing

    def close_open(self, start: int, end: int) -> None:
        """Close the orders of the extract that run out in [start, end), and pay the balances that are paid then."""
        orders, paying, closing = self._open
        due = (closing >= start) & (closing < end)
        self._add("orders", _with_column(orders, "closed_at", times(closing)).filter(pa.array(due)))
        paid = _with_column(orders, "paid_at", times(paying))
        for column, word in (("stage", "balance_paid"), ("status", "paid")):
            paid = _with_column(paid, column, pa.array([word] * len(paying), pa.string()))
        self._add("orders", paid.filter(pa.array((paying >= start) & (paying < end))))

    def remind(self, reminders: Reminders) -> tuple[pa.Array, Ints, Ints]:
        """Balances of the extract that would be forfeited and are paid after all: order ids, payment, play."""
        orders, paying, closing = self._open
        ends = local_seconds(orders["balance_until"])
        owing = np.flatnonzero(np.asarray(orders["deposit_paid_at"].is_valid(), dtype=bool) & (paying == NEVER))
        numbers = member_numbers(orders["member_id"].combine_chunks())[owing]
        windows = local_seconds(orders["balance_from"])[owing], ends[owing]
        paid, code = reminders.settle(numbers, local_seconds(orders["ordered_at"])[owing], windows)
        saved = owing[paid != NEVER]
        paying[saved], closing[saved] = paid[paid != NEVER], NEVER
        ids = orders["order_id"].combine_chunks().take(pa.array(saved))
        return ids, paying[saved], code[paid != NEVER]

    def write_orders(self, orders: OrderFacts, ids: pa.Array, now: int) -> None:
        """Of all orders of the world those that a shop knows otherwise at `now` than at the last step."""
        refunded = np.where(orders.refunded < now, orders.refunded, NEVER)
        known = Trades(
            orders.member,
            orders.ordered,
            np.where(orders.paid < now, orders.paid, NEVER),
            np.where(orders.closed < now, orders.closed, NEVER),
            orders.cents,
            refunded,
            np.where(refunded != NEVER, orders.cents, 0),
            orders.items,
        )
        done = completed(known, now)
        deposited = np.where(orders.deposited < now, orders.deposited, NEVER)
        stages = stages_of(staged_windows(orders.member, orders.ordered), deposited, known.paid, orders.cents)
        told = np.vstack((known.paid, known.closed, refunded, done, state_numbers(known, done, now), deposited))
        before = self._told.shape[1]
        changed = np.ones(told.shape[1], dtype=bool)
        changed[:before] = (told[:, :before] != self._told).any(axis=0)
        relined = np.ones(told.shape[1], dtype=bool)
        relined[:before] = refunded[:before] != self._told[2]
        self._told = told
        self._add("orders", _order_table(known, ids, done, stages, now=now).filter(pa.array(changed)))
        self._add("order_items", item_table(known.where(relined), ids.filter(pa.array(relined)), self._gifts))
        self._collecting = (known, ids, now)

    def next_step(self) -> None:
        self.step += 1

    def write_events(self, member: Ints, at: Ints, kind: Ints) -> None:
        if not len(member):
            return
        ids = _hashed("v", self._seed, _EVENT_ID, member, at, kind)
        rows = table(
            "events", ids, member_ids(member), pick(EVENT_KINDS, kind), times(at), pa.nulls(len(at), pa.string())
        )
        self._add("events", rows)

    def write_redemptions(self, rows: list[tuple[int, str, str, int, str]]) -> None:
        """Rows are (member number, benefit, calendar, local second, order id)."""
        if not rows:
            return
        member = np.array([row[0] for row in rows], dtype=np.int64)
        at = np.array([row[3] for row in rows], dtype=np.int64)
        redemptions = table(
            "redemptions",
            _hashed("x", self._seed, _REDEMPTION_ID, member, at),
            member_ids(member),
            pa.array([row[1] for row in rows], pa.string()),
            pa.array([row[2] for row in rows], pa.string()),
            times(at),
            pa.array([row[4] for row in rows], pa.string()),
        )
        self._add("redemptions", redemptions)

    def write_referrals(self, referrer: Ints, referred: Ints, at: Ints) -> None:
        self._add("referrals", table("referrals", member_ids(referrer), member_ids(referred), times(at)))
        self._add("invitations", asked_before(self._seed, referrer, referred, at))

    def write_boards(self, start: int, end: int) -> None:
        """What boards and bills say of the days that are over at a second in (start, end]."""
        first, last = days_told(start, end)
        if first < last:
            self._add("traffic", self._board.traffic(first, last, campaign=True))
            self._add("costs", self._board.costs(first, last))
            self._add("stock", self._board.stock(first, last))

    def join(self, member: Ints, at: Ints, agrees: Ints) -> None:
        """New members: their moment of joining, their phone, and a contact point for each channel they gave.

        `agrees` holds a bit per channel of REACH: the member can now be reached there and consented.
        """
        if not len(member):
            return
        self._joined[member] = at
        for channel in range(len(REACH)):
            given = ((agrees >> channel) & 1) == 1
            self._points.add(member[given], channel, at[given] + 1)
        order = np.argsort(member)
        member, gave = member[order], (agrees[order] & 1) == 1
        rows = self._members.take(pa.array(member))
        phones = pc.if_else(pa.array(gave), phone_numbers(member), rows["phone"].combine_chunks())
        sources = pa.array([_JOINED_IN] * len(member), pa.string())
        for column, values in (("joined_at", times(at[order])), ("join_source", sources), ("phone", phones)):
            rows = _with_column(rows, column, values)
        self._add("members", rows)

    def withdraw(self, member: Ints, channel: Ints, at: Ints) -> int:
        """Record unsubscribes, given by time, at contact points that still exist; returns how many."""
        return self._points.withdraw(member, channel, at)

    def flush(self) -> None:
        """Write the step's files: of each dataset what is new, nothing where nothing is."""
        if self._collecting is not None:
            # Only now is it known who had joined when an order was paid.
            known, ids, now = self._collecting
            self._add("points", self._book.take_new(known, ids, now, self._joined))
            self._collecting = None
        self._add("contact_points", self._points.take_changed())
        for dataset, tables in self._rows.items():
            write_file(self._directory, dataset, self.step, self._format, pa.concat_tables(tables))
        self._rows = {}

    def _add(self, dataset: str, rows: pa.Table) -> None:
        if rows.num_rows:
            self._rows.setdefault(dataset, []).append(rows)


def _order_table(known: Trades, ids: pa.Array, done: Ints, stages: Stages, *, now: int) -> pa.Table:
    return table(
        "orders",
        ids,
        member_ids(known.member),
        times(known.ordered),
        times(known.paid),
        times(known.closed),
        money(known.cents),
        money(known.refunded_cents),
        times(known.refunded),
        pa.array(known.items),
        states(known, done, now),
        times(done),
        *stages.columns(),
    )


def _with_column(rows: pa.Table, name: str, values: pa.Array) -> pa.Table:
    position = rows.schema.get_field_index(name)
    return rows.set_column(position, rows.schema.field(position), values)
