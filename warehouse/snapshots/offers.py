"""What a snapshot knows to have been online (A1#8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.snapshots.snapshot import Snapshot


def days_online(snapshot: Snapshot, today: date) -> frozenset[date] | None:
    """Local days up to today on which a benefit was online; None where the dataset `offers` has no rows."""
    found = benefits_online(snapshot, today)
    return None if found is None else frozenset().union(*found.values())


def benefits_online(snapshot: Snapshot, today: date) -> Mapping[str, frozenset[date]] | None:
    """Benefit, as the set-up log names it → local days up to today on which it was online; None: no rows."""
    counted = snapshot.counts.get("offers")
    if counted is None or not counted.accepted:
        return None
    from warehouse.snapshots.opening import open_snapshot

    con = open_snapshot(snapshot, threads=1)
    try:
        rows = con.execute(
            "select benefit, starts_on, least(coalesce(ends_on, $1), $1) from snap.stg_offers where starts_on <= $1",
            [today],
        ).fetchall()
    finally:
        con.close()
    found: dict[str, set[date]] = {}
    for benefit, first, last in rows:
        found.setdefault(benefit, set()).update(
            first + timedelta(days=number) for number in range((last - first).days + 1)
        )
    return {benefit: frozenset(days) for benefit, days in found.items()}
