"""Facts of several accounts under the name of their person, and back.

Staging reads and judges accounts; when everything stands, `fold` gives the rows of joined accounts the
name of the person. How those rows were read stays in `snap.account_<dataset>`, so that the next
refresh can go on from there: `account_views` shows a parent's tables as they were before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files

import duckdb

from warehouse.engines.rows import utc_naive
from warehouse.models.catalogue import Model, load_layer

MEMBER_COLUMNS = ("member_id", "referrer_id", "referred_id")
"""By which columns rows of other datasets name a member."""
BEFORE = "before"
"""The schema in which a parent's tables stand as accounts."""

GROUND = "identities"
"""The ground of the map itself: it always speaks of accounts."""
# One row per person, or per person and something: rows of two accounts have to become one.
_FOLDS = {
    path.name.removeprefix("fold_").removesuffix(".sql"): path.read_text("utf-8")
    for path in files(__package__).iterdir()
    if path.name.startswith("fold_") and path.name.endswith(".sql")
}
_JOINED = """
create or replace temp table joined as
select account_id, member_id from snap.member_map
union all
select distinct member_id, member_id from snap.member_map
"""
_KEPT = """
create or replace table snap.account_{dataset} as
select {columns}, _file, _row from snap.{name} as stored where {condition}
"""
# Renaming rows in their place takes three times as long as taking them out and adding them again.
_RENAMED = """
select stored.* replace (map.member_id as member_id)
from snap.account_{dataset} as stored
inner join snap.member_map as map on map.account_id = stored.member_id
"""
_BEFORE = """
create or replace view {schema}.{name} as
select {columns}, _file, _row from {catalog}.{name} anti join {catalog}.account_{dataset} using (_file, _row)
union all
select {columns}, _file, _row from {catalog}.account_{dataset}
"""
_TOUCHED = """
insert into touched_members
with
    was as ({was}),

    moved as (
        select
            coalesce(was.account_id, is_now.account_id) as account_id,
            was.member_id as before_id,
            is_now.member_id as now_id
        from was
        full join snap.member_map as is_now on is_now.account_id = was.account_id
        where was.member_id is distinct from is_now.member_id
    )

select account_id from moved
union
select before_id from moved where before_id is not null
union
select now_id from moved where now_id is not null
union
select map.member_id
from snap.member_map as map
semi join touched_members as touched on touched.member_id = map.account_id
"""


def fold(con: duckdb.DuckDBPyConnection, as_of: datetime) -> list[str]:
    """Rename and fold the rows of accounts in `snap.member_map`; returns the tables that changed.

    `as_of` (aware) says which account is a member now.
    """
    if con.execute("select 1 from snap.member_map limit 1").fetchone() is None:
        return []
    con.execute(_JOINED)
    changed = []
    for model in _of_members():
        links = _links(model)
        accounts = "joined" if model.dataset in _FOLDS else "snap.member_map"
        condition = " or ".join(f'"{link}" in (select account_id from {accounts})' for link in links)
        con.execute(
            _KEPT.format(dataset=model.dataset, name=model.name, columns=model.column_list(), condition=condition)
        )
        con.execute(f"delete from snap.{model.name} where {condition}")
        text = _FOLDS.get(model.dataset) or _RENAMED.format(dataset=model.dataset)
        con.execute(
            f"insert into snap.{model.name} by name {text}", {"as_of": utc_naive(as_of)} if "$as_of" in text else {}
        )
        changed.append(f"snap.{model.name}")
    con.execute("drop table joined")
    return changed


def account_views(con: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Show every staged table of an attached snapshot as it was before it was folded, in the schema `before`."""
    con.execute(f"create schema if not exists {BEFORE}")
    tables = {
        name
        for (name,) in con.execute(
            "select table_name from duckdb_tables() where database_name = ?", [catalog]
        ).fetchall()
    }
    for model in load_layer("staging"):
        names = {"schema": BEFORE, "name": model.name, "catalog": catalog, "dataset": model.dataset}
        if f"account_{model.dataset}" in tables:
            con.execute(_BEFORE.format(columns=model.column_list(), **names))
        elif model.name in tables:
            con.execute("create or replace view {schema}.{name} as from {catalog}.{name}".format(**names))


def touch_moved(con: duckdb.DuckDBPyConnection) -> None:
    """Add to `touched_members` the persons of touched accounts, and who consists of other accounts than in `prev`."""
    known = "select 1 from duckdb_tables() where database_name = 'prev' and table_name = 'member_map'"
    was = "from prev.member_map" if con.execute(known).fetchone() else "from snap.member_map where false"
    con.execute(_TOUCHED.format(was=was))


def _of_members() -> Iterator[Model]:
    for model in load_layer("staging"):
        if model.dataset != GROUND and _links(model):
            yield model


def _links(model: Model) -> list[str]:
    return [name for name in MEMBER_COLUMNS if name in model.columns]
