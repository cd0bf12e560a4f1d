"""Whose members are whose: assistants and guides of channels, by the tags that members carry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import duckdb

from campaign_calendars.deciding.briefs import ChannelOption
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)


def find_agents(con: duckdb.DuckDBPyConnection, options: Iterable[ChannelOption], at: datetime) -> None:
    """Fill `member_agents` (member_id, channel, agent) as of a moment; empty where no channel has agents."""
    con.execute(_SQL["agents_tables"])
    named = {(one.channel, one.agent.name, one.agent.tag) for one in options if one.agent is not None}
    if named:
        append_rows(con, "agents", sorted(named))
        con.execute(_SQL["agents"], {"at": utc_naive(at)})
