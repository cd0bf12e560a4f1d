"""Who a message goes to, looked up at the last moment in the newest snapshot.

Only what was known at the moment of sending counts, so that a replay of last year sees last year.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from warehouse.history import has_map
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
# A message that was decided for an account goes to the person the account has become.
_PERSONS = """
    select account_id, member_id
    from snap.member_map
    where account_id in (select unnest($members::varchar[]))
"""
_ACCOUNTS = """
    with
        asked as (select distinct unnest($members::varchar[]) as asked_id),
        named as (
            select asked_id, coalesce(m.member_id, asked_id) as member_id
            from asked
            left join snap.member_map as m on m.account_id = asked_id
        )
    select named.asked_id, named.member_id, list_sort(list(m.account_id))
    from named
    inner join snap.member_map as m on m.member_id = named.member_id
    group by named.asked_id, named.member_id
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
    `consent_withdrawn` also stands for a member who has left; both as of `at` (aware). An account that
    the snapshot has joined gets its person's, under the id asked for.
    """
    persons = dict(con.execute(_PERSONS, {"members": list(member_ids)}).fetchall()) if has_map(con) else {}
    asked = {"members": [persons.get(name, name) for name in member_ids], "channel": channel, "at": utc_naive(at)}
    rows = con.execute(_LOOKUP, asked).fetchall()
    found = {
        member_id: Recipient(member_id, address or None, name or None, bool(withdrawn or has_left))
        for member_id, address, name, withdrawn, has_left in rows
    }
    wanted = set(member_ids)
    aliases = {name: replace(found[person], member_id=name) for name, person in persons.items() if person in found}
    return {name: recipient for name, recipient in found.items() if name in wanted} | aliases


def accounts_of(con: duckdb.DuckDBPyConnection, member_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """All accounts of the persons those members are, the person's own id first; nobody of a single account."""
    if not has_map(con):
        return {}
    rows = con.execute(_ACCOUNTS, {"members": list(member_ids)}).fetchall()
    return {asked: (person, *accounts) for asked, person, accounts in rows}


class RecipientDesk:
    """Look-ups on one snapshot as of one moment; opens the file when first asked."""

    def __init__(self, snapshot: Snapshot, *, at: datetime, threads: int, memory_limit: str) -> None:
        self._open = partial(open_snapshot, snapshot, threads=threads, memory_limit=memory_limit)
        self._at = at
        self._con: duckdb.DuckDBPyConnection | None = None

    def lookup(self, member_ids: Sequence[str], channel: str) -> dict[str, Recipient]:
        return lookup(self._connection(), member_ids, channel, self._at)

    def accounts_of(self, member_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        return accounts_of(self._connection(), member_ids)

    def _connection(self) -> duckdb.DuckDBPyConnection:
        if self._con is None:
            self._con = self._open()
        return self._con

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._con is not None:
            self._con.close()
