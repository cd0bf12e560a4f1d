"""The ledger's statements as one writes them for one program: the same tables, the driver's bulk ways, nothing else.

Both work on a database that `SqlLedger` has just created, so keys, constraints and indexes are the same. They
take rows that are ready for the driver and keep no budgets, no states of runs and no rules about outcomes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.ledger.records import Grant, Job
from warehouse.ledger.schema import moment_text

JOB_COLUMNS = (
    "intent_key", "run_id", "calendar", "phase", "play", "occurrence_at", "member_id", "channel", "benefit",
    "message", "status", "attempts", "in_doubt", "position",
)  # fmt: skip
GRANT_COLUMNS = (
    "intent_key", "calendar", "phase", "play", "member_id", "benefit", "pool", "cost_cents", "granted_at", "position",
)  # fmt: skip
Rows = list[tuple[Any, ...]]


def job_rows(jobs: Sequence[Job]) -> Rows:
    """In the order of JOB_COLUMNS, moments as aware datetimes."""
    return [
        (j.intent_key, j.run_id, j.calendar, j.phase, j.play, j.occurrence_at, j.member_id, j.channel, j.benefit,
         j.message, j.status, 0, False, 1)
        for j in jobs
    ]  # fmt: skip


def grant_rows(grants: Sequence[Grant]) -> Rows:
    """In the order of GRANT_COLUMNS, moments as aware datetimes."""
    return [
        (g.intent_key, g.calendar, g.phase, g.play, g.member_id, g.benefit, g.pool, g.cost_cents, g.granted_at, 1)
        for g in grants
    ]  # fmt: skip


class PlainSqlite:
    """The standard library's sqlite3 with `executemany`; as durable as the ledger (WAL, synchronous FULL)."""

    name = "sqlite3"
    bulk = "executemany of the sqlite3 driver into the same tables with the same keys"
    batched = "an update … returning and an executemany of the sqlite3 driver for each batch"

    def __init__(self, path: Path) -> None:
        self._con = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on", "cache_size=-65536"):
            self._con.execute(f"pragma {pragma}")
        self._con.execute("select count(*) from jobs").fetchone()

    @staticmethod
    def ready(rows: Rows) -> Any:
        """Rows as this driver takes them: moments as the text the table holds."""
        return [tuple(moment_text(cell) if isinstance(cell, datetime) else cell for cell in row) for row in rows]

    def enqueue(self, jobs: Any, grants: Any) -> None:
        self._con.execute("begin immediate")
        self._insert("jobs", JOB_COLUMNS, jobs)
        if grants:
            self._insert("grants", GRANT_COLUMNS, grants)
        self._con.execute("commit")

    def _insert(self, table: str, columns: Sequence[str], rows: Any) -> None:
        marks = ", ".join("?" * len(columns))
        self._con.executemany(
            f"insert into {table} ({', '.join(columns)}) values ({marks}) on conflict do nothing", rows
        )

    def claim(self, run_id: str, channel: str, size: int, at: datetime) -> Rows:
        """Committed, so that nobody else takes them: (seq, intent_key, member_id, benefit) of the next jobs."""
        self._con.execute("begin immediate")
        rows = self._con.execute(
            """
            update jobs set status = 'sending', attempts = attempts + 1, claimed_by = 'w', claimed_at = ?
            where seq in (
                select seq from jobs
                where status = 'pending' and channel = ? and run_id = ? and (not_before is null or not_before <= ?)
                order by run_id, seq limit ?
            )
            returning seq, intent_key, member_id, benefit
            """,
            (moment_text(at), channel, run_id, moment_text(at), size),
        ).fetchall()
        self._con.execute("commit")
        return rows

    def mark_sent(self, sent: Sequence[tuple[int, str | None]], at: datetime) -> None:
        """(seq, receipt) of what has left."""
        moment = moment_text(at)
        self._con.execute("begin immediate")
        self._con.executemany(
            """
            update jobs set status = 'sent', receipt = ?, sent_at = ?, claimed_by = null, claimed_at = null
            where seq = ? and status = 'sending'
            """,
            [(receipt, moment, seq) for seq, receipt in sent],
        )
        self._con.execute("commit")

    def count(self, status: str) -> int:
        return int(self._con.execute("select count(*) from jobs where status = ?", (status,)).fetchone()[0])

    def close(self) -> None:
        self._con.close()


class PlainPostgres:
    """ADBC: its COPY into a stage table, then one `insert … select … on conflict do nothing`."""

    name = "PostgreSQL"
    bulk = "ADBC COPY into a stage table, then insert … select into the same tables with the same keys"
    batched = "an update … returning and an update … from unnest through ADBC for each batch"

    def __init__(self, uri: str) -> None:
        import adbc_driver_postgresql.dbapi as adbc

        self._con = adbc.connect(uri)

    @staticmethod
    def ready(rows: Rows) -> Any:
        """Rows as an Arrow table, which is how a query engine hands them over."""
        import pyarrow as pa

        if not rows:
            return None
        columns = JOB_COLUMNS if len(rows[0]) == len(JOB_COLUMNS) else GRANT_COLUMNS
        return pa.table(dict(zip(columns, (pa.array(cells) for cells in zip(*rows, strict=True)), strict=True)))

    def enqueue(self, jobs: Any, grants: Any) -> None:
        with self._con.cursor() as cursor:
            self._insert(cursor, "jobs", JOB_COLUMNS, jobs)
            if grants is not None:
                self._insert(cursor, "grants", GRANT_COLUMNS, grants)
        self._con.commit()

    def _insert(self, cursor: Any, table: str, columns: Sequence[str], rows: Any) -> None:
        names = ", ".join(columns)
        cursor.adbc_ingest(f"{table}_stage", rows, mode="create", temporary=True)
        cursor.execute(f"insert into {table} ({names}) select {names} from {table}_stage on conflict do nothing")
        cursor.execute(f"drop table {table}_stage")

    def claim(self, run_id: str, channel: str, size: int, at: datetime) -> Rows:
        """Committed, so that nobody else takes them: (seq, intent_key, member_id, benefit) of the next jobs."""
        with self._con.cursor() as cursor:
            cursor.execute(
                """
                update jobs set status = 'sending', attempts = attempts + 1, claimed_by = 'w', claimed_at = $1
                where seq in (
                    select seq from jobs
                    where status = 'pending' and channel = $2 and run_id = $3
                        and (not_before is null or not_before <= $1)
                    order by run_id, seq limit $4
                    for update skip locked
                )
                returning seq, intent_key, member_id, benefit
                """,
                (at, channel, run_id, size),
            )
            rows: Rows = cursor.fetchall()
        self._con.commit()
        return rows

    def mark_sent(self, sent: Sequence[tuple[int, str | None]], at: datetime) -> None:
        """(seq, receipt) of what has left."""
        seqs = ",".join(str(seq) for seq, _ in sent)
        receipts = "\x1f".join(receipt or "" for _, receipt in sent)
        with self._con.cursor() as cursor:
            cursor.execute(
                """
                update jobs set status = 'sent', receipt = v.receipt, sent_at = $1, claimed_by = null, claimed_at = null
                from unnest(string_to_array($2, ',')::bigint[], string_to_array($3, chr(31))) as v (seq, receipt)
                where jobs.seq = v.seq and status = 'sending'
                """,
                (at, seqs, receipts),
            )
        self._con.commit()

    def count(self, status: str) -> int:
        with self._con.cursor() as cursor:
            cursor.execute("select count(*) from jobs where status = $1", (status,))
            return int(cursor.fetchall()[0][0])

    def close(self) -> None:
        self._con.close()
