"""A day later: audiences from the state a snapshot carries and one day of facts, against computing everything.

The full computations are that of the wide table, the plain way to have features, and our own fused
one, which reads no more than the rules need. The last row is what a refresh pays: carrying the state
on by a day against computing it anew. Results equal in all of them.
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
from benchmarks.features_job import AS_OF, PARAMS, Overlaps, open_world, rules, write_world
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


def prepare(path: str, how: str) -> Callable[[], Overlaps]:
    con = open_world(Path(path), "8GB")
    forty = rules()

    def work() -> Overlaps:
        columns = None if how == "wide" else columns_of(forty)
        use = build_features(
            con, as_of=AS_OF, params=PARAMS, columns=columns, as_view=how != "wide", incremental=how == "increment"
        )
        if (use.mode == "incremental") != (how == "increment"):
            raise SystemExit(f"{how}: {use.reason}")
        overlaps = count_audiences(con, forty).overlaps()
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
    peak = harness.peak_mb(prepare, path, "increment")
    for how, name in (("wide", "the wide table in full"), ("fused", "our fused full computation")):
        both = harness.alternate(lambda: prepare(path, "increment"), lambda how=how: prepare(path, how), rounds=rounds)
        if not np.array_equal(both.result, both.expected):
            raise SystemExit("the results differ")
        yield both.row(f"increment: a day against {name}", members, peak)
        yield both.row(f"increment: a day against {name}, CPU", members, peak, measure="cpu")
    both = harness.alternate(lambda: prepare_state(path, path), lambda: prepare_state(path, None), rounds=rounds)
    if both.result != both.expected:
        raise SystemExit("the states differ")
    yield both.row("increment: the state itself, CPU", members, None, measure="cpu")


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=1_000_000, short=50_000), rows)
