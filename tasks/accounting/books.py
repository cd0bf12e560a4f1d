"""The books of a calendar: what the data tell of its grants, written into the ledger where all read it.

Decisions, plans, pages and the check at enqueue take what is used and what is left from the ledger alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING

from campaign_calendars.deciding.blocks import Announced, Block, BlockKey, TierClock, announced, blocks_of, unsized
from campaign_calendars.findings.errors import SnapshotMissingError
from campaign_calendars.model.programme import tier_rules
from campaign_calendars.time.timeline import utc
from tasks.accounting.points_cost import points_seen
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar
    from warehouse.accounting.settling import Settled
    from warehouse.ledger.records import Books, GivenRow
    from warehouse.shelf.manifest import Snapshot
    from warehouse.snapshots.opening import Connection


def keep_books(rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot | None = None) -> Books | None:
    """Bring a calendar's books to what a snapshot (default: the current one) knows by now.

    They do not go back: where a run decides on a snapshot of an older moment, they are those of the current one.
    Nothing is done where they are of that snapshot, of these rules and of this day already, or where nothing
    was ever granted and nothing applies itself, or where the snapshot cannot be read. Returns the books; None: there
    are none.
    """
    kept = rt.ledger.books(loaded.calendar.calendar)
    try:
        current = rt.current_snapshot()
        snapshot = current if snapshot is None or snapshot.as_of < current.as_of else snapshot
        known_at = min(rt.clock(), snapshot.as_of)
        basis = f"{snapshot.snapshot_id} {_rules(rt, loaded)} {_begun(rt, loaded)}"
        if kept is not None and kept.basis == basis and _day(loaded, kept.known_at) == _day(loaded, known_at):
            return kept
        return _bring_up_to_date(rt, loaded, snapshot, known_at, basis) or kept
    except SnapshotMissingError:
        return kept


def _rules(rt: Runtime, loaded: LoadedCalendar) -> str:
    """A digest of what uses are recognised by: the calendar, and what the platform calls its benefits."""
    ids = "".join(f"\n{one.benefit} {one.platform_id}" for one in rt.ledger.platform_ids(loaded.calendar.calendar))
    worth = "" if loaded.store.points is None else f"\n{loaded.store.points.point_value}"
    return hashlib.sha256((loaded.text + ids + worth).encode()).hexdigest()[:12]


def _begun(rt: Runtime, loaded: LoadedCalendar) -> int:
    """How many announced benefits are online or were: what is set aside for one is fixed from then on."""
    now = rt.clock()
    return sum(utc(one.online.start) <= utc(now) for one in announced_of(loaded))


def announced_of(loaded: LoadedCalendar, kept: Iterable[Block] = ()) -> list[Announced]:
    """What is announced to everybody; `kept`: what was set aside for it so far."""
    levels = [level.id for level in loaded.store.tiers.levels]
    return announced(loaded.calendar, loaded.timeline, levels, kept)


def announced_now(rt: Runtime, loaded: LoadedCalendar) -> list[Announced]:
    """What is announced to everybody, with what is set aside for it as the books have it."""
    kept = rt.ledger.books(loaded.calendar.calendar)
    return announced_of(loaded, kept.blocks if kept else ())


def tier_clock(loaded: LoadedCalendar) -> TierClock:
    """How to tell the tier of a buyer at any moment, and what each pays."""
    rules = tier_rules(loaded.store.tiers, loaded.timeline.timezone)
    rates = tuple(level.discount for level in loaded.store.tiers.levels)
    return TierClock(rules.now, loaded.store.tiers.window, rates)


def _day(loaded: LoadedCalendar, moment: datetime) -> date:
    return moment.astimezone(loaded.timeline.timezone).date()


def _bring_up_to_date(
    rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot, known_at: datetime, basis: str
) -> Books | None:
    name = loaded.calendar.calendar
    kept = rt.ledger.books(name)
    old = kept.blocks if kept else ()
    given = rt.ledger.given_rows(name)
    told = announced_of(loaded, old)
    first = next(given, None)
    if first is None and not told and not old:
        return None
    from warehouse.ledger.records import Books

    with rt.look_into(snapshot) as con:
        every = chain([] if first is None else [first], given)
        times, past = {"known_at": known_at, "now": rt.clock()}, unsized(told, old, rt.clock())
        found = settled(rt, loaded, con, every, told, snapshot=snapshot, known_at=known_at, unsized=past)
        # First what became of grants: what they hold by now is no longer there to be set aside.
        now = Books(known_at, basis, found.strays)
        rt.ledger.book(name, found.states, now)
        if told:
            seen = {**found.announced, **points_seen(rt, loaded, told, con, known_at=known_at, unsized=past)}
            blocks = blocks_of(loaded.calendar, told, seen, kept=old, granted=rt.ledger.granted(name), **times)
            now = replace(now, blocks=tuple(blocks))
            rt.ledger.book(name, (), now)
    return now


def settled(
    rt: Runtime,
    loaded: LoadedCalendar,
    con: Connection,
    given: Iterable[GivenRow],
    told: Sequence[Announced],
    *,
    snapshot: Snapshot,
    known_at: datetime,
    unsized: Collection[BlockKey],
) -> Settled:
    """What became of the grants, as facts of the snapshot (`con` has it attached) before `known_at` tell.

    What the weeks before had is asked for what is `unsized`.
    """
    from campaign_calendars.deciding.uses import use_rules
    from warehouse.accounting.naming import given_by_others, ids_of
    from warehouse.accounting.settling import settle

    name = loaded.calendar.calendar
    ids = ids_of(rt.ledger, name)
    others = given_by_others(rt.ledger, name, loaded.calendar.benefits, ids)
    return settle(
        con,
        name,
        chain(_from_sending(loaded, given), others),
        use_rules(loaded.calendar, loaded.timeline),
        known_at=known_at,
        connected={each.dataset for each in snapshot.build.inputs},
        platform_ids=ids,
        announced=told,
        unsized=unsized,
        tiers=tier_clock(loaded),
    )


def count_from_sending(rt: Runtime, loaded: LoadedCalendar, run_id: str) -> None:
    """Let what a run gave be valid from when its messages left, in the ledger, where all look it up.

    A message may have waited for a person or the platform. The end that was written when it was decided stays where
    nothing left later.
    """
    if not any(benefit.valid is not None and benefit.valid.for_ for benefit in loaded.calendar.benefits.values()):
        return
    given = list(rt.ledger.given_rows(loaded.calendar.calendar, run_id=run_id))
    rt.ledger.extend(_later(given, _from_sending(loaded, given)))


def _later(given: Iterable[GivenRow], dated: Iterable[GivenRow]) -> list[tuple[str, datetime]]:
    """Intent keys whose end is later by now."""
    pairs = zip(given, dated, strict=True)
    return [
        (new.state.intent_key, new.valid_until)
        for old, new in pairs
        if new.valid_until is not None and new.valid_until != old.valid_until
    ]


def _from_sending(loaded: LoadedCalendar, given: Iterable[GivenRow]) -> Iterator[GivenRow]:
    """Grants whose validity counts from when the message left: it may have waited for a person, or for the platform."""
    from campaign_calendars.deciding.uses import valid_until

    ends: dict[tuple[str, datetime], datetime | None] = {}
    for row in given:
        if row.valid_until is None or row.sent_at is None or row.sent_at <= row.granted_at:
            yield row
            continue
        key = (row.benefit, row.sent_at)
        if key not in ends:
            ends[key] = valid_until(loaded.calendar, loaded.timeline, *key, row.phase)
        later = ends[key]
        yield row if later is None or later <= row.valid_until else row._replace(valid_until=later)
