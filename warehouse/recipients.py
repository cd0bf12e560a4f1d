"""Who a message goes to, looked up at the last moment in the newest snapshot.

Only what was known at the moment of sending counts, so that a replay of last year sees last year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from warehouse.rows import utc_naive
from warehouse.snapshot import Snapshot, open_snapshot

if TYPE_CHECKING:
    import duckdb

# Leaving the programme withdraws all consent (A1#13).
# All tables are reduced to the members asked for before anything is grouped: a dispatch asks for
# a few hundred of a million at a time.
_LOOKUP = """
    with
        asked as (select distinct unnest($members::varchar[]) as member_id),
        told as (select * from consent_at($at::timestamp, 'asked') where channel = $channel)
    select m.member_id, t.address, m.name, coalesce(t.withdrawn, false),
        coalesce(m.left_at <= $at and not coalesce(m.joined_at > m.left_at and m.joined_at <= $at, false), false)
    from snap.stg_members as m
    left join told as t using (member_id)
    where m.member_id in (select member_id from asked)
"""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A member as a channel needs it. Address and name are personal data: never log, never store."""

    member_id: str
    address: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    consent_withdrawn: bool = False


def lookup(
    con: duckdb.DuckDBPyConnection, member_ids: Sequence[str], channel: str, at: datetime
) -> dict[str, Recipient]:
    """Recipients of those members that the attached snapshot (`snap`, see `warehouse.consent`) knows.

    `address` is the member's contact point on this channel, None without one.
    `consent_withdrawn` also stands for a member who has left; both as of `at` (aware).
    """
    asked = {"members": list(member_ids), "channel": channel, "at": utc_naive(at)}
    rows = con.execute(_LOOKUP, asked).fetchall()
    return {
        member_id: Recipient(member_id, address or None, name or None, bool(withdrawn or has_left))
        for member_id, address, name, withdrawn, has_left in rows
    }


class RecipientDesk:
    """Look-ups on one snapshot as of one moment; opens the file when first asked."""

    def __init__(self, snapshot: Snapshot, *, at: datetime, threads: int, memory_limit: str) -> None:
        self._open = partial(open_snapshot, snapshot, threads=threads, memory_limit=memory_limit)
        self._at = at
        self._con: duckdb.DuckDBPyConnection | None = None

    def lookup(self, member_ids: Sequence[str], channel: str) -> dict[str, Recipient]:
        if self._con is None:
            self._con = self._open()
        return lookup(self._con, member_ids, channel, self._at)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._con is not None:
            self._con.close()
