"""Facts of several accounts under the name of their person, and back.

Staging reads and judges accounts; when everything stands, `fold` gives the rows of joined accounts the
name of the person. How those rows were read stays in `snap.account_<dataset>`, so that the next
refresh can go on from there: `account_views` shows a parent's tables as they were before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb

from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files
from warehouse.models.catalogue import Model, load_layer

_SQL = sql_files(__package__)

MEMBER_COLUMNS = ("member_id", "referrer_id", "referred_id", "inviter_id", "invited_id")
"""By which columns rows of other datasets name a member."""
BEFORE = "before"
"""The schema in which a parent's tables stand as accounts."""

IDENTITIES = "identities"
"""The dataset the map is made from: its rows always name accounts, never persons."""
# One row per person, or per person and something: rows of two accounts have to become one.
_FOLDS = {name.removeprefix("fold_"): text for name, text in _SQL.items() if name.startswith("fold_")}


def fold(con: duckdb.DuckDBPyConnection, as_of: datetime) -> list[str]:
    """Rename and fold the rows of accounts in `snap.member_map`; returns the tables that changed.

    `as_of` (aware) says which account is a member now.
    """
    if con.execute("select 1 from snap.member_map limit 1").fetchone() is None:
        return []
    con.execute(_SQL["joined_accounts"])
    changed = []
    for model in _of_members():
        links = _links(model)
        accounts = "joined" if model.dataset in _FOLDS else "snap.member_map"
        condition = " or ".join(f'"{link}" in (select account_id from {accounts})' for link in links)
        con.execute(
            _SQL["keep_accounts"].format(
                dataset=model.dataset, name=model.name, columns=model.column_list(), condition=condition
            )
        )
        con.execute(f"delete from snap.{model.name} where {condition}")
        text = _FOLDS.get(model.dataset) or _SQL["rename_accounts"].format(dataset=model.dataset)
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
            con.execute(_SQL["account_view"].format(columns=model.column_list(), **names))
        elif model.name in tables:
            con.execute("create or replace view {schema}.{name} as from {catalog}.{name}".format(**names))


def touch_moved(con: duckdb.DuckDBPyConnection) -> None:
    """Add to `touched_members` the persons of touched accounts, and who consists of other accounts than in `prev`."""
    known = "select 1 from duckdb_tables() where database_name = 'prev' and table_name = 'member_map'"
    was = "from prev.member_map" if con.execute(known).fetchone() else "from snap.member_map where false"
    con.execute(_SQL["touch_moved"].format(was=was))


def _of_members() -> Iterator[Model]:
    for model in load_layer("staging"):
        if model.dataset != IDENTITIES and _links(model):
            yield model


def _links(model: Model) -> list[str]:
    return [name for name in MEMBER_COLUMNS if name in model.columns]
