"""What a snapshot knows to have been online (A1#8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.snapshots.snapshot import Snapshot


def days_online(snapshot: Snapshot, today: date) -> frozenset[date] | None:
    """Local days up to today on which a benefit was online; None where the dataset `offers` has no rows."""
    counted = snapshot.counts.get("offers")
    if counted is None or not counted.accepted:
        return None
    from warehouse.snapshots.opening import open_snapshot

    con = open_snapshot(snapshot, threads=1)
    try:
        rows = con.execute(
            "select starts_on, least(coalesce(ends_on, $1), $1) from snap.stg_offers where starts_on <= $1", [today]
        ).fetchall()
    finally:
        con.close()
    return frozenset(
        first + timedelta(days=number) for first, last in rows for number in range((last - first).days + 1)
    )
