"""The newest fact of each dataset: how far what is known reaches, whatever moment a snapshot is of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import duckdb

from warehouse.engines.rows import utc_naive

FACTS: Mapping[str, tuple[str, ...]] = {
    "members": ("created_at", "joined_at"),
    "orders": ("ordered_at", "paid_at"),
    "events": ("at",),
    "contact_points": ("consented_at",),
    "tags": ("at",),
    "redemptions": ("redeemed_at",),
    "refunds": ("requested_at", "completed_at"),
    "points": ("at",),
    "referrals": ("at",),
    "consents": ("given_at",),
}
"""Dataset → columns of things that happened; the others have no moments of their own."""


def newest_facts(con: duckdb.DuckDBPyConnection, as_of: datetime) -> dict[str, datetime]:
    """Dataset → its latest moment before `as_of`, aware UTC; datasets without a fact are left out."""
    newest = {}
    for dataset, columns in FACTS.items():
        latest = ", ".join(f'max("{name}") filter ("{name}" < $as_of)' for name in columns)
        query = f"select list_max([{latest}]) from snap.stg_{dataset}"
        moment = con.execute(query, {"as_of": utc_naive(as_of)}).fetchall()[0][0]
        if moment is not None:
            newest[dataset] = moment.replace(tzinfo=UTC)
    return newest
