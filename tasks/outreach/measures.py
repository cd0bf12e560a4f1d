"""Measures of the platform at the send gate: messages wait until the measure ends, or expire (A1#27).

They come from the store's `restrictions` and from the dataset `measures` of a snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from campaign_calendars.model.restrictions import measure_on, recruits
from campaign_calendars.model.store import has_ended

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar
    from warehouse.ledger.records import Job

Waits = Mapping[str, tuple[str, timedelta]]
"""Intent key → why the message waits, and how long."""


def held_by_measures(loaded: LoadedCalendar) -> Callable[[Sequence[Job], datetime], Waits]:
    """(jobs, aware moment) → those on a channel that is closed on this local day, until the day after the measure."""
    store, timezone = loaded.store, loaded.timeline.timezone
    kinds = {name: benefit.kind for name, benefit in loaded.calendar.benefits.items()}
    for_new = {
        (phase.id, play.id): recruits(kinds[name] for name in play.told)
        for phase in loaded.calendar.phases
        for play in phase.plays
    }

    def held(jobs: Sequence[Job], at: datetime) -> Waits:
        if not store.restrictions:
            return {}
        day = at.astimezone(timezone).date()
        found = {}
        for job in jobs:
            channel = store.channels.get(job.channel)
            joins = for_new.get((job.phase, job.play), False)
            measure = measure_on(store.restrictions, day, job.channel, channel, recruits=joins) if channel else None
            if measure is not None:
                opens = datetime.combine(measure.to + timedelta(days=1), time(), timezone).astimezone(UTC)
                until = opens if job.expires_at is None else min(opens, job.expires_at)
                found[job.intent_key] = (f"closed by a measure of the platform until {measure.to}", until - at)
        return found

    return held


def gone_groups(loaded: LoadedCalendar, jobs: Sequence[Job], at: datetime) -> dict[str, str]:
    """Intent key → why, for messages to a group that is dissolved by now."""
    day = at.astimezone(loaded.timeline.timezone).date()
    over = {name for name, channel in loaded.store.channels.items() if has_ended(channel, day)}
    return {job.intent_key: "the group has ended" for job in jobs if job.channel in over}
