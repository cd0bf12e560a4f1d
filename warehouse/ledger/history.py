"""What the ledger remembers, in SQL: contacts, grants, counts, suppressions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, Select, Table, Text, and_, case, delete, func, insert, select, union, update

from warehouse.ledger import rules
from warehouse.ledger.bulk import BoundRows, chunks, listed, streamed
from warehouse.ledger.outbox import insert_new, word
from warehouse.ledger.records import (
    NUMBER,
    ContactRow,
    Draw,
    DutyTick,
    GrantRow,
    JobStatus,
    OpenJobs,
    PlatformId,
    Suppression,
    TierOverride,
)
from warehouse.ledger.schema import (
    UtcMoment,
    closed_runs,
    draws,
    duty_ticks,
    grants,
    jobs,
    moment_text,
    platform_ids,
    runs,
    suppressions,
    tier_overrides,
)
from warehouse.ledger.transitions import CLOSED, LIVE

_FETCH = 10_000


def contact_rows(
    con: Connection, until: datetime | None, since: datetime | None, exclude_run: str | None, *, sent: bool
) -> Iterator[ContactRow]:
    at = func.coalesce(jobs.c.sent_at, jobs.c.occurrence_at, type_=UtcMoment()) if sent else jobs.c.occurrence_at
    query = (
        select(
            jobs.c.member_id,
            jobs.c.channel,
            jobs.c.calendar,
            jobs.c.phase,
            jobs.c.play,
            at,
            jobs.c.benefit,
            jobs.c.cost_cents,
        )
        .where(jobs.c.status == "sent" if sent else jobs.c.status.in_(LIVE))
        .order_by(at, jobs.c.intent_key)
    )
    if until is not None:
        query = query.where(at <= until)
    if since is not None:
        query = query.where(at >= since)
    if exclude_run is not None:
        query = query.where(jobs.c.run_id != exclude_run)
    return map(ContactRow._make, streamed(con, query))


def left_rows(con: Connection, before: datetime) -> Iterator[tuple[object, ...]]:
    j = jobs.c
    at = func.coalesce(j.sent_at, j.occurrence_at, type_=UtcMoment())
    # Read as it is kept: a million moments, each made and taken apart again, take as long as all the rest.
    kept = func.coalesce(j.sent_at, j.occurrence_at, type_=Text())
    about = (j.member_id, j.channel, j.calendar, j.phase, j.play, kept, j.benefit, j.cost_cents)
    return map(tuple, streamed(con, select(*about).where(j.status == "sent", at < before)))


def outbox_rows(con: Connection, runs_of: Collection[str]) -> Iterator[tuple[object, ...]]:
    j = jobs.c
    kept = func.coalesce(j.sent_at, j.occurrence_at, type_=Text())
    about = (j.intent_key, j.phase, j.play, j.channel, j.member_id, j.benefit, j.status, kept, j.cost_cents)
    query = select(*about).where(j.run_id.in_(select(listed(con, list(runs_of))))).order_by(j.seq)
    return map(tuple, streamed(con, query))


def grant_rows(con: Connection, calendar: str | None, *, for_points: bool, over: bool) -> Iterator[GrantRow]:
    query = (
        select(
            grants.c.member_id,
            grants.c.benefit,
            grants.c.play,
            grants.c.phase,
            grants.c.granted_at,
            grants.c.cost_cents,
            grants.c.calendar,
            grants.c.points,
            grants.c.open_cents + grants.c.spent_cents,
            grants.c.valid_until,
            grants.c.used_at,
            case(
                (and_(grants.c.used_at.is_not(None), grants.c.open_cents == 0), grants.c.used_at),
                else_=grants.c.valid_until,
            ),
        )
        .where(grants.c.release.is_distinct_from("stopped") if over else grants.c.released_at.is_(None))
        .order_by(grants.c.granted_at, grants.c.intent_key)
    )
    if calendar is not None:
        query = query.where(grants.c.calendar == calendar)
    if for_points:
        query = query.where(grants.c.points > 0)
    return map(GrantRow._make, streamed(con, query))


def granted(con: Connection, calendar: str) -> dict[str, int]:
    mine = (grants.c.calendar == calendar, grants.c.released_at.is_(None))
    query = select(grants.c.benefit, func.count()).where(*mine).group_by(grants.c.benefit).order_by(grants.c.benefit)
    return dict(con.execute(query).tuples().all())


def job_counts(
    con: Connection, run_id: str | None, calendar: str | None, before: datetime | None = None
) -> dict[tuple[str, str, str, JobStatus], int]:
    if before is not None:
        return dict(sorted(_counted(con, run_id, calendar, before)))
    # What was counted when nothing moved any more is not counted anew: a ledger has runs by the thousand.
    counts: Counter[tuple[str, str, str, JobStatus]] = Counter()
    closed = select(closed_runs.c.counts).join(runs, runs.c.run_id == closed_runs.c.run_id)
    for kept in con.scalars(_of(closed, runs, run_id, calendar)):
        counts.update({(phase, play, channel, status): n for phase, play, channel, status, n in json.loads(kept)})
    still_open = _of(select(runs.c.run_id), runs, run_id, calendar)
    still_open = still_open.where(runs.c.run_id.not_in(select(closed_runs.c.run_id)))
    counts.update(dict(_counted(con, None, None, of_runs=still_open)))
    return dict(sorted(counts.items()))


def _of(query: Select[tuple[str]], table: Table, run_id: str | None, calendar: str | None) -> Select[tuple[str]]:
    if run_id is not None:
        query = query.where(table.c.run_id == run_id)
    return query if calendar is None else query.where(table.c.calendar == calendar)


def _counted(
    con: Connection,
    run_id: str | None,
    calendar: str | None,
    before: datetime | None = None,
    *,
    of_runs: Select[tuple[str]] | None = None,
) -> Iterator[tuple[tuple[str, str, str, JobStatus], int]]:
    state = jobs.c.status if before is None else case((jobs.c.sent_at >= before, "pending"), else_=jobs.c.status)
    each = _of(select(jobs.c.phase, jobs.c.play, jobs.c.channel, state.label("state")), jobs, run_id, calendar)
    if of_runs is not None:
        each = each.where(jobs.c.run_id.in_(of_runs))
    if before is not None:
        each = each.where(jobs.c.occurrence_at < before)
    key = each.subquery().c
    for phase, play, channel, status, count in con.execute(select(*key, func.count()).group_by(*key)):
        yield (phase, play, channel, status), count


def lacking_text(con: Connection, run_id: str, at: datetime) -> set[tuple[str, str]]:
    due = (jobs.c.not_before.is_(None)) | (jobs.c.not_before <= at)
    lacking = (jobs.c.status == word("pending"), jobs.c.arm.is_(None), jobs.c.message.is_(None), due)
    query = select(jobs.c.play, jobs.c.channel).where(jobs.c.run_id == run_id, *lacking).distinct()
    return {(play, channel) for play, channel in con.execute(query)}


def open_runs(con: Connection, calendar: str) -> list[str]:
    # One question for each state: either has an index as small as what is left.
    open_states: tuple[JobStatus, ...] = ("pending", "sending")
    parts = [select(jobs.c.run_id).where(jobs.c.status == word(state)).distinct() for state in open_states]
    mine = select(runs.c.run_id).where(runs.c.run_id.in_(union(*parts)), runs.c.calendar == calendar)
    return list(con.scalars(mine.order_by(runs.c.run_id)))


def open_jobs(con: Connection, run_id: str) -> dict[JobStatus, OpenJobs]:
    if con.scalar(select(closed_runs.c.run_id).where(closed_runs.c.run_id == run_id)) is not None:
        return {}
    count = func.count()
    starts, ends = jobs.c.not_before, jobs.c.expires_at
    query = (
        select(
            jobs.c.status,
            count,
            case((func.count(starts) == count, func.min(starts, type_=starts.type))),
            case((func.count(ends) == count, func.max(ends, type_=ends.type))),
        )
        .where(jobs.c.run_id == run_id, jobs.c.status.not_in(CLOSED))
        .group_by(jobs.c.status)
    )
    return {status: OpenJobs(*about) for status, *about in con.execute(query)}


def stopped(
    con: Connection, run_id: str | None, calendar: str | None, status: JobStatus, before: datetime | None = None
) -> dict[str, int]:
    if run_id is not None and calendar is None and status == "cancelled" and before is None:
        kept = con.scalar(select(closed_runs.c.stopped).where(closed_runs.c.run_id == run_id))
        if kept is not None:
            return rules.by_reason(dict(json.loads(kept)))
    return rules.by_reason(dict(_reasons(con, run_id, calendar, status, before)))


def _reasons(
    con: Connection, run_id: str | None, calendar: str | None, status: JobStatus, before: datetime | None
) -> list[tuple[str | None, int]]:
    query = select(jobs.c.error, func.count()).where(jobs.c.status == status).group_by(jobs.c.error)
    if run_id is not None:
        query = query.where(jobs.c.run_id == run_id)
    if calendar is not None:
        query = query.where(jobs.c.calendar == calendar)
    if before is not None:
        query = query.where(jobs.c.occurrence_at < before)
    return [(error, count) for error, count in con.execute(query)]


def close_run(con: Connection, run_id: str) -> None:
    """Keep the counts of a run of which nothing moves any more; of any other nothing is kept."""
    con.execute(select(runs.c.run_id).where(runs.c.run_id == run_id).with_for_update())
    reopen_run(con, run_id)
    counts = job_counts(con, run_id, None)
    if all(status in CLOSED for *_, status in counts):
        told = [[*key, count] for key, count in counts.items()]
        reasons = [list(row) for row in _reasons(con, run_id, None, "cancelled", None)]
        values = {"run_id": run_id, "counts": json.dumps(told), "stopped": json.dumps(reasons)}
        con.execute(insert_new(con, closed_runs), values)


def reopen_run(con: Connection, run_id: str) -> None:
    con.execute(delete(closed_runs).where(closed_runs.c.run_id == run_id))


def keep_draws(con: Connection, rows: Iterable[Draw]) -> None:
    for row in rows:
        con.execute(insert_new(con, draws), asdict(row))


def redraw(con: Connection, rows: Iterable[Draw]) -> None:
    for row in rows:
        con.execute(delete(draws).where(draws.c.calendar == row.calendar, draws.c.name == row.name))
        con.execute(insert(draws).values(asdict(row)))


def draws_of(con: Connection, calendar: str) -> list[Draw]:
    return [Draw(*row) for row in con.execute(select(draws).where(draws.c.calendar == calendar).order_by(draws.c.name))]


def tick(con: Connection, row: DutyTick) -> bool:
    return bool(con.execute(insert_new(con, duty_ticks), asdict(row)).rowcount)


def untick(con: Connection, calendar: str, duty: str) -> bool:
    statement = delete(duty_ticks).where(duty_ticks.c.calendar == calendar, duty_ticks.c.duty == duty)
    return bool(con.execute(statement).rowcount)


def ticks(con: Connection, calendar: str) -> list[DutyTick]:
    query = select(duty_ticks).where(duty_ticks.c.calendar == calendar).order_by(duty_ticks.c.duty)
    return [DutyTick(*row) for row in con.execute(query)]


def set_platform_ids(con: Connection, rows: Iterable[PlatformId]) -> None:
    known = platform_ids.c
    for row in rows:
        same = (known.calendar == row.calendar, known.benefit == row.benefit, known.part == row.part)
        con.execute(delete(platform_ids).where(*same))
        con.execute(insert(platform_ids).values(asdict(row)))


def platform_ids_of(con: Connection, calendar: str, *, shared: bool) -> list[PlatformId]:
    known = platform_ids.c
    mine = known.calendar == calendar
    if shared:
        mine = and_(known.calendar != calendar, known.platform_id.in_(select(known.platform_id).where(mine)))
    query = select(platform_ids).where(mine).order_by(known.calendar, known.benefit, known.part)
    return [PlatformId(*row) for row in con.execute(query)]


def suppress(con: Connection, rows: Iterable[Suppression]) -> int:
    names = [column.name for column in suppressions.c]
    bound = BoundRows(con, {column.name: column.type for column in suppressions.c})
    statement = insert_new(con, suppressions).from_select(names, select(*(bound.c[name] for name in names)))
    written = ((r.member_id, r.channel or "", r.reason, moment_text(r.at)) for r in rows if r.member_id)
    return sum(bound.run(statement, chunk) for chunk in chunks(written))


def suppression_rows(con: Connection) -> Iterator[Suppression]:
    query = select(suppressions).order_by(suppressions.c.member_id, suppressions.c.channel)
    for member_id, channel, reason, at in con.execution_options(yield_per=_FETCH).execute(query):
        yield Suppression(member_id, channel or None, reason, at)


def suppressed(con: Connection, channel: str, member_ids: Collection[str]) -> set[str]:
    found: set[str] = set()
    if con.scalar(select(suppressions.c.member_id).limit(1)) is None:
        return found
    for part in chunks(member_ids, 5_000):
        query = select(suppressions.c.member_id).where(
            suppressions.c.member_id.in_(part), suppressions.c.channel.in_(["", channel])
        )
        found.update(con.scalars(query))
    return found


def refuses_numbers(con: Connection) -> bool:
    named = suppressions.c.member_id.startswith(NUMBER, autoescape=True)
    return con.scalar(select(suppressions.c.member_id).where(named).limit(1)) is not None


def set_tier(con: Connection, override: TierOverride) -> None:
    end_tier(con, override.member_id, override.set_at)
    con.execute(insert(tier_overrides).values(asdict(override)))


def end_tier(con: Connection, member_id: str, at: datetime) -> bool:
    """End what holds at `at` for the member."""
    t = tier_overrides.c
    holds = (t.member_id == member_id) & ((t.until.is_(None)) | (t.until > at))
    return bool(con.execute(update(tier_overrides).where(holds).values(until=at)).rowcount)


def tier_rows(con: Connection) -> Iterator[TierOverride]:
    columns = [column for column in tier_overrides.c if column.name != "seq"]
    for row in con.execution_options(yield_per=_FETCH).execute(select(*columns).order_by(tier_overrides.c.seq)):
        yield TierOverride(*row)
