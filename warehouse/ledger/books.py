"""What became of grants, in SQL: read for the books, written into them, summed up."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import astuple
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, delete, false, func, insert, literal_column, select, union_all, update

from campaign_calendars.values.json import to_json
from warehouse.ledger import rules
from warehouse.ledger.bulk import BoundRows, chunks, streamed
from warehouse.ledger.records import Books, GivenRow, GrantState, GrantSum, StrayUses
from warehouse.ledger.schema import books, costs_of, grants, jobs, moment_text
from warehouse.ledger.transitions import LIVE, SENT


def given_rows(
    con: Connection, calendar: str, others_of: Collection[str] | None = None, run_id: str | None = None
) -> Iterator[GivenRow]:
    g = grants.c
    state = (g.intent_key, g.open_cents, g.spent_cents, g.used_at, g.assumed, g.release)
    about = (g.member_id, g.benefit, g.granted_at, g.valid_until, g.cost_cents, jobs.c.status, jobs.c.sent_at)
    mine = [g.calendar == calendar] if others_of is None else [g.calendar != calendar, g.benefit.in_(others_of)]
    mine += [] if run_id is None else [jobs.c.run_id == run_id]
    query = (
        select(*about, g.calendar, g.phase, g.play, g.use_costs, *state)
        .join(jobs, jobs.c.intent_key == g.intent_key)
        .where(*mine, jobs.c.status.in_(LIVE))
    )
    for row in streamed(con, query):
        member, benefit, granted_at, valid_until, cost, status, sent_at, of, phase, play, costs, *known = row
        ends = (granted_at, valid_until, cost, GrantState(*known))
        yield GivenRow(member, benefit, *ends, status in SENT, sent_at, of, phase, costs_of(costs), play)


def extend(con: Connection, ends: Iterable[tuple[str, datetime]]) -> None:
    bound = BoundRows(con, {name: grants.c[name].type for name in ("intent_key", "valid_until")})
    later = grants.c.valid_until < bound.c["valid_until"]
    statement = (
        update(grants)
        .where(grants.c.intent_key == bound.c["intent_key"], later)
        .values(valid_until=bound.c["valid_until"])
    )
    for chunk in chunks((key, moment_text(until)) for key, until in ends):
        bound.run(statement, chunk)


def book(con: Connection, calendar: str, states: Iterable[GrantState], kept: Books) -> int:
    """Returns how many grants changed."""
    names = ("intent_key", "open_cents", "spent_cents", "used_at", "assumed", "release", "released_at")
    bound = BoundRows(con, {name: grants.c[name].type for name in names})
    g = grants.c
    # Spelt out: a list of parameters cannot be bound row by row.
    alive = jobs.c.status.in_([literal_column(f"'{status}'", Text()) for status in LIVE])
    live = select(jobs.c.intent_key).where(jobs.c.intent_key == g.intent_key, alive).exists()
    statement = (
        update(grants)
        .where(g.intent_key == bound.c["intent_key"], g.calendar == calendar, live)
        .values({name: bound.c[name] for name in names[1:]})
    )
    moment = moment_text(kept.known_at)
    rows = (_row(state, moment) for state in states)
    changed = sum(bound.run(statement, chunk) for chunk in chunks(rows))
    con.execute(delete(books).where(books.c.calendar == calendar))
    strays = json.dumps({name: astuple(uses) for name, uses in kept.strays.items()}, ensure_ascii=False, sort_keys=True)
    about = {"known_at": kept.known_at, "basis": kept.basis, "strays": strays, "blocks": to_json(list(kept.blocks))}
    values = {"calendar": calendar, **about}
    con.execute(insert(books).values(values))
    return changed


def _row(state: GrantState, moment: str) -> tuple[Any, ...]:
    return (
        state.intent_key,
        state.open_cents,
        state.spent_cents,
        None if state.used_at is None else moment_text(state.used_at),
        state.assumed,
        state.release,
        None if state.release is None else moment,
    )


def books_of(con: Connection, calendar: str) -> Books | None:
    row = con.execute(select(books).where(books.c.calendar == calendar)).one_or_none()
    if row is None:
        return None
    strays = {benefit: StrayUses(*numbers) for benefit, numbers in json.loads(row.strays).items()}
    return Books(row.known_at, row.basis, strays, rules.read_blocks(calendar, row.blocks))


def grant_sums(con: Connection, calendar: str) -> list[GrantSum]:
    g = grants.c
    used, sent = g.used_at.is_not(None).label("used"), jobs.c.status.in_(SENT).label("sent")
    about, cents = (g.phase, g.benefit, g.pool, g.release, used, g.assumed), (g.cost_cents, g.open_cents, g.spent_cents)
    # Of what came back it is all the same whether its message left, and looking a job up is what takes the time.
    back = select(*about, false().label("sent"), *cents).where(g.calendar == calendar, g.release.is_not(None))
    held = select(*about, sent, *cents).join(jobs, jobs.c.intent_key == g.intent_key)
    each = union_all(back, held.where(g.calendar == calendar, g.release.is_(None))).subquery()
    *key, cost, owed, spent = each.c
    query = select(*key, func.count(), func.sum(cost), func.sum(owed), func.sum(spent)).group_by(*key)
    kept = books_of(con, calendar)
    return rules.account_sums(
        (
            rules.Alike(phase, benefit, pool, release, bool(used), bool(assumed), bool(sent), *map(int, numbers))
            for phase, benefit, pool, release, used, assumed, sent, *numbers in con.execute(query)
        ),
        kept.blocks if kept else (),
    )
