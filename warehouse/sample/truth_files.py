"""The truth of a generated world as files beside its data: what every play really brought about.

Only a simulation knows it, and only the report of a generated store reads it. One file for each step, never written
again, of four kinds of rows:

- `sent`: how many messages of a play (in `messages`) reached members;
- `caused`: an order that a message of the play brought about, a balance it saved, or (in `fact`) a join or the like;
- `used`: a coupon of the play that was used on an order, and the cents it took off;
- `displaced`: an order that would have come had the member not had the play's messages, with what it would have paid.

Moments are UTC. Everything else about orders stands in the data themselves, under the same ids.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.sample.draws import Ints
from warehouse.sample.habits import OrderFacts
from warehouse.sample.population import NEVER, OFFSET, member_ids

_TIME = pa.timestamp("s")
SCHEMA = pa.schema(
    [
        ("calendar", pa.string()),
        ("what", pa.string()),
        ("phase", pa.string()),
        ("play", pa.string()),
        ("fact", pa.string()),
        ("order_id", pa.string()),
        ("member_id", pa.string()),
        ("paid_at", _TIME),
        ("refunded_at", _TIME),
        ("cents", pa.int64()),
        ("messages", pa.int64()),
    ]
)

Play = tuple[str, str]
"""Phase and play."""


def truth_files(directory: Path) -> list[Path]:
    """The files of a world's truth, oldest step first; none where no world was lived through."""
    return sorted(directory.glob("truth-[0-9]*.parquet"))


class TruthBook:
    """Collects the truth of one step; `flush` writes its file."""

    def __init__(self, directory: Path, calendar: str) -> None:
        self._directory, self._calendar = directory, calendar
        self._rows: list[pa.Table] = []

    def sent(self, play: Play, messages: int) -> None:
        self._add("sent", play, 1, messages=pa.array([messages], pa.int64()))

    def caused(self, play: Play, fact: str, order_ids: pa.Array, paid: Ints) -> None:
        """Orders that would not be there without the play; `fact` is `order`, or `balance` of one that it saved."""
        self._add(
            "caused",
            play,
            len(order_ids),
            fact=pa.array([fact] * len(order_ids), pa.string()),
            order_id=order_ids,
            paid_at=_utc(paid),
        )

    def followed(self, play: Play, fact: str, members: Ints, at: Ints) -> None:
        """What else messages brought about, member by member: `join`, `sign_in`, `referral`."""
        words = pa.array([fact] * len(members), pa.string())
        self._add("caused", play, len(members), fact=words, member_id=member_ids(members), paid_at=_utc(at))

    def used(self, play: Play, order_ids: pa.Array, cents: Ints) -> None:
        self._add("used", play, len(order_ids), order_id=order_ids, cents=pa.array(cents, pa.int64()))

    def displaced(self, play: Play, orders: OrderFacts) -> None:
        self._add(
            "displaced",
            play,
            len(orders),
            member_id=member_ids(orders.member),
            paid_at=_utc(orders.paid),
            refunded_at=_utc(orders.refunded),
            cents=pa.array(orders.cents, pa.int64()),
        )

    def flush(self, step: int) -> None:
        """Write what was collected, if anything was."""
        if self._rows:
            pq.write_table(pa.concat_tables(self._rows), self._directory / f"truth-{step:04d}.parquet")
        self._rows = []

    def _add(self, what: str, play: Play, count: int, **columns: pa.Array) -> None:
        if not count:
            return
        words = {"calendar": self._calendar, "what": what, "phase": play[0], "play": play[1]}
        given = {name: pa.array([word] * count, pa.string()) for name, word in words.items()} | columns
        arrays = [given.get(field.name, pa.nulls(count, field.type)) for field in SCHEMA]
        self._rows.append(
            pa.Table.from_arrays([each.cast(f.type) for each, f in zip(arrays, SCHEMA, strict=True)], schema=SCHEMA)
        )


def _utc(local: Ints) -> pa.Array:
    known = local != NEVER
    return pa.array(np.where(known, local - OFFSET, 0), pa.int64(), mask=~known).cast(_TIME)
