"""Grants of a calendar held against what a snapshot knows up to a moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from campaign_calendars.deciding.uses import LATE_DATA, UseRule
from warehouse.accounting.naming import name_redemptions
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files
from warehouse.features import history
from warehouse.ledger.records import GivenRow, GrantState, PlatformId
from warehouse.shelf.manifest import Snapshot
from warehouse.snapshots.opening import open_snapshot

_SQL = sql_files(__package__)


@dataclass(frozen=True, slots=True)
class Settled:
    """Grants of which something new is known, and uses that belong to none: benefit → pieces and cents."""

    states: tuple[GrantState, ...]
    strays: Mapping[str, tuple[int, int]]


def settle_grants(
    snapshot: Snapshot,
    calendar: str,
    given: Iterable[GivenRow],
    rules: Iterable[UseRule],
    *,
    known_at: datetime,
    platform_ids: Iterable[PlatformId] = (),
    threads: int = 2,
    memory_limit: str = "2GB",
) -> Settled:
    """What became of these grants, as facts of the snapshot before `known_at` tell; see `settle`."""
    connected = {each.dataset for each in snapshot.build.inputs}
    with closing(open_snapshot(snapshot, threads=threads, memory_limit=memory_limit)) as con:
        return settle(con, calendar, given, rules, known_at=known_at, connected=connected, platform_ids=platform_ids)


def settle(
    con: duckdb.DuckDBPyConnection,
    calendar: str,
    given: Iterable[GivenRow],
    rules: Iterable[UseRule],
    *,
    known_at: datetime,
    connected: Collection[str],
    platform_ids: Iterable[PlatformId] = (),
) -> Settled:
    """What became of these grants; `con` has the staged tables as `snap`, and `connected` are the datasets it was fed.

    A use is charged to one grant: of the same member and benefit, given before, not used up and not over; of several
    to the one that ends first. Redemptions may carry what the platform calls a benefit
    (`platform_ids`). The answer depends on nothing but the facts: what was found before only says which grants are new.
    """
    con.execute(_SQL["tables"])
    name_redemptions(con, calendar, platform_ids)
    append_rows(con, "given", map(_given, given))
    append_rows(con, "rules", map(_rule, rules))
    history.as_persons(con, ["given"])
    at = utc_naive(known_at)
    _run(con, _SQL["uses"], {"at": at, "calendar": calendar})
    while _charge(con):
        pass
    sources = {"redemptions": "redemptions" in connected, "points": "points" in connected}
    states = con.execute(_SQL["states"], {"at": at, "late_days": LATE_DATA.days, **sources}).fetchall()
    strays = con.execute(_SQL["strays"]).fetchall()
    return Settled(tuple(map(_state, states)), {benefit: (pieces, cents) for benefit, pieces, cents in strays})


def _charge(con: duckdb.DuckDBPyConnection) -> int:
    """How many uses found their grant."""
    row = con.execute(_SQL["charge"]).fetchone()
    return int(row[0]) if row else 0


def _run(con: duckdb.DuckDBPyConnection, statements: str, given: Mapping[str, object]) -> None:
    for statement in statements.split(";\n"):
        con.execute(statement, {name: value for name, value in given.items() if f"${name}" in statement})


def _given(row: GivenRow) -> tuple[object, ...]:
    state = row.state
    ends = row.valid_until if row.sent else None
    about = (state.intent_key, row.member_id, row.benefit, row.granted_at, ends, row.cost_cents)
    return (*about, state.open_cents, state.spent_cents, state.used_at, state.assumed, state.release)


def _rule(rule: UseRule) -> tuple[object, ...]:
    asked = (rule.amount_cents, rule.items, rule.points)
    return (rule.benefit, rule.seen_in, list(rule.costs), rule.comes_back, rule.off_basket, *asked)


def _state(row: tuple[Any, ...]) -> GrantState:
    key, owed, spent, used_at, assumed, release = row
    moment = None if used_at is None else used_at.replace(tzinfo=UTC)
    return GrantState(key, owed, spent, moment, assumed, release)
