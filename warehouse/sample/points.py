"""The contact points of a world: consents that are given on joining and taken back later."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from warehouse.sample.draws import Ints
from warehouse.sample.files import pick, table
from warehouse.sample.population import NEVER, member_ids
from warehouse.sample.profiles import REACH, addresses, groups_of, standing

_CHANNELS = tuple(reach.channel for reach in REACH)
_BOUND = np.array([reach.bound for reach in REACH])


def local_seconds(column: pa.ChunkedArray) -> Ints:
    """A timestamp column as writable local seconds, NEVER for null."""
    seconds = column.cast(pa.int64()).combine_chunks().fill_null(int(NEVER))
    return np.array(seconds.to_numpy(zero_copy_only=False), dtype=np.int64)


class Points:
    """One row per member and channel, and which of them changed since they were last taken."""

    def __init__(self, rows: pa.Table, members: int) -> None:
        self._changed: list[Ints] = []
        self._member = np.array([int(text[1:]) for text in rows["member_id"].to_pylist()], dtype=np.int64)
        channel = np.array([_CHANNELS.index(text) for text in rows["channel"].to_pylist()], dtype=np.int64)
        self._channel = channel
        self._consented = local_seconds(rows["consented_at"])
        # Of a group or an assistant this is when they left it.
        self._withdrawn = np.where(
            _BOUND[channel], local_seconds(rows["unbound_at"]), local_seconds(rows["withdrawn_at"])
        )
        self._since = np.where(_BOUND[channel], local_seconds(rows["bound_at"]), self._consented)
        self._texts = rows.select(["member_id", "channel", "address", "group_id"]).combine_chunks()
        # Row of each member and channel, -1 where there is none.
        self._row: NDArray[np.int64] = np.full((members, len(REACH)), -1, dtype=np.int64)
        self._row[self._member, channel] = np.arange(len(self._member))

    def add(self, member: Ints, channel: int, consented: Ints) -> None:
        """New contact points with consent, for members who have none in this channel."""
        new = self._row[member, channel] == -1
        member, consented = member[new], consented[new]
        if not len(member):
            return
        rows = len(self._member) + np.arange(len(member))
        self._changed.append(rows)
        self._row[member, channel] = rows
        self._member = np.append(self._member, member)
        self._channel = np.append(self._channel, np.full(len(member), channel))
        self._consented = np.append(self._consented, consented)
        self._since = np.append(self._since, consented)
        self._withdrawn = np.append(self._withdrawn, np.full(len(member), NEVER))
        texts = [
            member_ids(member),
            pick(_CHANNELS, np.full(len(member), channel)),
            addresses(REACH[channel], member),
            groups_of(REACH[channel], member),
        ]
        more = pa.Table.from_arrays(texts, schema=self._texts.schema)
        self._texts = pa.concat_tables([self._texts, more]).combine_chunks()

    def withdraw(self, member: Ints, channel: Ints, at: Ints) -> int:
        """Take back consents, given by time; only of rows that exist and stand. Returns how many."""
        rows = self._row[member, channel]
        valid = (rows >= 0) & (self._withdrawn[rows] == NEVER) & (self._since[rows] < at)
        rows, at = rows[valid], at[valid]
        rows, first = np.unique(rows, return_index=True)
        self._withdrawn[rows] = at[first]
        self._changed.append(rows)
        return len(rows)

    def take_changed(self) -> pa.Table:
        """The rows that changed, as they stand now; they are then forgotten."""
        rows = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *self._changed]))
        self._changed = []
        texts = self._texts.take(pa.array(rows))
        groups = texts["group_id"].combine_chunks()
        bound = _BOUND[self._channel[rows]]
        return table(
            "contact_points",
            *(texts[name].combine_chunks() for name in ("member_id", "channel", "address")),
            *standing(bound, self._consented[rows], self._withdrawn[rows], self._since[rows], groups),
        )
