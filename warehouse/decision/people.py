"""The persons of a plan: a file of every decision, two of them compared, and some of one play, as rows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from campaign_calendars.deciding.people import PeopleChange, PlannedPerson
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)


def compare_people(before: Path, after: Path, target: Path | None = None) -> list[PeopleChange]:
    """By play: persons who get a message in one plan only, or another one, and the money of it.

    `target` gets one row for each such person as Parquet: phase, play, occurrence_at, member_id, change, reason.
    """
    import duckdb

    with duckdb.connect() as con:
        con.execute(_SQL["people_changes"], {"before": str(before), "after": str(after)})
        if target is not None:
            quoted = str(target).replace("'", "''")
            con.execute(f"copy (select * from changes order by all) to '{quoted}' (format parquet, compression zstd)")
        rows = con.execute(_SQL["people_by_play"]).fetchall()
    return [PeopleChange(*row) for row in rows]


def persons_changed(before: Path, after: Path, since: datetime) -> int:
    """How many persons get something else in the later plan at moments from `since` on."""
    import duckdb

    with duckdb.connect() as con:
        con.execute(_SQL["people_changes"], {"before": str(before), "after": str(after)})
        found = con.execute(_SQL["people_changed"], {"since": since}).fetchone()
    return int(found[0]) if found else 0


def people_of(file: Path, play: str, limit: int) -> list[PlannedPerson]:
    """The first persons of a play, by moment and id; ids as they are, to be masked by whoever shows them."""
    import duckdb

    with duckdb.connect() as con:
        rows = con.execute(_SQL["people_of"], {"file": str(file), "play": play, "limit": limit}).fetchall()
    return [PlannedPerson(*row) for row in rows]
