"""A calendar beside what a snapshot knows of its store: measures of the platform, and what is sold out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from campaign_calendars.deciding.items import sold_out_benefits, without_sold_out
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.deciding.measures import with_measures

if TYPE_CHECKING:
    from warehouse.snapshots.snapshot import Snapshot


def as_known(loaded: LoadedCalendar, snapshot: Snapshot) -> LoadedCalendar:
    """The calendar with the measures and without the sold-out goods of a snapshot; its text stays."""
    return with_items(with_measures(loaded, snapshot), snapshot)


def with_items(loaded: LoadedCalendar, snapshot: Snapshot) -> LoadedCalendar:
    """The calendar without what the dataset `items` of a snapshot says is sold out."""
    from warehouse.snapshots.items import items_of, on_hand

    there = on_hand(items_of(snapshot))
    if all(there.values()):
        return loaded
    gone = sold_out_benefits(loaded.calendar, there)
    timeline = replace(loaded.timeline, sold_out=gone) if gone else loaded.timeline
    return replace(loaded, calendar=without_sold_out(loaded.calendar, there), timeline=timeline)
