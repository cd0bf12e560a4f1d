"""Runs and what was decided of them, in SQL. Each function runs inside one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, select, update

from campaign_calendars.deciding.runs import PhaseDecision, RunSummary
from campaign_calendars.values.json import to_json
from warehouse.ledger import history, rules
from warehouse.ledger.outbox import insert_new
from warehouse.ledger.records import DECIDED, Run, RunStatus
from warehouse.ledger.schema import decisions as decision_table
from warehouse.ledger.schema import jobs as job_table
from warehouse.ledger.schema import runs as run_table


def begin(con: Connection, run: Run, decision: PhaseDecision | None) -> Run:
    values = {
        "run_id": run.run_id,
        "calendar": run.calendar,
        "phase": run.phase,
        "as_of": run.as_of,
        "snapshot_id": run.snapshot_id,
        "decision_sha": run.decision_sha,
        "status": run.status,
        "summary": to_json(run.summary),
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }
    new = con.execute(insert_new(con, run_table), values).rowcount
    undecided = run_table.c.status.not_in(DECIDED) & ~exists().where(job_table.c.run_id == run_table.c.run_id)
    replaced = update(run_table).where(run_table.c.run_id == run.run_id, undecided).values(values)
    if (new or con.execute(replaced).rowcount) and decision is not None:
        con.execute(delete(decision_table).where(decision_table.c.run_id == run.run_id))
        body = {"run_id": run.run_id, "decision_sha": decision.decision_sha, "body": to_json(decision)}
        con.execute(insert(decision_table).values(body))
    return _run(con.execute(select(run_table).where(run_table.c.run_id == run.run_id)).one())


def decision(con: Connection, run_id: str) -> PhaseDecision | None:
    same = (run_table.c.run_id == decision_table.c.run_id) & (run_table.c.decision_sha == decision_table.c.decision_sha)
    body = con.scalar(select(decision_table.c.body).join(run_table, same).where(run_table.c.run_id == run_id))
    return None if body is None else rules.read_decision(run_id, body)


def finish(con: Connection, run_id: str, status: RunStatus, summary: RunSummary, at: datetime) -> None:
    statement = update(run_table).where(run_table.c.run_id == run_id)
    if not con.execute(statement.values(status=status, summary=to_json(summary), finished_at=at)).rowcount:
        raise rules.unknown_run(run_id)
    history.close_run(con, run_id)


def run(con: Connection, run_id: str) -> Run | None:
    row = con.execute(select(run_table).where(run_table.c.run_id == run_id)).one_or_none()
    return None if row is None else _run(row)


def runs(con: Connection, calendar: str | None) -> list[Run]:
    query = select(run_table).order_by(run_table.c.as_of, run_table.c.run_id)
    found = con.execute(query if calendar is None else query.where(run_table.c.calendar == calendar))
    return [_run(row) for row in found]


def _run(row: Row[Any]) -> Run:
    values = row._asdict()
    return Run(**{**values, "summary": rules.read_summary(values["run_id"], values["summary"])})
