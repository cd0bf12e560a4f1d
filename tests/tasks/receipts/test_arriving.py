"""How many of the messages that left arrived: what left, what was told, and what nobody told anything of."""

from __future__ import annotations

from datetime import UTC, datetime

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from tasks.receipts.arriving import Arrived, arrivals
from warehouse.ledger.deliveries import Report
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Job, Outcome, Run

AT = datetime(2026, 3, 8, 2, tzinfo=UTC)


def sent(ledger: MemoryLedger, run: str, messages: int, channel: str = "sms") -> list[str]:
    ledger.begin_run(Run(run, "c", "p", AT, "s", "d", "started", RunSummary(), AT))
    jobs = [Job(f"{run}-{channel}-{n}", run, "c", "p", "y", AT, f"m{n}", channel) for n in range(messages)]
    ledger.enqueue(run, jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=AT)
    ledger.claim(run, channel, messages, "w", AT)
    ledger.record([Outcome(job.intent_key, "sent") for job in jobs], AT)
    return [job.intent_key for job in jobs]


def test_of_the_runs_asked_for_and_the_channels_that_report() -> None:
    ledger = MemoryLedger()
    first, second = sent(ledger, "r1", 8), sent(ledger, "r2", 2)
    sent(ledger, "r1b", 5, "push")
    other = sent(ledger, "other", 1)
    told = [Report(ref=key, state="delivered", at=AT) for key in (*first[:5], *second, *other)]
    ledger.report([*told, Report(ref=first[7], state="failed", at=AT, code="BLACK")], AT)
    assert arrivals(ledger, ["r1", "r1b", "r2"]) == (
        Arrived(channel="sms", left=10, delivered=7, undelivered=1, silent=2, rate=0.7),
    )
    assert arrivals(ledger, ["r1b"]) == ()


def test_one_that_was_reported_failed_counts_among_those_that_were_sent() -> None:
    ledger = MemoryLedger()
    (key,) = sent(ledger, "r", 1)
    ledger.report([Report(ref=key, state="failed", at=AT)], AT)
    (found,) = arrivals(ledger, ["r"])
    assert (found.left, found.undelivered, found.rate) == (1, 1, 0.0)
