"""Invitations into groups: whether there is room for anybody (A4)."""

from __future__ import annotations

from datetime import datetime

import duckdb

from campaign_calendars.deciding.briefs import Invitation
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)


def has_room(con: duckdb.DuckDBPyConnection, into: Invitation, at: datetime) -> bool:
    """Whether one of the groups of a channel can take a member at a moment, by who is known to be there."""
    if into.ended or into.seats is None:
        return not into.ended
    row = con.execute(_SQL["group_seats"], {"channel": into.channel, "at": utc_naive(at)}).fetchone()
    groups, members = row or (0, 0)
    return int(members) < into.seats * max(int(groups), into.groups)
