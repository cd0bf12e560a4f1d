"""Whether a ledger's database is well: read, never migrated or written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, inspect, select, text

from warehouse.ledger.engine import open_engine, reading
from warehouse.ledger.migrate import migrations
from warehouse.ledger.schema import audit_log, expected_occurrences, runs, schema_version


@dataclass(frozen=True, slots=True)
class LedgerHealth:
    """`version` 0: nothing was written yet. `damage` is what SQLite's own check found first; empty: nothing.

    `clock` is that of the database's machine, where it is another one. `latest` is the last moment at which something
    was written down, by the clock of whoever wrote it.
    """

    database: str
    version: int
    newest: int
    damage: str
    clock: datetime | None
    latest: datetime | None = None


def look_at(url: str) -> LedgerHealth:
    """Raises UsageError for a url no ledger can have, LedgerError when the database cannot be reached."""
    engine = open_engine(url)
    try:
        with reading(engine) as con:
            known = inspect(con).has_table(schema_version.name)
            versions = list(con.scalars(select(schema_version.c.version))) if known else []
            version, newest = max(versions, default=0), migrations()[-1].version
            return LedgerHealth(
                database=engine.dialect.name,
                version=version,
                newest=newest,
                latest=_latest(con) if version == newest else None,
                damage=_damage(con) if engine.dialect.name == "sqlite" else "",
                clock=_clock(con) if engine.dialect.name == "postgresql" else None,
            )
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether there is a ledger that opening would leave as it is; errors as `look_at`."""
    engine = open_engine(url)
    try:
        with reading(engine) as con:
            known = inspect(con).has_table(schema_version.name)
            versions = list(con.scalars(select(schema_version.c.version))) if known else []
            return max(versions, default=0) == migrations()[-1].version
    finally:
        engine.dispose()


def _latest(con: Connection) -> datetime | None:
    """Only what is written when it happens: moments to come stand in other columns."""
    written = (runs.c.started_at, runs.c.finished_at, audit_log.c.at, expected_occurrences.c.began_at)
    found = [con.scalar(select(func.max(column))) for column in written]
    return max((moment for moment in found if moment is not None), default=None)


def _damage(con: Connection) -> str:
    said = con.execute(text("pragma quick_check(1)")).scalar_one()
    return "" if said == "ok" else str(said)


def _clock(con: Connection) -> datetime:
    moment: datetime = con.execute(text("select clock_timestamp()")).scalar_one()
    return moment.astimezone(UTC)
