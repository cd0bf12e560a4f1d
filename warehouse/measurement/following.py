"""What a campaign looked like from day to day, by channel and by audience: facts of the report beside its contrasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from campaign_calendars.measuring.following import (
    ArmDay,
    Audience,
    BurnDay,
    ChannelFigures,
    Decided,
    Overlap,
    overlaps_of,
)
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)


@dataclass(frozen=True, slots=True)
class Days:
    """Local days of a time zone, both ends with."""

    zone: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Followed:
    """What is read after a session has loaded; see the records."""

    channels: tuple[ChannelFigures, ...]
    burn: tuple[BurnDay, ...]
    arms: tuple[ArmDay, ...]
    audiences: tuple[Audience, ...]
    overlaps: tuple[Overlap, ...]
    decided: tuple[Decided, ...]


def follow(
    con: duckdb.DuckDBPyConnection,
    calendar: str,
    audiences: Mapping[tuple[str, str], str],
    *,
    as_of: datetime,
    ends_at: datetime,
    days: Days,
) -> Followed:
    """`audiences`: (phase, play) → its audience. Sums only; nobody is named."""
    asked = {
        "calendar": calendar,
        "as_of": utc_naive(as_of),
        "ends_at": utc_naive(ends_at),
        "zone": days.zone,
        "first_day": days.first,
        "last_day": days.last,
    }
    found, overlaps = _audiences(con, audiences, asked)
    return Followed(
        channels=tuple(ChannelFigures(*row) for row in _rows(con, "channels", asked)),
        burn=tuple(BurnDay(*row) for row in _rows(con, "burn", asked)),
        arms=tuple(ArmDay(*row) for row in _rows(con, "arm_days", asked)),
        audiences=found,
        overlaps=overlaps,
        decided=tuple(Decided(*row) for row in _rows(con, "decided", asked)),
    )


def texts(names: Iterable[str]) -> dict[str, str]:
    """The SQL of these figures as it runs, by name of its file."""
    return {name: _SQL[name].replace("{members}", "assigned_to_arms") for name in names}


def _audiences(
    con: duckdb.DuckDBPyConnection, audiences: Mapping[tuple[str, str], str], asked: Mapping[str, object]
) -> tuple[tuple[Audience, ...], tuple[Overlap, ...]]:
    names = list(dict.fromkeys(audiences.values()))
    con.execute("create or replace temp table play_audiences (phase varchar, play varchar, number bigint)")
    append_rows(con, "play_audiences", ((*play, names.index(name)) for play, name in audiences.items()))
    sets = [(tuple(numbers), members) for numbers, members in _rows(con, "audience_sets", asked)]
    results = {number: (contacted, buyers, spend) for number, contacted, buyers, spend in _rows(
        con, "audience_results", asked
    )}  # fmt: skip
    found = tuple(
        Audience(name, sum(n for numbers, n in sets if number in numbers), *results.get(number, (0, 0, 0)))
        for number, name in enumerate(names)
    )
    return found, overlaps_of(names, sets)


def _rows(con: duckdb.DuckDBPyConnection, name: str, asked: Mapping[str, object]) -> list[tuple[Any, ...]]:
    text = _SQL[name]
    return con.execute(text, {key: value for key, value in asked.items() if f"${key}" in text}).fetchall()
