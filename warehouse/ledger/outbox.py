"""The outbox in SQL: enqueue, and what people do. Each function runs inside one transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Table,
    Text,
    TextClause,
    and_,
    case,
    delete,
    exists,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from campaign_calendars.deciding.briefs import BudgetLimits
from warehouse.ledger import rules
from warehouse.ledger.books import books_of
from warehouse.ledger.bulk import BoundRows, chunks, listed, unfolded
from warehouse.ledger.prepared import Prepared
from warehouse.ledger.records import DECIDED, Enqueued, Grant, Job, JobStatus
from warehouse.ledger.schema import closed_runs, costs_text, ledger_state, moment_text, runs
from warehouse.ledger.schema import grants as grant_table
from warehouse.ledger.schema import jobs as job_table
from warehouse.ledger.transitions import CANCELLABLE

_JOB_COLUMNS = [
    column for column in job_table.c if column.name not in ("seq", "claimed_by", "claimed_at", "handed_over")
]
# What is known of a job when it enters; what becomes of it later begins empty.
_NEW_COLUMNS = [job_table.c[name] for name in (
    "intent_key", "run_id", "calendar", "phase", "play", "occurrence_at", "member_id", "channel", "benefit", "message",
    "status", "not_before", "expires_at", "arm",
)]  # fmt: skip
_GRANT_COLUMNS = [grant_table.c[name] for name in (
    "intent_key", "calendar", "phase", "play", "member_id", "benefit", "pool", "cost_cents", "granted_at",
    "points", "valid_until", "open_cents", "use_costs",
)]  # fmt: skip
JOB_FIELDS = [column for column in _JOB_COLUMNS if column.name != "position"]


def insert_new(con: Connection, table: Table) -> Insert:
    """`insert … on conflict do nothing`, in the words of the connected database."""
    if con.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def word(status: JobStatus) -> ColumnElement[str]:
    """A status spelt out in the statement: a partial index is used only where its condition is seen."""
    return literal_column(f"'{status}'", Text())


# -- enqueue ------------------------------------------------------------------------------------
def enqueue(
    con: Connection,
    run_id: str,
    jobs: Iterable[Job],
    grants: Iterable[Grant],
    *,
    budget: BudgetLimits,
    stock: Mapping[str, int | None],
    expected_position: int | None,
    decision_sha: str | None,
) -> Enqueued:
    # The row locks make enqueues take turns, so neither the sums below nor the decision can be outdated on commit.
    found = con.scalars(select(ledger_state.c.position).with_for_update()).one()
    known = select(runs.c.status, runs.c.decision_sha).where(runs.c.run_id == run_id).with_for_update()
    run = con.execute(known).one_or_none()
    if run is None:
        raise rules.unknown_run(run_id)
    rules.check_decision(run_id, decision_sha, run.decision_sha)
    if decision_sha is not None and run.status in DECIDED:
        # The very decision that is in the outbox, whole: an enqueue is all or nothing.
        return Enqueued(0, con.scalar(select(func.count()).where(job_table.c.run_id == run_id)) or 0, 0, found)
    position = found + 1
    new_jobs, seen = _insert_jobs(con, run_id, jobs, position, again=run.status in DECIDED)
    rules.check_moved(expected_position, found, new_jobs)
    calendars, new_grants = _insert_grants(con, grants, position)
    for calendar in sorted(calendars):
        _check_limits(con, calendar, position, budget, stock)
    if new_jobs:
        con.execute(delete(closed_runs).where(closed_runs.c.run_id == run_id))
        con.execute(update(ledger_state).values(position=position))
    if new_jobs or run.status not in DECIDED:
        set_run_status(con, run_id)
    return Enqueued(new_jobs, seen - new_jobs, new_grants, position if new_jobs else found)


def _insert_jobs(con: Connection, run_id: str, jobs: Iterable[Job], position: int, *, again: bool) -> tuple[int, int]:
    """(new, all); `again`: this run was enqueued before, so they are probably all known."""
    bound = BoundRows(con, {column.name: column.type for column in _NEW_COLUMNS}, stage="new_jobs")
    alike = {"position": text(str(position)), "attempts": text("0"), "in_doubt": text("false")}
    values: dict[str, ColumnElement[Any] | TextClause] = {**bound.c, **alike}
    if con.dialect.name == "postgresql":
        statement = insert_new(con, job_table).from_select(list(values), select(*values.values()))
    else:  # a row for a row, which is a seventh faster than `select` without a table
        statement = insert_new(con, job_table).values(values)
    new = seen = 0
    for chunk in chunks(jobs):
        seen += len(chunk)
        rules.check_entries(chunk, run_id)
        if again and _all_known(con, [job.intent_key for job in chunk]):
            continue
        inserted = bound.run(statement, [_job_row(job) for job in chunk])
        again = not inserted
        new += inserted
    return new, seen


def _insert_grants(con: Connection, grants: Iterable[Grant], position: int) -> tuple[set[str], int]:
    """(calendars, new). Only with a job that this very enqueue inserted: a known intent keeps the grant it has."""
    bound = BoundRows(con, {column.name: column.type for column in _GRANT_COLUMNS}, stage="new_grants")
    names = [column.name for column in _GRANT_COLUMNS]
    at = literal_column(str(position), BigInteger())
    fresh = exists().where(job_table.c.intent_key == bound.c["intent_key"], job_table.c.position == at)
    statement = insert_new(con, grant_table).from_select(
        [*names, "position"], select(*bound.c.values(), at).where(fresh)
    )
    calendars: set[str] = set()
    new = 0
    for chunk in chunks(grants):
        inserted = bound.run(statement, [_grant_row(grant) for grant in chunk])
        new += inserted
        calendars.update(grant.calendar for grant in chunk)
        if inserted < len(chunk):
            _refuse_orphans(con, [grant.intent_key for grant in chunk])
    return calendars, new


_KNOWN = Prepared(lambda name: select(func.count()).where(job_table.c.intent_key.in_(select(unfolded(name, "keys")))))


def _all_known(con: Connection, keys: list[str]) -> bool:
    return _KNOWN.run(con, keys=json.dumps(keys)).scalar() == len(set(keys))


def _refuse_orphans(con: Connection, keys: list[str]) -> None:
    asked = listed(con, keys)
    missing = con.scalars(select(asked).where(~exists().where(job_table.c.intent_key == asked))).all()
    if missing:
        raise rules.orphan_grants(missing)


def _check_limits(
    con: Connection, calendar: str, position: int, budget: BudgetLimits, stock: Mapping[str, int | None]
) -> None:
    asked = grant_table.c.position == position
    live = and_(grant_table.c.calendar == calendar, grant_table.c.released_at.is_(None))
    cost, pieces = func.sum(grant_table.c.open_cents + grant_table.c.spent_cents), func.count()
    pools = {
        pool: rules.Use(int(total), int(new or 0))
        for pool, total, new in con.execute(
            select(grant_table.c.pool, cost, cost.filter(asked)).where(live).group_by(grant_table.c.pool)
        )
    }
    benefits = {
        benefit: rules.Use(total, new)
        for benefit, total, new in con.execute(
            select(grant_table.c.benefit, pieces, pieces.filter(asked)).where(live).group_by(grant_table.c.benefit)
        )
    }
    kept = books_of(con, calendar)
    rules.check_limits(pools, benefits, budget, stock, kept.blocks if kept else ())


def set_run_status(con: Connection, run_id: str) -> None:
    """The run waits for a person, or is free to be dispatched."""
    held = (job_table.c.run_id == run_id, job_table.c.status == "awaiting_approval")
    waiting = con.scalar(select(func.count()).where(*held))
    con.execute(update(runs).where(runs.c.run_id == run_id).values(status=rules.run_status_after(waiting or 0)))


def _text(at: datetime | None) -> str | None:
    return None if at is None else moment_text(at)


def _job_row(job: Job) -> tuple[Any, ...]:
    not_before, expires_at = job.not_before, job.expires_at
    return (
        job.intent_key,
        job.run_id,
        job.calendar,
        job.phase,
        job.play,
        moment_text(job.occurrence_at),
        job.member_id,
        job.channel,
        job.benefit,
        job.message,
        job.status,
        None if not_before is None else moment_text(not_before),
        None if expires_at is None else moment_text(expires_at),
        job.arm,
    )


def _grant_row(grant: Grant) -> tuple[Any, ...]:
    return (
        grant.intent_key,
        grant.calendar,
        grant.phase,
        grant.play,
        grant.member_id,
        grant.benefit,
        grant.pool,
        grant.cost_cents,
        moment_text(grant.granted_at),
        grant.points,
        _text(grant.valid_until),
        grant.cost_cents,
        costs_text(grant.use_costs),
    )


# -- people ------------------------------------------------------------------------------------
def stopped_as() -> ColumnElement[str]:
    """Cancelled, unless an earlier attempt may have arrived: then nobody may call it cancelled."""
    return case((job_table.c.in_doubt, word("unknown")), else_=word("cancelled"))


def release(con: Connection, intent_keys: Iterable[str], at: datetime) -> None:
    """Free the budget and stock of jobs that failed or were cancelled."""
    bound = BoundRows(con, {"intent_key": grant_table.c.intent_key.type, "at": grant_table.c.released_at.type})
    over = exists().where(
        job_table.c.intent_key == bound.c["intent_key"],
        job_table.c.status.in_([word("failed"), word("cancelled")]),
    )
    statement = (
        update(grant_table)
        .where(
            grant_table.c.intent_key == bound.c["intent_key"], grant_table.c.release.is_distinct_from("stopped"), over
        )
        .values(released_at=bound.c["at"], release="stopped", open_cents=0, spent_cents=0, used_at=None, assumed=False)
    )
    moment = moment_text(at)
    for chunk in chunks((key, moment) for key in intent_keys):
        bound.run(statement, chunk)


def cancel(con: Connection, intent_keys: Iterable[str], reason: str, at: datetime) -> Counter[tuple[str, str]]:
    """(run, calendar) → jobs that were stopped."""
    waiting = [word(status) for status in CANCELLABLE]
    changed: Counter[tuple[str, str]] = Counter()
    for keys in chunks(intent_keys):
        statement = (
            update(job_table)
            .where(job_table.c.intent_key.in_(select(listed(con, keys))), job_table.c.status.in_(waiting))
            .values(status=stopped_as(), error=reason)
            .returning(job_table.c.run_id, job_table.c.calendar)
        )
        changed.update((run_id, calendar) for run_id, calendar in con.execute(statement))
        release(con, keys, at)
    return changed


def give_text(con: Connection, run_id: str, arm: str | None, place: tuple[str, str], template: str) -> int:
    """How many jobs of (play, channel) that waited for the best text have it now."""
    waiting = (
        job_table.c.run_id == run_id,
        job_table.c.play == place[0],
        job_table.c.channel == place[1],
        job_table.c.status == "pending",
        job_table.c.arm.is_(None),
        job_table.c.message.is_(None),
    )
    return con.execute(update(job_table).where(*waiting).values(arm=arm, message=template)).rowcount


def settle(con: Connection, intent_key: str, as_status: JobStatus, at: datetime) -> Job:
    row = con.execute(select(*JOB_FIELDS).where(job_table.c.intent_key == intent_key).with_for_update()).one_or_none()
    rules.check_settlement(intent_key, None if row is None else row.status, as_status)
    con.execute(
        update(job_table)
        .where(job_table.c.intent_key == intent_key)
        .values(status=as_status, in_doubt=False, sent_at=at if as_status == "sent" else None)
    )
    release(con, [intent_key], at)
    return Job(*con.execute(select(*JOB_FIELDS).where(job_table.c.intent_key == intent_key)).one())
