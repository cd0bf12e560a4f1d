"""Measures of the platform that the sources know of, beside those the store states (A1#27)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.model.restrictions import OPEN_END, Restriction
from campaign_calendars.reading.loading import LoadedCalendar

if TYPE_CHECKING:
    from warehouse.snapshots.measures import Measure
    from warehouse.snapshots.snapshot import Snapshot


def with_measures(loaded: LoadedCalendar, snapshot: Snapshot) -> LoadedCalendar:
    """The calendar, its store with the measures of the snapshot's dataset `measures` beside its own `restrictions`.

    Raises UsageError where a measure names only channels that the store does not have: it would close nothing.
    """
    from warehouse.snapshots.measures import measures_of

    rows = measures_of(snapshot)
    if not rows:
        return loaded
    known = [
        Restriction.model_validate(
            {
                "kind": row.kind,
                "channels": _channels(loaded, row),
                "from": row.starts_on,
                "to": row.ends_on or OPEN_END,
                "reason": row.reason,
            }
        )
        for row in rows
    ]
    return replace(loaded, store=loaded.store.model_copy(update={"restrictions": [*loaded.store.restrictions, *known]}))


def _channels(loaded: LoadedCalendar, row: Measure) -> list[str]:
    """The channels of the store that a measure names; none: those that its kind closes."""
    ours = {name.lower(): name for name in loaded.store.channels}
    known = [ours[name.lower()] for name in row.channels if name.lower() in ours]
    if row.channels and not known and row.kind is None:
        named, there = ", ".join(row.channels), ", ".join(loaded.store.channels)
        raise UsageError(
            (
                f"measures: the store has no channel {named}; the measure of {row.starts_on} would close nothing",
                f"measures：店铺没有渠道 {named}；{row.starts_on} 的措施将不会关闭任何渠道",
            ),
            (f"name channels of the store ({there}), or give the kind", f"请写店铺的渠道（{there}），或写明 kind"),
        )
    return known
