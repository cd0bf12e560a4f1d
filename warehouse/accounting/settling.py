"""Grants of a calendar held against what a snapshot knows up to a moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb

from campaign_calendars.deciding.blocks import BASIS, Announced, BlockKey, Seen, TierClock
from campaign_calendars.deciding.uses import LATE_DATA, Issue, UseRule
from warehouse.accounting.announcing import announce, issue, parts_asked, rank_orders, seen
from warehouse.accounting.naming import name_redemptions
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files, with_parts
from warehouse.features import history
from warehouse.ledger.records import GivenRow, GrantState, PlatformId, StrayUses

_SQL = sql_files(__package__)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Settled:
    """Grants of which something new is known, uses that belong to none, by benefit, and what is known of what was
    announced."""

    states: tuple[GrantState, ...]
    strays: Mapping[str, StrayUses]
    announced: Mapping[BlockKey, Seen] = field(default_factory=dict)


def settle(
    con: duckdb.DuckDBPyConnection,
    calendar: str,
    given: Iterable[GivenRow],
    rules: Iterable[UseRule],
    *,
    known_at: datetime,
    connected: Collection[str],
    platform_ids: Iterable[PlatformId] = (),
    announced: Sequence[Announced] = (),
    unsized: Collection[BlockKey] | None = None,
    tiers: TierClock | None = None,
) -> Settled:
    """What became of these grants, and what is used of what is `announced`; of what is `unsized` (None: all of it) also
    what the weeks before had.

    `con` has the staged tables as `snap`, and `connected` are the datasets it was fed.

    A use is charged to one grant: of the same member and benefit, given before, not used up and not over; of several
    to the one that ends first. Redemptions may carry what the platform calls a benefit
    (`platform_ids`). The answer depends on nothing but the facts: what was found before only says which grants are new.
    """
    told = list(rules)
    recognise(
        con,
        calendar,
        given,
        told,
        known_at=known_at,
        platform_ids=platform_ids,
        announced=announced,
        unsized=unsized,
        tiers=tiers,
    )
    at = utc_naive(known_at)
    states = con.execute(_SQL["states"], _asked_of_states(calendar, known_at, connected)).fetchall()
    strays = con.execute(_SQL["strays"], {"calendar": calendar}).fetchall()
    return Settled(
        tuple(map(_state, states)),
        {benefit: StrayUses(*numbers) for benefit, *numbers in strays},
        seen(con, announced, unsized, at, parts_asked(told, announced)),
    )


def spent_by_grant(
    con: duckdb.DuckDBPyConnection,
    calendar: str,
    *,
    known_at: datetime,
    ends_at: datetime,
    connected: Collection[str],
) -> None:
    """After `recognise`: what every grant of the calendar spent before `known_at`, as the table `spent`, and what uses
    before `ends_at` make of that, as the table `spent_in_time`.
    """
    con.execute("update given set known_open = null, known_spent = null")  # so that every state is news
    for table, until in (("spent", _NEVER), ("spent_in_time", ends_at)):
        asked = _asked_of_states(calendar, known_at, connected, until)
        con.execute(f"create or replace temp table {table} as {_SQL['states']}", asked)


def _asked_of_states(
    calendar: str, known_at: datetime, connected: Collection[str], until: datetime | None = None
) -> dict[str, object]:
    sources = {"redemptions": "redemptions" in connected, "points": "points" in connected}
    moments = {"at": utc_naive(known_at), "until": utc_naive(until or _NEVER)}
    return {**moments, "calendar": calendar, "late_days": LATE_DATA.days, **sources}


def recognise(
    con: duckdb.DuckDBPyConnection,
    calendar: str,
    given: Iterable[GivenRow],
    rules: Iterable[UseRule],
    *,
    known_at: datetime,
    platform_ids: Iterable[PlatformId] = (),
    announced: Sequence[Announced] = (),
    unsized: Collection[BlockKey] | None = (),
    tiers: TierClock | None = None,
) -> None:
    """Every use before `known_at`, and the grant it is charged to: the tables `given`, `uses`, `holders`, `charged`.

    `announced_uses` are those of what is `announced`, and the phase that pays them; without `tiers` nobody's tier is
    known.

    `given` are the calendar's grants, and those that other calendars gave of benefits of the same names: a
    redemption that names no calendar is charged to one grant of all of them.
    """
    con.execute(_SQL["tables"])
    name_redemptions(con, calendar, platform_ids)
    append_rows(con, "given", (_given(row, calendar) for row in given))
    told = list(rules)
    append_rows(con, "rules", map(_rule, told))
    append_rows(con, "spans", (span for rule in told for span in _spans(rule)))
    history.as_persons(con, ["given"])
    announce(con, announced, unsized)
    issues = {rule.benefit: rule.issue for rule in told if rule.issue is not None}
    append_rows(con, "issues", ((name, utc_naive(one.until), one.on == "success") for name, one in issues.items()))
    at, parts = utc_naive(known_at), parts_asked(told, announced)
    asked: dict[str, object] = {"at": at, "calendar": calendar, "basis": BASIS}
    _run(con, _SQL["named"], asked)
    ((asked["since"],),) = con.execute(_SQL["asked_since"], asked).fetchall()
    _run(con, with_parts(_SQL["asked_orders"], parts), asked)
    _earn(con, issues, asked)
    issue(con, issues, at)
    _run(con, _SQL["bought"], asked)
    rank_orders(con, calendar, tiers, at, parts)
    for name in ("fitting_orders", "uses"):
        _run(con, _SQL[name], asked)
    while _charge(con):
        pass
    _run(con, with_parts(_SQL["announced_uses"], parts), asked)


def _earn(con: duckdb.DuckDBPyConnection, issues: Mapping[str, Issue], asked: Mapping[str, object]) -> None:
    """Let what an order has to earn begin with that order, and end when too little of it is left."""
    if not issues:
        return
    rows = con.execute(_SQL["earning"], {"at": asked["at"], "calendar": asked["calendar"]}).fetchall()
    append_rows(con, "earned", (_earned(issues[benefit], key, *found) for key, benefit, *found in rows))
    con.execute(_SQL["earned"])


def _earned(  # noqa: PLR0917 - one row of earning.sql
    issue: Issue, key: str, until: datetime, order: str | None, paid_at: datetime | None, lost_at: datetime | None
) -> tuple[object, ...]:
    if order is None or paid_at is None:
        return (key, None, False, None, until)
    ends = utc_naive(issue.ends(paid_at.replace(tzinfo=UTC)))
    return (key, order, lost_at is not None, paid_at, ends if lost_at is None else min(ends, lost_at))


def _charge(con: duckdb.DuckDBPyConnection) -> int:
    """How many uses found their grant."""
    row = con.execute(_SQL["charge"]).fetchone()
    return int(row[0]) if row else 0


def _run(con: duckdb.DuckDBPyConnection, statements: str, given: Mapping[str, object]) -> None:
    for statement in statements.split(";\n"):
        con.execute(statement, {name: value for name, value in given.items() if f"${name}" in statement})


def _given(row: GivenRow, calendar: str) -> tuple[object, ...]:
    state = row.state
    ends = row.valid_until if row.sent else None
    of = (state.intent_key, row.calendar or calendar, row.phase)
    about = (*of, row.member_id, row.benefit, row.granted_at, ends, row.cost_cents, list(row.use_costs) or None)
    return (*about, state.open_cents, state.spent_cents, state.used_at, state.assumed, state.release, None, False)


def _rule(rule: UseRule) -> tuple[object, ...]:
    of = rule.asked
    since = utc_naive(rule.since) if rule.since is not None else None
    order = (
        of.amount_cents,
        of.items,
        of.points,
        of.by_lines,
        list(of.goods),
        of.most_cents,
        of.of,
        of.share,
        of.staged,
        of.paid_out_cents,
    )
    return (
        rule.benefit,
        rule.seen_in,
        list(rule.costs),
        rule.comes_back,
        rule.off_basket,
        rule.rate,
        since,
        *order,
        rule.children,
        rule.kept,
    )


def _spans(rule: UseRule) -> Iterator[tuple[object, ...]]:
    for what, spans in (("used", rule.spans), ("placed", rule.placed), ("summed", rule.days)):
        for span in spans:
            yield (rule.benefit, what, span.start, span.end)


def _state(row: tuple[Any, ...]) -> GrantState:
    key, owed, spent, used_at, assumed, release = row
    moment = None if used_at is None else used_at.replace(tzinfo=UTC)
    return GrantState(key, owed, spent, moment, assumed, release)
