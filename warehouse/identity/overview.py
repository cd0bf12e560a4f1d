"""What the identity map of a snapshot consists of, for people: counts, and conflicts with everything masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from campaign_calendars.values.masking import masked_id
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files
from warehouse.features.history import has_map
from warehouse.identity.resolve import Joined, joined_accounts
from warehouse.shelf.manifest import Snapshot

_SQL = sql_files(__package__)

_TABLE = "select 1 from duckdb_tables() where database_name = 'snap' and table_name = 'identity_conflicts'"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierKind:
    """One kind of identifier."""

    kind: str
    """Its name, e.g. `unionid`."""
    strong: bool
    """Whether it links accounts by itself."""
    identifiers: int
    """Identifiers of this kind."""
    values: int
    """Distinct values."""
    shared: int
    """Values of more than one account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptApart:
    """A conflict: accounts that share an identifier and are not joined by it; everything masked."""

    conflict: str
    """`strong` or `weak`: the links contradict each other; `shared`: too many accounts."""
    kind: str
    """Kind of identifier."""
    value: str
    """Its value, masked."""
    accounts: int
    """Accounts that share it."""
    examples: tuple[str, ...]
    """Some of them, masked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """How the accounts of a snapshot became persons."""

    snapshot: str
    """Snapshot id."""
    as_of: datetime
    """The moment it stands for."""
    kinds: tuple[IdentifierKind, ...]
    """Kinds of identifiers."""
    accounts: int
    """Accounts that are joined with others."""
    persons: int
    """Persons they are."""
    conflicts: Mapping[str, int]
    """Kind of conflict → how many were kept apart."""
    members: int
    """Members in all."""
    kept_apart: tuple[KeptApart, ...]
    """Conflicts, where asked for."""


def overview(con: duckdb.DuckDBPyConnection, snapshot: Snapshot, most: int) -> Identities:
    """Counts by kind of identifier, persons of several accounts, and up to `most` conflicts, masked."""
    known = con.execute(_TABLE).fetchone() is not None
    joined = joined_accounts(con) if known else Joined(0, 0, {})
    kinds = con.execute(_SQL["overview_kinds"], {"as_of": utc_naive(snapshot.as_of)}).fetchall()
    rows = con.execute(_SQL["overview_conflicts"], {"most": most}).fetchall() if known and most else []
    return Identities(
        snapshot=snapshot.snapshot_id,
        as_of=snapshot.as_of,
        kinds=tuple(
            IdentifierKind(kind=kind, strong=strong, identifiers=identifiers, values=values, shared=shared)
            for kind, strong, identifiers, values, shared in kinds
        ),
        accounts=joined.accounts,
        persons=joined.persons,
        conflicts=joined.conflicts,
        members=con.execute("select count(*) from snap.stg_members").fetchall()[0][0],
        kept_apart=tuple(
            KeptApart(
                conflict=conflict,
                kind=kind,
                value=value,
                accounts=accounts,
                examples=tuple(masked_id(name) for name in examples),
            )
            for conflict, kind, value, accounts, examples in rows
        ),
    )


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


def nearest_member(con: duckdb.DuckDBPyConnection, member_id: str) -> str | None:
    """The member whose id is most like an unknown one; None where none is within two changes of it."""
    sql = """
        select member_id from snap.stg_members
        where abs(length(member_id) - length($id)) <= 2 and damerau_levenshtein(member_id, $id) <= 2
        order by damerau_levenshtein(member_id, $id), member_id limit 1
    """
    row = con.execute(sql, {"id": member_id}).fetchone()
    return str(row[0]) if row else None
