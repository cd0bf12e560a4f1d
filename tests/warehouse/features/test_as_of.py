"""Nothing later leaks in: whatever happens at or after as_of, no feature of any member changes.

A generated store is taken apart in every staging table: rows that begin at or after the moment are
removed, altered or copied to other members; moments at or after it are moved or taken back; what a
later moment says (the refund, the withdrawal) is changed with it. Every column of every model is
compared. Doing the same to an earlier moment does change them, so the test can fail.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.features import history
from warehouse.features.members import build_features
from warehouse.features.params import FeatureParams
from warehouse.models.catalogue import Model, load_layer
from warehouse.sample import generate
from warehouse.snapshots.snapshot import build_snapshot, open_snapshot
from warehouse.sources import SourceSpec
from warehouse.sources.catalogue import DATASETS

END = datetime(2020, 1, 31, 16, tzinfo=UTC)
MOMENT = END - timedelta(days=45)
PARAMS = FeatureParams(
    timezone="Asia/Shanghai",
    lifecycle_days=(30, 90, 180, 365),
    tier_window_days=365,
    tiers=(("basic", 0), ("silver", 20_000), ("gold", 80_000)),
    member_definition="3.0",
    campaign_from=MOMENT - timedelta(days=12),
)
# Columns that only a later moment of the same row makes true.
TOLD_LATER = {"refunded_cents": "refunded_at", "part_refunded_cents": "part_refunded_at"}
# Moments that may still be taken back while they lie ahead; the others only move.
MAY_NOT_COME = {
    *("joined_at", "left_at", "paid_at", "closed_at", "refunded_at", "part_refunded_at", "succeeded_at"),
    *("until", "withdrawn_at"),
}
# Said when the row begins, not when the moment comes.
KNOWN_AHEAD = {"expires_at"}
# What has no history: a past that changes is none that as_of could know of.
WITHOUT_HISTORY = {"member_id", "city", "province", "age", "birth_month", "is_birthday_month"}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("as-of")
    generate(root / "data", members=400, seed=3, as_of=END)
    names = sorted({file.name.rpartition("-")[0] for file in (root / "data").glob("*-*.csv")} & set(DATASETS))
    sources = [SourceSpec(name, "csv", f"data/{name}-*.csv", timezone="Asia/Shanghai") for name in names]
    snapshot = build_snapshot(sources, base_dir=root, directory=root / "var", as_of=END, params=PARAMS)
    with open_snapshot(snapshot) as con:
        con.execute(f"attach '{root}/facts.duckdb' as facts")
        for model in load_layer("staging"):
            con.execute(f"create table facts.{model.name} as from snap.{model.name}")
    return root / "facts.duckdb"


def world(original: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"threads": 2})
    con.execute("attach ':memory:' as snap")
    con.execute(f"attach '{original}' as facts (read_only)")
    for model in load_layer("staging"):
        con.execute(f"create table snap.{model.name} as from facts.{model.name}")
    history.create_tables(con)
    con.execute(
        """
        insert into contacts (member_id, channel, play, "at")
        select member_id, 'sms', 'recall', ?::timestamp + to_hours((hash(member_id, n) % 4000)::integer)
        from facts.stg_members, range(6) as t(n)
        """,
        [(MOMENT - timedelta(days=120)).replace(tzinfo=None)],
    )
    return con


def perturb(con: duckdb.DuckDBPyConnection, since: datetime, seed: int) -> None:
    """Another future from `since` on, in every table."""
    moment = since.replace(tzinfo=None)
    for model in load_layer("staging"):
        times = [n for n, column in model.columns.items() if column.type == "timestamp" and n not in KNOWN_AHEAD]
        if times:
            _perturb(con, f"snap.{model.name}", list(model.columns), times, moment, seed)
    _perturb(con, "contacts", ["member_id", "at"], ["at"], moment, seed)


def _perturb(  # noqa: PLR0917
    con: duckdb.DuckDBPyConnection, table: str, columns: list[str], times: list[str], moment: datetime, seed: int
) -> None:
    con.execute(f"create or replace temp table before as select row_number() over () as n, * from {table}")
    con.execute(f'create or replace temp table ahead as from before where "{times[0]}" >= $1', [moment])
    # Told by a moment ahead: another amount, another moment, or never.
    changes = []
    for name in times:
        moved = f"\"{name}\" + to_hours((hash(n, '{name}', {seed}) % 300)::integer)"
        never = "null" if name in MAY_NOT_COME else moved
        changes.append(
            f'case when "{name}" >= $1 then case when hash(n, {seed}) % 3 = 0 then {never} else {moved} end'
            f' else "{name}" end as "{name}"'
        )
    for name, told in TOLD_LATER.items():
        if name in columns:
            changes.append(f"case when {told} >= $1 then {name} // 3 + 1 else {name} end as {name}")
    con.execute(f"create or replace temp table kept as select * replace ({', '.join(changes)}) from before", [moment])
    # Rows that begin ahead: a third is gone, a third belongs to somebody else, and there are new ones.
    con.execute(f"delete from kept where n in (select n from ahead where hash(n, {seed}, 'gone') % 3 = 0)")
    if table != "snap.stg_members" and "member_id" in columns:
        somebody = f"(select member_id from facts.stg_members order by hash(member_id, {seed}) limit 1)"
        con.execute(
            f"update kept set member_id = {somebody}"
            f" where n in (select n from ahead where hash(n, {seed}, 'gone') % 3 = 1)"
        )
        con.execute(f"insert into kept by name select * from ahead where hash(n, {seed}, 'new') % 2 = 0")
    con.execute(f"delete from {table}")
    con.execute(f"insert into {table} by name select * exclude (n) from kept")


def features(con: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    build_features(con, as_of=MOMENT, params=PARAMS, incremental=False)
    rows = con.execute("from member_features order by member_id").fetchnumpy()
    return {name: values.tolist() for name, values in rows.items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_at_or_after_the_moment_matters(original: Path, seed: int) -> None:
    with world(original) as con:
        known = features(con)
        untouched = {model.name: _checksum(con, model) for model in load_layer("staging")}
        perturb(con, MOMENT, seed)
        later = features(con)
        changed = {model.name for model in load_layer("staging") if _checksum(con, model) != untouched[model.name]}
    assert set(known) == set(load_layer("features")[-1].columns)
    assert {"stg_members", "stg_orders", "stg_events", "stg_tags"} <= changed, "the future is another one"
    assert [name for name in known if known[name] != later[name]] == []


def test_what_happened_before_the_moment_does_matter(original: Path) -> None:
    with world(original) as con:
        known = features(con)
        perturb(con, MOMENT - timedelta(days=400), 1)
        other = features(con)
    same = {name for name in known if known[name] == other[name]}
    assert same <= WITHOUT_HISTORY


def _checksum(con: duckdb.DuckDBPyConnection, model: Model) -> Any:
    return con.execute(f"select count(*), sum(hash(t)) from snap.{model.name} as t").fetchall()
