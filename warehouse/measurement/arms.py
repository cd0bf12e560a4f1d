"""Arms of experiments as exact sums, from one scan of their members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import duckdb

from campaign_calendars.measuring.lift import Arm, Sums
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)
_OF_ARM = ("members", "buyers", "spend_cents", "contacted", "joined")
_SUMS = tuple(each.name for each in fields(Sums))


def sums_of_arms(con: duckdb.DuckDBPyConnection, rows: str, *of: str) -> Iterator[tuple[tuple[str, ...], str, Arm]]:
    """(values of the columns `of`, name of the arm, its sums) of a table with a row for each member.

    `rows` and `of` are names of ours. The table has arm, orders, spend_cents, before_cents, cost_cents, contacted and
    joined beside them.
    """
    cursor = con.execute(_SQL["arms"].format(of=", ".join(of), rows=rows))
    names = [column[0] for column in cursor.description or ()]
    for row in cursor.fetchall():
        told = dict(zip(names, row, strict=True))
        sums = Sums(**{name: told[name] for name in _SUMS})
        counts = {name: told[name] for name in _OF_ARM}
        yield tuple(told[name] for name in of), told["arm"], Arm(**counts, sums=sums)
