"""Assumed reach: only as long as the data knows of nobody in the group or bound to the assistant."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from campaign_calendars.deciding.briefs import ChannelOption
from warehouse.features.consent import KNOWN_CHANNELS


def let_facts_win(con: duckdb.DuckDBPyConnection, table: str, options: Iterable[ChannelOption]) -> None:
    """Take the assumption off the rows of `table` (channel, bound, implied_bp) whose channel the data knows."""
    if any(option.bound and option.joined_bp for option in options):
        con.execute(f"update {table} set implied_bp = 0 where bound and channel in ({KNOWN_CHANNELS})")


def assumed_channels(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Channels of the occurrence whose reach is assumed."""
    rows = con.execute("select distinct channel from channel_options where bound and implied_bp > 0").fetchall()
    return {channel for (channel,) in rows}
