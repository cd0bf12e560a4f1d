"""How fast a sample store is written and lived through.

Writing is held against DuckDB copying the same finished rows into files of the same format: the floor.
Living through 45 days in 70 steps, with messages that members answer, is held against drawing the store
as it stands at the end at once, which knows of no message.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Literal

import duckdb

from benchmarks import harness
from warehouse.sample.generate import generate
from warehouse.sample.world import World

Format = Literal["csv", "parquet"]
BEGIN, DAYS, STEPS = datetime(2020, 1, 31, 16, tzinfo=UTC), timedelta(days=45), 70
LIVED = 20_000  # members the world is lived through with, at the most


def prepare(members: int, file_format: Format, as_of: datetime = BEGIN) -> Callable[[], object]:
    directory = tempfile.TemporaryDirectory()

    def work() -> None:
        generate(directory.name, members=members, seed=1, as_of=as_of, format=file_format)
        directory.cleanup()

    return work


def prepare_copy(members: int, file_format: Format) -> Callable[[], object]:
    directory = tempfile.TemporaryDirectory()
    folder = Path(directory.name)
    generate(folder, members=members, seed=1, as_of=BEGIN, format=file_format)
    con = duckdb.connect()
    paths = sorted(folder.glob(f"*-0001.{file_format}"))
    for number, path in enumerate(paths):
        con.execute(f"create table t{number} as from '{path}'")

    def work() -> None:
        for number in range(len(paths)):
            con.execute(f"copy t{number} to '{folder}/copy-{number}.{file_format}'")
        con.close()
        directory.cleanup()

    return work


def prepare_life(members: int, file_format: Format) -> Callable[[], object]:
    directory = tempfile.TemporaryDirectory()
    generate(directory.name, members=members, seed=1, as_of=BEGIN, format=file_format)
    world = World(directory.name, 1)
    times = [BEGIN + timedelta(seconds=int((DAYS / STEPS * number).total_seconds())) for number in range(STEPS + 1)]

    def work() -> None:
        for number, (start, end) in enumerate(pairwise(times)):
            reached = range(number % 5, members, 5)
            world.advance(
                start, end, [(f"m{m:08d}", "sms", f"play-{number % 9}", "burst", "coupon", start) for m in reached]
            )
        directory.cleanup()

    return work


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    members: int = chosen.members
    formats: tuple[Format, ...] = ("csv", "parquet")
    for kind in formats:
        both = harness.alternate(
            partial(prepare, members, kind), partial(prepare_copy, members, kind), rounds=chosen.rounds
        )
        yield both.row(f"sample: {kind} written, against a copy", members, harness.peak_mb(prepare, members, kind))
    lived = min(members, LIVED)
    for kind in formats:
        both = harness.alternate(
            partial(prepare_life, lived, kind), partial(prepare, lived, kind, BEGIN + DAYS), rounds=chosen.rounds
        )
        peak = harness.peak_mb(prepare_life, lived, kind)
        yield both.row(f"sample: {kind} lived through, against drawn", lived, peak)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=1_000_000, short=20_000), rows)
