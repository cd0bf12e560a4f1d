"""Whom the rows of a list of refusals mean, as a snapshot has its members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from warehouse.features.history import has_map
from warehouse.features.numbers import numbered_members
from warehouse.ledger.records import NUMBER

if TYPE_CHECKING:
    import duckdb

_BATCH = 250_000


class Named(NamedTuple):
    """How row `row` names somebody: an id as written (cleaned of guards), the same without wide forms and blanks,
    and the digest of a telephone number. Empty: not at all."""

    row: int
    member_id: str
    plain: str
    digest: str


@dataclass(frozen=True)
class Recognised:
    """Row → members. `ids` of ids written as the snapshot has them, `respelled` of ids written otherwise that
    fit one member, `ambiguous` fit several; `numbers` have the telephone number of the row."""

    ids: dict[int, str] = field(default_factory=dict)
    respelled: dict[int, str] = field(default_factory=dict)
    ambiguous: dict[int, int] = field(default_factory=dict)
    numbers: dict[int, list[str]] = field(default_factory=dict)


_KNOWN = """
create or replace temp table known_members as
select
    id, lower(id) as plain, case when regexp_full_match(id, '[0-9]+') then nullif(ltrim(id, '0'), '') end as bare
from ({ids})
"""
_NAMED = """
with
    exact as (
        select named.row, 0 as turn, known.id
        from refusals as named
        inner join known_members as known on known.id = named.member_id
    ),

    spelled as (
        select named.row, 1 as turn, known.id
        from refusals as named
        inner join known_members as known on known.plain = lower(named.plain)
        where named.plain <> '' and named.row not in (select row from exact)
    ),

    -- A spreadsheet takes the zeros off an id that is all digits, or adds .0 to it.
    bare as (
        select named.row, 2 as turn, known.id
        from refusals as named
        inner join known_members as known on known.bare = ltrim(regexp_replace(named.plain, '[.]0+$', ''), '0')
        where
            named.plain <> ''
            and named.row not in (select row from exact)
            and named.row not in (select row from spelled)
    )

select row, min(turn) as turn, min(id) as id, count(*) as fitting
from (select * from exact union all select * from spelled union all select * from bare)
group by row
"""


def recognise(con: duckdb.DuckDBPyConnection, rows: Iterable[Named]) -> Recognised:
    """Look the rows up in the attached snapshot (`snap`): by id or account, by telephone number, by digest."""
    _load(con, rows)
    ids = "select member_id as id from snap.stg_members"
    if has_map(con):
        ids += " union select account_id from snap.member_map"
    con.execute(_KNOWN.format(ids=ids))
    found = Recognised()
    for row, turn, member, fitting in con.execute(_NAMED).fetchall():
        if turn == 0:
            found.ids[row] = member
        elif fitting == 1:
            found.respelled[row] = member
        else:
            found.ambiguous[row] = fitting
    con.execute("create or replace temp table digests as select distinct digest from refusals where digest <> ''")
    numbered_members(con, "numbered", "digests")
    held = "select row, list_sort(list(numbered.member_id)) from refusals join numbered using (digest) group by row"
    found.numbers.update(con.execute(held).fetchall())
    return found


def subject_of(digest: str) -> str:
    """What the ledger keeps of a telephone number."""
    return NUMBER + digest


def _load(con: duckdb.DuckDBPyConnection, rows: Iterable[Named]) -> None:
    import pyarrow as pa

    con.execute("create or replace temp table refusals (row bigint, member_id varchar, plain varchar, digest varchar)")
    iterator = iter(rows)
    while part := list(islice(iterator, _BATCH)):
        con.register("_named", pa.table([pa.array(cells) for cells in zip(*part, strict=True)], list(Named._fields)))
        con.execute("insert into refusals select * from _named")
        con.unregister("_named")
