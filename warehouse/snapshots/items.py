"""What a snapshot knows of the goods of the shop at its moment (A9, B1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.engines.rows import utc_naive

if TYPE_CHECKING:
    from warehouse.snapshots.snapshot import Snapshot

_NEWEST = """
    select item_id, sku, list_price_cents, sold_out
    from snap.stg_items
    where "at" is null or "at" < $as_of
    qualify row_number() over (partition by item_id, sku order by "at" desc nulls last) = 1
    order by item_id, sku
"""


@dataclass(frozen=True, slots=True)
class Item:
    """An item, or one article of it; `sold_out` None: nobody knows. Cents."""

    item_id: str
    sku: str | None
    list_price_cents: int | None
    sold_out: bool | None


def items_of(snapshot: Snapshot) -> tuple[Item, ...]:
    """Every article as its newest row before the moment of the snapshot says; none where there is no such data."""
    counted = snapshot.counts.get("items")
    if counted is None or not counted.accepted:
        return ()
    from warehouse.snapshots.opening import open_snapshot

    con = open_snapshot(snapshot, threads=1)
    try:
        rows = con.execute(_NEWEST, {"as_of": utc_naive(snapshot.as_of)}).fetchall()
    finally:
        con.close()
    return tuple(Item(*row) for row in rows)


def on_hand(items: tuple[Item, ...]) -> Mapping[str, bool]:
    """Item id or article number → whether any of it may be had; what nobody knows may be."""
    found: dict[str, bool] = {}
    for item in items:
        for name in {item.item_id, item.sku or item.item_id}:
            found[name] = found.get(name, False) or item.sold_out is not True
    return found
