"""Who may be written to on which channel: one definition for decisions, dispatch and audiences (B7)."""

from __future__ import annotations

import duckdb

from warehouse.engines.sql_files import sql_files
from warehouse.features.addresses import define_shared_addresses

_SQL = sql_files(__package__)

KNOWN_CHANNELS = "select channel from snap.stg_contact_points where withdrawn_at is null"
"""Channels of which the data knows who is reachable there: what it does not name is not in the group, not bound."""

TALKED = (
    "coalesce(bool_or(last_talk_at <= $at::timestamp and last_talk_at >= $at::timestamp - interval 720 hour), false)"
)
"""SQL over contact points: talked to the shop within 30 times 24 hours before a moment, both ends included (A4)."""


def define_consent(con: duckdb.DuckDBPyConnection) -> None:
    """Create the macro `consent_at(moment, members)` and the view `consent` over the attached snapshot (`snap`).

    Rows: member_id, channel, address, has_point (a contact point exists; of a group or an assistant, it holds at the
    moment), consented, withdrawn; one for each member and channel that anything was said about. The view is as of
    the variable `as_of` of the features. `implied(channel, member_id, bp)` draws the share of a channel whose
    reach is only assumed: the same members in every run.
    """
    define_shared_addresses(con)
    con.execute(_SQL["consent"])
