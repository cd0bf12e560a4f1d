"""Regions that chance draws into a control group: what a region is called, and which column of the members says it."""

from __future__ import annotations

import duckdb

from campaign_calendars.deciding.briefs import Brief, HoldoutRule
from warehouse.engines.sql_files import define_once, sql_files

_SQL = sql_files(__package__)


def define_regions(con: duckdb.DuckDBPyConnection) -> None:
    """Create the macro `region_name(cell)`: 广东省, Guangdong and ` 广东 ` are one region, which is drawn once.

    Words for not knowing it (未知, other, -) are no region: nobody is drawn by them.
    """
    define_once(con, "region", _SQL["region_name"])


def in_regions(sql: str, brief: Brief) -> str:
    """A statement over members with the column by which the occurrence's control group is drawn."""
    return sql.replace("f.region_of_holdout", f"f.{brief.region}") if brief.region is not None else sql


def unit_of(control: HoldoutRule) -> str:
    """SQL over `member_features as f`: what chance draws for a control group; null: it is in no group."""
    return "f.member_id" if control.region is None else f"region_name(f.{control.region})"
