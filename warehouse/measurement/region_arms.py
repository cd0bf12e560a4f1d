"""Sums of arms by the region that was drawn."""

from __future__ import annotations

import duckdb

from warehouse.engines.sql_files import sql_files
from warehouse.measurement.arms import sums_of_arms
from warehouse.measurement.regions import RegionSums

_SQL = sql_files(__package__)


def regions_of_programme(con: duckdb.DuckDBPyConnection) -> tuple[list[RegionSums], int]:
    """The regions of the programme's arms, and how many persons of these arms have none."""
    con.execute(_SQL["region_members"])
    found = [
        RegionSums(name, arm != "treated", sums) for (name,), arm, sums in sums_of_arms(con, "region_members", "region")
    ]
    row = con.execute(
        "select count(*) from programme_members where region is null and arm in ('treated', 'campaign_control')"
    ).fetchone()
    return found, int(row[0]) if row else 0
