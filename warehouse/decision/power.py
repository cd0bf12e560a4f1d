"""The control groups of what was decided ahead of time, and what they will be able to show."""

from __future__ import annotations

import math
from dataclasses import dataclass
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
    days = _whole_days(lasts)
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


@dataclass(frozen=True, slots=True)
class RegionPast:
    """A region of a comparison, and how many of its members bought lately, and in as long a time before that."""

    region: str | None
    """Null: members without one."""
    held_out: bool
    members: int
    buyers: int
    buyers_before: int


def regions_before(
    con: duckdb.DuckDBPyConnection, group: str, lasts: timedelta, at: datetime
) -> tuple[list[RegionPast], int]:
    """The regions that are compared where `group` is drawn by region, with the past of as many days as are returned.

    The table `decisions` holds who is in which arm, `at` is the snapshot's moment.
    """
    days = _whole_days(lasts)
    asked = {"control": group, "since": utc_naive(at - timedelta(days=days)), "at": utc_naive(at)}
    return [RegionPast(*row) for row in con.execute(_SQL["region_arms"], asked).fetchall()], days


def _whole_days(lasts: timedelta) -> int:
    return max(math.ceil(lasts / timedelta(days=1)), 1)
