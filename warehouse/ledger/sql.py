"""The ledger on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Engine, select, update

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import PhaseDecision, RunSummary
from warehouse.ledger import audit, books, claims, history, outbox
from warehouse.ledger import runs as runs_of
from warehouse.ledger.approvals import SqlApprovals
from warehouse.ledger.audit import AuditEntry
from warehouse.ledger.away import AwayRow
from warehouse.ledger.away import away as away_rows
from warehouse.ledger.correcting import SqlCorrections
from warehouse.ledger.engine import open_engine, patient, reading, writing
from warehouse.ledger.expected import SqlExpected
from warehouse.ledger.forecasts import SqlForecasts
from warehouse.ledger.migrate import migrate
from warehouse.ledger.records import (
    Books,
    ContactRow,
    Draw,
    DutyTick,
    Enqueued,
    GivenRow,
    Grant,
    GrantRow,
    GrantState,
    GrantSum,
    Job,
    JobStatus,
    OpenJobs,
    Outcome,
    PlatformId,
    Recovered,
    Run,
    RunStatus,
    Suppression,
    TierOverride,
)
from warehouse.ledger.retention import SqlRetention
from warehouse.ledger.schema import jobs, ledger_state
from warehouse.ledger.sql_codes import SqlCodes
from warehouse.ledger.sql_deliveries import SqlDeliveries
from warehouse.ledger.sql_guards import SqlGuards
from warehouse.ledger.sql_notes import SqlNotes, noted

T = TypeVar("T")


class SqlLedger(
    SqlNotes,
    SqlExpected,
    SqlApprovals,
    SqlForecasts,
    SqlGuards,
    SqlDeliveries,
    SqlCorrections,
    SqlCodes,
    SqlRetention,
):
    """`Ledger` on `sqlite:///path` (one machine) or `postgresql://…` (many workers).

    Opening brings the schema up to date. UsageError: no url it serves; LedgerError: out of reach or of a newer release.
    """

    def __init__(self, url: str) -> None:
        self._engine: Engine = open_engine(url)
        self.version = migrate(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    def _stream(self, rows: Callable[[Connection], Iterator[T]]) -> Iterator[T]:
        with reading(self._engine) as con:
            yield from rows(con)

    # -- runs -----------------------------------------------------------------------------------
    @patient
    def position(self) -> int:
        with reading(self._engine) as con:
            return int(con.scalars(select(ledger_state.c.position)).one())

    @patient
    def begin_run(self, run: Run, decision: PhaseDecision | None = None) -> Run:
        with writing(self._engine) as con:
            return runs_of.begin(con, run, decision)

    @patient
    def decision(self, run_id: str) -> PhaseDecision | None:
        with reading(self._engine) as con:
            return runs_of.decision(con, run_id)

    @patient
    def finish_run(self, run_id: str, status: RunStatus, summary: RunSummary, at: datetime) -> None:
        with writing(self._engine) as con:
            runs_of.finish(con, run_id, status, summary, at)

    @patient
    def run(self, run_id: str) -> Run | None:
        with reading(self._engine) as con:
            return runs_of.run(con, run_id)

    @patient
    def runs(self, calendar: str | None = None) -> list[Run]:
        with reading(self._engine) as con:
            return runs_of.runs(con, calendar)

    # -- outbox ---------------------------------------------------------------------------------
    def enqueue(
        self,
        run_id: str,
        jobs: Iterable[Job],
        grants: Iterable[Grant],
        *,
        budget: BudgetLimits,
        stock: Mapping[str, int | None],
        expected_position: int | None,
        at: datetime,  # noqa: ARG002 - part of the port; every write is given its moment
        decision_sha: str | None = None,
    ) -> Enqueued:
        with writing(self._engine) as con:
            return outbox.enqueue(
                con,
                run_id,
                jobs,
                grants,
                budget=budget,
                stock=stock,
                expected_position=expected_position,
                decision_sha=decision_sha,
            )

    @patient
    def claim(self, run_id: str | None, channel: str, limit: int, worker: str, at: datetime) -> list[Job]:
        # Whatever takes the claim back was not handed over; a hand-over that stays makes the claim stay.
        with writing(self._engine, lasting=False) as con:
            return claims.claim(con, run_id, channel, limit=limit, worker=worker, at=at)

    @patient
    def due_members(self, run_id: str | None, channel: str, limit: int, at: datetime) -> list[str]:
        with reading(self._engine) as con:
            return claims.due_members(con, run_id, channel, limit, at)

    @patient
    def hand_over(self, costs: Mapping[str, int], worker: str, at: datetime) -> set[str]:
        with writing(self._engine) as con:
            return claims.hand_over(con, costs, worker, at)

    @patient
    def renew(self, worker: str, at: datetime) -> int:
        with writing(self._engine) as con:
            return claims.renew(con, worker, at)

    def record(
        self, outcomes: Iterable[Outcome], at: datetime, *, worker: str | None = None, lasting: bool = True
    ) -> int:
        return self._record(list(outcomes), at, worker, lasting)

    @patient
    def _record(self, outcomes: Sequence[Outcome], at: datetime, worker: str | None, lasting: bool) -> int:
        with writing(self._engine, lasting=lasting) as con:
            return claims.record(con, outcomes, at, worker)

    def make_lasting(self) -> None:
        # Something has to be written, or nothing is flushed; a value that stays the same SQLite does not write.
        with writing(self._engine) as con:
            for step in (1, -1):
                con.execute(update(ledger_state).values(position=ledger_state.c.position + step))

    @patient
    def defer(self, run_id: str | None, channel: str, until: datetime, reason: str, at: datetime) -> int:
        with writing(self._engine) as con:
            return claims.defer(con, run_id, channel, until=until, reason=reason, at=at)

    @patient
    def recover(
        self, at: datetime, lease: timedelta, resend: Collection[str], *, channels: Collection[str] | None = None
    ) -> Recovered:
        with writing(self._engine) as con:
            return claims.recover(con, at, lease, resend, channels)

    def cancel(self, intent_keys: Iterable[str], reason: str, at: datetime, *, by: str = "promocal") -> int:
        with writing(self._engine) as con:
            changed = outbox.cancel(con, intent_keys, reason, at)
            for (run_id, calendar), count in sorted(changed.items()):
                noted(con, audit.cancelled(run_id, calendar, count, reason=reason, by=by, at=at))
            return changed.total()

    def give_text(
        self, run_id: str, arm: str | None, messages: Mapping[tuple[str, str], str], entry: AuditEntry
    ) -> int:
        with writing(self._engine) as con:
            changed = sum(
                outbox.give_text(con, run_id, arm, place, template) for place, template in sorted(messages.items())
            )
            noted(con, entry)
            return changed

    def settle(self, intent_keys: Iterable[str], as_status: JobStatus, by: str, at: datetime) -> list[Job]:
        with writing(self._engine) as con:
            settled = [outbox.settle(con, key, as_status, at) for key in intent_keys]
            for entry in audit.settled(settled, as_status, by, at):
                noted(con, entry)
            return settled

    def jobs(
        self, run_id: str | None = None, *, status: JobStatus | None = None, members: Collection[str] | None = None
    ) -> Iterator[Job]:
        query = select(*outbox.JOB_FIELDS).order_by(jobs.c.seq)
        if run_id is not None:
            query = query.where(jobs.c.run_id == run_id)
        if status is not None:
            query = query.where(jobs.c.status == status)
        if members is not None:
            query = query.where(jobs.c.member_id.in_(members))
        return self._stream(lambda con: (Job(*row) for row in con.execution_options(yield_per=10_000).execute(query)))

    @patient
    def job_counts(
        self, run_id: str | None = None, calendar: str | None = None, *, before: datetime | None = None
    ) -> dict[tuple[str, str, str, JobStatus], int]:
        with reading(self._engine) as con:
            return history.job_counts(con, run_id, calendar, before)

    @patient
    def lacking_text(self, run_id: str, at: datetime) -> set[tuple[str, str]]:
        with reading(self._engine) as con:
            return history.lacking_text(con, run_id, at)

    @patient
    def open_jobs(self, run_id: str) -> dict[JobStatus, OpenJobs]:
        with reading(self._engine) as con:
            return history.open_jobs(con, run_id)

    @patient
    def open_runs(self, calendar: str) -> list[str]:
        with reading(self._engine) as con:
            return history.open_runs(con, calendar)

    @patient
    def stopped(
        self,
        run_id: str | None = None,
        calendar: str | None = None,
        *,
        status: JobStatus = "cancelled",
        before: datetime | None = None,
    ) -> dict[str, int]:
        with reading(self._engine) as con:
            return history.stopped(con, run_id, calendar, status, before)

    # -- history --------------------------------------------------------------------------------
    def contact_rows(
        self,
        until: datetime | None,
        *,
        since: datetime | None = None,
        exclude_run: str | None = None,
        sent: bool = False,
    ) -> Iterator[ContactRow]:
        return self._stream(lambda con: history.contact_rows(con, until, since, exclude_run, sent=sent))

    def left_rows(self, before: datetime) -> Iterator[tuple[object, ...]]:
        return self._stream(lambda con: history.left_rows(con, before))

    def outbox_rows(self, runs: Collection[str]) -> Iterator[tuple[object, ...]]:
        return self._stream(lambda con: history.outbox_rows(con, runs))

    @patient
    def away(self, members: Collection[str], since: datetime, *, but: Collection[str] = ()) -> list[AwayRow]:
        with reading(self._engine) as con:
            return away_rows(con, members, since, but)

    def grant_rows(self, calendar: str | None, *, for_points: bool = False, over: bool = False) -> Iterator[GrantRow]:
        return self._stream(lambda con: history.grant_rows(con, calendar, for_points=for_points, over=over))

    def granted(self, calendar: str) -> dict[str, int]:
        with reading(self._engine) as con:
            return history.granted(con, calendar)

    # -- books ----------------------------------------------------------------------------------
    def given_rows(
        self, calendar: str, others_of: Collection[str] | None = None, *, run_id: str | None = None
    ) -> Iterator[GivenRow]:
        return self._stream(lambda con: books.given_rows(con, calendar, others_of, run_id))

    def extend(self, ends: Iterable[tuple[str, datetime]]) -> None:
        with writing(self._engine) as con:
            books.extend(con, ends)

    def book(self, calendar: str, states: Iterable[GrantState], kept: Books) -> int:
        with writing(self._engine) as con:
            return books.book(con, calendar, states, kept)

    def books(self, calendar: str) -> Books | None:
        with reading(self._engine) as con:
            return books.books_of(con, calendar)

    def grant_sums(self, calendar: str) -> list[GrantSum]:
        with reading(self._engine) as con:
            return books.grant_sums(con, calendar)

    # -- control groups -------------------------------------------------------------------------
    def keep_draws(self, draws: Iterable[Draw]) -> None:
        with writing(self._engine) as con:
            history.keep_draws(con, draws)

    def redraw(self, draws: Iterable[Draw], entry: AuditEntry) -> None:
        with writing(self._engine) as con:
            history.redraw(con, draws)
            noted(con, entry)

    def draws(self, calendar: str) -> list[Draw]:
        with reading(self._engine) as con:
            return history.draws_of(con, calendar)

    # -- duties, and ids of the platform ---------------------------------------------------------
    def tick(self, tick: DutyTick, detail: str = "") -> bool:
        with writing(self._engine) as con:
            new = history.tick(con, tick)
            if new:
                noted(con, audit.duty_done(tick, detail))
            return new

    def untick(self, calendar: str, duty: str, reason: str, by: str, at: datetime) -> bool:
        with writing(self._engine) as con:
            undone = history.untick(con, calendar, duty)
            if undone:
                noted(con, audit.duty_undone(calendar, duty, reason, by, at))
            return undone

    def ticks(self, calendar: str) -> list[DutyTick]:
        with reading(self._engine) as con:
            return history.ticks(con, calendar)

    def set_platform_ids(self, rows: Iterable[PlatformId], entry: AuditEntry) -> None:
        with writing(self._engine) as con:
            history.set_platform_ids(con, rows)
            noted(con, entry)

    def platform_ids(self, calendar: str, *, shared: bool = False) -> list[PlatformId]:
        with reading(self._engine) as con:
            return history.platform_ids_of(con, calendar, shared=shared)

    # -- suppressions ---------------------------------------------------------------------------
    def suppress(self, rows: Iterable[Suppression], entry: AuditEntry | None = None) -> int:
        with writing(self._engine) as con:
            if entry is not None:
                noted(con, entry)
            return history.suppress(con, rows)

    def suppression_rows(self) -> Iterator[Suppression]:
        return self._stream(history.suppression_rows)

    @patient
    def suppressed(self, channel: str, member_ids: Collection[str]) -> set[str]:
        with reading(self._engine) as con:
            return history.suppressed(con, channel, member_ids)

    @patient
    def refuses_numbers(self) -> bool:
        with reading(self._engine) as con:
            return history.refuses_numbers(con)

    # -- tiers set by hand ----------------------------------------------------------------------
    def set_tier(self, override: TierOverride) -> None:
        with writing(self._engine) as con:
            history.set_tier(con, override)
            noted(con, audit.tier_set(override))

    def clear_tier(self, member_id: str, reason: str, by: str, at: datetime) -> bool:
        with writing(self._engine) as con:
            ended = history.end_tier(con, member_id, at)
            if ended:
                noted(con, audit.tier_cleared(member_id, reason, by, at))
            return ended

    def tier_rows(self) -> Iterator[TierOverride]:
        return self._stream(history.tier_rows)
