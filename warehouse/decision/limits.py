"""What was done already of the messages that a limit of the plan is about."""

from __future__ import annotations

import duckdb

from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.limits import Done, LimitRule
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)


def done(con: duckdb.DuckDBPyConnection, rule: LimitRule, brief: Brief) -> Done:
    """In the stretch of the calendar in which the brief counts; tiers are those of now."""
    row = con.execute(
        _SQL["limit_done"],
        {
            "calendar": brief.calendar,
            "phase": brief.phase if rule.per == "phase" else None,
            "start": utc_naive(brief.day.start) if rule.per == "day" else None,
            "end": utc_naive(brief.day.end) if rule.per == "day" else None,
            "phases": list(rule.phases),
            "plays": list(rule.plays),
            "channels": list(rule.channels),
            "any_benefit": rule.benefits is None,
            "benefits": list(rule.benefits or ()),
            "tiers": list(rule.tiers),
            "with_benefit": rule.kind == "average_cost_at_most",
        },
    ).fetchone()
    return Done(*map(int, row)) if row is not None else Done()
