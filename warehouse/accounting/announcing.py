"""What is announced to everybody and granted to nobody: what it issued, its uses, and how many there were before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import duckdb

from campaign_calendars.deciding.blocks import BASIS, Announced, BlockKey, Seen, TierClock
from campaign_calendars.deciding.uses import Issue, UseRule
from campaign_calendars.model.benefits.base import FULL
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files, with_parts

_SQL = sql_files(__package__)
_UNTOLD = ("redemptions", "nowhere")
"""Where nothing but redemptions tells of uses."""


def parts_asked(rules: Iterable[UseRule], announced: Iterable[Announced]) -> frozenset[str]:
    """The parts of the statements that matter to any of these (see `sql_files.with_parts`)."""
    told, online = list(rules), list(announced)
    counted = {one.benefit for one in told if one.seen_in not in _UNTOLD or one.issue is not None}
    matters = {
        "tiers": any(one.ranks and one.benefit in counted for one in online),
        "groups": any(one.group is not None for one in online),
        "followers": any(one.after for one in online),
        "issues": any(one.issue is not None for one in told),
        "goods": any(one.asked.by_lines and one.asked.goods for one in told),
        "later": any(one.seen_in == "refunds" or (one.issue is not None and one.issue.on == "success") for one in told),
    }
    return frozenset(part for part, asked in matters.items() if asked)


def announce(
    con: duckdb.DuckDBPyConnection, announced: Sequence[Announced], unsized: Collection[BlockKey] | None
) -> None:
    """Create the table `online` of these, and `past_asked` of the `unsized` (None: all); the others are empty yet."""
    con.execute(_SQL["announced_tables"])
    append_rows(con, "online", map(_row, announced))
    append_rows(con, "past_asked", (one.key for one in announced if unsized is None or one.key in unsized))


def _row(one: Announced) -> tuple[object, ...]:
    moments = (utc_naive(one.online.start), utc_naive(one.online.end), utc_naive(one.until))
    since = None if one.since is None else utc_naive(one.since)
    limits = (one.use_cents, one.per_member, one.stock, one.after, since, list(one.ranks))
    return (*one.key, *moments, *limits, one.claimed, one.group)


def rank_orders(
    con: duckdb.DuckDBPyConnection, calendar: str, tiers: TierClock | None, at: datetime, parts: Collection[str]
) -> None:
    """Fill `order_ranks`: the buyer's tier when he placed it, of orders that benefits for tiers ask about.

    Also of those whose price may be the tier's own: `tier_rates` has what a tier with a discount pays.
    """
    if tiers is None:
        return
    ladder = tiers.ladder
    cheaper = append_rows(con, "tier_rates", ((rank, rate) for rank, rate in enumerate(tiers.rates, 1) if rate < FULL))
    if not cheaper and "tiers" not in parts:
        return
    con.execute(
        _SQL["order_ranks"],
        {
            "at": at,
            "calendar": calendar,
            "basis": BASIS,
            "window": tiers.window,
            "spends": [step for step in ladder.spends if step is not None],
            "orders": [step for step in ladder.orders if step is not None],
            "any_of": ladder.mode == "any_of",
        },
    )


def issue(con: duckdb.DuckDBPyConnection, issues: Mapping[str, Issue], at: datetime) -> None:
    """Fill `issued`: announced cash-back of every order before `at` (naive UTC) that brought some."""
    if not issues or con.execute("select 1 from online limit 1").fetchone() is None:
        return
    rows = con.execute(_SQL["issuing"], {"at": at}).fetchall()
    append_rows(
        con,
        "issued",
        (
            (benefit, member, order, paid_at, _end(issues[benefit], paid_at, lost_at))
            for benefit, member, order, paid_at, lost_at in rows
        ),
    )


def _end(rule: Issue, paid_at: datetime, lost_at: datetime | None) -> datetime:
    ends = utc_naive(rule.ends(paid_at.replace(tzinfo=UTC)))
    return ends if lost_at is None else min(ends, lost_at)


def seen(
    con: duckdb.DuckDBPyConnection,
    announced: Sequence[Announced],
    unsized: Collection[BlockKey] | None,
    at: datetime,
    parts: frozenset[str],
) -> dict[BlockKey, Seen]:
    """What is known before `at` (naive UTC) of each, after uses were recognised; of the `unsized` (None: all) also what
    the weeks before had.
    """
    if not announced:
        return {}
    sums = con.execute(_SQL["announced_sums"]).fetchall()
    uses = {(phase, benefit): (pieces, cents) for phase, benefit, pieces, cents in sums}
    before: dict[BlockKey, int] = {}
    if unsized is None or any(one.key in unsized for one in announced):
        rows = con.execute(with_parts(_SQL["before"], parts), {"at": at, "basis": BASIS}).fetchall()
        before = {(phase, benefit): count for phase, benefit, count in rows}
    return {one.key: Seen(*uses.get(one.key, (0, 0)), before.get(one.key)) for one in announced}
