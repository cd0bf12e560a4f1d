"""Why an occurrence reaches nobody, or few: what stops its members, and which other occurrence took them."""

from __future__ import annotations

from datetime import timedelta

import duckdb

from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.certificate import Starved
from campaign_calendars.deciding.contact import longest_memory
from campaign_calendars.deciding.runs import PlayCounts
from warehouse.decision.options import occurrence_of
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)
FEW = 10
"""An occurrence that reaches less than one in so many of its audience is starved."""
_USED_UP = frozenset({"benefit_stock", "benefit_daily_cap", "benefit_budget"})


def starved(con: duckdb.DuckDBPyConnection, brief: Brief, counts: PlayCounts) -> Starved | None:
    """None where enough of the audience is reached; `decisions`, `contacts` and `grants` hold what was decided."""
    if counts.candidates == 0:
        return Starved("empty", 0)
    if counts.chosen * FEW >= counts.candidates or not counts.excluded:
        return None
    reason = max(sorted(counts.excluded), key=lambda code: counts.excluded[code])
    found = _taken_by(con, brief, reason)
    return Starved(reason, counts.excluded[reason], *(found or ()))


def kept_for(con: duckdb.DuckDBPyConnection, brief: Brief) -> dict[str, int]:
    """For what members of an occurrence are kept, and how many, most first."""
    return dict(con.execute(_SQL["kept_for"], occurrence_of(brief)).fetchall())


def _taken_by(con: duckdb.DuckDBPyConnection, brief: Brief, reason: str) -> tuple[str, int] | None:
    names = occurrence_of(brief)
    if reason == "kept_for_later":
        return next(iter(kept_for(con, brief).items()), None)
    if reason == "cap":
        longest = longest_memory(brief.caps) or timedelta(days=366)
        return con.execute(_SQL["starved_cap"], {**names, "per": longest}).fetchone()
    if reason in _USED_UP:
        benefits = [option.benefit for option in brief.benefits]
        known = {"calendar": brief.calendar, "at": names["at"], "benefits": benefits}
        return con.execute(_SQL["starved_benefit"], known).fetchone()
    return None
