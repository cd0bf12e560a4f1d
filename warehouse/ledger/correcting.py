"""What a person said of an item of a work list, said otherwise: the one way back out of a settled state.

The benefit follows: what is freed by it is free at once, what was freed is held again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from threading import RLock
from typing import Protocol

from sqlalchemy import Engine, select, update

from warehouse.ledger import audit
from warehouse.ledger.audit import AuditEntry
from warehouse.ledger.engine import writing
from warehouse.ledger.outbox import JOB_FIELDS, release
from warehouse.ledger.records import Job, JobStatus
from warehouse.ledger.rules import check_correction
from warehouse.ledger.schema import grants, jobs
from warehouse.ledger.sql_notes import noted


class Corrections(Protocol):
    """The part of the ledger that takes something back."""

    def correct(self, intent_keys: Iterable[str], as_status: JobStatus, by: str, at: datetime) -> list[Job]:
        """A person says otherwise what came of items that people did, all of them or none: done (sent), led nowhere
        (failed), not wanted (cancelled). An audit entry for each item, with what was said before. Whether a job is an
        item of a work list is for the caller to know."""


class SqlCorrections:
    """`Corrections` on SQLite and PostgreSQL."""

    _engine: Engine

    def correct(self, intent_keys: Iterable[str], as_status: JobStatus, by: str, at: datetime) -> list[Job]:
        corrected: list[Job] = []
        with writing(self._engine) as con:
            for key in dict.fromkeys(intent_keys):
                mine = jobs.c.intent_key == key
                before = con.scalar(select(jobs.c.status).where(mine).with_for_update())
                check_correction(key, before, as_status)
                sent_at = at if as_status == "sent" else None
                con.execute(update(jobs).where(mine).values(status=as_status, error=None, sent_at=sent_at))
                if as_status == "sent":
                    again = {"released_at": None, "release": None, "open_cents": grants.c.cost_cents}
                    stopped = (grants.c.intent_key == key, grants.c.release == "stopped")
                    con.execute(update(grants).where(*stopped).values(again))
                else:
                    release(con, [key], at)
                corrected.append(Job(*con.execute(select(*JOB_FIELDS).where(mine)).one()))
                noted(con, audit.corrected(corrected[-1], str(before), by, at))
        return corrected


class MemoryCorrections:
    """`Corrections` in memory, where a grant is held as long as its job is live."""

    _lock: RLock
    _jobs: dict[str, Job]
    _audit: list[AuditEntry]

    def correct(self, intent_keys: Iterable[str], as_status: JobStatus, by: str, at: datetime) -> list[Job]:
        with self._lock:
            before = {key: self._jobs.get(key) for key in intent_keys}
            for key, job in before.items():
                check_correction(key, job.status if job else None, as_status)
            known = [job for job in before.values() if job is not None]
            sent_at = at if as_status == "sent" else None
            corrected = [replace(job, status=as_status, error=None, sent_at=sent_at) for job in known]
            self._jobs.update((job.intent_key, job) for job in corrected)
            said = zip(corrected, known, strict=True)
            self._audit.extend(audit.corrected(job, was.status, by, at) for job, was in said)
            return corrected
