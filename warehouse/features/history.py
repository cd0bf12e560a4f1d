"""What was done to members before: contacts, grants and suppressions, as tables of a decision.

The ledger is the truth. A decision works on a copy inside its own connection, so that a plan may
run ahead of the truth, occurrence after occurrence, without writing anything.

The ledger keeps the id of then. Accounts that a snapshot has joined since count as their person:
`as_persons` renames what was loaded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import duckdb

from campaign_calendars.deciding.blocks import Block
from warehouse.engines.rows import append_rows
from warehouse.engines.sql_files import sql_files
from warehouse.features.numbers import numbered_members
from warehouse.ledger.records import NUMBER

_SQL = sql_files(__package__)


TABLES = (
    "contacts",
    "grants",
    "points_granted",
    "birthday_gifts",
    "suppressions",
    "tier_overrides",
    "ghosts",
    "decided",
)


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables of `TABLES`, and `blocks`, which names nobody.

    A suppression without a channel holds for every channel. `decided` holds the decisions of triggered
    plays, `ghosts` what held-out members would have been sent; `again` is true where a passing gate held
    the member back (see `warehouse.decision.triggers`).
    """
    con.execute(_SQL["history_tables"])


def load_contacts(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[object, ...]]) -> int:
    """Append (member_id, channel, calendar, phase, play, at, benefit) rows; `at` naive UTC or aware."""
    return append_rows(con, "contacts", rows)


def load_grants(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[object, ...]]) -> int:
    """Append (member_id, calendar, phase, play, benefit, pool, granted_at, cost_cents, usable_until or None) rows."""
    return append_rows(con, "grants", rows)


def load_blocks(
    con: duckdb.DuckDBPyConnection, calendar: str, pools: Mapping[str, str | None], blocks: Iterable[Block]
) -> int:
    """Append what a calendar holds for benefits that apply themselves; `pools`: benefit → pool."""
    rows = ((calendar, one.benefit, pools.get(one.benefit), one.held_pieces, one.held_cents) for one in blocks)
    return append_rows(con, "blocks", rows)


def load_points_granted(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[object, ...]]) -> int:
    """Append (member_id, granted_at, points, ends_at) rows: what benefits given by any calendar ask of their members,
    and when that was used or is over (None: it is not known to end).
    """
    return append_rows(con, "points_granted", rows)


def load_birthday_gifts(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[object, ...]]) -> int:
    """Append (member_id, granted_at) rows: birthday gifts that other calendars gave."""
    return append_rows(con, "birthday_gifts", rows)


def load_suppressions(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[object, ...]]) -> int:
    """Append (member_id, channel or None) rows."""
    return append_rows(con, "suppressions", rows)


def suppress_numbers(con: duckdb.DuckDBPyConnection) -> None:
    """Let refusals given for telephone numbers hold for the members of the attached snapshot who have them."""
    con.execute(
        "create or replace temp table refused_numbers as"
        " select distinct substr(member_id, ?) as digest, channel from suppressions where starts_with(member_id, ?)",
        [len(NUMBER) + 1, NUMBER],
    )
    if con.execute("select 1 from refused_numbers limit 1").fetchone() is None:
        return
    numbered_members(con, "numbered", "refused_numbers")
    con.execute("insert into suppressions select member_id, channel from numbered join refused_numbers using (digest)")


def suppress_addresses(con: duckdb.DuckDBPyConnection) -> None:
    """Let a refusal given by a member hold for everybody who has the same address on that channel.

    Takes the view `shared_addresses` (see `addresses`), and suppressions whose members are persons.
    """
    con.execute(
        """
        insert into suppressions
        select distinct other.member_id, other.channel
        from suppressions as refused
        inner join shared_addresses as own
            on own.member_id = refused.member_id and own.channel = coalesce(refused.channel, own.channel)
        inner join shared_addresses as other
            on other.channel = own.channel and other.address_key = own.address_key
        where other.member_id <> refused.member_id
        """
    )


def load_tier_overrides(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[object, ...]]) -> int:
    """Append (member_id, tier, set_at, until or None) rows; those of one account do not overlap."""
    return append_rows(con, "tier_overrides", rows)


def as_persons(con: duckdb.DuckDBPyConnection, tables: Collection[str] = TABLES, catalog: str = "snap") -> None:
    """Give rows of joined accounts the id of their person, as the attached snapshot has it."""
    if not has_map(con, catalog):
        return
    for table in tables:
        con.execute(
            f"""
            update {table} as stored set member_id = map.member_id
            from {catalog}.member_map as map where stored.member_id = map.account_id
            """
        )


def has_map(con: duckdb.DuckDBPyConnection, catalog: str = "snap") -> bool:
    """Whether the attached snapshot joins any accounts; one of an earlier promocal has no map."""
    known = "select 1 from duckdb_tables() where database_name = ? and table_name = 'member_map'"
    if con.execute(known, [catalog]).fetchone() is None:
        return False
    return con.execute(f"select 1 from {catalog}.member_map limit 1").fetchone() is not None
