"""One row per member with the figures that facts of all times went into, so that nobody adds them up again.

A snapshot carries `member_state` as of a moment. Later figures are the state and what changed
since: orders and events that came in, and those that left a window. Only facts with a moment in
between or at the edge of a window are read; a member whose first or last order was given back is
read anew, and so is whoever was `touched` by rows that came late. The outcome is that of a full
computation, to the digit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import duckdb

from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import literal, sql_files
from warehouse.features.params import FeatureParams, set_moment, set_variables, window_variables
from warehouse.models.catalogue import MEMBER, Column, Model, facts_model, in_order, load_layer, macros_of

STATE = "member_state"
MOST_DAYS = 60
"""A state older than this saves nothing: most of what the windows count has changed."""

# The models whose figures are kept, and who has a row in them.
_KEPT = {
    "member_buying": "orders_total > 0",
    "member_acting": "last_event_at >= getvariable('from_30d')",
    "member_last_event": "last_event_at is not null",
}
_CHANGES = {name: sql_files(__package__)[f"state_{name}"] for name in ("orders", "events")}
_EARLIEST, _LATEST = {"first_order_at"}, {"last_order_at", "last_event_at"}


@dataclass(frozen=True, slots=True)
class StateUse:
    """Whether a state could be used, as of when, and why (not)."""

    mode: Literal["full", "incremental"]
    reason: str
    base: str = ""
    as_of: datetime | None = None


def usable_state(con: duckdb.DuckDBPyConnection, catalog: str, as_of: datetime, params: FeatureParams) -> StateUse:
    """Whether `<catalog>.member_state` leads to `as_of` (naive UTC) under these `params`."""
    found = con.execute(
        "select 1 from duckdb_tables() where database_name = ? and table_name = 'state_meta'", [catalog]
    ).fetchone()
    if found is None:
        return StateUse("full", "there is no state")
    row = con.execute(f"select as_of, key from {catalog}.state_meta").fetchone()
    if row is None or row[1] != state_key(params):
        return StateUse("full", "the rules of the figures have changed")
    if row[0] > as_of:
        return StateUse("full", "the state is of a later moment")
    if as_of - row[0] > timedelta(days=MOST_DAYS):
        return StateUse("full", f"the state is older than {MOST_DAYS} days")
    return StateUse("incremental", f"from the state of {row[0]:%Y-%m-%d %H:%M}Z", f"{catalog}.{STATE}", row[0])


def state_key(params: FeatureParams) -> str:
    """What the state depends on beside facts and moment: the models and the window of the tiers."""
    texts = [model.query for model in load_layer("features") if model.name in _KEPT]
    return hashlib.sha256(
        "\n".join([macros_of("features"), *texts, *_CHANGES.values(), str(params.tier_window_days)]).encode()
    ).hexdigest()


@cache
def models_over_state() -> tuple[Model, ...]:
    """The feature models with `member_state` in the place of those it keeps."""
    models = []
    for model in load_layer("features"):
        if model.name in _KEPT:
            query = f"select * from {STATE} where {_KEPT[model.name]}"
            changes = {"joins": None, "materialized": "view", "depends_on": (STATE,), "query": query}
            models.append(model.model_copy(update=changes))
        elif model.name != "member_facts":
            models.append(model)
    models.append(_state_model())
    return tuple(in_order([*models, facts_model(models)]))


def write_state(
    con: duckdb.DuckDBPyConnection,
    *,
    as_of: datetime,
    params: FeatureParams,
    previous: Path | None = None,
    touched: str | None = None,
) -> StateUse:
    """Create `snap.member_state` as of `as_of` from `snap.stg_*`, and `snap.state_meta` that says so.

    With `previous`, a published snapshot, its state is carried on; members in the table `touched`
    (column member_id) are computed anew: whoever has a fact of before `previous`'s moment that it
    did not have, had differently, or that is gone. Computes everything when the previous state
    does not lead here; the result says which, and why. `snap` must be writable.
    """
    moment = utc_naive(as_of)
    set_moment(con, as_of=as_of, params=params)
    use = StateUse("full", "no snapshot to build on")
    if previous is not None:
        con.execute(f"attach {literal(str(previous))} as previous_state (read_only)")
    try:
        if previous is not None:
            use = usable_state(con, "previous_state", moment, params)
        query = _full() if use.mode == "full" else _advanced(con, use, params, touched)
        con.execute(f"create or replace table snap.{STATE} as {query}")
    finally:
        con.execute("drop table if exists member_delta")
        if previous is not None:
            con.execute("detach previous_state")
    con.execute("create or replace table snap.state_meta (as_of timestamp, key varchar)")
    con.execute("insert into snap.state_meta values (?, ?)", [moment, state_key(params)])
    return use


def prepare_changes(
    con: duckdb.DuckDBPyConnection, use: StateUse, params: FeatureParams, wanted: Collection[str]
) -> str:
    """Make what changed since the state a table; returns the query of the state as of now, `wanted` columns only."""
    if use.as_of is None:
        raise ValueError("there is no state to build on")
    now = con.execute("select getvariable('as_of')").fetchone()
    if now is not None and now[0] == use.as_of:
        return f"select * from {use.base}"
    set_variables(con, {f"state_{name}": kept for name, kept in window_variables(use.as_of, params).items()})
    con.execute(f"create or replace table member_delta as {_delta(wanted)}")
    return _moved(use.base, [name for name in _state_model().columns if name in wanted and name != MEMBER])


@cache
def _state_model() -> Model:
    kept = [model for model in load_layer("features") if model.name in _KEPT]
    key = Column(type="varchar", pii=True, description="Who.")
    columns = {name: column for model in kept for name, column in model.columns.items() if name != MEMBER}
    return Model(
        name=STATE,
        grain="one row per member with a fact before as_of",
        depends_on=(),
        materialized="view",
        joins="by_member",
        columns={MEMBER: key, **columns},
        query=f"select * from snap.{STATE}",
    )


def _full(only: str | None = None) -> str:
    """The state from all facts, or from those of the members in the table `only`."""
    parts = []
    for model in load_layer("features"):
        if model.name in _KEPT:
            query = model.query
            for dataset in model.depends_on if only else ():
                some = f"(select * from snap.{dataset} where {MEMBER} in (select {MEMBER} from {only}))"
                query = query.replace(f"snap.{dataset}", f"{some} as facts")
            parts.append(f"({query}) as {model.name}")
    joined = parts[0] + "".join(f" full join {part} using ({MEMBER})" for part in parts[1:])
    return f"select {_typed(_state_model().columns.values(), _state_model().columns)} from {joined}"


def _advanced(con: duckdb.DuckDBPyConnection, use: StateUse, params: FeatureParams, touched: str | None) -> str:
    columns = _state_model().columns
    moved = prepare_changes(con, use, params, columns)
    query = f"select {_typed(columns.values(), columns)} from ({moved}) as moved"
    if touched is None:
        return query
    return f"{query} where {MEMBER} not in (select {MEMBER} from {touched}) union all by name {_full(touched)}"


def _delta(wanted: Collection[str]) -> str:
    """What changed, one row per member, of the wanted columns; only the facts they need are read."""
    parts = {}
    for facts, models in {"orders": ["member_buying"], "events": ["member_acting", "member_last_event"]}.items():
        made = [name for model in load_layer("features") if model.name in models for name in model.columns]
        names = [name for name in dict.fromkeys(made) if name in wanted and name != MEMBER]
        if facts == "orders" and set(names) & (_EARLIEST | _LATEST):
            names.append("order_gone")
        if names:
            parts[facts] = f"(select {MEMBER}, {', '.join(names)} from ({_CHANGES[facts]}) as made) as {facts}"
    if not parts:
        return f"select null::varchar as {MEMBER} where false"
    first, *others = parts.values()
    return f"from {first}" + "".join(f" full join {other} using ({MEMBER})" for other in others)


def _moved(base: str, names: Iterable[str]) -> str:
    made = []
    for name in names:
        if name in _EARLIEST | _LATEST:
            pick = "least" if name in _EARLIEST else "greatest"
            value = f"{pick}(s.{name}, d.{name})"
            if name != "last_event_at":
                value = f"case when d.order_gone then d.{name} else {value} end"
        else:
            value = f"coalesce(s.{name}, 0) + coalesce(d.{name}, 0)"
        made.append(f"{value} as {name}")
    selected = ", ".join([f"coalesce(s.{MEMBER}, d.{MEMBER}) as {MEMBER}", *made])
    return f"select {selected} from {base} as s full join member_delta as d on d.{MEMBER} = s.{MEMBER}"


def _typed(columns: Iterable[Column], names: Iterable[str]) -> str:
    def value(name: str, column: Column) -> str:
        return name if column.default is None else f"coalesce({name}, {column.default})"

    return ", ".join(
        f"cast({value(name, column)} as {column.type}) as {name}" for name, column in zip(names, columns, strict=True)
    )
