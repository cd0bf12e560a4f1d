"""Reports of the other side in SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, case, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.ledger.audit import AuditEntry
from warehouse.ledger.bulk import chunks, listed
from warehouse.ledger.deliveries import (
    NOT_DELIVERED,
    Aside,
    Delivery,
    DeliveryState,
    Fold,
    Message,
    ReceiptRow,
    Report,
    Reported,
    added,
    the_one,
)
from warehouse.ledger.engine import reading, writing
from warehouse.ledger.outbox import insert_new, release
from warehouse.ledger.receipt_tables import deliveries, reports_aside, requests_seen
from warehouse.ledger.schema import audit_log, grants, jobs
from warehouse.ledger.transitions import before

_MANY = 1_000  # messages with one receipt among which a member is looked for
_CHUNK = 5_000


class SqlDeliveries:
    """`Deliveries` on SQLite and PostgreSQL."""

    _engine: Engine

    def report(self, reports: Iterable[Report], at: datetime, entry: AuditEntry | None = None) -> Reported:
        found = Reported()
        with writing(self._engine) as con:
            for part in chunks(reports, _CHUNK):
                found = added(found, _take(con, part, at, again=False))
            for part in chunks(_that_fit_now(con), _CHUNK):
                found = added(found, _take(con, part, at, again=True))
            if entry is not None and found.new:
                con.execute(insert(audit_log).values(asdict(replace(entry, count=found.new))))
        return found

    def delivery_counts(self, run_id: str | None = None) -> dict[tuple[str, DeliveryState, str], int]:
        key = (jobs.c.channel, deliveries.c.state, deliveries.c.code)
        query = select(*key, func.count()).join(jobs, jobs.c.intent_key == deliveries.c.intent_key)
        if run_id is not None:
            query = query.where(jobs.c.run_id == run_id)
        with reading(self._engine) as con:
            return {
                (channel, state, code): n
                for channel, state, code, n in con.execute(query.group_by(*key).order_by(*key))
            }

    def receipt_rows(self, calendar: str) -> list[ReceiptRow]:
        j, d = jobs.c, deliveries.c
        columns = (j.intent_key, j.member_id, j.channel, j.phase, j.play, j.occurrence_at, d.delivered_at, d.clicked_at)
        query = select(*columns).join(deliveries, d.intent_key == j.intent_key).where(j.calendar == calendar)
        with reading(self._engine) as con:
            return [ReceiptRow(*row) for row in con.execute(query.order_by(d.intent_key))]

    def reports_aside(self) -> list[Aside]:
        row = reports_aside.c
        query = select(row.ref, row.state, row.at, row.code, row.reason, row.times).order_by(
            row.reason, row.ref, row.state
        )
        with reading(self._engine) as con:
            return [Aside(*each) for each in con.execute(query)]

    def addressed(self, refs: Collection[str]) -> dict[str, tuple[str, str]]:
        with reading(self._engine) as con:
            messages = [one for part in chunks(refs, _CHUNK) for one in _messages(con, part)]
        return the_one(messages, refs)

    def was_seen(self, digest: str) -> bool:
        with reading(self._engine) as con:
            return con.scalar(select(requests_seen.c.at).where(requests_seen.c.digest == digest)) is not None

    def saw(self, digest: str, at: datetime, forget_before: datetime) -> None:
        with writing(self._engine) as con:
            con.execute(delete(requests_seen).where(requests_seen.c.at < forget_before))
            con.execute(insert_new(con, requests_seen), {"digest": digest, "at": at})


def _take(con: Connection, reports: list[Report], at: datetime, *, again: bool) -> Reported:
    messages = _messages(con, sorted({report.ref for report in reports}))
    fold = Fold(_states(con, [one.intent_key for one in messages]))
    fold.take(reports, messages)
    _keep(con, {key: fold.states[key] for key in fold.changed})
    sent, failed = _settle(con, fold, at)
    if again:
        fold.aside.clear()  # it stands there already
    else:
        _put_aside(con, fold.aside, at)
    return Reported(
        fold.new, fold.known, Counter(reason for _, reason in fold.aside), sent, failed, len(fold.undelivered)
    )


def _messages(con: Connection, refs: list[str]) -> list[Message]:
    columns = (jobs.c.intent_key, jobs.c.receipt, jobs.c.member_id, jobs.c.status, jobs.c.attempts, jobs.c.channel)
    wanted = select(listed(con, refs))
    # A file's name is the receipt of everybody in it; nobody asks who of them is meant.
    few = (
        select(jobs.c.receipt).where(jobs.c.receipt.in_(wanted)).group_by(jobs.c.receipt).having(func.count() <= _MANY)
    )
    many = select(func.min(jobs.c.intent_key)).where(jobs.c.receipt.in_(wanted)).group_by(jobs.c.receipt)
    many = many.having(func.count() > _MANY)
    most = select(func.max(jobs.c.intent_key)).where(jobs.c.receipt.in_(wanted)).group_by(jobs.c.receipt)
    most = most.having(func.count() > _MANY)
    found: dict[str, Message] = {}
    for condition in (
        jobs.c.intent_key.in_(wanted),
        jobs.c.receipt.in_(few),
        jobs.c.intent_key.in_(many),
        jobs.c.intent_key.in_(most),
    ):
        found.update((row[0], Message(*row)) for row in con.execute(select(*columns).where(condition)))
    return list(found.values())


def _states(con: Connection, keys: list[str]) -> dict[str, Delivery]:
    d = deliveries.c
    columns = (d.intent_key, d.state, d.at, d.code, d.arrived, d.delivered_at, d.clicked_at)
    query = select(*columns).where(d.intent_key.in_(select(listed(con, keys))))
    return {key: Delivery(*told) for key, *told in con.execute(query)}


def _keep(con: Connection, states: Mapping[str, Delivery]) -> None:
    if not states:
        return
    statement = _insert(con, deliveries)
    new = statement.excluded
    names = [field.name for field in fields(Delivery)]
    statement = statement.on_conflict_do_update(index_elements=["intent_key"], set_={name: new[name] for name in names})
    rows = [{"intent_key": key, **asdict(one)} for key, one in sorted(states.items())]
    con.execute(statement, rows)


def _insert(con: Connection, table: Table) -> Any:
    return (postgresql.insert if con.dialect.name == "postgresql" else sqlite.insert)(table)


def _settle(con: Connection, fold: Fold, at: datetime) -> tuple[int, int]:
    """How many messages are settled as sent and as failed."""
    sent = failed = 0
    away = {"claimed_by": None, "claimed_at": None, "handed_over": None, "in_doubt": False, "not_before": None}
    for keys in chunks(sorted(fold.sent), _CHUNK):
        mine = jobs.c.intent_key.in_(select(listed(con, keys)))
        held = grants.c.intent_key.in_(select(listed(con, keys)))
        again = {"released_at": None, "release": None, "open_cents": grants.c.cost_cents}
        con.execute(update(grants).where(held, grants.c.release == "stopped").values(again))
        statement = update(jobs).where(mine, jobs.c.status.in_(before("report", "sent")), jobs.c.status != "sent")
        sent += con.execute(statement.values(status="sent", error=None, sent_at=at, **away)).rowcount
    for keys in chunks(sorted(fold.failed), _CHUNK):
        mine = jobs.c.intent_key.in_(select(listed(con, keys)))
        statement = update(jobs).where(mine, jobs.c.status.in_(before("report", "failed")))
        failed += con.execute(statement.values(status="failed", error=NOT_DELIVERED, **away)).rowcount
        release(con, keys, at)
    return sent, failed


def _put_aside(con: Connection, aside: Sequence[tuple[Report, str]], at: datetime) -> None:
    if not aside:
        return
    statement = _insert(con, reports_aside)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["ref", "state", "member_id"],
        set_={
            "at": new.at, "code": new.code, "reason": new.reason, "told_at": new.told_at,
            "times": reports_aside.c.times + 1,
            "clicked_at": _first_of(reports_aside.c.clicked_at, new.clicked_at),
        },
    )  # fmt: skip
    con.execute(
        statement, [{**asdict(report), "reason": reason, "told_at": at, "times": 1} for report, reason in aside]
    )


def _first_of(kept: Any, new: Any) -> Any:
    """The earlier of two moments; one that is not told yields."""
    return case((kept < new, kept), else_=func.coalesce(new, kept))


def _that_fit_now(con: Connection) -> list[Report]:
    """Those kept aside that fit exactly one message by now; they are aside no more."""
    row = reports_aside.c
    known = or_(exists().where(jobs.c.intent_key == row.ref), exists().where(jobs.c.receipt == row.ref))
    query = select(row.ref, row.state, row.at, row.code, row.member_id, row.clicked_at).where(known)
    waiting = [
        Report(ref=ref, state=state, at=at, code=code, member_id=member_id, clicked_at=clicked_at)
        for ref, state, at, code, member_id, clicked_at in con.execute(query)
    ]
    if not waiting:
        return []
    fold = Fold({})
    fold.take(waiting, _messages(con, sorted({report.ref for report in waiting})))
    still = {report for report, _ in fold.aside}
    ready = [report for report in waiting if report not in still]
    for report in ready:
        same = (row.ref == report.ref, row.state == report.state, row.member_id == report.member_id)
        con.execute(delete(reports_aside).where(*same))
    return ready
