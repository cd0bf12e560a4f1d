"""Why an occurrence reaches nobody, or few: what stops its members, and which other occurrence took them."""

from __future__ import annotations

import re

import duckdb

from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.certificate import Starved
from campaign_calendars.deciding.runs import PlayCounts
from warehouse.decision.caps import write_cap_rules
from warehouse.decision.options import occurrence_of
from warehouse.engines.sql_files import sql_files
from warehouse.features.graph import steps_for

_SQL = sql_files(__package__)
FEW = 10
"""An occurrence that reaches less than one in so many of its audience is starved."""
_STAGED = "stg_"
_TABLE = re.compile(r"\bsnap\.(stg_\w+)")
_USED_UP = frozenset({"benefit_stock", "benefit_daily_cap", "benefit_budget"})


def starved(con: duckdb.DuckDBPyConnection, brief: Brief, counts: PlayCounts) -> Starved | None:
    """None where enough of the audience is reached; asked right after it was decided."""
    if counts.candidates == 0:
        return Starved("empty_yet" if brief.fills_ahead else "empty", 0, without=_without(con, brief))
    if counts.chosen * FEW >= counts.candidates or not counts.excluded:
        return None
    reason = max(sorted(counts.excluded), key=lambda code: counts.excluded[code])
    found = _taken_by(con, brief, reason)
    return Starved(reason, counts.excluded[reason], *(found or ()))


def _without(con: duckdb.DuckDBPyConnection, brief: Brief) -> tuple[str, ...]:
    """Datasets that the audience reads and that hold nothing: most often there is no source for them."""
    read = {table for step in steps_for(brief.columns) for table in step.model.depends_on if table.startswith(_STAGED)}
    read |= set(_TABLE.findall(brief.predicate))
    empty = (table for table in sorted(read) if not con.execute(f"select 1 from snap.{table} limit 1").fetchone())
    return tuple(table.removeprefix(_STAGED) for table in empty)


def kept_for(con: duckdb.DuckDBPyConnection, brief: Brief) -> dict[str, int]:
    """For what members of an occurrence are kept, and how many, most first."""
    return dict(con.execute(_SQL["kept_for"], occurrence_of(brief)).fetchall())


def _taken_by(con: duckdb.DuckDBPyConnection, brief: Brief, reason: str) -> tuple[str, int] | None:
    names = occurrence_of(brief)
    if reason == "kept_for_later":
        return next(iter(kept_for(con, brief).items()), None)
    if reason == "cap":
        write_cap_rules(con, brief)
        return con.execute(_SQL["starved_cap"], names).fetchone()
    if reason in _USED_UP:
        benefits = [option.benefit for option in brief.benefits]
        return con.execute(_SQL["starved_benefit"], {**names, "benefits": benefits}).fetchone()
    return None
