"""Features and forty audience rules with all overlaps, against the same job in other hands; results equal.

Ten orders and twenty events each, in the order in which they arrived. The references do the whole
job: what the rules read of every member, the rules, and the members of every two. They are the strongest we know:
SQL fused by hand for exactly these rules in the same DuckDB, with the same memory, and Polars streaming from
Parquet. `--others` adds weaker ways that shops really use: every feature first, pandas and PostgreSQL.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import duckdb
import numpy as np

from benchmarks import harness
from benchmarks.features_frames import in_pandas, in_polars
from benchmarks.features_job import (
    AS_OF,
    PARAMS,
    Overlaps,
    by_hand,
    in_postgres,
    open_world,
    postgres_with,
    rules,
    write_world,
)
from warehouse.decision.audiences import columns_of, count_audiences
from warehouse.features.members import build_features

TABLES = ("members", "orders", "events")


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="features-"))


def _world(members: int) -> Path:
    path = _folder() / f"{members}.duckdb"
    if not path.exists():
        write_world(path, members)
    return path


def prepare(path: str, memory_limit: str = "8GB") -> Callable[[], Overlaps]:
    con = open_world(Path(path), memory_limit)
    forty = rules()

    def work() -> Overlaps:
        build_features(con, as_of=AS_OF, params=PARAMS, columns=columns_of(forty), as_view=True)
        overlaps = count_audiences(con, forty).overlaps()
        con.close()
        return overlaps

    return work


def prepare_wide(path: str) -> Callable[[], Overlaps]:
    con = open_world(Path(path), "8GB")

    def work() -> Overlaps:
        build_features(con, as_of=AS_OF, params=PARAMS)
        overlaps = count_audiences(con, rules()).overlaps()
        con.close()
        return overlaps

    return work


def prepare_by_hand(path: str, memory_limit: str = "8GB") -> Callable[[], Overlaps]:
    con = open_world(Path(path), memory_limit)
    return lambda: _closing(con, by_hand(con))


def _closing(con: duckdb.DuckDBPyConnection, result: Overlaps) -> Overlaps:
    con.close()
    return result


def prepare_polars(path: str) -> Callable[[], Overlaps]:
    """Polars reads files as we do: one Parquet file for each table."""
    import polars as pl

    files = {name: Path(f"{path}.{name}.parquet") for name in TABLES}
    with open_world(Path(path), "8GB") as con:
        for name, file in files.items():
            if not file.exists():
                con.execute(f"copy snap.stg_{name} to '{file}'")
    return lambda: in_polars(*(pl.scan_parquet(file) for file in files.values()))


def prepare_pandas(path: str) -> Callable[[], Overlaps]:
    """Pandas has its frames in memory before the clock starts."""
    with open_world(Path(path), "8GB") as con:
        frames = [con.sql(f"from snap.stg_{name}").df() for name in TABLES]
    return lambda: in_pandas(*frames)


def compared(
    path: str, reference: Callable[[], Callable[[], Overlaps]], rounds: int, memory_limit: str = "8GB"
) -> harness.Compared[Overlaps, Overlaps]:
    both = harness.alternate(lambda: prepare(path, memory_limit), reference, rounds=rounds)
    if not np.array_equal(both.result, both.expected):
        raise SystemExit("the results differ")
    return both


FUSED = "SQL fused by hand for these rules in the same DuckDB"


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    members, rounds = chosen.members, chosen.rounds
    path = str(_world(members))
    peak = harness.peak_mb(prepare, path)
    both = compared(path, lambda: prepare_by_hand(path), rounds)
    yield both.row("features: 40 rules, CPU", members, "members", FUSED, peak_mb=peak, measure="cpu")
    yield both.row("features: 40 rules", members, "members", FUSED, peak_mb=peak)
    both = compared(path, lambda: prepare_by_hand(path, "2GB"), rounds, "2GB")
    peak_2gb = harness.peak_mb(prepare, path, "2GB")
    yield both.row("features: 40 rules in 2 GB", members, "members", f"{FUSED}, in 2 GB too", peak_mb=peak_2gb)
    if members <= chosen.frames:
        both = compared(path, lambda: prepare_polars(path), rounds)
        polars = "the same job in Polars, streaming from Parquet"
        yield both.row("features: 40 rules, beside Polars", members, "members", polars, peak_mb=peak)
        if chosen.others:
            yield from _others(path, members, rounds, peak)


def _others(path: str, members: int, rounds: int, peak: float) -> Iterator[harness.Row]:
    both = compared(path, lambda: prepare_wide(path), rounds)
    wide = "our own table of every feature, then the rules"
    yield both.row("features: 40 rules, beside all features", members, "members", wide, peak_mb=peak)
    both = compared(path, lambda: prepare_pandas(path), 1)
    pandas = "the same job in pandas, its frames in memory before the clock starts"
    yield both.row("features: 40 rules, beside pandas", members, "members", pandas, peak_mb=peak)
    with postgres_with(Path(path)) as connection:
        both = compared(path, lambda: lambda: in_postgres(connection), 1)  # it takes its time
    postgres = "the statements written by hand, in PostgreSQL"
    yield both.row("features: 40 rules, beside PostgreSQL", members, "members", postgres, peak_mb=peak)


def options() -> argparse.ArgumentParser:
    parser = harness.options(__doc__, members=1_000_000, short=50_000)
    parser.add_argument("--frames", type=int, default=2_000_000, help="beyond so many members only SQL")
    parser.add_argument("--others", action="store_true", help="also beside weaker ways")
    return parser


if __name__ == "__main__":
    harness.run(options(), rows)
