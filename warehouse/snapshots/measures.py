"""Measures of the platform that a snapshot knows of (A1#27)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.snapshots.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of `stg_measures`; local days, both included. `channels` empty: those that the kind closes."""

    kind: str | None
    channels: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    reason: str


def measures_of(snapshot: Snapshot) -> tuple[Measure, ...]:
    """The measures of the dataset, in their order; none where the snapshot has none."""
    counted = snapshot.counts.get("measures")
    if counted is None or not counted.accepted:
        return ()
    from warehouse.snapshots.opening import open_snapshot

    con = open_snapshot(snapshot, threads=1)
    try:
        rows = con.execute(
            "from snap.stg_measures select kind, channels, starts_on, ends_on, reason order by all"
        ).fetchall()
    finally:
        con.close()
    return tuple(
        Measure(kind, parts(channels), start, end, reason or "") for kind, channels, start, end, reason in rows
    )


def parts(channels: str | None) -> tuple[str, ...]:
    """The channels of a cell, however a person sets them apart."""
    return tuple(part for part in re.split(r"[,，、;；/|\s]+", channels or "") if part)
