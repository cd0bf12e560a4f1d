"""Jobs, grants and a run, as the tests of every ledger make them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.deciding.runs import RunSummary
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Enqueued, Grant, Job, JobStatus, Run

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
NO_LIMITS = BudgetLimits()
RUN = Run("c.burst.1", "c", "burst", T0, "snap", "sha", "started", RunSummary(), T0)


def job(member: str, *, run: Run = RUN, channel: str = "sms", at: datetime = T0, status: JobStatus = "pending") -> Job:
    key = intent_key(run.calendar, run.phase, "recall", at, member, channel)
    return Job(key, run.run_id, run.calendar, run.phase, "recall", at, member, channel, "coupon", status=status)


def grant(of: Job, *, cost: int = 100, pool: str | None = "coupons", at: datetime = T0) -> Grant:
    assert of.benefit is not None
    return Grant(of.intent_key, of.calendar, of.phase, of.play, of.member_id, of.benefit, pool, cost, at)


def reserved(ledger: Ledger, calendar: str = "c") -> int:
    """Cents that live grants of a calendar hold."""
    return sum(row.cost_cents for row in ledger.grant_rows(calendar))


def put(
    ledger: Ledger,
    jobs: Iterable[Job],
    grants: Iterable[Grant] = (),
    *,
    run: Run = RUN,
    budget: BudgetLimits = NO_LIMITS,
    stock: dict[str, int | None] | None = None,
    expected: int | None = None,
) -> Enqueued:
    ledger.begin_run(run)
    return ledger.enqueue(run.run_id, jobs, grants, budget=budget, stock=stock or {}, expected_position=expected, at=T0)


def handed_over(ledger: Ledger, channel: str, limit: int, worker: str, at: datetime) -> list[Job]:
    """Claimed, and marked as on their way."""
    jobs = ledger.claim(None, channel, limit, worker, at)
    assert len(ledger.hand_over({each.intent_key: 6 for each in jobs}, worker, at)) == len(jobs)
    return jobs


def statuses(ledger: Ledger) -> dict[str, str]:
    return {found.member_id: found.status for found in ledger.jobs()}
