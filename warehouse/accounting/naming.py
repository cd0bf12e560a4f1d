"""Redemptions under the names of a calendar's benefits, whatever the platform calls them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import duckdb

from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import GivenRow, PlatformId

_SQL = sql_files(__package__)


def name_redemptions(con: duckdb.DuckDBPyConnection, calendar: str, ids: Iterable[PlatformId] = ()) -> None:
    """Create the view `known_redemptions` over `snap.stg_redemptions`; `ids` are what the platform has for benefits.

    Those of other calendars among them are ids that both have: see `known_redemptions.sql`.
    """
    con.execute(_SQL["named_tables"])
    append_rows(con, "this_calendar", [(calendar,)])
    rows = ((one.platform_id, one.calendar, one.benefit, one.part, utc_naive(one.set_at)) for one in ids)
    append_rows(con, "platform_ids", rows)
    con.execute(_SQL["known_redemptions"])


def ids_of(ledger: Ledger, calendar: str) -> list[PlatformId]:
    """What the platform calls the calendar's benefits, and which other calendars have the same ids."""
    return [*ledger.platform_ids(calendar), *ledger.platform_ids(calendar, shared=True)]


def given_by_others(
    ledger: Ledger, calendar: str, benefits: Collection[str], ids: Iterable[PlatformId]
) -> Iterator[GivenRow]:
    """What other calendars gave of these benefits: of the same name, or under an id of theirs and so named."""
    known = list(ids)
    own = {one.platform_id: one.benefit for one in known if one.calendar == calendar}
    names = {(one.calendar, one.benefit): own[one.platform_id] for one in known if one.calendar != calendar}
    for row in ledger.given_rows(calendar, others_of=frozenset({*benefits, *(name for _, name in names)})):
        name = names.get((row.calendar, row.benefit), row.benefit)
        if name in benefits:
            yield row if name == row.benefit else row._replace(benefit=name)
