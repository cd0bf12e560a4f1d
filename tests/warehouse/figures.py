"""Questions to a snapshot; figures of members are computed when a question names them, as commands do."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.features import history
from warehouse.features.members import build_features
from warehouse.features.params import FeatureParams
from warehouse.snapshots.snapshot import Snapshot, open_snapshot


def compute_figures(con: duckdb.DuckDBPyConnection, snapshot: Snapshot, params: FeatureParams | None = None) -> None:
    """`member_features` as of the snapshot's moment, by the settings of the tiny shop unless others are given."""
    from tests.warehouse.conftest import PARAMS

    history.create_tables(con)
    build_features(con, as_of=snapshot.as_of, params=params or PARAMS)


def ask(snapshot: Snapshot, query: str, params: FeatureParams | None = None) -> list[tuple[Any, ...]]:
    with open_snapshot(snapshot) as con:
        if "member_features" in query:
            compute_figures(con, snapshot, params)
        return con.execute(query).fetchall()
