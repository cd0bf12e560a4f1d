"""The truth of a generated world over the arms of a measurement; see `warehouse.sample.truth_files`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.measuring.truth import TrueFigures
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files
from warehouse.features import history

if TYPE_CHECKING:
    import duckdb

_SQL = sql_files(__package__)
_NOBODY = "select null::varchar as account_id, null::varchar as member_id where false"


def true_figures(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    *,
    calendar: str,
    as_of: datetime,
    known_at: datetime,
    ends_at: datetime,
) -> list[TrueFigures] | None:
    """Of each play with messages, and of the programme; needs `first_assignments` and `paid` of a measurement.

    None where the files tell nothing of the calendar, or of other data than those of the snapshot taken at `known_at`.
    """
    persons = "from snap.member_map" if history.has_map(con) else _NOBODY
    con.execute(f"create or replace temp view truth_persons as {persons}")
    con.execute(_SQL["truth_rows"], {"files": [str(path) for path in files], "calendar": calendar})
    misfits = con.execute(_SQL["truth_misfits"], {"known_at": utc_naive(min(as_of, known_at))}).fetchone()
    told = con.execute("select count(*) from truth_rows").fetchone()
    if misfits != (0,) or told == (0,):
        return None
    cursor = con.execute(_SQL["truth_of_arms"], {"as_of": utc_naive(as_of), "ends_at": utc_naive(ends_at)})
    names = [column[0] for column in cursor.description or ()]
    return [TrueFigures(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
