"""The persons of a plan: a file of every decision, two of them compared, and some of one play, as rows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.deciding.people import PeopleChange, PlannedPerson
from warehouse.engines.sql_files import sql_files

if TYPE_CHECKING:
    import duckdb

_SQL = sql_files(__package__)


def _connected() -> duckdb.DuckDBPyConnection:
    """Moments in the files are naive UTC: held against an aware one they are read in the zone of the connection."""
    import duckdb

    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    return con


def compare_people(before: Path, after: Path, target: Path | None = None) -> list[PeopleChange]:
    """By play: persons who get a message in one plan only, or another one, and the money of it.

    `target` gets one row for each such person as Parquet: phase, play, occurrence_at, member_id, change, reason.
    """
    with _connected() as con:
        con.execute(_SQL["people_changes"], {"before": str(before), "after": str(after)})
        if target is not None:
            quoted = str(target).replace("'", "''")
            con.execute(f"copy (select * from changes order by all) to '{quoted}' (format parquet, compression zstd)")
        rows = con.execute(_SQL["people_by_play"]).fetchall()
    return [PeopleChange(*row) for row in rows]


def persons_changed(before: Path, after: Path, since: datetime) -> int:
    """How many persons get something else in the later plan at moments from `since` on."""
    with _connected() as con:
        con.execute(_SQL["people_changes"], {"before": str(before), "after": str(after)})
        found = con.execute(_SQL["people_changed"], {"since": since}).fetchone()
    return int(found[0]) if found else 0


def persons_reached(file: Path) -> tuple[int, int]:
    """Persons who get at least one message of a plan, and those held out who get none.

    The file holds what the plan decided ahead: what has run, or cannot any more, is not in it.
    """
    with _connected() as con:
        found = con.execute(_SQL["people_reached"], {"file": str(file)}).fetchone()
    return (int(found[0]), int(found[1])) if found else (0, 0)


def changes_of(file: Path, limit: int) -> list[tuple[str, str, datetime, str, str, str | None, int]]:
    """The first rows of a file of changes, of every play in turn: phase, play, moment, member, change, reason, cents.

    Ids as they are, to be masked by whoever shows them.
    """
    with _connected() as con:
        return con.execute(_SQL["people_samples"], {"file": str(file), "limit": limit}).fetchall()


def people_of(file: Path, play: str, limit: int) -> list[PlannedPerson]:
    """The first persons of a play, by moment and id; ids as they are, to be masked by whoever shows them."""
    with _connected() as con:
        rows = con.execute(_SQL["people_of"], {"file": str(file), "play": play, "limit": limit}).fetchall()
    return [PlannedPerson(*row) for row in rows]
