"""A day later: audiences from the state a snapshot carries and one day of facts, against computing everything.

The reference is SQL fused by hand for exactly these forty rules over all facts (see `benchmarks.features`), the
strongest plain way to the same answer. The last row is what a refresh pays: carrying the state on by a
day against computing the same table from all facts. Results equal in both.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from benchmarks import harness
from benchmarks.features_job import AS_OF, PARAMS, Overlaps, by_hand, open_world, rules, write_world
from warehouse.decision.audiences import columns_of, count_audiences
from warehouse.features.members import build_features
from warehouse.features.state import write_state

YESTERDAY = AS_OF - timedelta(days=1)


@cache
def _world(members: int) -> Path:
    """A world whose file carries the state of the day before."""
    folder = Path(tempfile.mkdtemp(prefix="increment-"))
    path = folder / f"{members}.duckdb"
    write_world(path, members)
    with _writable(path) as con:
        write_state(con, as_of=YESTERDAY, params=PARAMS)
    return path


def _writable(path: Path) -> duckdb.DuckDBPyConnection:
    config = {"threads": 2, "memory_limit": "4GB", "temp_directory": f"{path}.spill"}
    con = duckdb.connect(config={**config, "preserve_insertion_order": False})
    con.execute(f"attach '{path}' as snap")
    return con


def prepare(path: str) -> Callable[[], Overlaps]:
    con = open_world(Path(path), "8GB")
    forty = rules()

    def work() -> Overlaps:
        use = build_features(con, as_of=AS_OF, params=PARAMS, columns=columns_of(forty), as_view=True)
        if use.mode != "incremental":
            raise SystemExit(use.reason)
        overlaps = count_audiences(con, forty).overlaps()
        con.close()
        return overlaps

    return work


def prepare_by_hand(path: str) -> Callable[[], Overlaps]:
    con = open_world(Path(path), "8GB")

    def work() -> Overlaps:
        overlaps = by_hand(con)
        con.close()
        return overlaps

    return work


def prepare_state(path: str, previous: str | None) -> Callable[[], Any]:
    """Write today's state into a file that has the facts; from yesterday's, or from nothing."""
    copy = Path(f"{path}.state")
    shutil.copy(path, copy)
    con = _writable(copy)

    def work() -> Any:
        write_state(con, as_of=AS_OF, params=PARAMS, previous=Path(previous) if previous else None)
        found = con.execute("select count(*), sum(hash(s)) from (select s from snap.member_state as s) as t").fetchall()
        con.close()
        copy.unlink()
        return found

    return work


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    members, rounds = chosen.members, chosen.rounds
    path = str(_world(members))
    peak = harness.peak_mb(prepare, path)
    both = harness.alternate(lambda: prepare(path), lambda: prepare_by_hand(path), rounds=rounds)
    if not np.array_equal(both.result, both.expected):
        raise SystemExit("the results differ")
    fused = "SQL fused by hand for these rules over all facts, in the same DuckDB"
    yield both.row("increment: 40 rules a day later", members, "members", fused, peak_mb=peak)
    yield both.row("increment: 40 rules a day later, CPU", members, "members", fused, peak_mb=peak, measure="cpu")
    state = harness.alternate(lambda: prepare_state(path, path), lambda: prepare_state(path, None), rounds=rounds)
    if state.result != state.expected:
        raise SystemExit("the states differ")
    anew = "the same table in one statement over all facts"
    yield state.row("increment: the state itself, CPU", members, "members", anew, measure="cpu")


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=1_000_000, short=50_000), rows)
