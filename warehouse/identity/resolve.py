"""The identity map of a snapshot: `snap.member_map` and `snap.identity_conflicts`, from `snap.stg_identities`.

Links of two strengths: a crm_id, unionid or open_uid is strong, everything else (a hashed phone, a
nick) weak. An account whose own id is a strong identifier of another account has it, too, unless it
has one of that kind. Only links known strictly before as_of count. The rules: `warehouse.identity.rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb

from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files
from warehouse.identity.placeholders import define_macros

if TYPE_CHECKING:
    from warehouse.identity.rules import Links, Pairs, Persons

_SQL = sql_files(__package__)

MOST_WEAK = 5
"""A weak identifier of more accounts joins nobody: a shop's counter phone."""
MOST_STRONG = 100
"""Nor does a strong one of more accounts: `0`, `test`."""

_COLUMNS = ("number", "person", "strong_conflict", "weak_conflict")
_DECIDED = f"create or replace temp table decided ({', '.join(f'{name} bigint' for name in _COLUMNS)})"
_DROP = ("links", "shared", "joining", "linked", "persons", "decided")


@dataclass(frozen=True, slots=True)
class Joined:
    """What the map came to: `accounts` of several are `persons`; what was kept apart, by kind of conflict."""

    accounts: int
    persons: int
    conflicts: dict[str, int]


def resolve(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Joined:
    """Write both tables; they are empty without identities. `as_of` is aware."""
    con.execute(_SQL["map_tables"])
    if con.execute("select 1 from snap.stg_identities limit 1").fetchone() is None:
        return Joined(0, 0, {})
    limits = {"as_of": utc_naive(as_of), "most_strong": MOST_STRONG, "most_weak": MOST_WEAK}
    define_macros(con)
    _run(con, "links", limits)
    con.execute(_DECIDED)
    links = _links(con)
    if links.accounts:
        _write(con, links)
    _run(con, "map", {})
    _run(con, "conflicts", {})
    for table in _DROP:
        con.execute(f"drop table {table}")
    return joined_accounts(con)


def joined_accounts(con: duckdb.DuckDBPyConnection) -> Joined:
    """What the map of the attached snapshot came to."""
    persons, aliases = con.execute("select count(distinct member_id), count(*) from snap.member_map").fetchall()[0]
    conflicts = con.execute(
        "select conflict, count(*) from snap.identity_conflicts group by conflict order by conflict"
    ).fetchall()
    return Joined(aliases + persons, persons, dict(conflicts))


def _run(con: duckdb.DuckDBPyConnection, name: str, values: dict[str, object]) -> None:
    for statement in duckdb.extract_statements(_SQL[name]):
        con.execute(statement, {key: values[key] for key in statement.named_parameters})


def _links(con: duckdb.DuckDBPyConnection) -> Links:
    from warehouse.identity.rules import Links

    accounts = con.execute("select count(*) from linked").fetchall()[0][0]
    return Links(
        accounts=int(accounts),
        strong=_pairs(con, _SQL["link_pairs"].format(strong="true")),
        weak=_pairs(con, _SQL["link_pairs"].format(strong="false")),
        unique=tuple(_pairs(con, _SQL["unique_pairs"].format(kind=kind)) for kind in ("crm_id", "unionid")),
    )


def _pairs(con: duckdb.DuckDBPyConnection, query: str) -> Pairs:
    from warehouse.identity.rules import Pairs

    found = con.execute(query).fetchnumpy()
    return Pairs(found["who"].astype("int64"), found["value"].astype("int64"))


def _write(con: duckdb.DuckDBPyConnection, links: Links) -> None:
    import numpy as np
    import pyarrow as pa

    from warehouse.identity.rules import decide

    found: Persons = decide(links)
    con.register(
        "_decided",
        pa.table([np.arange(links.accounts), found.person, found.strong_conflict, found.weak_conflict], list(_COLUMNS)),
    )
    con.execute("insert into decided select * from _decided")
    con.unregister("_decided")
