"""Snapshots, plans and the audit log of a ledger on SQLite or PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from warehouse.ledger import audit, rules
from warehouse.ledger.audit import EVERYTHING, AuditEntry, AuditFilter
from warehouse.ledger.engine import reading, writing
from warehouse.ledger.outbox import insert_new
from warehouse.ledger.plan_records import PlanRecord
from warehouse.ledger.records import SnapshotRecord
from warehouse.ledger.schema import audit_log, plans, snapshots


class SqlNotes:
    """One part of `SqlLedger`."""

    _engine: Engine

    def record_snapshot(self, snapshot_id: str, as_of: datetime, fingerprint: str, counts: Mapping[str, Any]) -> None:
        values = {"snapshot_id": snapshot_id, "as_of": as_of, "fingerprint": fingerprint, "counts": _json(counts)}
        with writing(self._engine) as con:
            con.execute(insert_new(con, snapshots), values)

    def snapshots(self) -> list[SnapshotRecord]:
        with reading(self._engine) as con:
            rows = con.execute(select(snapshots).order_by(snapshots.c.as_of, snapshots.c.snapshot_id))
            return [SnapshotRecord(r.snapshot_id, r.as_of, r.fingerprint, json.loads(r.counts)) for r in rows]

    def record_plan(self, checksum: str, calendar: str, body: str, at: datetime) -> None:
        values = {"checksum": checksum, "calendar": calendar, "body": body, "planned_at": at}
        with writing(self._engine) as con:
            con.execute(insert_new(con, plans), values)
            open_yet = (plans.c.checksum == checksum, plans.c.begun_at.is_(None), plans.c.applied_at.is_(None))
            con.execute(update(plans).where(*open_yet).values(body=body))

    def plan(self, checksum: str) -> PlanRecord | None:
        with reading(self._engine) as con:
            row = con.execute(select(plans).where(plans.c.checksum == checksum)).one_or_none()
        return None if row is None else PlanRecord(*row)

    def last_plan(self, calendar: str) -> PlanRecord | None:
        newest = select(plans).where(plans.c.calendar == calendar)
        with reading(self._engine) as con:
            row = con.execute(
                newest.order_by(plans.c.planned_at.desc(), plans.c.checksum.desc()).limit(1)
            ).one_or_none()
        return None if row is None else PlanRecord(*row)

    def applied_plan(self, calendar: str, before: datetime | None = None) -> PlanRecord | None:
        applied = select(plans).where(plans.c.calendar == calendar, plans.c.applied_at.is_not(None))
        if before is not None:
            applied = applied.where(plans.c.applied_at < before)
        with reading(self._engine) as con:
            newest = applied.order_by(plans.c.applied_at.desc(), plans.c.checksum.desc()).limit(1)
            row = con.execute(newest).one_or_none()
        return None if row is None else PlanRecord(*row)

    def begun_plan(self, calendar: str) -> PlanRecord | None:
        mine = select(plans).where(plans.c.calendar == calendar, plans.c.begun_at.is_not(None))
        with reading(self._engine) as con:
            row = con.execute(mine.order_by(plans.c.begun_at.desc(), plans.c.checksum.desc()).limit(1)).one_or_none()
        return rules.broken_off(None if row is None else PlanRecord(*row), self.applied_plan(calendar))

    def begin_apply(self, checksum: str, by: str, at: datetime, *, forced: str, written: str) -> None:
        values = {"begun_at": at, "begun_by": by, "forced": forced, "written": written}
        with writing(self._engine) as con:
            if not con.execute(update(plans).where(plans.c.checksum == checksum).values(values)).rowcount:
                raise rules.unknown_plan(checksum)

    def mark_applied(self, checksum: str, by: str, at: datetime, detail: str = "") -> None:
        with writing(self._engine) as con:
            statement = update(plans).where(plans.c.checksum == checksum).values(applied_at=at, applied_by=by)
            row = con.execute(statement.returning(plans.c.calendar, plans.c.forced)).one_or_none()
            if row is None:
                raise rules.unknown_plan(checksum)
            noted(con, audit.applied(checksum, row.calendar, by, at, forced=row.forced or "", detail=detail))

    def note(self, entry: AuditEntry) -> None:
        with writing(self._engine) as con:
            noted(con, entry)

    def audit(self, wanted: AuditFilter = EVERYTHING) -> list[AuditEntry]:
        log = audit_log.c
        conditions = [log[name] == value for name, value in wanted.equal().items()]
        conditions += [log.at >= wanted.since] if wanted.since is not None else []
        conditions += [log.at < wanted.until] if wanted.until is not None else []
        columns = [column for column in log if column.name != "seq"]
        query = select(*columns).where(*conditions).order_by(log.at.desc(), log.seq.desc())
        with reading(self._engine) as con:
            return [AuditEntry(**row._asdict()) for row in con.execute(query)]


def noted(con: Connection, entry: AuditEntry) -> None:
    """The one place that writes the audit log, always in the transaction of the deed."""
    con.execute(insert(audit_log).values(asdict(entry)))


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
