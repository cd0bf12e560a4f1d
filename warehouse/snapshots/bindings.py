"""Who is in the groups and bound to the assistants of a snapshot, counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from warehouse.engines.rows import utc_naive

if TYPE_CHECKING:
    from warehouse.snapshots.snapshot import Snapshot

_COUNT = """
    select channel, group_id, count(*) filter (
        where coalesce(bound_at <= $at, true) and coalesce(unbound_at > $at, true) and withdrawn_at is null
    )
    from snap.stg_contact_points
    where channel in (select unnest($channels::varchar[])) and withdrawn_at is null
    group by all
"""


def members_there(
    snapshot: Snapshot, channels: Collection[str], at: datetime
) -> Mapping[str, Mapping[str | None, int]]:
    """Channel → group → members who are there at a moment; a channel of which the data knows nobody is missing."""
    if not channels:
        return {}
    from warehouse.snapshots.opening import open_snapshot

    con = open_snapshot(snapshot, threads=1)
    try:
        rows = con.execute(_COUNT, {"at": utc_naive(at), "channels": list(channels)}).fetchall()
    finally:
        con.close()
    found: dict[str, dict[str | None, int]] = {}
    for channel, group, members in rows:
        found.setdefault(channel, {})[group] = members
    return found
