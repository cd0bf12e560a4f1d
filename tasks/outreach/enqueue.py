"""Decision rows → outbox jobs and grants, in one ledger transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Enqueued, Grant, Job, Run


class DecisionRow(NamedTuple):
    """One chosen member of one play. Moments are aware, money is cents."""

    play: str
    occurrence_at: datetime
    member_id: str
    channel: str
    benefit: str | None = None
    cost_cents: int = 0
    pool: str | None = None
    message: str | None = None
    expires_at: datetime | None = None
    status: Literal["pending", "awaiting_approval"] = "pending"
    points: int = 0
    valid_until: datetime | None = None
    arm: str | None = None
    not_before: datetime | None = None
    use_costs: tuple[int, ...] = ()


def enqueue_rows(
    ledger: Ledger,
    run: Run,
    rows: Iterable[DecisionRow],
    *,
    budget: BudgetLimits,
    stock: Mapping[str, int | None],
    expected_position: int | None,
    at: datetime,
) -> Enqueued:
    """Put a run's decision into the outbox; doing it again changes nothing.

    Rows are read once; the grants are held in memory (about 0.3 KB each) until the jobs are in.
    Raises LedgerError when budget or stock would be exceeded, LedgerMovedError when another run was
    enqueued since the decision or this one was decided otherwise; nothing is written then.
    """
    ledger.begin_run(run)
    grants: list[Grant] = []
    return ledger.enqueue(
        run.run_id,
        _jobs(run, rows, grants),
        grants,
        budget=budget,
        stock=stock,
        expected_position=expected_position,
        at=at,
        decision_sha=run.decision_sha,
    )


def _jobs(run: Run, rows: Iterable[DecisionRow], grants: list[Grant]) -> Iterator[Job]:
    for row in rows:
        key = intent_key(run.calendar, run.phase, row.play, row.occurrence_at, row.member_id, row.channel)
        if row.benefit is not None:
            grants.append(
                Grant(
                    key,
                    run.calendar,
                    run.phase,
                    row.play,
                    row.member_id,
                    row.benefit,
                    row.pool,
                    row.cost_cents,
                    run.as_of,
                    row.points,
                    row.valid_until,
                    row.use_costs,
                )
            )
        yield Job(
            key,
            run.run_id,
            run.calendar,
            run.phase,
            row.play,
            row.occurrence_at,
            row.member_id,
            row.channel,
            row.benefit,
            row.message,
            row.status,
            not_before=row.not_before,
            expires_at=row.expires_at,
            arm=row.arm,
        )
