"""Measures of the platform that the sources know of, beside those the store states (A1#27)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from campaign_calendars.model.restrictions import OPEN_END, Restriction
from campaign_calendars.reading.loading import LoadedCalendar

if TYPE_CHECKING:
    from warehouse.snapshots.snapshot import Snapshot


def with_measures(loaded: LoadedCalendar, snapshot: Snapshot) -> LoadedCalendar:
    """The calendar, its store with the measures of the snapshot's dataset `measures` beside its own `restrictions`."""
    from warehouse.snapshots.measures import measures_of

    rows = measures_of(snapshot)
    if not rows:
        return loaded
    known = [
        Restriction.model_validate(
            {
                "kind": row.kind,
                "channels": list(row.channels),
                "from": row.starts_on,
                "to": row.ends_on or OPEN_END,
                "reason": row.reason,
            }
        )
        for row in rows
    ]
    return replace(loaded, store=loaded.store.model_copy(update={"restrictions": [*loaded.store.restrictions, *known]}))
