"""How long `promocal status` looks at a ledger with a long history, against counting its jobs in one statement.

Runs of 50,000 messages each, all of them closed but the last, which is half sent. Both sides give the same counts.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks import harness
from campaign_calendars.deciding.runs import RunSummary
from tasks.running.status import status
from tasks.runtime import Runtime, open_runtime
from warehouse.ledger.records import Run
from warehouse.ledger.sql import SqlLedger

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
A_RUN = 50_000
REFERENCE = "select run_id, status, count(*) … group by both, through the sqlite3 driver"
_FILL = """
with recursive n (i) as (select 1 union all select i + 1 from n where i < ?3)
insert into jobs (
    intent_key, run_id, calendar, phase, play, occurrence_at, member_id, channel, status, attempts, in_doubt, position
)
select
    ?1 || '-' || printf('%060d', i), ?1, 'bench', 'burst', 'recall', '2026-03-08T02:00:00.000000Z', 'm' || i, 'sms',
    case when ?2 and i % 2 then 'pending' else 'sent' end, 1, false, 1
from n
"""


def filled(directory: Path, count: int) -> None:
    """A project with a ledger of so many messages."""
    (directory / "promocal.toml").write_text("")
    path = directory / "var" / "ledger.db"
    ledger = SqlLedger(f"sqlite:///{path}")
    runs = [f"bench.burst.{number:04}" for number in range(max(count // A_RUN, 1))]
    size = count // len(runs)
    for number, run_id in enumerate(runs):
        at = T0 + timedelta(hours=number)
        ledger.begin_run(Run(run_id, "bench", "burst", at, "s", "d", "enqueued", RunSummary(), at))
        with sqlite3.connect(path) as con:
            con.execute("pragma synchronous = off")
            con.execute(_FILL, (run_id, run_id == runs[-1], size))
        ledger.finish_run(run_id, "finished", RunSummary(), at)
    ledger.close()


def prepare(directory: Path) -> Callable[[], Counter[str]]:
    rt: Runtime = open_runtime(directory, clock=lambda: T0)

    def work() -> Counter[str]:
        with rt:
            return Counter(status(rt).jobs)

    return work


def prepare_plain(directory: Path) -> Callable[[], Counter[str]]:
    def work() -> Counter[str]:
        counts: Counter[str] = Counter()
        with sqlite3.connect(directory / "var" / "ledger.db") as con:
            for _, state, count in con.execute("select run_id, status, count(*) from jobs group by run_id, status"):
                counts[state] += count
        return counts

    return work


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        filled(directory, chosen.members)
        both = harness.alternate(partial(prepare, directory), partial(prepare_plain, directory), rounds=chosen.rounds)
        if both.result != both.expected:
            raise SystemExit(f"status says {both.result}, the statement {both.expected}")
        peak = harness.peak_mb(prepare, directory)
        yield both.row("status: a long ledger", chosen.members, "jobs", REFERENCE, peak_mb=peak)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=5_000_000, short=200_000), rows)
