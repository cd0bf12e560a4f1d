"""Features of every member as of any moment, and the small tables audience predicates read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import duckdb

from warehouse.engines.local import DuckDBEngine
from warehouse.engines.port import Engine, Kind, Made
from warehouse.engines.rows import utc_naive
from warehouse.features.graph import steps_for
from warehouse.features.params import FeatureParams, set_moment, variables
from warehouse.features.state import STATE, StateUse, models_over_state, prepare_changes, usable_state


def build_features(
    con: duckdb.DuckDBPyConnection,
    *,
    as_of: datetime,
    params: FeatureParams,
    columns: Collection[str] | None = None,
    as_view: bool = False,
    engine: Engine | None = None,
    incremental: bool = True,
) -> StateUse:
    """Create `member_features`, `params` and `phase_windows` in the connection's own catalog.

    Reads `snap.stg_*` and `contacts` (see `warehouse.features.history`). One row per member known before
    `as_of` (aware); only facts strictly before it count. `columns` names those wanted (None: all;
    member_id is always there), and nothing is computed for the others. Columns, units and meaning:
    `models/features/*/model.yaml`; how a model is added: `warehouse.models.catalogue`. The same input
    gives the same rows on any number of threads, and on any `engine` (DuckDB itself unless given).
    Calling it again replaces the tables. `as_view` leaves the last step to whoever reads
    `member_features`, which is faster when it is read once. `incremental` starts from the snapshot's
    state where it leads here (see `warehouse.features.state`), on DuckDB only; the result says whether it did.
    Raises ValueError for a column there is not.
    """
    use = StateUse("full", "wanted")
    if incremental and isinstance(engine, DuckDBEngine | None):
        use = usable_state(con, "snap", utc_naive(as_of), params)
    steps = steps_for(columns, models_over_state() if use.mode == "incremental" else ())
    set_moment(con, as_of=as_of, params=params)
    values = variables(as_of, params)
    standing = _kinds(con)
    for step in steps:
        model = step.model
        if model.name == STATE:
            model = model.model_copy(update={"query": prepare_changes(con, use, params, step.wanted)})
        kind: Kind = "view" if as_view and step is steps[-1] else model.materialized
        if (other := standing.get(model.name, kind)) != kind:
            con.execute(f"drop {other} {model.name}")
        made = Made(model.name, model.typed_query(step.wanted), "features", kind, variables=values)
        (engine or DuckDBEngine()).make(con, made)
    return use


def _kinds(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Name → table or view, of everything in the connection's own catalog."""
    return dict(
        con.execute(
            """
            select table_name, 'table' from duckdb_tables() where database_name = current_database()
            union all
            select view_name, 'view' from duckdb_views() where database_name = current_database() and not internal
            """
        ).fetchall()
    )
