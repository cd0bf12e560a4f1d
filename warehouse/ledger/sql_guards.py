"""Halts, breakers, throttles and canaries in SQL: one half of `SqlLedger`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy import Text as TextType

from warehouse.ledger import guarding
from warehouse.ledger.audit import AuditEntry
from warehouse.ledger.bulk import chunks, listed
from warehouse.ledger.engine import reading, writing
from warehouse.ledger.erasing import SqlErasing
from warehouse.ledger.guard_tables import breakers, canaries, holds, throttles
from warehouse.ledger.guarding import (
    Breaker,
    BreakerSays,
    Bucket,
    Canary,
    CanaryState,
    Hold,
    HoldScope,
    Moment,
    Taken,
    Throttle,
)
from warehouse.ledger.outbox import insert_new
from warehouse.ledger.schema import audit_log, jobs


class SqlGuards(SqlErasing):
    """What `warehouse.ledger.guards.Guards` asks, on a database."""

    # -- holds ----------------------------------------------------------------------------------
    def hold(self, hold: Hold, entry: AuditEntry) -> bool:
        with writing(self._engine) as con:
            new = con.execute(insert_new(con, holds), asdict(hold)).rowcount > 0
            if not new and hold.final:
                same = (holds.c.scope == hold.scope, holds.c.name == hold.name, holds.c.final.is_(False))
                new = con.execute(update(holds).where(*same).values(asdict(hold))).rowcount > 0
            if new:
                con.execute(insert(audit_log).values(asdict(entry)))
            return new

    def lift(self, scope: HoldScope, name: str, entry: AuditEntry) -> bool:
        with writing(self._engine) as con:
            place = (holds.c.scope == scope, holds.c.name == name, holds.c.final.is_(False))
            lifted = con.execute(delete(holds).where(*place)).rowcount > 0
            if lifted:
                con.execute(insert(audit_log).values(asdict(entry)))
            return lifted

    def holds(self) -> list[Hold]:
        with reading(self._engine) as con:
            rows = con.execute(select(holds).order_by(holds.c.since, holds.c.scope, holds.c.name))
            return [Hold(**row._asdict()) for row in rows]

    # -- breakers -------------------------------------------------------------------------------
    def ask_breaker(self, channel: str, worker: str, at: datetime, lease: timedelta) -> BreakerSays:
        b = breakers.c
        with reading(self._engine) as con:
            until = con.scalar(select(b.until).where(b.channel == channel))
        if until is None:
            return "closed"
        if until > at:
            return "open"
        free = b.probed_until.is_(None) | (b.probed_until <= at) | (b.probed_by == worker)
        probe = update(breakers).where(b.channel == channel, b.until <= at, free)
        with writing(self._engine) as con:
            mine = con.execute(probe.values(probed_by=worker, probed_until=at + lease)).rowcount
            return "probe" if mine else "open"

    def open_breaker(self, channel: str, reason: str, at: datetime, first: timedelta, longest: timedelta) -> Breaker:
        b = breakers.c
        with writing(self._engine) as con:
            values = {"channel": channel, "reason": reason, "strikes": 0, "opened_at": at, "until": at}
            con.execute(insert_new(con, breakers), values)
            known = select(b.strikes, b.opened_at, b.until).where(b.channel == channel).with_for_update()
            strikes, opened_at, until = con.execute(known).one()
            # Several workers that hit the same outage are one strike.
            if until <= at:
                strikes, until = strikes + 1, at + guarding.next_wait(first, strikes + 1, longest)
            changed = {"strikes": strikes, "until": until, "reason": reason, "probed_by": None, "probed_until": None}
            con.execute(update(breakers).where(b.channel == channel).values(changed))
        return Breaker(channel=channel, reason=reason, strikes=strikes, opened_at=opened_at, until=until)

    def close_breaker(self, channel: str) -> bool:
        with writing(self._engine) as con:
            return con.execute(delete(breakers).where(breakers.c.channel == channel)).rowcount > 0

    def breakers(self) -> list[Breaker]:
        columns = [breakers.c[name] for name in ("channel", "reason", "strikes", "opened_at", "until")]
        with reading(self._engine) as con:
            return [Breaker(**row._asdict()) for row in con.execute(select(*columns).order_by(breakers.c.channel))]

    # -- throttles ------------------------------------------------------------------------------
    def take(self, throttle: Throttle, asked: int, at: Moment) -> Taken:
        with writing(self._engine) as con:
            row = con.execute(_take(con, throttle, asked, at)).one_or_none()
            if row is None:
                empty = {**asdict(Bucket()), "provider": throttle.provider}
                con.execute(insert_new(con, throttles), empty)
                row = con.execute(_take(con, throttle, asked, at)).one()
        return guarding.taken(Bucket(*row), throttle, asked, at)

    def give_back(self, throttle: Throttle, unused: int) -> None:
        t = throttles.c
        back = {
            "full_at_us": t.full_at_us - unused * throttle.interval_us,
            "day_used": case((t.day_used > unused, t.day_used - unused), else_=0),
            "month_used": case((t.month_used > unused, t.month_used - unused), else_=0),
        }
        with writing(self._engine) as con:
            con.execute(update(throttles).where(t.provider == throttle.provider).values(back))

    # -- canaries -------------------------------------------------------------------------------
    def try_canary(self, run_id: str, channel: str, first: int, asked: int) -> int | None:
        c = canaries.c
        mine = and_(c.run_id == run_id, c.channel == channel)
        left = c.first - c.taken
        more = case((left > asked, asked), else_=left)
        with writing(self._engine) as con:
            new = {"run_id": run_id, "channel": channel, "first": first, "taken": 0, "state": "trying"}
            con.execute(insert_new(con, canaries), new)
            before = con.execute(select(c.state, c.first, c.taken).where(mine).with_for_update()).one()
            if before.state != "trying":
                return None if before.state == "passed" else 0
            con.execute(update(canaries).where(mine).values(taken=c.taken + more))
            return min(asked, int(before.first) - int(before.taken))

    def canary_untaken(self, run_id: str, channel: str, unused: int) -> None:
        c = canaries.c
        mine = (c.run_id == run_id, c.channel == channel, c.state == "trying", c.taken >= unused)
        with writing(self._engine) as con:
            con.execute(update(canaries).where(*mine).values(taken=c.taken - unused))

    def look_at_canary(self, run_id: str, channel: str, state: CanaryState, at: datetime) -> bool:
        c = canaries.c
        changed = update(canaries).where(c.run_id == run_id, c.channel == channel, c.state != state)
        if state == "trying":
            # The look begins: when all of the first are out.
            changed = update(canaries).where(c.run_id == run_id, c.channel == channel, c.looked_at.is_(None))
        with writing(self._engine) as con:
            return con.execute(changed.values(state=state, looked_at=at)).rowcount > 0

    def canary(self, run_id: str, channel: str) -> Canary | None:
        with reading(self._engine) as con:
            query = select(canaries).where(canaries.c.run_id == run_id, canaries.c.channel == channel)
            row = con.execute(query).one_or_none()
        return None if row is None else Canary(**row._asdict())

    # -- the outbox -----------------------------------------------------------------------------
    def hasten(self, intent_keys: Collection[str]) -> int:
        put_off = (jobs.c.status == "pending", jobs.c.not_before.is_not(None), jobs.c.error.is_not(None))
        with writing(self._engine) as con:
            return sum(
                con.execute(
                    update(jobs)
                    .where(*put_off, jobs.c.intent_key.in_(select(listed(con, keys))))
                    .values(not_before=None)
                ).rowcount
                for keys in chunks(intent_keys)
            )


def _big(value: int) -> ColumnElement[int]:
    return literal(value, BigInteger())


def _chosen(con: Connection, smaller: bool, *values: ColumnElement[Any]) -> ColumnElement[Any]:
    """The smallest or largest of several values, in the words of the database."""
    if con.dialect.name == "postgresql":
        return (func.least if smaller else func.greatest)(*values)
    return (func.min if smaller else func.max)(*values)


def _take(con: Connection, throttle: Throttle, asked: int, at: Moment) -> Any:
    """`guarding.take` as one statement: two workers never get the same messages."""
    t = throttles.c
    interval, full, now = throttle.interval_us, throttle.burst * throttle.interval_us, at.us
    base = _chosen(con, True, _chosen(con, False, t.full_at_us, _big(now)), _big(now + full))
    day, month = literal(at.day, TextType()), literal(at.month, TextType())
    day_used = case((t.day >= day, t.day_used), else_=_big(0))
    month_used = case((t.month >= month, t.month_used), else_=_big(0))
    rate: ColumnElement[Any] = _big(asked)
    if interval:
        free = (_big(now + full) - base) // _big(interval)
        rate = case((free >= _big(throttle.at_least(asked)), _chosen(con, True, free, _big(asked))), else_=_big(0))
    least = [rate]
    least += [_big(throttle.daily) - day_used] if throttle.daily is not None else []
    least += [_big(throttle.monthly) - month_used] if throttle.monthly is not None else []
    smallest = _chosen(con, True, *least) if len(least) > 1 else rate
    granted = _chosen(con, False, smallest, _big(0))
    values = {
        "full_at_us": base + granted * _big(interval),
        "day": _chosen(con, False, t.day, day),
        "day_used": day_used + granted,
        "month": _chosen(con, False, t.month, month),
        "month_used": month_used + granted,
        "granted": granted,
    }
    columns = (t.full_at_us, t.day, t.day_used, t.month, t.month_used, t.granted)
    return update(throttles).where(t.provider == throttle.provider).values(values).returning(*columns)
