"""What the ledger forgets of persons when it is old: who they were. What was done to how many stays.

A job keeps its intent key, a digest, so that nothing is sent a second time; its member is gone for good.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, select, update

from warehouse.ledger.audit import AuditEntry
from warehouse.ledger.deliveries import Report
from warehouse.ledger.engine import writing
from warehouse.ledger.memory_books import MemoryBooks
from warehouse.ledger.receipt_tables import reports_aside
from warehouse.ledger.records import Run
from warehouse.ledger.schema import audit_log, jobs, tier_overrides
from warehouse.ledger.schema import grants as grant_table
from warehouse.ledger.schema import runs as run_table
from warehouse.ledger.sql_notes import noted
from warehouse.ledger.transitions import CLOSED

GONE = "(forgotten)"
"""Stands where a member id stood."""
_OF_MEMBERS = ("set_tier", "clear_tier")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What one call forgot: runs that had members still, and their messages."""

    runs: tuple[str, ...]
    messages: int
    tiers: int
    reports: int = 0
    """Reports that fitted no message."""


class Retention(Protocol):
    """The part of the ledger that forgets."""

    def forget(self, before: datetime, entry: AuditEntry) -> Forgotten:
        """Forget who the members were of runs from before a moment of which nothing moves any more, of tiers that
        people set and that had ended by then, and of reports of that time which fitted no message.

        Refusals are kept: they hold as long as somebody may be written to. `entry` is kept if there was anything to
        forget.
        """


class SqlRetention:
    """`Retention` on SQLite and PostgreSQL."""

    _engine: Engine

    def forget(self, before: datetime, entry: AuditEntry) -> Forgotten:
        with writing(self._engine) as con:
            names = tuple(con.scalars(select(run_table.c.run_id).where(*_over(before)).order_by(run_table.c.run_id)))
            messages = sum(_forget_run(con, name) for name in names)
            t, log = tier_overrides.c, audit_log.c
            tiers = con.execute(delete(tier_overrides).where(t.until <= before)).rowcount
            old = (log.action.in_(_OF_MEMBERS), log.at < before, log.subject != GONE)
            con.execute(update(audit_log).where(*old).values(subject=GONE))
            reports = con.execute(delete(reports_aside).where(reports_aside.c.at < before)).rowcount
            if names or tiers or reports:
                noted(con, replace(entry, count=messages))
            return Forgotten(names, messages, tiers, reports)


def _over(before: datetime) -> tuple[ColumnElement[bool], ...]:
    mine = jobs.c.run_id == run_table.c.run_id
    return (
        run_table.c.as_of < before,
        exists().where(mine, jobs.c.member_id != GONE),
        ~exists().where(mine, jobs.c.status.not_in(CLOSED)),
    )


def _forget_run(con: Connection, run_id: str) -> int:
    keys = select(jobs.c.intent_key).where(jobs.c.run_id == run_id)
    con.execute(update(grant_table).where(grant_table.c.intent_key.in_(keys)).values(member_id=GONE))
    return con.execute(update(jobs).where(jobs.c.run_id == run_id).values(member_id=GONE, receipt=None)).rowcount


class MemoryRetention(MemoryBooks):
    """`Retention` in memory."""

    _aside: dict[tuple[str, str, str], tuple[Report, str, int]]

    def forget(self, before: datetime, entry: AuditEntry) -> Forgotten:
        with self._lock:
            names = tuple(sorted(run.run_id for run in self._known_runs() if self._is_over(run, before)))
            mine = {key: job for key, job in self._jobs.items() if job.run_id in names}
            self._jobs |= {key: replace(job, member_id=GONE, receipt=None) for key, job in mine.items()}
            given = {key: grant for key, grant in self._grants.items() if key in mine}
            self._grants |= {key: replace(grant, member_id=GONE) for key, grant in given.items()}
            kept = [tier for tier in self._tiers if tier.until is None or tier.until > before]
            tiers = len(self._tiers) - len(kept)
            self._tiers[:] = kept
            self._audit[:] = [_nameless(one, before) for one in self._audit]
            reports = len(self._aside)
            self._aside = {key: row for key, row in self._aside.items() if row[0].at >= before}
            reports -= len(self._aside)
            if names or tiers or reports:
                self.note(replace(entry, count=len(mine)))
            return Forgotten(names, len(mine), tiers, reports)

    def _known_runs(self) -> Iterable[Run]:
        raise NotImplementedError

    def _is_over(self, run: Run, before: datetime) -> bool:
        of_run = [job for job in self._jobs.values() if job.run_id == run.run_id]
        members = any(job.member_id != GONE for job in of_run)
        return run.as_of < before and members and all(job.status in CLOSED for job in of_run)


def _nameless(entry: AuditEntry, before: datetime) -> AuditEntry:
    old = entry.action in _OF_MEMBERS and entry.at < before
    return replace(entry, subject=GONE) if old else entry
