"""The control groups of what was decided ahead of time, and what they will be able to show."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import duckdb

from campaign_calendars.measuring.detectable import HoldoutPower, detectable
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)


def power_of(
    con: duckdb.DuckDBPyConnection, group: str, place: tuple[str, str] | None, lasts: timedelta, at: datetime
) -> HoldoutPower:
    """`group` is global, campaign or play; `place` the phase and play of the last; `at` the snapshot's moment.

    Outcomes are looked for over `lasts`; the table `decisions` holds who is in which arm.
    """
    days = max(math.ceil(lasts / timedelta(days=1)), 1)
    phase, play = place or (None, None)
    row = con.execute(
        _SQL["arms"],
        {
            "control": group,
            "phase": phase,
            "play": play,
            "since": utc_naive(at - timedelta(days=days)),
            "at": utc_naive(at),
        },
    ).fetchone()
    control, treated, buyers = row or (0, 0, 0)
    baseline = buyers / (control + treated) if control + treated else 0.0
    return HoldoutPower(
        name="/".join(place) if place else group,
        control=control,
        treated=treated,
        baseline=baseline,
        days=days,
        detectable=detectable(control, treated, baseline),
    )
