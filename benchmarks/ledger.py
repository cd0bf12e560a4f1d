"""How fast the ledger takes and moves jobs, against one commit per row.

python benchmarks/ledger.py [--jobs 200000] [--url postgresql://…]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime

from campaign_calendars.briefs import BudgetLimits
from campaign_calendars.intent import intent_key
from warehouse.ledger.records import Grant, Job, Outcome, Run
from warehouse.ledger.sql import SqlLedger

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
SINGLE = 1_000  # one commit per row is slow; a sample gives its rate


def jobs_of(run_id: str, count: int) -> list[Job]:
    return [
        Job(
            intent_key("bench", run_id, "recall", T0, f"m{n:07}", "sms"),
            run_id,
            "bench",
            "burst",
            "recall",
            T0,
            f"m{n:07}",
            "sms",
            "coupon",
            "messages/recall.txt",
        )
        for n in range(count)
    ]


def rate(count: int, work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--jobs", type=int, default=200_000)
    arguments.add_argument("--url", default="")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        ledger = SqlLedger(options.url or f"sqlite:///{directory}/ledger.db")
        measure(ledger, options.jobs)
        ledger.close()


def measure(ledger: SqlLedger, count: int) -> None:
    def begin(run_id: str) -> list[Job]:
        ledger.begin_run(Run(run_id, "bench", "burst", T0, "s", "d", "started", {}, T0))
        return jobs_of(run_id, count)

    def put(jobs: list[Job], grants: list[Grant]) -> None:
        run_id = jobs[0].run_id
        ledger.enqueue(run_id, jobs, grants, budget=BudgetLimits(), stock={}, expected_position=None, at=T0)

    def put_each(jobs: list[Job]) -> None:
        for job in jobs:
            put([job], [])

    def move(run_id: str, size: int, most: int) -> int:
        moved = 0
        while moved < most and (claimed := ledger.claim(run_id, "sms", size, "w", T0)):
            ledger.record([Outcome(job.intent_key, "sent", "r") for job in claimed], T0, worker="w")
            moved += len(claimed)
        return moved

    plain, granted, single = begin("bulk"), begin("granted"), begin("single")[:SINGLE]
    grants = [Grant(j.intent_key, "bench", "burst", "recall", j.member_id, "coupon", "pool", 1, T0) for j in granted]
    bulk = rate(count, lambda: put(plain, []))
    with_grants = rate(count, lambda: put(granted, grants))
    again = rate(count, lambda: put(granted, grants))
    one_by_one = rate(SINGLE, lambda: put_each(single))
    batched = rate(count, lambda: move("bulk", 5_000, count))
    alone = rate(SINGLE, lambda: move("granted", 1, SINGLE))
    print(f"enqueue jobs                  {bulk:>10,.0f} jobs/s   {bulk / one_by_one:,.0f} times one commit per job")
    print(f"enqueue jobs with grants      {with_grants:>10,.0f} jobs/s")
    print(f"enqueue the same once more    {again:>10,.0f} jobs/s")
    print(f"enqueue, one commit per job   {one_by_one:>10,.0f} jobs/s")
    print(f"claim and record, 5,000 each  {batched:>10,.0f} jobs/s   {batched / alone:,.0f} times one by one")
    print(f"claim and record, one by one  {alone:>10,.0f} jobs/s")


if __name__ == "__main__":
    main()
