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


def newest_facts(con: duckdb.DuckDBPyConnection, as_of: datetime, place: str = "snap") -> dict[str, datetime]:
    """Dataset → its latest moment before `as_of`, aware UTC; datasets without a fact are left out.

    `place` is the catalog or schema of the staged tables.
    """
    asked = [
        f"select '{dataset}', list_max([{', '.join(_latest(name) for name in columns)}]) from {place}.stg_{dataset}"
        for dataset, columns in FACTS.items()
    ]
    found = con.execute(" union all ".join(asked), {"as_of": utc_naive(as_of)}).fetchall()
    return {dataset: moment.replace(tzinfo=UTC) for dataset, moment in found if moment is not None}


def _latest(column: str) -> str:
    return f'max("{column}") filter ("{column}" < $as_of)'
