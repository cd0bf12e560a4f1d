"""How fast a sample store is written: `python benchmarks/sample.py [MEMBERS ...]`.

Prints, for each size and both formats, rows, seconds, rows a second and peak memory; each
measurement runs in a process of its own so that the peaks do not mix.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime

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


def main() -> None:
    sizes = [int(argument) for argument in sys.argv[1:]] or list(SIZES)
    for members in sizes:
        for file_format in ("csv", "parquet"):
            process = multiprocessing.get_context("spawn").Process(target=measure, args=(members, file_format))
            process.start()
            process.join()


if __name__ == "__main__":
    main()
