"""Jobs on their way out, in SQL: claim, hand over, record, recover. Each function runs inside one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    Update,
    bindparam,
    false,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql.expression import ClauseElement

from warehouse.ledger.bulk import chunks, unfolded, unfolded_rows
from warehouse.ledger.outbox import JOB_FIELDS, release, stopped_as, word
from warehouse.ledger.prepared import Prepared, bound_moment
from warehouse.ledger.records import Job, Outcome, OutcomeStatus, Recovered
from warehouse.ledger.rules import AWAY, UNTOUCHED, untouched_lease
from warehouse.ledger.schema import UtcMoment, moment_of
from warehouse.ledger.schema import jobs as job_table
from warehouse.ledger.transitions import OUTCOME_FROM

_LET_GO = {"claimed_by": None, "claimed_at": None, "handed_over": None}
_AS_CLAIMED: dict[str, ColumnElement[Any]] = {"status": word("sending"), "attempts": job_table.c.attempts + 1}
_IN_ORDER = itemgetter(JOB_FIELDS.index(job_table.c.run_id) + 1, 0)  # of (seq, fields of a job)
_AT = bindparam("at", type_=UtcMoment())


# -- claim --------------------------------------------------------------------------------------
def _due(*, of_run: bool) -> list[ColumnElement[bool]]:
    """Parameters `from_channel`, `at` and, of a run, `from_run`."""
    conditions = [
        job_table.c.status == word("pending"),
        job_table.c.channel == bindparam("from_channel"),
        (job_table.c.not_before.is_(None)) | (job_table.c.not_before <= _AT),
    ]
    return [*conditions, job_table.c.run_id == bindparam("from_run")] if of_run else conditions


def _asked(con: Connection, run_id: str | None, channel: str, at: datetime) -> Mapping[str, object]:
    asked = {"from_channel": channel, "at": bound_moment(con, at)}
    return asked if run_id is None else {**asked, "from_run": run_id}


def _first(of_run: bool, *columns: ColumnElement[Any]) -> Select[Any]:
    first = select(*columns).where(*_due(of_run=of_run)).order_by(job_table.c.run_id, job_table.c.seq)
    return first.limit(bindparam("most", type_=Integer()))


def _taken() -> Update:
    mine = {"claimed_by": bindparam("worker"), "claimed_at": _AT, "handed_over": false()}
    return update(job_table).values({**_AS_CLAIMED, **mine})


def _take_first(of_run: bool) -> Update:
    """PostgreSQL, where workers step over each other's rows."""
    # In a query of its own, asked once: as a part of the update a plan may ask it for every row, and takes them all.
    first = _first(of_run, job_table.c.seq).with_for_update(skip_locked=True).cte("first")
    return _taken().where(job_table.c.seq.in_(select(first.c.seq))).returning(job_table.c.seq, *JOB_FIELDS)


def _read_first(of_run: bool) -> Select[Any]:
    """SQLite has one writer at a time: what is read here is still there for `_TAKE_READ`. What `returning` gives it
    keeps in a table of its own, which takes as long as the update."""
    return _first(of_run, job_table.c.seq, *(_AS_CLAIMED.get(field.name, field) for field in JOB_FIELDS))


def _members(of_run: bool) -> Select[Any]:
    return _first(of_run, job_table.c.member_id)


def _of_any(make: Callable[[bool], ClauseElement], of_run: bool, _dialect: str) -> ClauseElement:
    return make(of_run)


def _both(make: Callable[[bool], ClauseElement]) -> dict[bool, Prepared]:
    """Of one run, and of all of them."""
    return {of_run: Prepared(partial(_of_any, make, of_run)) for of_run in (True, False)}


_TAKE_FIRST, _READ_FIRST, _MEMBERS = _both(_take_first), _both(_read_first), _both(_members)
_TAKE_READ = Prepared(lambda name: _taken().where(job_table.c.seq.in_(select(unfolded(name, "seqs")))))


def claim(con: Connection, run_id: str | None, channel: str, *, limit: int, worker: str, at: datetime) -> list[Job]:
    of_run, asked = run_id is not None, {**_asked(con, run_id, channel, at), "most": limit}
    if con.dialect.name == "postgresql":
        return _jobs(sorted(_TAKE_FIRST[of_run].run(con, **asked, worker=worker).all(), key=_IN_ORDER))
    rows = _READ_FIRST[of_run].run(con, **asked).all()
    if rows:
        _TAKE_READ.run(con, seqs=json.dumps([row[0] for row in rows]), worker=worker, at=asked["at"])
    return _jobs(rows)


def _jobs(rows: Iterable[Sequence[Any]]) -> list[Job]:
    """Jobs from (seq, their fields) as a driver has them."""
    moment: Callable[[Any], Any] = moment_of
    return [
        Job(
            key, run, calendar, phase, play, moment(at), member, channel, benefit, message, status, attempts,
            moment(start), moment(end), receipt, error, moment(sent), bool(doubt), arm, cents,
        )
        for _, key, run, calendar, phase, play, at, member, channel, benefit, message, status, attempts, start, end,
            receipt, error, sent, doubt, arm, cents in rows
    ]  # fmt: skip


def due_members(con: Connection, run_id: str | None, channel: str, limit: int, at: datetime) -> list[str]:
    asked = _asked(con, run_id, channel, at)
    return list(_MEMBERS[run_id is not None].run(con, **asked, most=limit).scalars())


def defer(con: Connection, run_id: str | None, channel: str, *, until: datetime, reason: str, at: datetime) -> int:
    statement = update(job_table).where(*_due(of_run=run_id is not None)).values(not_before=until, error=reason)
    asked = {"from_channel": channel, "at": at} | ({} if run_id is None else {"from_run": run_id})
    return con.execute(statement, asked).rowcount


# -- hand over and record -----------------------------------------------------------------------
_MINE = (job_table.c.status == word("sending"), job_table.c.claimed_by == bindparam("worker"))


def _of_keys(name: str) -> ColumnElement[bool]:
    return job_table.c.intent_key.in_(select(unfolded(name, "keys")))


_HAND_OVER = Prepared(
    lambda name: (
        update(job_table)
        .where(_of_keys(name), *_MINE)
        .values(handed_over=true(), claimed_at=_AT, cost_cents=bindparam("cents", type_=job_table.c.cost_cents.type))
    )
)
_HELD = Prepared(lambda name: select(job_table.c.intent_key).where(_of_keys(name), *_MINE))
_RENEW = Prepared(lambda _: update(job_table).where(*_MINE).values(claimed_at=_AT))


def hand_over(con: Connection, costs: Mapping[str, int], worker: str, at: datetime) -> set[str]:
    # A batch is of one play on one channel: its messages have one price, or the few of texts that differ in parts.
    alike: dict[int, list[str]] = {}
    for key, cents in costs.items():
        alike.setdefault(cents, []).append(key)
    found: set[str] = set()
    for cents, of_price in alike.items():
        for keys in chunks(of_price):
            listed = json.dumps(keys)
            asked = {"keys": listed, "worker": worker, "at": bound_moment(con, at)}
            held = _HAND_OVER.run(con, **asked, cents=cents).rowcount
            # Nearly always all of them; this transaction has their rows, so nobody changes them in between.
            found.update(keys if held == len(keys) else _HELD.run(con, keys=listed, worker=worker).scalars())
    return found


def renew(con: Connection, worker: str, at: datetime) -> int:
    return _RENEW.run(con, worker=worker, at=bound_moment(con, at)).rowcount


def _recorded(status: OutcomeStatus, held: bool, alike: bool, name: str) -> Update:
    """Parameters: `keys`, `receipt` and `error` of outcomes that say the same, else `rows` of the three; `later`,
    `sent_at`, `doubt` and, where the worker has to hold the job, `worker`."""
    said: dict[str, ColumnElement[Any]]
    if alike:
        mine = _of_keys(name)
        said = {each: bindparam(each, type_=Text()) for each in ("receipt", "error")}
    else:
        said = dict(unfolded_rows(name, "rows", ("receipt", "error", "intent_key")))
        mine = job_table.c.intent_key == said["intent_key"]
    allowed = job_table.c.status.in_([word(allowed) for allowed in OUTCOME_FROM[status]])
    return (
        update(job_table)
        .where(mine, allowed, *([job_table.c.claimed_by == bindparam("worker")] if held else []))
        .values(
            status=stopped_as() if status == "cancelled" else word(status),
            # Of what is certain now nothing is in doubt any more.
            in_doubt=false()
            if status in ("sent", "failed")
            else job_table.c.in_doubt | bindparam("doubt", type_=job_table.c.in_doubt.type),
            receipt=func.coalesce(said["receipt"], job_table.c.receipt),
            error=said["error"],
            not_before=bindparam("later", type_=UtcMoment()),
            sent_at=_AT if status == "sent" else None,
            **_LET_GO,
        )
    )


_RECORDED = {
    (status, held, alike): Prepared(partial(_recorded, status, held, alike))
    for status in OUTCOME_FROM
    for held in (True, False)
    for alike in (True, False)
}


def record(con: Connection, outcomes: Iterable[Outcome], at: datetime, worker: str | None) -> int:
    alike: dict[tuple[OutcomeStatus, timedelta | None, bool], dict[str, Outcome]] = {}
    for outcome in outcomes:
        doubt = outcome.in_doubt and outcome.status == "pending"
        alike.setdefault((outcome.status, outcome.retry_after, doubt), {}).setdefault(outcome.intent_key, outcome)
    changed = 0
    for (status, wait, doubt), group in alike.items():
        held = worker is not None and status != "sent"
        about: dict[str, object] = {"later": bound_moment(con, at + wait if wait else None)}
        about |= {"worker": worker} if held else {}
        about |= {"at": bound_moment(con, at)} if status == "sent" else {}
        about |= {} if status in ("sent", "failed") else {"doubt": doubt}
        for part in chunks(group.values()):
            said = _said(part)
            changed += _RECORDED[status, held, "keys" in said].run(con, **said, **about).rowcount
        if status in ("failed", "cancelled"):
            release(con, list(group), at)
    return changed


def _said(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """What is said of jobs: once where it is one thing, a file's name or why a channel is busy."""
    different = {(one.receipt, one.error) for one in outcomes}
    if len(different) == 1:
        ((receipt, error),) = different
        return {"keys": json.dumps([one.intent_key for one in outcomes]), "receipt": receipt, "error": error}
    rows = [(one.receipt, one.error, one.intent_key) for one in outcomes]
    return {"rows": json.dumps(rows, ensure_ascii=False)}


# -- recover ------------------------------------------------------------------------------------
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
