"""Redemptions under the names of a calendar's benefits, whatever the platform calls them."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from warehouse.engines.rows import append_rows
from warehouse.engines.sql_files import sql_files
from warehouse.ledger.records import PlatformId

_SQL = sql_files(__package__)


def name_redemptions(con: duckdb.DuckDBPyConnection, calendar: str, ids: Iterable[PlatformId] = ()) -> None:
    """Create the view `known_redemptions` over `snap.stg_redemptions`; `ids` are what the platform has for benefits."""
    con.execute("create or replace temp table platform_ids (platform_id varchar, benefit varchar)")
    con.execute("create or replace temp table this_calendar (calendar varchar)")
    append_rows(con, "this_calendar", [(calendar,)])
    append_rows(con, "platform_ids", ((one.platform_id, one.benefit) for one in ids))
    con.execute(_SQL["known_redemptions"])
