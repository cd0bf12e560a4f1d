"""New rows into what the parent snapshot accepted, so that the result is what reading everything would give.

A row never changes what becomes of rows about somebody or something else: staging numbers copies and
lines within the first column of the dataset's key, its *subject*. So the subjects of new rows, and
those whose parent row (the member, the order) appeared, vanished or changed, are judged again from
their stored raw rows; everything else is copied as it is. The parent's file stays as it is, attached
as `prev`; its staged tables are read as accounts (`before`, see `warehouse.identity.fold`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from campaign_calendars.findings.problem import Problem
from warehouse.engines.syntax import columns_read, nodes, selects
from warehouse.identity.fold import BEFORE, IDENTITIES, MEMBER_COLUMNS
from warehouse.models.catalogue import Model
from warehouse.shelf import archive
from warehouse.shelf.manifest import RuleResult
from warehouse.sources.catalogue import DATASETS

# By which columns rows of other datasets name a member or an order.
_LINKS = {"member_id": MEMBER_COLUMNS, "order_id": ("order_id",)}


@dataclass(frozen=True)
class Increment:
    """How one dataset goes on from the parent: the parent's parts and filled columns."""

    dataset: str
    parts: tuple[Path, ...]
    filled: tuple[str, ...]
    superseded: bool = False
    """Rows of a database that have a newer version stand in `superseded_<dataset>`."""
    rules: tuple[RuleResult, ...] = ()
    """What the parent's rules came to, and"""
    findings: tuple[Problem, ...] = ()
    """what its refresh said about the dataset: both stand where there is nothing new."""


def subject_of(dataset: str) -> str:
    return DATASETS[dataset].key[0]


@cache
def _references(name: str, query: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(staged table, columns read of it) of a model's query."""
    del name
    found = []
    for select in selects(query):
        read = tuple(dict.fromkeys(columns_read(select)))
        for source in nodes(select.get("from_table")):
            *schema, table = source.get("qualified_name", {}).get("path", [""])
            if source.get("type") == "BASE_TABLE" and schema == ["snap"]:
                found.append((table, read))
    return tuple(found)


def borrowed(model: Model) -> list[str]:
    """Other datasets whose raw rows a model reads: it has the same subject as they (orders and their lines)."""
    names = [need.removeprefix("raw_") for need in model.depends_on if need.startswith("raw_")]
    return [name for name in names if name != model.dataset]


def widen(
    con: duckdb.DuckDBPyConnection, model: Model, increment: Increment, going_on: Mapping[str, Increment]
) -> None:
    """`raw_<dataset>`: the new rows → with every stored row of the subjects that have to be judged again.

    Leaves their names in `groups_<dataset>`. `going_on` are all datasets that are increments. Where nothing is
    new and nothing has to be judged again, the table stays empty.
    """
    dataset = model.dataset
    # Every model reads its subject as an id: running the whole query for it would cost as much as the candidates.
    named = " union ".join(
        f'select tidy_id("{subject_of(one)}") as subject from raw_{one}' for one in [dataset, *borrowed(model)]
    )
    con.execute(f"create or replace table groups_{dataset} as from ({named}) where subject is not null")
    for table, columns in _references(model.name, model.query):
        _add_changed(con, model, table, columns, going_on)
    if increment.superseded:
        _add_subjects(con, dataset, f"superseded_{dataset}")
    if not filled(con, f"groups_{dataset}") and not filled(con, f"raw_{dataset}"):
        return
    _bring_back(con, increment, f"groups_{dataset}")
    places = archive.first_with(con, increment.parts, _unfilled(con, increment))
    for place in dict.fromkeys(places):
        con.execute("create or replace table one_place as select ? as _file, ?::bigint as _row", [*place])
        _add_subjects(con, dataset, "one_place")
    if places:
        _bring_back(con, increment, f"groups_{dataset}")
    for other in borrowed(model):
        # These rows are then at hand when their own turn comes, and are judged again, too.
        if other in going_on:
            _bring_back(con, going_on[other], f"groups_{dataset}")


def filled(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return con.execute(f"select 1 from {table} limit 1").fetchone() is not None


def create_table(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """`snap.<model>`, empty. Where a row came from stays with it: a later refresh finds its raw row by that."""
    con.execute(f"create or replace table snap.{model.name} ({model.ddl()}, _file varchar, _row bigint)")


def keep_the_rest(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Copy what the parent holds about every other subject: accepted, quarantined and duplicates."""
    dataset, subject = model.dataset, subject_of(model.dataset)
    columns = f"{model.column_list()}, _file, _row"
    con.execute(
        f"""
        insert into snap.{model.name} ({columns})
        select {columns} from {BEFORE}.{model.name} as stored
        anti join groups_{dataset} as groups on stored."{subject}" = groups.subject
        """
    )
    for table in ("quarantine", "duplicates"):
        con.execute(
            f"""
            insert into snap.{table} by name
            select stored.* from prev.{table} as stored
            anti join groups_{dataset} as groups on stored.subject = groups.subject
            where stored.dataset = ?
            """,
            [dataset],
        )


def find_touched(con: duckdb.DuckDBPyConnection, models: Sequence[Model], going_on: Collection[str]) -> None:
    """`touched_members`: whose rows of before the parent's moment appeared, vanished or changed.

    Rows that are new and lie behind that moment touch nobody: they are what time brings. The moment
    of the parent is the variable `prev_as_of` (naive UTC). Accounts are compared, before they are joined.
    """
    con.execute("create or replace table touched_members (member_id varchar)")
    known = _known_before(con)
    for model in models:
        dataset = model.dataset
        links = [name for name in _LINKS["member_id"] if name in model.columns]
        moments = [f'"{name}"' for name, column in model.columns.items() if column.type == "timestamp"]
        # An identifier changes no figure but by the persons it joins (see `touch_moved`).
        if dataset == IDENTITIES or not links or model.name not in known:
            continue
        if dataset in going_on and not filled(con, f"groups_{dataset}"):
            continue
        subject = subject_of(dataset)
        only = (
            f'semi join groups_{dataset} as groups on stored."{subject}" = groups.subject'
            if dataset in going_on
            else ""
        )
        late = f"coalesce(least({', '.join(moments)}) < getvariable('prev_as_of'), true)" if moments else "true"
        con.execute(f"create or replace table different as {_different(model.name, model.column_list(), only)}")
        for link in links:
            condition = "true" if model.name == "stg_members" else late
            con.execute(f'insert into touched_members select distinct "{link}" from different where {condition}')
    # Guests are no members: their orders touch nobody.
    once = "select distinct member_id from touched_members where member_id is not null"
    con.execute(f"create or replace table touched_members as {once}")


def _different(table: str, cells: str, only: str, *, copies: bool = True) -> str:
    """SQL: the rows of a staged table, these `cells` of them, that are before other than after, each once.

    Where `copies` count, a row of which there are more or fewer differs, too. Both sides are read once and counted in
    one go: two exceptions of one from the other cost three to six times as much.
    """
    differs = "sum(side) <> 0" if copies else "min(side) = max(side)"
    return f"""
        select {cells}
        from (
            select {cells}, 1 as side from {BEFORE}.{table} as stored {only}
            union all
            select {cells}, -1 as side from snap.{table} as stored {only}
        )
        group by {cells}
        having {differs}
    """


def _known_before(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The staged tables that the parent has."""
    query = "select view_name from duckdb_views() where schema_name = ?"
    return {name for (name,) in con.execute(query, [BEFORE]).fetchall()}


def _add_changed(
    con: duckdb.DuckDBPyConnection, model: Model, table: str, columns: Sequence[str], going_on: Collection[str]
) -> None:
    """Subjects that name a member (an order) whose row in `table` appeared, vanished or changed in `columns`."""
    parent = table.removeprefix("stg_")
    if parent in going_on and not filled(con, f"groups_{parent}"):
        return
    key = subject_of(parent)
    only = f'semi join groups_{parent} as groups on stored."{key}" = groups.subject' if parent in going_on else ""
    cells = ", ".join(f'"{name}"' for name in dict.fromkeys([key, *columns]))
    differing = _different(table, cells, only, copies=False)
    con.execute(f'create or replace table changed as select distinct "{key}" as key from ({differing})')
    if not filled(con, "changed"):
        return
    raw = DATASETS[model.dataset].columns
    for link in (name for name in _LINKS[key] if name in raw):
        con.execute(
            f"""
            insert into groups_{model.dataset}
            select stored."{subject_of(model.dataset)}"
            from {BEFORE}.{model.name} as stored
            semi join changed on stored."{link}" = changed.key
            union
            select subject
            from (select subject, tidy_id(row_json ->> '{link}') as link from prev.quarantine where dataset = ?)
            semi join changed on link = changed.key
            where subject is not null
            """,
            [model.dataset],
        )


def _add_subjects(con: duckdb.DuckDBPyConnection, dataset: str, places: str) -> None:
    con.execute(
        f"""
        insert into groups_{dataset}
        select distinct subject from {stored_places(dataset)} semi join {places} using (_file, _row)
        """
    )


def _bring_back(con: duckdb.DuckDBPyConnection, increment: Increment, groups: str) -> None:
    """Stored raw rows of all subjects in `groups` that are not there yet."""
    dataset = increment.dataset
    superseded = f"anti join superseded_{dataset} using (_file, _row)" if increment.superseded else ""
    con.execute(
        f"""
        create or replace table places as
        select _file, _row
        from (select * from {stored_places(dataset)} semi join {groups} using (subject))
        anti join raw_{dataset} using (_file, _row)
        {superseded}
        """
    )
    archive.restore(con, dataset, increment.parts, "places")


def stored_places(dataset: str) -> str:
    """(subject, _file, _row) of every raw row the parent snapshot stands for, as a table expression."""
    return f"""(
        select "{subject_of(dataset)}" as subject, _file, _row from {BEFORE}.stg_{dataset}
        union all
        select subject, source_file, source_row from prev.quarantine where dataset = '{dataset}'
        union all
        select subject, source_file, source_row from prev.duplicates where dataset = '{dataset}'
    )"""


def _unfilled(con: duckdb.DuckDBPyConnection, increment: Increment) -> list[str]:
    """Columns that have values in the whole source and none in the rows at hand.

    What a source can say at all is asked of all its rows (orders without any state all count), so
    one row with a value has to be among those that are judged.
    """
    here = filled_columns(con, increment.dataset)
    return [name for name in increment.filled if name not in here]


def filled_columns(con: duckdb.DuckDBPyConnection, dataset: str) -> tuple[str, ...]:
    """The columns of `raw_<dataset>` that have any value."""
    names = DATASETS[dataset].columns
    counts = ", ".join(f"count(nullif(\"{name}\", ''))" for name in names)
    found = con.execute(f"select {counts} from raw_{dataset}").fetchall()[0]
    return tuple(name for name, count in zip(names, found, strict=True) if count)


def settle_pull(con: duckdb.DuckDBPyConnection, dataset: str, parts: Sequence[Path]) -> None:
    """Rows of a database pulled again by watermark: what is known already goes, what is older is superseded.

    Rows keep numbers of their own: those of the new rows come after all that were given before.
    """
    columns, key = DATASETS[dataset].columns, DATASETS[dataset].key
    names = ", ".join(f'"{name}"' for name in columns)
    same = " and ".join(f'fresh."{name}" is not distinct from stored."{name}"' for name in columns)
    one_key = " and ".join(f'fresh."{name}" = stored."{name}"' for name in key)
    con.execute(
        f"""
        create or replace table stored_{dataset} as
        select stored.{", stored.".join(f'"{name}"' for name in columns)}, stored._file, stored._row
        from {archive.rows_of(parts)} as stored
        semi join raw_{dataset} as fresh on {one_key}
        semi join {stored_places(dataset)} as live on stored._file = live._file and stored._row = live._row
        """
    )
    con.execute(f"delete from raw_{dataset} as fresh where exists (from stored_{dataset} as stored where {same})")
    con.execute(
        f"""
        create or replace table superseded_{dataset} as
        select stored.* from stored_{dataset} as stored semi join raw_{dataset} as fresh on {one_key}
        """
    )
    con.execute(
        f"""
        create or replace table raw_{dataset} as
        select {names}, _file, _row + (select coalesce(max(_row), 0) from {archive.rows_of(parts)}) as _row
        from raw_{dataset}
        """
    )
    con.execute(f"drop table stored_{dataset}")


def one_row_a_key(con: duckdb.DuckDBPyConnection, dataset: str) -> bool:
    """Whether no two rows of `raw_<dataset>` share a key, and none lacks one."""
    key = DATASETS[dataset].key
    names = ", ".join(f'"{name}"' for name in key)
    filled = " and ".join(f'"{name}" is not null' for name in key)
    distinct = f"(select distinct {names} from raw_{dataset} where {filled})"
    total, keys = con.execute(
        f"select (select count(*) from raw_{dataset}), (select count(*) from {distinct})"
    ).fetchall()[0]
    return bool(total == keys)
