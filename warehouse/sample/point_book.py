"""The points ledger of a world that lives on from its extract: each step what was not booked before."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.sample.draws import Ints
from warehouse.sample.files import Format, read_file
from warehouse.sample.point_ledger import Membership, point_table
from warehouse.sample.points import local_seconds
from warehouse.sample.population import NEVER
from warehouse.sample.presale import member_numbers
from warehouse.sample.trade import Trades

_COLUMNS = tuple(field.name for field in fields(Trades))


class PointBook:
    """Which entries were written, and the orders of the extract: they count for tiers, and wait for who joins."""

    def __init__(self, directory: Path, file_format: Format, left: Ints) -> None:
        self._where = (directory, file_format)
        self._left = left
        self._written: pa.Array | None = None
        self._earlier: tuple[Trades, pa.Array] | None = None

    def take_new(self, known: Trades, ids: pa.Array, now: int, joined: Ints) -> pa.Table:
        """Entries that are due by `now` and were not taken yet; `known` are all orders of the world, by number joined.

        What is void is written off by nobody here: the entries say when they expire.
        """
        earlier, numbers = self._load()
        mine = np.isin(earlier.member, np.union1d(known.member, np.flatnonzero(joined != NEVER)))
        trades = _both(earlier.where(mine), known)
        order_ids = pa.concat_arrays([numbers.filter(pa.array(mine)), ids])
        of = Membership(joined[trades.member], self._left[trades.member])
        entries = point_table(trades, order_ids, now, of, expiring=False)
        fresh = entries.filter(pc.invert(pc.is_in(entries["entry_id"], self._written)))
        self._written = pa.concat_arrays([self._written, fresh["entry_id"].combine_chunks()])
        return fresh

    def _load(self) -> tuple[Trades, pa.Array]:
        if self._earlier is None:
            self._written = read_file(self._where[0], "points", 1, self._where[1])["entry_id"].combine_chunks()
            orders = read_file(self._where[0], "orders", 1, self._where[1])
            orders = orders.filter(pc.is_valid(orders["completed_at"]))
            self._earlier = (_completed(orders), orders["order_id"].combine_chunks())
        return self._earlier


def _completed(orders: pa.Table) -> Trades:
    member = member_numbers(orders["member_id"].combine_chunks())
    return Trades(
        member,
        local_seconds(orders["ordered_at"]),
        local_seconds(orders["paid_at"]),
        local_seconds(orders["closed_at"]),
        _cents(orders["amount"]),
        local_seconds(orders["refunded_at"]),
        _cents(orders["refunded"]),
        np.zeros(len(member), dtype=np.int64),
    )


def _both(one: Trades, other: Trades) -> Trades:
    columns: dict[str, Ints] = {name: np.concatenate((getattr(one, name), getattr(other, name))) for name in _COLUMNS}
    return Trades(**columns)


def _cents(column: pa.ChunkedArray) -> Ints:
    whole = pc.multiply(column.cast(pa.decimal128(18, 2)), pa.scalar(100)).cast(pa.int64())
    return np.array(whole.combine_chunks().to_numpy(zero_copy_only=False), dtype=np.int64)
