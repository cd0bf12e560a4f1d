"""Who a message goes to, looked up at the last moment in the newest snapshot.

Only what was known at the moment of sending counts, so that a replay of last year sees last year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files
from warehouse.features.addresses import TABLE as SHARED
from warehouse.features.consent import KNOWN_CHANNELS, TALKED
from warehouse.features.history import has_map
from warehouse.shelf.manifest import Snapshot
from warehouse.snapshots.opening import open_snapshot

if TYPE_CHECKING:
    import duckdb

    from warehouse.snapshots.opening import Connection

_SQL = sql_files(__package__)
_IS_KNOWN = f"select 1 from ({KNOWN_CHANNELS}) where channel = $1 limit 1"

# Of numbers without a country code.
_REGION = "CN"
# The parser would read letters as those of a keypad and take stars off.
_OF_A_NUMBER = re.compile(r"[\d\s+.()（）-]+")


class Recipient(NamedTuple):
    """A member as a channel needs it. Address and name are personal data: never log, never store.

    One is made for each message, in a tenth of the time that an immutable record takes.
    """

    member_id: str
    address: str | None = None
    name: str | None = None
    consent_withdrawn: bool = False
    undialable: bool = False
    unbound: bool = False
    """Of a group or an assistant: the data knows who is there, and the member is not."""
    favourite: str | None = None
    """Category the member spent most on, where a goods list is sorted by it."""
    starred: bool = False
    """For a text that people read who must not know him, nor what only he may have."""

    def __repr__(self) -> str:
        return f"Recipient(member_id={self.member_id!r})"


class Rules(NamedTuple):
    """What a channel asks of a contact point.

    Where it is `dialled` an address has to be a telephone number; a contact point without one is `undialable`. Where it
    reaches only who is `bound`, whoever is not there at the moment is `unbound`, as long as the data knows of anybody
    on the channel. One that `talks` has who did so within 30 days; where one is bound `on_join`, who has no contact
    point of it is there.
    """

    dialled: bool = False
    bound: bool = False
    talks: bool = False
    on_join: bool = False


def recipients_of(
    con: duckdb.DuckDBPyConnection, asked: Mapping[str, Collection[str]], at: datetime, rules: Mapping[str, Rules]
) -> dict[str, dict[str, Recipient]]:
    """Channel → recipients of the members asked for it that the attached snapshot (`snap`, see
    `warehouse.features.consent`) knows.

    `address` is the member's contact point on the channel, None without one.
    `consent_withdrawn` also stands for a member who has left; both as of `at` (aware). An account that
    the snapshot has joined gets its person's, under the id asked for. A channel without `rules` asks nothing.
    """
    persons = _persons_of(con, set().union(*asked.values()))
    members = {channel: [persons.get(name, name) for name in names] for channel, names in asked.items()}
    # As a table: planning a statement whose parameter is a long list takes longer than answering it.
    con.execute("create or replace temp table to_look_up (channel varchar, member_id varchar)")
    append_rows(con, "to_look_up", ((channel, name) for channel, names in members.items() for name in names))
    about = {"channels": list(asked), "at": utc_naive(at)}
    rows: dict[str, list[_Row]] = {channel: [] for channel in asked}
    for channel, *row in con.execute(_SQL["recipients"], about).fetchall():
        rows[channel].append(row)
    found: dict[str, dict[str, Recipient]] = {}
    for channel, names in asked.items():
        known = {"channel": channel, "members": members[channel], "at": utc_naive(at)}
        of_channel = _recipients(con, rows[channel], known, rules.get(channel, Rules()))
        found[channel] = _under_their_names(of_channel, names, persons)
    return found


_Row = Sequence[Any]
"""Member, address, name, whether he withdrew, has a contact point, has left."""


def _recipients(
    con: duckdb.DuckDBPyConnection, rows: Sequence[_Row], asked: Mapping[str, object], rules: Rules
) -> dict[str, Recipient]:
    dialled = rules.dialled
    known = rules.bound and con.execute(_IS_KNOWN, [asked["channel"]]).fetchone() is not None
    bonds = _bonds(con, asked) if rules.talks or rules.on_join else {}
    found = {}
    for member_id, address, name, withdrawn, has_point, has_left in rows:
        reached = address if address and (not dialled or can_be_dialled(address)) else None
        silent = dialled and has_point and reached is None
        there = has_point and (not rules.talks or bonds.get(member_id, False))
        gone = known and not there and not (rules.on_join and member_id not in bonds)
        found[member_id] = Recipient(member_id, reached, name or None, bool(withdrawn or has_left), silent, gone)
    return found


def _under_their_names(
    found: dict[str, Recipient], names: Collection[str], persons: Mapping[str, str]
) -> dict[str, Recipient]:
    if not persons:
        return found
    wanted = set(names)
    aliases = {
        name: found[persons[name]]._replace(member_id=name)
        for name in wanted & persons.keys()
        if persons[name] in found
    }
    return {name: recipient for name, recipient in found.items() if name in wanted} | aliases


def _persons_of(con: duckdb.DuckDBPyConnection, member_ids: Collection[str]) -> dict[str, str]:
    """Account → its person, of those that the snapshot has joined."""
    if not has_map(con):
        return {}
    return dict(con.execute(_SQL["recipient_persons"], {"members": list(member_ids)}).fetchall())


def _bonds(con: duckdb.DuckDBPyConnection, asked: Mapping[str, object]) -> dict[str, bool]:
    """Who of the members asked about has a contact point of the channel, and whether he talked there lately."""
    sql = (
        f"select member_id, {TALKED} from snap.stg_contact_points"
        " where channel = $channel and list_contains($members::varchar[], member_id) group by member_id"
    )
    return dict(con.execute(sql, dict(asked)).fetchall())


def accounts_of(con: duckdb.DuckDBPyConnection, member_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """All accounts of the persons those members are, the person's own id first; nobody of a single account."""
    if not has_map(con):
        return {}
    rows = con.execute(_SQL["recipient_accounts"], {"members": list(member_ids)}).fetchall()
    return {asked: (person, *accounts) for asked, person, accounts in rows}


def sharing(con: duckdb.DuckDBPyConnection, member_ids: Collection[str], channel: str) -> dict[str, tuple[str, ...]]:
    """Who else has the address of each of those members on this channel; nobody of an address of one member."""
    rows = con.execute(_SQL["recipient_sharing"], {"members": list(member_ids), "channel": channel}).fetchall()
    return {member: tuple(others) for member, others in rows}


def tagged(con: duckdb.DuckDBPyConnection, member_ids: Collection[str], tag: str, at: datetime) -> dict[str, str]:
    """Value of the tag that each of those members carries at `at` (aware); an account has that of its person."""
    persons = _persons_of(con, member_ids)
    asked = {"members": [persons.get(name, name) for name in member_ids], "tag": tag, "at": utc_naive(at)}
    found = dict(con.execute(_SQL["recipient_tagged"], asked).fetchall())
    return {name: found[person] for name in member_ids if (person := persons.get(name, name)) in found}


def favourites_of(con: duckdb.DuckDBPyConnection, member_ids: Collection[str], at: datetime) -> dict[str, str]:
    """The category each of those members spent most on within 365 days before `at` (aware), as far as known."""
    asked = {"members": list(member_ids), "at": utc_naive(at)}
    return dict(con.execute(_SQL["recipient_favourites"], asked).fetchall())


def spent_since(snapshot: Snapshot, since: datetime, at: datetime) -> dict[str, int]:
    """Member → cents of his paid orders from `since` on, less what came back, as of `at` (both aware)."""
    con = open_snapshot(snapshot, threads=1)
    try:
        rows = con.execute(_SQL["recipient_spent"], {"since": utc_naive(since), "at": utc_naive(at)}).fetchall()
    finally:
        con.close()
    return dict(rows)


def can_be_dialled(address: str) -> bool:
    """Whether somebody could answer there: the length of a number of its country (of China without one), no extension.

    Ranges are not asked: an operator opens new ones before any list has them.
    """
    import phonenumbers

    if not _OF_A_NUMBER.fullmatch(address):
        return False
    try:
        number = phonenumbers.parse(address, _REGION)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number)


class RecipientDesk:
    """Look-ups on one snapshot as of one moment; opens the file when first asked.

    `rules` of its channels; `favourites`: whether categories are looked up. `ahead` tells by channel of whom it will be
    asked soon: one look-up in a snapshot costs the same for one channel as for all of them. `con`: a connection to the
    snapshot that is open already, and stays so.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        at: datetime,
        threads: int,
        memory_limit: str,
        rules: Mapping[str, Rules] | None = None,
        favourites: bool = False,
        ahead: Callable[[], Mapping[str, Collection[str]]] = dict,
        con: Connection | None = None,
    ) -> None:
        self._open = partial(open_snapshot, snapshot, threads=threads, memory_limit=memory_limit)
        self.snapshot, self._at, self._favourites, self._rules = snapshot, at, favourites, rules or {}
        self._con, self._is_mine, self._ahead = con, con is None, ahead
        self._asked: dict[str, set[str]] = {}
        self._found: dict[str, dict[str, Recipient]] = {}

    def lookup(self, member_ids: Collection[str], channel: str) -> Mapping[str, Recipient]:
        """Recipients of these members on a channel, and of others, that the snapshot knows."""
        if not self._asked.get(channel, set()).issuperset(member_ids):
            asked = {**self._ahead(), channel: member_ids}
            found = recipients_of(self._connection(), asked, self._at, self._rules)
            self._found = {name: self._liking(of_channel) for name, of_channel in found.items()}
            self._asked = {name: set(members) for name, members in asked.items()}
        return self._found.get(channel, {})

    def _liking(self, found: dict[str, Recipient]) -> dict[str, Recipient]:
        if not self._favourites:
            return found
        liked = favourites_of(self._connection(), found, self._at)
        return {name: to._replace(favourite=liked.get(name)) for name, to in found.items()}

    def accounts_of(self, member_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        return accounts_of(self._connection(), member_ids) if self._joins else {}

    def sharing(self, member_ids: Collection[str], channel: str) -> dict[str, tuple[str, ...]]:
        return sharing(self._connection(), member_ids, channel) if self._shares else {}

    def tagged(self, member_ids: Collection[str], tag: str) -> dict[str, str]:
        return tagged(self._connection(), member_ids, tag, self._at)

    def _connection(self) -> duckdb.DuckDBPyConnection:
        if self._con is None:
            self._con = self._open()
        return self._con

    # A snapshot never changes: what it has nothing of is not looked for in every batch.
    @cached_property
    def _joins(self) -> bool:
        return has_map(self._connection())

    @cached_property
    def _shares(self) -> bool:
        return self._connection().execute(f"select 1 from {SHARED} limit 1").fetchone() is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._con is not None and self._is_mine:
            self._con.close()
