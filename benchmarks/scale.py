"""Features of every member on Spark on this machine, handing over included, against DuckDB with the same models.

Needs the spark extra and Java; without them it says so and prints no row. Spark's start is not
counted, its hand-over through Parquet is. Both results are compared row by row before a row is printed.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from benchmarks import harness
from benchmarks.features_job import AS_OF, PARAMS, open_world, write_world
from warehouse.engines.port import Engine
from warehouse.engines.spark import SparkEngine, open_session
from warehouse.features.members import build_features

URL = "local[2]"
MEMORY = "4GB"
DIFFERING = """
select (select count(*) from (from member_features except all from other.member_features))
    + (select count(*) from (from other.member_features except all from member_features))
"""


def prepare(path: str, engine: Engine | None = None) -> Callable[[], duckdb.DuckDBPyConnection]:
    con = open_world(Path(path), MEMORY)

    def work() -> duckdb.DuckDBPyConnection:
        build_features(con, as_of=AS_OF, params=PARAMS, engine=engine, incremental=False)
        return con

    return work


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        print("benchmarks.scale needs pyspark and Java: see docs/scale.md", file=sys.stderr)
        return
    open_session(URL, MEMORY)
    members: int = chosen.members
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        exchange, path = Path(folder), f"{folder}/world.duckdb"
        write_world(Path(path), members)
        both = harness.alternate(
            lambda: prepare(path, SparkEngine(URL, exchange, memory_limit=MEMORY)),
            lambda: prepare(path),
            rounds=chosen.rounds,
        )
        _compare(both.expected, both.result, exchange)
        yield both.row(f"scale: features on Spark {URL}", members, "members", "the same models in DuckDB")


def _compare(here: duckdb.DuckDBPyConnection, there: duckdb.DuckDBPyConnection, folder: Path) -> None:
    there.execute(f"copy member_features to '{folder / 'there.parquet'}' (format parquet)")
    there.close()
    here.execute("attach ':memory:' as other")
    here.execute(f"create table other.member_features as from '{folder / 'there.parquet'}'")
    differing = here.execute(DIFFERING).fetchall()[0][0]
    here.close()
    if differing:
        raise SystemExit(f"{differing} rows differ between the engines")


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=1_000_000, short=20_000, rounds=2), rows)
