"""What was done to members before: contacts, grants and suppressions, as tables of a decision.

The ledger is the truth. A decision works on a copy inside its own connection, so that a plan may
run ahead of the truth, occurrence after occurrence, without writing anything.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from warehouse.rows import append_rows

_TABLES = """
create table contacts (
    member_id varchar, channel varchar, calendar varchar, phase varchar, play varchar,
    "at" timestamp, benefit varchar
);
create table grants (
    member_id varchar, calendar varchar, phase varchar, play varchar, benefit varchar,
    pool varchar, granted_at timestamp, cost_cents bigint
);
create table points_granted (member_id varchar, granted_at timestamp, points bigint);
create table suppressions (member_id varchar, channel varchar);
create table tier_overrides (member_id varchar, tier varchar, set_at timestamp, until timestamp);
create table decided (member_id varchar, calendar varchar, play varchar, "at" timestamp, again bool);
"""


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables `contacts`, `grants`, `points_granted`, `suppressions`, `tier_overrides` and `decided`.

    A suppression without a channel holds for every channel. `decided` holds the decisions of
    triggered plays; `again` is true where a passing gate held the member back (see
    `warehouse.decision.triggers`).
    """
    con.execute(_TABLES)


def load_contacts(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[object, ...]]) -> int:
    """Append (member_id, channel, calendar, phase, play, at, benefit) rows; `at` naive UTC or aware."""
    return append_rows(con, "contacts", rows)


def load_grants(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[object, ...]]) -> int:
    """Append (member_id, calendar, phase, play, benefit, pool, granted_at, cost_cents) rows."""
    return append_rows(con, "grants", rows)


def load_points_granted(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[object, ...]]) -> int:
    """Append (member_id, granted_at, points) rows: what benefits given by any calendar ask of their members."""
    return append_rows(con, "points_granted", rows)


def load_suppressions(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[object, ...]]) -> int:
    """Append (member_id, channel or None) rows."""
    return append_rows(con, "suppressions", rows)


def load_tier_overrides(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[object, ...]]) -> int:
    """Append (member_id, tier, set_at, until or None) rows; those of one member do not overlap."""
    return append_rows(con, "tier_overrides", rows)
