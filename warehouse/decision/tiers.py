"""Tiers of the chosen, as a decision file has them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)


def tiers_of_chosen(decision: Path, plays: Collection[str]) -> dict[str, dict[str, str | None]]:
    """Play → member → tier at its moment, of the plays that ask; a member has none where the store knows none."""
    if not plays:
        return {}
    from warehouse.engines.files import reading_files

    with reading_files() as con:
        rows = con.execute(_SQL["tiers_of_chosen"], {"file": str(decision), "plays": list(plays)}).fetchall()
    found: dict[str, dict[str, str | None]] = {}
    for play, member, tier in rows:
        found.setdefault(play, {})[member] = tier
    return found
