"""What the identity map of a snapshot consists of, for people: counts, and conflicts with everything masked."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import duckdb

from campaign_calendars.values.masking import masked_id
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files
from warehouse.features.history import has_map
from warehouse.identity.resolve import joined_accounts
from warehouse.shelf.manifest import Snapshot

_SQL = sql_files(__package__)

_TABLE = "select 1 from duckdb_tables() where database_name = 'snap' and table_name = 'identity_conflicts'"


def overview(con: duckdb.DuckDBPyConnection, snapshot: Snapshot, most: int) -> dict[str, Any]:
    """Counts by kind of identifier, persons of several accounts, and up to `most` conflicts, masked."""
    known = con.execute(_TABLE).fetchone() is not None
    joined = asdict(joined_accounts(con)) if known else {"accounts": 0, "persons": 0, "conflicts": {}}
    kinds = con.execute(_SQL["overview_kinds"], {"as_of": utc_naive(snapshot.as_of)}).fetchall()
    rows = con.execute(_SQL["overview_conflicts"], {"most": most}).fetchall() if known and most else []
    names = ("kind", "strong", "identifiers", "values", "shared")
    return {
        "kinds": [dict(zip(names, row, strict=True)) for row in kinds],
        **joined,
        "members": con.execute("select count(*) from snap.stg_members").fetchall()[0][0],
        "kept_apart": [
            {
                "conflict": conflict,
                "kind": kind,
                "value": value,
                "accounts": accounts,
                "examples": [masked_id(name) for name in examples],
            }
            for conflict, kind, value, accounts, examples in rows
        ],
    }


def persons_of(con: duckdb.DuckDBPyConnection, member_id: str) -> list[str]:
    """The ids under which a person may stand in earlier decisions: the id asked for, and those of all its accounts."""
    if not has_map(con):
        return [member_id]
    rows = con.execute(
        """
        with named as (
            select coalesce(max(member_id), $id) as member_id from snap.member_map where account_id = $id
        )
        select member_id from named
        union
        select account_id from snap.member_map where member_id in (select member_id from named)
        """,
        {"id": member_id},
    ).fetchall()
    return sorted({member_id, *(name for (name,) in rows)})


def is_member(con: duckdb.DuckDBPyConnection, member_id: str) -> bool:
    """Whether the snapshot knows the id, as a member or as one of a member's accounts."""
    found = con.execute(
        "select 1 from snap.stg_members where list_contains($ids, member_id) limit 1",
        {"ids": persons_of(con, member_id)},
    )
    return found.fetchone() is not None
