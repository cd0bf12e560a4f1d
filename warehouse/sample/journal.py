"""The world's own source files: what happened after the first extract, as the shop would export it.

Orders change state (paid, closed, refunded), so the world keeps one orders file and writes it anew
at every step, each row as it stood then. Events and redemptions never change: every step adds a
file. Members and contact points are one row each: a join or an unsubscribe rewrites their file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.sample.draws import Ints, hashes
from warehouse.sample.facts import CLOSE_AFTER, EVENT_KINDS
from warehouse.sample.files import SCHEMAS, Format, money, pick, read_file, table, times, write_file
from warehouse.sample.habits import OrderFacts
from warehouse.sample.places import phone_numbers
from warehouse.sample.points import Points, local_seconds
from warehouse.sample.population import NEVER, member_ids, prefixed
from warehouse.sample.profiles import REACH
from warehouse.sample.trade import Trades, completed, item_table, point_table, states

_ORDER_ID, _EVENT_ID, _REDEMPTION_ID = 60, 61, 62


def order_ids(seed: int, member: Ints, ordered: Ints, cause: Ints) -> pa.Array:
    """Ids that depend on the order alone, so that every way of advancing gives the same."""
    return _hashed("w", seed, _ORDER_ID, member, ordered, cause)


def _hashed(prefix: str, seed: int, stream: int, *keys: Ints) -> pa.Array:
    return prefixed(prefix, (hashes(seed, stream, *keys) >> np.uint64(1)).astype(np.int64), 19)


class Journal:
    """Writes a world's facts into the sample's directory; `flush` ends a step."""

    def __init__(self, directory: Path, file_format: Format, seed: int) -> None:
        self._directory, self._format, self._seed = directory, file_format, seed
        self._step = 1
        self._members = read_file(directory, "members", 1, file_format)
        self._joined = local_seconds(self._members["joined_at"])
        self._members_changed = False
        self._points = Points(read_file(directory, "contact_points", 1, file_format), self._members.num_rows)
        self._collecting: tuple[Trades, pa.Array, int] | None = None
        self._open = self._load_open()

    def _load_open(self) -> tuple[pa.Table, Ints] | None:
        """Orders still open at the extract; they close a day after they were placed."""
        orders = read_file(self._directory, "orders", 1, self._format)
        open_ = (local_seconds(orders["paid_at"]) == NEVER) & (local_seconds(orders["closed_at"]) == NEVER)
        if not open_.any():
            return None
        return orders, np.where(open_, local_seconds(orders["ordered_at"]) + CLOSE_AFTER, NEVER)

    def close_open(self, start: int, end: int) -> None:
        """Close the orders of the extract that run out in [start, end)."""
        if self._open is None:
            return
        orders, closing = self._open
        if ((closing >= start) & (closing < end)).any():
            closed = np.where((closing != NEVER) & (closing < end), closing, local_seconds(orders["closed_at"]))
            position = SCHEMAS["orders"].get_field_index("closed_at")
            changed = orders.set_column(position, SCHEMAS["orders"].field(position), times(closed))
            write_file(self._directory, "orders", 1, self._format, changed)
        if closing.max() < end:
            self._open = None

    def write_orders(self, orders: OrderFacts, ids: pa.Array, now: int) -> None:
        """All orders of the world, as a shop knows them at `now`."""
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
        rows = table(
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
        )
        write_file(self._directory, "orders", 2, self._format, rows)
        write_file(self._directory, "order_items", 2, self._format, item_table(known, ids))
        self._collecting = (known, ids, now)

    def next_step(self) -> None:
        self._step += 1

    def write_events(self, member: Ints, at: Ints, kind: Ints) -> None:
        if not len(member):
            return
        ids = _hashed("v", self._seed, _EVENT_ID, member, at, kind)
        rows = table("events", ids, member_ids(member), pick(EVENT_KINDS, kind), times(at))
        write_file(self._directory, "events", self._step, self._format, rows)

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
        write_file(self._directory, "redemptions", self._step, self._format, redemptions)

    def join(self, member: Ints, at: Ints, agrees: Ints) -> None:
        """New members: their moment of joining, their phone, and a contact point for each channel they gave.

        `agrees` holds a bit per channel of REACH: the member can now be reached there and consented.
        """
        if not len(member):
            return
        self._joined[member] = at
        self._set_member_column("joined_at", times(self._joined))
        gave = np.zeros(len(self._joined), dtype=bool)
        gave[member[(agrees & 1) == 1]] = True
        numbers = phone_numbers(np.arange(len(gave), dtype=np.int64))
        self._set_member_column("phone", pc.if_else(pa.array(gave), numbers, self._members["phone"].combine_chunks()))
        for channel in range(len(REACH)):
            given = ((agrees >> channel) & 1) == 1
            self._points.add(member[given], channel, at[given] + 1)

    def _set_member_column(self, name: str, values: pa.Array) -> None:
        position = SCHEMAS["members"].get_field_index(name)
        self._members = self._members.set_column(position, SCHEMAS["members"].field(position), values)
        self._members_changed = True

    def withdraw(self, member: Ints, channel: Ints, at: Ints) -> int:
        """Record unsubscribes, given by time, at contact points that still exist; returns how many."""
        return self._points.withdraw(member, channel, at)

    def flush(self) -> None:
        """Write the files of members and contact points if anything in them changed, and the points."""
        if self._collecting is not None:
            # Only now is it known who had joined when an order was paid.
            known, ids, now = self._collecting
            points = point_table(known, ids, now, self._joined[known.member])
            if points.num_rows:
                write_file(self._directory, "points", 2, self._format, points)
            self._collecting = None
        if self._members_changed:
            write_file(self._directory, "members", 1, self._format, self._members)
            self._members_changed = False
        if self._points.changed:
            write_file(self._directory, "contact_points", 1, self._format, self._points.rows())
            self._points.changed = False
