"""How fast the ledger takes and moves jobs, one for each member, against one commit per job.

One commit per job is slow: a sample gives its rate. `--url` takes an empty database instead of a SQLite file.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

from benchmarks import harness
from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from warehouse.ledger.records import Grant, Job, Outcome, Run
from warehouse.ledger.sql import SqlLedger

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
SINGLE = 1_000  # one commit per row is slow; a sample gives its rate


def jobs_of(run_id: str, count: int) -> list[Job]:
    return [job(run_id, f"m{number:07}") for number in range(count)]


def job(run_id: str, member: str) -> Job:
    key = intent_key("bench", run_id, "recall", T0, member, "sms")
    return Job(key, run_id, "bench", "burst", "recall", T0, member, "sms", "coupon", "messages/recall.txt")


def grants_of(jobs: list[Job]) -> list[Grant]:
    return [Grant(j.intent_key, "bench", "burst", "recall", j.member_id, "coupon", "pool", 1, T0) for j in jobs]


class Bench:
    """A ledger of its own with one run begun."""

    def __init__(self, url: str, count: int) -> None:
        self._directory = tempfile.TemporaryDirectory()
        self.ledger = SqlLedger(url or f"sqlite:///{self._directory.name}/ledger.db")
        self.run_id = f"run-{time.monotonic_ns()}"
        self.ledger.begin_run(Run(self.run_id, "bench", "burst", T0, "s", "d", "started", {}, T0))
        self.jobs = jobs_of(self.run_id, count)
        self.grants = grants_of(self.jobs)

    def put(self, jobs: list[Job], grants: list[Grant]) -> None:
        budget = BudgetLimits()
        self.ledger.enqueue(self.run_id, jobs, grants, budget=budget, stock={}, expected_position=None, at=T0)

    def put_each(self) -> None:
        for each in self.jobs:
            self.put([each], [])

    def move(self, size: int) -> None:
        """Claim and record until nothing is left."""
        while claimed := self.ledger.claim(self.run_id, "sms", size, "w", T0):
            self.ledger.record([Outcome(each.intent_key, "sent", "r") for each in claimed], T0, worker="w")

    def close(self) -> None:
        self.ledger.close()
        self._directory.cleanup()


def prepare(kind: str, url: str, count: int) -> Callable[[], object]:
    bench = Bench(url, count)
    if kind == "again":
        bench.put(bench.jobs, bench.grants)
    elif kind.startswith("move"):
        bench.put(bench.jobs, [])
    works: dict[str, Callable[[], None]] = {
        "jobs": lambda: bench.put(bench.jobs, []),
        "grants": lambda: bench.put(bench.jobs, bench.grants),
        "again": lambda: bench.put(bench.jobs, bench.grants),
        "each": bench.put_each,
        "move": lambda: bench.move(5_000),
        "move each": lambda: bench.move(1),
    }

    def timed() -> None:
        works[kind]()
        bench.close()

    return timed


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    count, url = chosen.members, chosen.url
    sample = min(SINGLE, count)
    for name, ours, reference in (
        ("ledger: enqueue jobs", "jobs", "each"),
        ("ledger: enqueue jobs with grants", "grants", "each"),
        ("ledger: enqueue the same once more", "again", "each"),
        ("ledger: claim and record 5,000 at a time", "move", "move each"),
    ):
        both = harness.alternate(
            partial(prepare, ours, url, count), partial(prepare, reference, url, sample), rounds=chosen.rounds
        )
        yield both.row(name, count, harness.peak_mb(prepare, ours, url, count), reference_times=count / sample)


if __name__ == "__main__":
    parser = harness.options(__doc__, members=200_000, short=20_000)
    parser.add_argument("--url", default="", help="database of the ledger, e.g. postgresql://…; default: SQLite")
    harness.run(parser, rows)
