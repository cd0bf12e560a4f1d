"""A share of the members gets a random option, so that later campaigns can learn what the plan never tries.

Whoever the plan keeps for later, or leaves out, stays as planned: exploring changes what a member is sent,
never whether a cap, a stock or a budget holds.
"""

from __future__ import annotations

import duckdb

from campaign_calendars.deciding.briefs import Brief
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)


def remember_options(con: duckdb.DuckDBPyConnection, brief: Brief) -> None:
    """What is open to whom before a plan restricts it."""
    if brief.explore_bp:
        con.execute("create or replace temp table eligible as select member_id, channels, benefits from options")


def explore(con: duckdb.DuckDBPyConnection, brief: Brief) -> None:
    """Draw the explorers of an occurrence and give them a random one of their options."""
    if brief.explore_bp:
        given = {"salt": brief.order_salt, "explore_bp": brief.explore_bp}
        for statement in _SQL["explore"].split(";"):
            con.execute(statement, {name: value for name, value in given.items() if f"${name}" in statement})
