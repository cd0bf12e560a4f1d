"""How fast a sample store is written and lived through: `python benchmarks/sample.py [MEMBERS ...]`.

Prints, for each size and both formats, rows, seconds, rows a second and peak memory, each in a
process of its own so that the peaks do not mix; then a world of 20,000 members over 45 days, 70
steps and 4,000 messages a step.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

SIZES = (20_000, 1_000_000)


def measure(members: int, file_format: str) -> None:
    from warehouse.sample.generate import generate

    with tempfile.TemporaryDirectory() as directory:
        started = time.perf_counter()
        counts = generate(
            directory,
            members=members,
            seed=1,
            as_of=datetime(2020, 1, 31, 16, tzinfo=UTC),
            format="csv" if file_format == "csv" else "parquet",
        )
        seconds = time.perf_counter() - started
    rows = sum(counts.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{members:>9,} members {file_format:7} {rows:>11,} rows {seconds:7.2f} s "
        f"{rows / seconds:>11,.0f} rows/s {peak:6.0f} MB  orders {counts['orders']:,} events {counts['events']:,}"
    )


def live(file_format: str) -> None:
    from warehouse.sample.generate import generate
    from warehouse.sample.world import World, WorldDelta

    begin, step = datetime(2020, 1, 31, 16, tzinfo=UTC), timedelta(days=45) / 70
    times = [begin + timedelta(seconds=int((step * number).total_seconds())) for number in range(71)]
    with tempfile.TemporaryDirectory() as directory:
        generate(directory, members=20_000, seed=1, as_of=begin, format="csv" if file_format == "csv" else "parquet")
        world, total, seconds = World(directory, 1), WorldDelta(), 0.0
        for number, (start, end) in enumerate(pairwise(times)):
            members = range(number % 5, 20_000, 5)
            sent = [(f"m{m:08d}", "sms", f"play-{number % 9}", "burst", "coupon", start) for m in members]
            started = time.perf_counter()
            total += world.advance(start, end, sent)
            seconds += time.perf_counter() - started
    print(f"world {file_format:7} 70 steps {seconds:5.2f} s  {total}")


def main() -> None:
    sizes = [int(argument) for argument in sys.argv[1:]] or list(SIZES)
    for members in sizes:
        for file_format in ("csv", "parquet"):
            process = multiprocessing.get_context("spawn").Process(target=measure, args=(members, file_format))
            process.start()
            process.join()
    for file_format in ("csv", "parquet"):
        live(file_format)


if __name__ == "__main__":
    main()
