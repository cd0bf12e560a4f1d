"""Published files opened read-only, in connections set up as every build and every reader needs them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from campaign_calendars.findings.errors import SnapshotMissingError
from warehouse.engines.sql_files import define_once, literal
from warehouse.features.consent import define_consent
from warehouse.models.catalogue import load_layer, macros_of, model_digests
from warehouse.shelf.manifest import Snapshot

if TYPE_CHECKING:
    Connection = duckdb.DuckDBPyConnection
    """What `open_snapshot` gives, for those who hand it on and know nothing of DuckDB."""

_ROWS_A_THREAD = 60_000
"""DuckDB deals rows out to its threads by the hundred thousand; of fewer, more threads only wait for one another."""


def open_snapshot(snapshot: Snapshot, *, threads: int = 2, memory_limit: str = "2GB") -> duckdb.DuckDBPyConnection:
    """An in-memory connection with the snapshot attached read-only as catalog `snap`, in UTC, with
    `warehouse.features.consent`.

    Raises SnapshotMissingError when the file has been pruned meanwhile, or was made by a version whose tables differ.
    """
    con = connect(snapshot.path.parent, busy_threads(threads, snapshot.largest), memory_limit)
    try:
        attach_snapshot(con, snapshot)
        _require_columns(con, snapshot)
    except SnapshotMissingError:
        con.close()
        raise
    define_consent(con)
    return con


def _require_columns(con: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    if snapshot.build.models == model_digests():
        return  # made by these very models: looking through all columns takes longer than opening the file
    query = "select table_name, column_name from duckdb_columns() where database_name = 'snap'"
    known = set(con.execute(query).fetchall())
    wanted = {(model.name, column) for model in load_layer("staging") for column in model.columns}
    if lacking := sorted(wanted - known):
        table, column = lacking[0]
        raise SnapshotMissingError(
            (
                f"snapshot {snapshot.snapshot_id} was made by another version of promocal: it has no {table}.{column}",
                f"快照 {snapshot.snapshot_id} 由另一版本的 promocal 生成：其中没有 {table}.{column}",
            ),
            ("make a new one with: promocal refresh CALENDAR", "请重新生成：promocal refresh 日历"),
        )


def attach_snapshot(con: duckdb.DuckDBPyConnection, snapshot: Snapshot, name: str = "snap") -> None:
    """Attach the file read-only as `name`. Raises SnapshotMissingError when it has been pruned."""
    try:
        con.execute(f"attach {literal(snapshot.path)} as {name} (read_only)")
    except duckdb.IOException:
        raise SnapshotMissingError(
            (f"snapshot {snapshot.snapshot_id} is gone", f"快照 {snapshot.snapshot_id} 已不存在"),
            (
                "refresh, or raise keep in [warehouse] of promocal.toml",
                "请重新刷新，或提高 promocal.toml 中 [warehouse] 的 keep",
            ),
        ) from None


def busy_threads(threads: int, rows: int) -> int:
    """How many of `threads` have something to do where the largest table has `rows` rows."""
    return min(threads, 1 + rows // _ROWS_A_THREAD)


def connect(directory: Path, threads: int, memory_limit: str) -> duckdb.DuckDBPyConnection:
    """An in-memory connection set up as every build and every reader here needs it."""
    con = duckdb.connect(
        config={
            "threads": threads,
            "memory_limit": memory_limit,
            "temp_directory": str(directory / ".spill"),
            # Every order that matters is written out, which makes row order in files worth nothing.
            "preserve_insertion_order": False,
            # After a small insert DuckDB would write a large table in memory anew, what is spilled included. Files
            # are checkpointed where they are finished.
            "checkpoint_threshold": "1TB",
            # DuckDB guesses that few rows come to an as-of join behind a window, and compares every pair of them.
            "asof_loop_join_threshold": 0,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    _set_up(con)
    return con


def beside(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A session of its own, with its own tables, in the database of a connection: in no time where opening one takes
    some. It knows nothing of `warehouse.features.consent`.
    """
    session = con.cursor()
    _set_up(session)
    return session


def _set_up(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("set TimeZone = 'UTC'")
    con.execute("set enable_progress_bar = false")
    define_once(con, "features", macros_of("features"))
