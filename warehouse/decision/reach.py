"""Who is there: assumed as long as the data knows of nobody, bound by joining, in an ordinary chat by the last talk."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import duckdb

from campaign_calendars.deciding.briefs import ChannelOption
from warehouse.engines.rows import utc_naive
from warehouse.features.consent import KNOWN_CHANNELS, TALKED


def let_facts_win(con: duckdb.DuckDBPyConnection, table: str, options: Iterable[ChannelOption]) -> None:
    """Take the assumption off the rows of `table` (channel, bound, implied_bp) whose channel the data knows."""
    if any(option.bound and option.joined_bp for option in options):
        con.execute(f"update {table} set implied_bp = 0 where bound and channel in ({KNOWN_CHANNELS})")


def assumed_channels(con: duckdb.DuckDBPyConnection, options: Iterable[ChannelOption]) -> set[str]:
    """Channels of the occurrence whose reach is assumed."""
    if not any(option.bound and option.joined_bp for option in options):
        return set()
    rows = con.execute("select distinct channel from channel_options where bound and implied_bp > 0").fetchall()
    return {channel for (channel,) in rows}


def asks_for_bonds(option: ChannelOption) -> bool:
    """Whether the channel is a chat, or has an assistant to whom joining binds."""
    return option.talks or option.on_join


def find_bonds(con: duckdb.DuckDBPyConnection, options: Collection[ChannelOption], at: datetime) -> None:
    """Leave `bonds`: who has a contact point of a channel that asks for them, and `talked` lately."""
    asked = sorted({option.channel for option in options if asks_for_bonds(option)})
    con.execute(
        f"create or replace temp table bonds as select member_id, channel, {TALKED if asked else 'false'} as talked"
        " from snap.stg_contact_points where list_contains($channels::varchar[], channel) group by all",
        {"channels": asked} | ({"at": utc_naive(at)} if asked else {}),
    )
