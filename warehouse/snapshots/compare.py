"""What changed from one snapshot to another: SQL over both files, nothing written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from campaign_calendars.values.units import Ratio
from warehouse.engines.sql_files import sql_files
from warehouse.models.catalogue import Model, load_layer
from warehouse.shelf.manifest import DatasetCounts, Snapshot
from warehouse.snapshots.opening import attach_snapshot, connect
from warehouse.sources.catalogue import DATASETS

_SQL = sql_files(__package__)


@dataclass(frozen=True, slots=True)
class TableChanges:
    """A staged table in two snapshots."""

    rows: tuple[int, int]
    """Rows before and now."""
    added: int
    """Rows that are new."""
    removed: int
    """Rows that are gone."""
    changed: int
    """Rows with another value in any column."""
    nulls: Mapping[str, tuple[Ratio, Ratio]]
    """Column → share of empty cells before and now, where it differs."""


@dataclass(frozen=True, slots=True)
class MemberChanges:
    """Members from one snapshot to another."""

    joined: int
    """Who joined."""
    left: int
    """Who left."""


@dataclass(frozen=True, slots=True)
class RefundChanges:
    """Refunds from one snapshot to another."""

    orders: int
    """Orders of which more is refunded."""
    cents: int
    """How much more, in minor units of the currency."""


@dataclass(frozen=True, slots=True)
class AccountChange:
    """The account of a dataset in two snapshots."""

    old: DatasetCounts | None
    """Before; null where the dataset was not read."""
    new: DatasetCounts | None
    """Now; null where the dataset was not read."""


@dataclass(frozen=True, slots=True)
class SnapshotChanges:
    """What changed from one snapshot to another: counts, no ids, no values."""

    old: str
    """Id of the one."""
    new: str
    """Id of the other."""
    tables: Mapping[str, TableChanges]
    """Staged table → what changed in it."""
    members: MemberChanges
    """Who joined and left."""
    refunds: RefundChanges
    """What was refunded."""
    models: tuple[str, ...]
    """Models whose files are not the same."""
    accounts: Mapping[str, AccountChange]
    """Dataset → its accounts, where they differ."""


def compare_snapshots(old: Snapshot, new: Snapshot, *, threads: int = 2, memory_limit: str = "2GB") -> SnapshotChanges:
    """Counts of what is different, per table and for the store; no ids, no values.

    Raises SnapshotMissingError when a file has been pruned.
    """
    con = connect(new.path.parent, threads, memory_limit)
    try:
        attach_snapshot(con, old, "old")
        attach_snapshot(con, new, "new")
        tables = {model.name: _table(con, model) for model in load_layer("staging") if _in_both(con, model.name)}
        members = MemberChanges(*_row(con, _SQL["compare_members"]))
        refunds = RefundChanges(*_row(con, _SQL["compare_refunds"]))
    finally:
        con.close()
    accounts = {name: AccountChange(old.counts.get(name), new.counts.get(name)) for name in DATASETS}
    was, now = old.build.models, new.build.models
    return SnapshotChanges(
        old=old.snapshot_id,
        new=new.snapshot_id,
        tables=tables,
        members=members,
        refunds=refunds,
        models=tuple(sorted(name for name in {*was, *now} if was.get(name) != now.get(name))),
        accounts={name: account for name, account in accounts.items() if account.old != account.new},
    )


def _table(con: duckdb.DuckDBPyConnection, model: Model) -> TableChanges:
    shared = [name for name in model.columns if name in _columns(con, "old", model.name)]
    names = DATASETS[model.dataset].key
    key = ", ".join(f'"{name}"' for name in names)
    same = " and ".join(f'before."{name}" is not distinct from after."{name}"' for name in names)
    cells = ", ".join(f'"{name}"' for name in shared)
    asked = _SQL["compare_rows"].format(key=key, same=same, row=f"row({cells})", table=model.name)
    added, removed, changed = _row(con, asked)
    before, now = (_row(con, f"select count(*) from {side}.{model.name}")[0] for side in ("old", "new"))
    return TableChanges((before, now), added, removed, changed, _null_shares(con, model.name, shared))


def _null_shares(con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> dict[str, tuple[float, float]]:
    counts = ", ".join(f'count("{name}")' for name in columns)
    shares = []
    for side in ("old", "new"):
        total, *filled = _row(con, f"select count(*), {counts} from {side}.{table}")
        shares.append([round((total - n) / total, 6) if total else 0.0 for n in filled])
    return {name: (a, b) for name, a, b in zip(columns, *shares, strict=True) if a != b}


def _in_both(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return all(_columns(con, side, table) for side in ("old", "new"))


def _columns(con: duckdb.DuckDBPyConnection, side: str, table: str) -> list[str]:
    rows = con.execute(
        "select column_name from duckdb_columns() where database_name = ? and table_name = ?", [side, table]
    ).fetchall()
    return [str(name) for (name,) in rows]


def _row(con: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    found = con.execute(query).fetchone()
    assert found is not None  # noqa: S101  an aggregate without group by always has one row
    return found
