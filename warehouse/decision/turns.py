"""Higher tiers first: what a plan has of a benefit with `order: tier` goes to the highest tiers that may have it."""

from __future__ import annotations

import duckdb

from campaign_calendars.deciding.briefs import Brief
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)


def give_by_tier(con: duckdb.DuckDBPyConnection, brief: Brief) -> None:
    """Exchange what `planned` has for members of the occurrence, so that no lower tier has what a higher one lacks.

    The plan says how many there are, and does not tell tiers apart. Members who are kept for a later message of their
    own stay so. Each exchange lifts a member of a higher tier: it ends.
    """
    pieces = [(c, b) for b, option in enumerate(brief.benefits) if option.turn for c in range(len(brief.channels))]
    while any(_exchange(con, brief, channel, benefit) for channel, benefit in pieces):
        pass


def _exchange(con: duckdb.DuckDBPyConnection, brief: Brief, channel: int, benefit: int) -> bool:
    given = {"turn": list(brief.turn), "channel": channel, "benefit": benefit}
    for statement in _SQL["by_tier"].split(";\n"):
        con.execute(statement, {name: value for name, value in given.items() if f"${name}" in statement})
    return con.execute("select 1 from turns limit 1").fetchone() is not None
