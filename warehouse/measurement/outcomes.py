"""The archive of outcomes: one Parquet file per calendar that outlives its campaign, and sums over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from campaign_calendars.measuring.responses import Campaign, Cell
from warehouse.engines.sql_files import sql_files

_CAMPAIGNS = """
select
    calendar, count(*) as outcomes, count(distinct member) as members,
    count(*) filter (arm = 'play_control') as held_out, count(*) filter (explored) as explored,
    count(distinct benefit) as benefits, max(known_when) as known_when
from read_parquet($files, union_by_name = true)
group by calendar
order by calendar
"""


def campaigns(files: Sequence[Path]) -> tuple[Campaign, ...]:
    """What is archived, by calendar."""
    names = ("calendar", "outcomes", "members", "held_out", "explored", "benefits")
    return tuple(
        Campaign(**dict(zip(names, figures, strict=True)), known_when=known.replace(tzinfo=UTC))
        for *figures, known in _rows(_CAMPAIGNS, files)
    )


def cells(files: Sequence[Path]) -> list[Cell]:
    """Sums by kind of phase, benefit and tier; explorers, whose benefit nobody chose for them, stand by themselves."""
    return [Cell(*row) for row in _rows(sql_files(__package__)["cells"], files)]


def _rows(sql: str, files: Sequence[Path]) -> list[tuple[Any, ...]]:
    import duckdb

    if not files:
        return []
    with duckdb.connect() as con:
        return con.execute(sql, {"files": [str(path) for path in files]}).fetchall()
