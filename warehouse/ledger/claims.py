"""Jobs on their way out, in SQL: claim, hand over, record, recover. Each function runs inside one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, false, func, or_, select, update

from warehouse.ledger.bulk import BoundRows, chunks, listed
from warehouse.ledger.outbox import JOB_FIELDS, release, stopped_as, word
from warehouse.ledger.records import Job, Outcome, OutcomeStatus, Recovered
from warehouse.ledger.rules import AWAY, UNTOUCHED, untouched_lease
from warehouse.ledger.schema import jobs as job_table
from warehouse.ledger.schema import moment_text
from warehouse.ledger.transitions import OUTCOME_FROM

_LET_GO = {"claimed_by": None, "claimed_at": None, "handed_over": None}


def _due(run_id: str | None, channel: str, at: datetime) -> list[ColumnElement[bool]]:
    conditions = [
        job_table.c.status == word("pending"),
        job_table.c.channel == channel,
        (job_table.c.not_before.is_(None)) | (job_table.c.not_before <= at),
    ]
    return conditions if run_id is None else [*conditions, job_table.c.run_id == run_id]


def claim(con: Connection, run_id: str | None, channel: str, *, limit: int, worker: str, at: datetime) -> list[Job]:
    due = (
        select(job_table.c.seq)
        .where(*_due(run_id, channel, at))
        .order_by(job_table.c.run_id, job_table.c.seq)
        .limit(limit)
        # PostgreSQL: workers step over each other's rows. SQLite has one writer at a time.
        .with_for_update(skip_locked=True)
    )
    rows = con.execute(
        update(job_table)
        .where(job_table.c.seq.in_(due))
        .values(
            status="sending", attempts=job_table.c.attempts + 1, claimed_by=worker, claimed_at=at, handed_over=False
        )
        .returning(job_table.c.seq, *JOB_FIELDS)
    ).all()
    claimed = sorted(rows, key=lambda row: (row.run_id, row.seq))
    return [Job(*row[1:]) for row in claimed]


def due_members(con: Connection, run_id: str | None, channel: str, limit: int, at: datetime) -> list[str]:
    due = select(job_table.c.member_id).where(*_due(run_id, channel, at))
    return list(con.scalars(due.order_by(job_table.c.run_id, job_table.c.seq).limit(limit)))


def defer(con: Connection, run_id: str | None, channel: str, *, until: datetime, reason: str, at: datetime) -> int:
    statement = update(job_table).where(*_due(run_id, channel, at)).values(not_before=until, error=reason)
    return con.execute(statement).rowcount


def hand_over(con: Connection, intent_keys: Collection[str], worker: str, at: datetime) -> set[str]:
    found: set[str] = set()
    for keys in chunks(intent_keys):
        statement = (
            update(job_table)
            .where(job_table.c.intent_key.in_(select(listed(con, keys))), *_held_by(worker))
            .values(handed_over=True, claimed_at=at)
            .returning(job_table.c.intent_key)
        )
        found.update(con.scalars(statement))
    return found


def renew(con: Connection, worker: str, at: datetime) -> int:
    return con.execute(update(job_table).where(*_held_by(worker)).values(claimed_at=at)).rowcount


def _held_by(worker: str) -> tuple[ColumnElement[bool], ...]:
    return (job_table.c.status == word("sending"), job_table.c.claimed_by == worker)


def record(con: Connection, outcomes: Iterable[Outcome], at: datetime, worker: str | None) -> int:
    groups: dict[OutcomeStatus, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.status, []).append(outcome)
    changed = 0
    for status, group in groups.items():
        changed += _record_group(con, status, group, at, worker)
        if status in ("failed", "cancelled"):
            release(con, [outcome.intent_key for outcome in group], at)
    return changed


def _record_group(
    con: Connection, status: OutcomeStatus, outcomes: list[Outcome], at: datetime, worker: str | None
) -> int:
    names = ("intent_key", "receipt", "error", "not_before", "sent_at", "in_doubt")
    bound = BoundRows(con, {name: job_table.c[name].type for name in names})
    conditions = [
        job_table.c.intent_key == bound.c["intent_key"],
        job_table.c.status.in_([word(allowed) for allowed in OUTCOME_FROM[status]]),
    ]
    if worker is not None and status != "sent":
        conditions.append(job_table.c.claimed_by == worker)
    statement = (
        update(job_table)
        .where(*conditions)
        .values(
            status=stopped_as() if status == "cancelled" else status,
            in_doubt=bound.c["in_doubt"]
            if status in ("sent", "failed")
            else job_table.c.in_doubt | bound.c["in_doubt"],
            receipt=func.coalesce(bound.c["receipt"], job_table.c.receipt),
            error=bound.c["error"],
            not_before=bound.c["not_before"],
            sent_at=bound.c["sent_at"],
            **_LET_GO,
        )
    )
    sent_at = moment_text(at) if status == "sent" else None
    rows = [
        (
            o.intent_key,
            o.receipt,
            o.error,
            moment_text(at + o.retry_after) if o.retry_after else None,
            sent_at,
            o.in_doubt and status == "pending",
        )
        for o in outcomes
    ]
    return sum(bound.run(statement, chunk) for chunk in chunks(rows))


def recover(
    con: Connection, at: datetime, lease: timedelta, resend: Collection[str], channels: Collection[str] | None
) -> Recovered:
    mine = [job_table.c.status == word("sending")]
    if channels is not None:
        mine.append(job_table.c.channel.in_(sorted(channels)))
    untouched = job_table.c.handed_over.is_(false())
    touched = job_table.c.handed_over.is_distinct_from(false())
    keyed = job_table.c.channel.in_(sorted(resend))

    def changed(conditions: tuple[ColumnElement[bool], ...], **values: object) -> int:
        return con.execute(update(job_table).where(*mine, *conditions).values(**values, **_LET_GO)).rowcount

    late, soon = _left_alone(at, lease), _left_alone(at, untouched_lease(lease))
    return Recovered(
        resent=changed((late, touched, keyed), status="pending", error=AWAY, in_doubt=True),
        unknown=changed((late, touched, ~keyed), status="unknown", error=AWAY, in_doubt=False),
        untouched=changed((soon, untouched), status="pending", error=UNTOUCHED),
    )


def _left_alone(at: datetime, lease: timedelta) -> ColumnElement[bool]:
    # A claim from the future is one of a clock that was wrong: nobody renews it.
    return or_(job_table.c.claimed_at < at - lease, job_table.c.claimed_at > at + lease)
