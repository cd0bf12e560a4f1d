"""What an order of the store is paid with, where no campaign has told it."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

from warehouse.engines.rows import utc_naive
from warehouse.shelf.manifest import Snapshot
from warehouse.snapshots.opening import open_snapshot

DAYS = 90
_MEAN = """
select avg(amount_cents)
from snap.stg_orders
where paid_at >= $since and paid_at < $until and amount_cents > 0
"""


def usual_order_cents(snapshot: Snapshot) -> float | None:
    """The mean paid order of the 90 days before the snapshot, in cents; None: there was none."""
    with closing(open_snapshot(snapshot)) as con:
        asked = {"since": utc_naive(snapshot.as_of - timedelta(days=DAYS)), "until": utc_naive(snapshot.as_of)}
        row = con.execute(_MEAN, asked).fetchone()
    return None if row is None or row[0] is None else float(row[0])
