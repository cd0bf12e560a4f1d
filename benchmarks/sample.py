"""How fast a sample store is written and lived through.

Both are held against the floor: DuckDB copying the same finished rows into files of the same format, one
file for each that was written. Living through is 45 days in 70 steps, with messages that members answer.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator
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


def prepare(members: int, file_format: Format) -> Callable[[], object]:
    directory = tempfile.TemporaryDirectory()

    def work() -> None:
        generate(directory.name, members=members, seed=1, as_of=BEGIN, format=file_format)
        directory.cleanup()

    return work


def prepare_copy(members: int, file_format: Format) -> Callable[[], object]:
    directory = tempfile.TemporaryDirectory()
    generate(directory.name, members=members, seed=1, as_of=BEGIN, format=file_format)
    return _copying(directory, file_format, Path(directory.name).glob(f"*.{file_format}"))


def prepare_life_copy(members: int, file_format: Format) -> Callable[[], object]:
    """The same files that living through has written, without those the store began with."""
    directory = tempfile.TemporaryDirectory()
    life = _life(Path(directory.name), members, file_format)
    known = set(Path(directory.name).iterdir())
    life()
    written = (path for path in Path(directory.name).glob(f"*.{file_format}") if path not in known)
    return _copying(directory, file_format, written)


def _copying(
    directory: tempfile.TemporaryDirectory[str], file_format: Format, paths: Iterable[Path]
) -> Callable[[], object]:
    con = duckdb.connect()
    count = 0
    for count, path in enumerate(sorted(paths), start=1):
        con.execute(f"create table t{count} as from '{path}'")

    def work() -> None:
        for number in range(1, count + 1):
            con.execute(f"copy t{number} to '{directory.name}/copy-{number}.{file_format}'")
        con.close()
        directory.cleanup()

    return work


def prepare_life(members: int, file_format: Format) -> Callable[[], object]:
    directory = tempfile.TemporaryDirectory()
    life = _life(Path(directory.name), members, file_format)

    def work() -> None:
        life()
        directory.cleanup()

    return work


def _life(folder: Path, members: int, file_format: Format) -> Callable[[], None]:
    generate(folder, members=members, seed=1, as_of=BEGIN, format=file_format)
    world = World(folder, 1)
    times = [BEGIN + timedelta(seconds=int((DAYS / STEPS * number).total_seconds())) for number in range(STEPS + 1)]

    def live() -> None:
        for number, (start, end) in enumerate(pairwise(times)):
            reached = range(number % 5, members, 5)
            world.advance(
                start, end, [(f"m{m:08d}", "sms", f"play-{number % 9}", "burst", "coupon", start) for m in reached]
            )

    return live


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    members: int = chosen.members
    formats: tuple[Format, ...] = ("csv", "parquet")
    for kind in formats:
        both = harness.alternate(
            partial(prepare, members, kind), partial(prepare_copy, members, kind), rounds=chosen.rounds
        )
        peak = harness.peak_mb(prepare, members, kind)
        reference = f"DuckDB copying the finished rows to {kind}"
        yield both.row(f"sample: {kind} written", members, "members", reference, peak_mb=peak)
    lived = min(members, LIVED)
    for kind in formats:
        both = harness.alternate(
            partial(prepare_life, lived, kind), partial(prepare_life_copy, lived, kind), rounds=chosen.rounds
        )
        peak = harness.peak_mb(prepare_life, lived, kind)
        reference = f"DuckDB copying the finished rows to the same {kind} files"
        yield both.row(f"sample: {kind} lived through", lived, "members", reference, peak_mb=peak)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=1_000_000, short=20_000, rounds=3), rows)
