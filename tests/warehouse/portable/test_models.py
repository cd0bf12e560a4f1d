"""Every model of every layer on both engines, row by row: adversarial rows, and a generated store end to end."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from tests.warehouse.buckets import bucket
from warehouse.engines import open_engine
from warehouse.engines.local import DuckDBEngine
from warehouse.engines.port import Made
from warehouse.engines.spark import SparkEngine
from warehouse.features import history
from warehouse.features.graph import steps_for
from warehouse.features.members import build_features
from warehouse.features.params import FeatureParams
from warehouse.models.catalogue import Model, load_layer, macros_of
from warehouse.sample.generate import generate
from warehouse.snapshots.snapshot import Snapshot, build_snapshot
from warehouse.sources import DATASETS, SourceSpec
from warehouse.sources.load import create_raw

pytestmark = pytest.mark.spark

AS_OF = datetime(2026, 3, 8, 4, tzinfo=UTC)
TIERS = (("regular", 0), ("silver", 100_000), ("gold", 300_000))
CELLS = [
    *("", "2026-03-07 10:00:00", "2026-03-08 12:00:00", "2026/2/1 9:05", "2026年3月8日 10:00", "2025-11-02 01:30:00"),
    *("2026-03-08 02:30:00", "2026-03-08T10:00:00+08:00", "0000-00-00", "yesterday", "1987/13/45", "1990-02-28"),
    *("12.50", "1,234.505", "-3", "0", "19.9元", "free", "无退款申请", "2", "2.5", "1e15", '="42"', "'7", " x\u3000"),
    *("sms", "SMS", "İ", "visit", "签到", "earn", "redeem", "交易成功", "交易关闭", "phone", "138****8000", "tea"),
]


@pytest.fixture
def engine(spark: Any, tmp_path: Path) -> Iterator[SparkEngine]:
    engine = SparkEngine("local[2]", tmp_path / "exchange")
    yield engine
    engine.close()


@pytest.fixture
def bench() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(config={"threads": 2})
    con.execute("set TimeZone = 'UTC'")
    con.execute("attach ':memory:' as snap")
    yield con
    con.close()


def test_staging_models_on_rows_full_of_surprises(
    bench: duckdb.DuckDBPyConnection, engine: SparkEngine, comparable: Callable[[pa.Table], list[Any]]
) -> None:
    """All columns of a candidate, the `_unread` ones and copy numbers among them, in a zone with summer time."""
    dice = random.Random(11)
    bench.execute(macros_of("staging"))
    for dataset in DATASETS.values():
        create_raw(bench, dataset)
        names = [name for name, *_ in bench.execute(f"describe raw_{dataset.name}").fetchall()]
        rows = [_raw_row(dice, names, n) for n in range(300)]
        bench.register("rows", pa.Table.from_pylist(rows))
        bench.execute(f"insert into raw_{dataset.name} by name from rows")
    for model in load_layer("staging"):
        bench.execute(f"create table snap.{model.name} ({model.ddl()})")
    bench.execute("insert into snap.stg_members (member_id) select 'm' || n from range(20) as t(n)")
    for model in load_layer("staging"):
        made = Made("here", model.query, "staging", timezone="America/New_York")
        DuckDBEngine().make(bench, made)
        engine.make(bench, Made("there", model.query, "staging", timezone="America/New_York"))
        _assert_equal(bench, model.name, comparable)


def _raw_row(dice: random.Random, names: list[str], n: int) -> dict[str, object]:
    """Ids repeat, members are known or not, and any cell holds anything."""
    row: dict[str, object] = {}
    for name in names:
        row[name] = dice.choice(CELLS) if dice.random() < 0.8 else None
        if name.endswith("_id"):
            row[name] = dice.choice([f"m{n % 30}", f'="{n % 50}"', f" {n}", None, ""])
    return row | {"_file": f"f{n % 2}.csv", "_row": n}


@pytest.mark.parametrize(
    ("definition", "campaign"),
    [("1.0", None), ("2.0", datetime(2026, 3, 1, tzinfo=UTC)), ("3.0", datetime(2026, 3, 7, 16, tzinfo=UTC))],
)
def test_feature_models_on_moments_around_every_boundary(
    definition: str,
    campaign: datetime | None,
    bench: duckdb.DuckDBPyConnection,
    engine: SparkEngine,
    comparable: Callable[[pa.Table], list[Any]],
) -> None:
    dice = random.Random(definition)
    for model in load_layer("staging"):
        bench.execute(f"create table snap.{model.name} ({model.ddl()})")
        bench.register("rows", pa.Table.from_pylist([_typed_row(dice, model, n) for n in range(400)]))
        bench.execute(f"insert into snap.{model.name} select * from (select {_casts(model)} from rows)")
    history.create_tables(bench)
    bench.execute("insert into contacts by name select member_id, \"at\" from snap.stg_events where kind = 'visit'")
    params = FeatureParams(
        "Asia/Shanghai", (30, 90, 180, 365), 365, TIERS, member_definition=definition, campaign_from=campaign
    )
    made: dict[str, list[Any]] = {}
    for computing in (None, engine):
        build_features(bench, as_of=AS_OF, params=params, engine=computing, incremental=False)
        for step in steps_for():
            rows = sorted(comparable(bench.sql(f"from {step.model.name}").to_arrow_table()), key=repr)
            if computing is None:
                made[step.model.name] = rows
            else:
                assert rows == made[step.model.name], step.model.name
    assert len(made["member_features"]) > 100
    assert {row["tier"] for row in made["member_features"]} >= {"regular", "silver", "gold"}


def _typed_row(dice: random.Random, model: Model, n: int) -> dict[str, object]:
    """Values of the column types; moments at as_of and the ends of windows, to the microsecond."""
    now = AS_OF.replace(tzinfo=None)
    edges = [timedelta(days=days) for days in (-1, 0, 1, 7, 7.2, 30, 90, 365, 400)]
    values: dict[str, Callable[[], object]] = {
        "varchar": lambda: dice.choice(["visit", "cart_add", "sign_in", "sms", "earn", "success", "x", None]),
        "bigint": lambda: dice.choice([0, 0, 1, 2, 19_990, 100_000, 300_000, None]),
        "integer": lambda: dice.choice([0, 1, 3, None]),
        "boolean": lambda: dice.choice([True, False, None]),
        "date": lambda: dice.choice([date(1990, 3, 8), date(1992, 2, 29), date(2027, 1, 1), date(2001, 12, 31), None]),
        "timestamp": lambda: dice.choice(
            [now - edge + timedelta(microseconds=dice.choice([-1, 0, 1])) for edge in edges] + [None]
        ),
    }
    row = {name: values[column.type]() for name, column in model.columns.items()}
    for name in row:
        if name.endswith("_id"):
            row[name] = f"m{dice.randint(0, 120)}"
    return row | {next(iter(model.columns)): f"m{n}"} if model.name == "stg_members" else row


def _casts(model: Model) -> str:
    return ", ".join(f'"{name}"::{column.type} as "{name}"' for name, column in model.columns.items())


def _assert_equal(con: duckdb.DuckDBPyConnection, name: str, comparable: Callable[[pa.Table], list[Any]]) -> None:
    here, there = (
        {(row["_file"], row["_row"]): row for row in comparable(con.sql(f"from {table}").to_arrow_table())}
        for table in ("here", "there")
    )
    assert len(here) == 300, name
    differing = {key: (row, there.get(key)) for key, row in here.items() if row != there.get(key)}
    assert len(here) == len(there), name
    assert list(differing.values())[:2] == [], name


@pytest.fixture(scope="module")
def snapshots(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Snapshot]:
    """A generated store of 20,000 members with broken rows, built whole on either engine."""
    base = tmp_path_factory.mktemp("store")
    as_of = datetime(2020, 2, 1, tzinfo=UTC)
    generate(base / "data", members=20_000, seed=7, as_of=as_of, format="csv", dirty=True)
    # Every fifth of the first members is one person with the next: tables change after they were staged.
    links = (f"m{number + turn:08},unionid,u{number}" for number in range(1, 2000, 5) for turn in (0, 1))
    (base / "data" / "identities-links.csv").write_text("\n".join(["member_id,kind,value", *links]), "utf-8")
    specs = [
        SourceSpec(name, "csv", f"data/{name}[-.]*", timezone="Asia/Shanghai")
        for name in DATASETS
        if list((base / "data").glob(f"{name}[-.]*"))
    ]
    assert {"members", "orders", "events", "tags"} <= {spec.dataset for spec in specs}
    params = FeatureParams(
        "Asia/Shanghai", (30, 90, 180, 365), 365, TIERS, campaign_from=datetime(2020, 1, 20, tzinfo=UTC)
    )
    built = {}
    for name in ("duckdb", "spark"):
        with open_engine(name, url="local[2]", exchange=base / "exchange", memory_limit="2GB") as engine:  # type: ignore[arg-type]
            built[name] = build_snapshot(
                specs, base_dir=base, directory=base / name, as_of=as_of, params=params, engine=engine
            )
        assert not list((base / "exchange").glob("*")), "nothing of a build stays in the exchange"
    return built


def test_a_store_built_on_spark_is_the_same_snapshot(snapshots: dict[str, Snapshot]) -> None:
    here, there = snapshots["duckdb"], snapshots["spark"]
    assert (here.snapshot_id, here.counts) == (there.snapshot_id, there.counts)
    assert here.counts["members"].accepted == 20_001
    con = duckdb.connect()
    con.execute(f"attach '{here.path}' as here (read_only)")
    con.execute(f"attach '{there.path}' as there (read_only)")
    tables = [
        name
        for (name,) in con.execute("select table_name from duckdb_tables() where database_name = 'here'").fetchall()
    ]
    differing = {
        table: count
        for table in tables
        if (
            count := con.execute(
                f"select (select count(*) from (from here.{table} except all from there.{table}))"
                f" + (select count(*) from (from there.{table} except all from here.{table}))"
            ).fetchall()[0][0]
        )
    }
    assert {"member_state", "stg_orders", "quarantine", "account_orders"} <= set(tables)
    assert con.execute("select count(*) from there.member_map").fetchall() == [(400,)]
    assert differing == {}
    con.close()


def test_hold_out_buckets_are_those_of_the_calendar(snapshots: dict[str, Snapshot], spark: Any, tmp_path: Path) -> None:
    """The text of a bucket is md5, which is on the list; its number is the same on Spark and in Python."""
    con = duckdb.connect()
    con.execute(f"attach '{snapshots['spark'].path}' as snap (read_only)")
    con.execute(f"copy (select member_id from snap.stg_members limit 2000) to '{tmp_path / 'm.parquet'}'")
    con.close()
    number = "cast(conv(substr(md5('queens:' || member_id), 1, 8), 16, 10) as bigint) % 10000"
    rows = spark.read.parquet(str(tmp_path / "m.parquet")).selectExpr("member_id", f"{number} as bucket").collect()
    assert len(rows) == 2000
    assert [row for row in rows if row.bucket != bucket("queens", row.member_id)] == []
