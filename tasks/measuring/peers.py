"""Figures of others beside ours: what the calendar and the data say of peers, held against the whole calendar."""

from __future__ import annotations

from datetime import datetime

from campaign_calendars.measuring.metrics.aims import aim_of
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.measuring.measurement import PeersBeside
from tasks.measuring.metrics import Asked, compute_loaded, said_elsewhere
from tasks.runtime import Runtime


def peers_beside(rt: Runtime, loaded: LoadedCalendar, as_of: datetime) -> tuple[PeersBeside, ...]:
    """Every figure of others as of `as_of` with ours of the whole calendar; nothing is computed where none is said."""
    said = said_elsewhere(rt, loaded, as_of)
    if not said:
        return ()
    names = tuple(dict.fromkeys(one.metric for one in said))
    ours = {one.metric: one for one in compute_loaded(rt, loaded, Asked(names, as_of)).figures}
    return tuple(
        PeersBeside(one.metric, aim_of(found, one.value).actual, found.lacks, one.value, one.source, one.at)
        for one in said
        if (found := ours.get(one.metric)) is not None
    )
