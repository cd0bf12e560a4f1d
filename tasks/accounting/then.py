"""What the books of a calendar would have said at an earlier moment; nothing is written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.blocks import Block, blocks_of, unsized
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import utc
from tasks.accounting.books import announced_of, settled
from tasks.accounting.points_cost import points_seen
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.ledger.records import GivenRow, GrantState, GrantSum
    from warehouse.measurement.metrics.outbox import SetAside
    from warehouse.snapshots.snapshot import Snapshot

_STATES = {"planned": "planned", "reserved": "open", "open": "open", "spent": "spent", "expired": "released"}
"""State of the books → of the money of benefits; what a use did not cost of what was held for it is none of them."""


def blocks_then(rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot, at: datetime) -> tuple[Block, ...]:
    """What phases hold for benefits that apply themselves, by what was known before `at`; empty: none does."""
    name = loaded.calendar.calendar
    books = rt.ledger.books(name)
    old = books.blocks if books else ()
    if not announced_of(loaded, old):
        return ()
    return _settled_then(rt, loaded, snapshot, at, old)[1]


def sums_then(rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot, at: datetime) -> list[GrantSum]:
    """What grants and blocks held and spent by what was known before `at`, as `Ledger.grant_sums` tells it of now.

    A grant whose message was stopped is left out: the ledger keeps no moment of that. Where nothing was given since and
    the books are no newer they are told as they stand.
    """
    name = loaded.calendar.calendar
    books, rows = rt.ledger.books(name), list(rt.ledger.given_rows(name))
    if (books is None or books.known_at <= at) and all(row.granted_at < at for row in rows):
        return rt.ledger.grant_sums(name)
    from warehouse.ledger.rules import Alike, account_sums

    old = books.blocks if books else ()
    states, blocks = _settled_then(rt, loaded, snapshot, at, old)
    alike = []
    for row in _given_then(rows, at):
        state = states.get(row.state.intent_key, row.state)
        benefit = loaded.calendar.benefits.get(row.benefit)
        pool, used = None if benefit is None else benefit.pool, state.used_at is not None
        of = (row.phase, row.benefit, pool, state.release, used, state.assumed, row.sent)
        alike.append(Alike(*of, 1, row.cost_cents, state.open_cents, state.spent_cents))
    return account_sums(alike, blocks)


def _given_then(rows: Iterable[GivenRow], at: datetime) -> Iterator[GivenRow]:
    """Grants before `at` with nothing known of them yet; what had not left by then nobody had."""
    from warehouse.ledger.records import GrantState

    for row in rows:
        if row.granted_at < at:
            left = row.sent and (row.sent_at is None or row.sent_at < at)
            fresh = GrantState(row.state.intent_key, row.cost_cents)
            yield row._replace(state=fresh, sent=left, sent_at=row.sent_at if left else None)


def _settled_then(
    rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot, at: datetime, old: Sequence[Block]
) -> tuple[Mapping[str, GrantState], tuple[Block, ...]]:
    """What was known before `at` of grants, by intent key where it is more than nothing, and of what is announced."""
    name, told = loaded.calendar.calendar, announced_of(loaded, old)
    known_at = min(at, snapshot.as_of)
    given = _given_then(rt.ledger.given_rows(name), at)
    with rt.look_into(snapshot) as con:
        past = unsized(told, old, at)
        found = settled(rt, loaded, con, given, told, snapshot=snapshot, known_at=known_at, unsized=past)
        of_points = points_seen(rt, loaded, told, con, known_at=known_at, unsized=past) if told else {}
        seen = {**found.announced, **of_points}
    granted = Counter(row.benefit for row in rt.ledger.grant_rows(name) if row.granted_at < at)
    times = {"known_at": known_at, "now": at}
    blocks = blocks_of(loaded.calendar, told, seen, kept=old, granted=granted, **times)
    return {state.intent_key: state for state in found.states}, tuple(blocks)


def set_aside_then(rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot, at: datetime) -> list[SetAside]:
    """Money that no grant holds: of benefits that apply themselves, and what the applied plan has yet to give."""
    return [*_of_blocks(loaded, blocks_then(rt, loaded, snapshot, at)), *_of_plan(rt, loaded, at)]


def _of_blocks(loaded: LoadedCalendar, blocks: Sequence[Block]) -> Iterator[SetAside]:
    from warehouse.measurement.metrics.outbox import SetAside

    starts = {one.key: one.online.start for one in announced_of(loaded, blocks)}
    for block in blocks:
        phase = next(one for one in loaded.calendar.phases if one.id == block.phase)
        play = next((one.id for one in phase.plays if block.benefit in (*one.announces, *one.benefits)), "")
        for state, pieces, cents in block.parts():
            if state in _STATES and (pieces or cents):
                # What is only planned does not belong to a moment yet.
                since = None if state == "planned" else starts.get((block.phase, block.benefit))
                yield SetAside(block.phase, play, _STATES[state], since, pieces, cents)


def _of_plan(rt: Runtime, loaded: LoadedCalendar, at: datetime) -> Iterator[SetAside]:
    """Of the plan that was in force at `at`: what its moments from then on were to give, unless they ran."""
    from warehouse.measurement.metrics.outbox import SetAside

    record = rt.ledger.applied_plan(loaded.calendar.calendar, before=at)
    if record is None:
        return
    ran = {(run.phase, utc(run.as_of)) for run in rt.ledger.runs(loaded.calendar.calendar) if run.as_of < at}
    for row in json.loads(record.body)["occurrences"]:
        moment = datetime.fromisoformat(row["at"])
        if moment >= at and (row["phase"], utc(moment)) not in ran and row["benefit_cost_cents"]:
            pieces = sum(one["granted"] for one in row["benefits"].values())
            yield SetAside(row["phase"], row["play"], "planned", None, pieces, row["benefit_cost_cents"])
