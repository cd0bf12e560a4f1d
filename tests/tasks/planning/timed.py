"""Occurrences whose moment is known."""

from __future__ import annotations

from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Occurrence


def timed(loaded: LoadedCalendar) -> list[Occurrence]:
    """Those of plays that answer events are expected, not planned: they are left out."""
    answering = {(phase.id, play.id) for phase in loaded.calendar.phases for play in phase.plays if play.trigger}
    return [each for each in loaded.timeline.occurrences if (each.phase, each.play) not in answering]
