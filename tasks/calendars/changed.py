"""A calendar with some figures tried in place of its own; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from campaign_calendars.deciding.what_if import what_if
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.resolving import resolve


def changed(loaded: LoadedCalendar, changes: Sequence[str]) -> LoadedCalendar:
    """As `what_if` says; the same one without changes. UsageError names the change that cannot be understood."""
    if not changes:
        return loaded
    calendar, store = what_if(loaded.calendar, loaded.store, tuple(changes))
    timeline = resolve(calendar, sweep_every=store.contact_policy.sweep_every)
    return replace(loaded, calendar=calendar, store=store, timeline=timeline)
