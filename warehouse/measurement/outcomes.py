"""The archive of outcomes: one Parquet file per calendar that outlives its campaign, and sums over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from campaign_calendars.measuring.responses import Cell

_CELLS = """
select
    phase_kind, benefit, tier, any_value(face_cents order by calendar) as face_cents,
    count(*) filter (arm = 'treated' and not explored) as treated,
    count(*) filter (arm = 'treated' and not explored and bought) as buyers,
    count(*) filter (arm = 'play_control') as held,
    count(*) filter (arm = 'play_control' and bought) as held_buyers
from read_parquet($files, union_by_name = true)
group by phase_kind, benefit, tier
order by all
"""
_CAMPAIGNS = """
select
    calendar, count(*) as outcomes, count(distinct member) as members,
    count(*) filter (arm = 'play_control') as held_out, count(*) filter (explored) as explored,
    count(distinct benefit) as benefits, max(known_when) as known_when
from read_parquet($files, union_by_name = true)
group by calendar
order by calendar
"""


@dataclass(frozen=True, slots=True)
class Campaign:
    """What the archive holds of one calendar."""

    calendar: str
    """Calendar id."""
    outcomes: int
    """Members and plays: one outcome each."""
    members: int
    """Members, by their pseudonyms."""
    held_out: int
    """Outcomes of members held out of the play: what would have happened without it."""
    explored: int
    """Outcomes of members drawn to explore."""
    benefits: int
    """Benefits with outcomes."""
    known_when: datetime
    """The moment they were measured; nothing later counts."""


def campaigns(files: Sequence[Path]) -> tuple[Campaign, ...]:
    """What is archived, by calendar."""
    rows = _rows(_CAMPAIGNS, files)
    return tuple(Campaign(*row[:6], known_when=row[6].replace(tzinfo=UTC)) for row in rows)


def cells(files: Sequence[Path]) -> list[Cell]:
    """Sums by kind of phase, benefit and tier; explorers are left out, whose benefit nobody chose for them."""
    return [Cell(*row) for row in _rows(_CELLS, files)]


def _rows(sql: str, files: Sequence[Path]) -> list[tuple[Any, ...]]:
    import duckdb

    if not files:
        return []
    with duckdb.connect() as con:
        return con.execute(sql, {"files": [str(path) for path in files]}).fetchall()
