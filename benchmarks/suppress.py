"""A list of refusals taken in by `promocal suppress`, against the least that has to be done with it: whole processes.

    python -m benchmarks.suppress --rows 1000000

A third of the rows name an id, a third a telephone number, a third the digest of one, with channel and reason; the
project has a snapshot of 20,000 members (of fewer rows, as many). The plain way reads the same file with `csv`,
digests the numbers and writes the rows with one `executemany` of the sqlite3 driver. Ours also finds encoding and
header, understands every cell, compares ids and numbers with the members, tells new from known and says what names
nobody. Both end with the same subjects in the ledger, which is checked.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks import harness
from promocal.scaffold import create_project
from tasks.data.refresh import refresh
from tasks.runtime import open_runtime
from warehouse.sample.generate import generate

CALENDAR = "queens-day-2020"
AS_OF = datetime(2020, 2, 20, tzinfo=UTC)
MEMBERS = 20_000
REFERENCE = "csv.reader, hashlib and one executemany of the sqlite3 driver, in a process of its own"
BY_HAND = """
import csv, hashlib, sqlite3, sys
con = sqlite3.connect(sys.argv[1])
def meant():
    with open(sys.argv[2], encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            number = hashlib.sha256(row["phone"].encode()).hexdigest() if row["phone"] else row["phone_hash"]
            yield row["member_id"] or f"number:{number}", row["channel"], row["reason"], "2020-02-20T00:00:00.000000Z"
con.executemany("insert into suppressions values (?, ?, ?, ?) on conflict do nothing", meant())
con.commit()
"""


def make_project(root: Path, members: int) -> Path:
    """A project with a snapshot; returns the file of its ledger."""
    create_project(root, CALENDAR)
    generate(root / "data", members=members, seed=1, as_of=AS_OF)
    rt = open_runtime(root)
    refresh(rt, CALENDAR, AS_OF)
    rt.close()
    (ledger,) = root.glob("var/*.db")
    with closing(sqlite3.connect(ledger)) as con:
        con.execute("pragma wal_checkpoint(truncate)")
    return ledger


def write_list(path: Path, rows: int) -> None:
    # Scattered, as the numbers of people who refuse are; nobody of the sample has such a number.
    numbers = [10_000_000_000 + number * 7_919 % 1_999_999_973 for number in range(rows)]
    with path.open("w", encoding="utf-8") as file:
        file.write("member_id,phone,phone_hash,channel,reason\n")
        for row, number in enumerate(numbers):
            who = (f"m{number % 10**9:09d},,", f",{number},", f",,{hashlib.sha256(b'%d' % number).hexdigest()}")[
                row % 3
            ]
            file.write(f"{who},{('sms', '')[row % 2]},回复R退订\n")


def prepare(command: list[str], ledger: Path, empty: Path) -> Callable[[], int]:
    """A process that fills a ledger that has no refusals yet; gives how many there are."""
    for leftover in ledger.parent.glob(f"{ledger.name}-*"):
        leftover.unlink()
    shutil.copyfile(empty, ledger)

    def work() -> int:
        subprocess.run([sys.executable, *command], capture_output=True, check=True)
        with closing(sqlite3.connect(ledger)) as con:
            return int(con.execute("select count(*) from suppressions").fetchone()[0])

    return work


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    with tempfile.TemporaryDirectory() as directory:
        here = Path(directory)
        ledger = make_project(here / "project", min(MEMBERS, chosen.members))
        empty, listed = here / "empty.db", here / "refusals.csv"
        shutil.copyfile(ledger, empty)
        write_list(listed, chosen.members)
        ours = ["-m", "promocal", "suppress", str(listed), "-C", str(here / "project")]
        by_hand = ["-c", BY_HAND, str(ledger), str(listed)]
        both = harness.alternate(
            partial(prepare, ours, ledger, empty), partial(prepare, by_hand, ledger, empty), rounds=chosen.rounds
        )
        if both.result != both.expected:
            raise SystemExit(f"{both.result} and {both.expected} refusals in the ledger")
        yield both.row("suppress: a list of refusals", chosen.members, "rows", REFERENCE)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=1_000_000, short=50_000, rounds=3, unit="rows"), rows)
