"""A calendar as it is decided on: with what a snapshot knows of its store, and with what its messages cost at most."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from campaign_calendars.deciding.items import sold_out_benefits, without_sold_out
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.calendars.parts import most_parts
from tasks.deciding.measures import with_measures
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.snapshots.snapshot import Snapshot


def to_decide(rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot) -> LoadedCalendar:
    """The calendar as known, with the most parts that its messages may be billed as."""
    known = as_known(loaded, snapshot)
    return replace(known, parts=most_parts(known, rt.settings.root))


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
