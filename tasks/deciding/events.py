"""Plays that answer events: which they are, and how many events there were lately."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.events import BASIS_DAYS, EventRate
from campaign_calendars.model.calendar import Play
from campaign_calendars.model.triggers import BIRTHDAY
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Occurrence, Span

if TYPE_CHECKING:
    from warehouse.decision.session import DecisionSession


def waiting_plays(loaded: LoadedCalendar) -> set[tuple[str, str]]:
    """(phase, play) of the plays that answer events nobody knows ahead."""
    return {
        (phase.id, play.id)
        for phase in loaded.calendar.phases
        for play in phase.plays
        if play.trigger is not None and play.trigger.event != BIRTHDAY
    }


def event_briefs(loaded: LoadedCalendar) -> Iterator[tuple[Span, Brief]]:
    """One brief for each of them that has a window, and the window."""
    waiting = waiting_plays(loaded)
    for phase in loaded.calendar.phases:
        for play in phase.plays:
            span = _span_of(loaded, phase.id, play)
            if (phase.id, play.id) in waiting and span is not None:
                occurrence = Occurrence(loaded.calendar.calendar, phase.id, play.id, span.start)
                yield span, make_brief(loaded.calendar, loaded.store, loaded.timeline, occurrence, parts=loaded.parts)


def event_rates(
    session: DecisionSession, briefs: Iterable[tuple[Span, Brief]], until: datetime
) -> tuple[EventRate, ...]:
    """Events up to a moment; the session's members have to stand there, with what these briefs read."""
    return tuple(EventRate(brief, span, *session.events_of(brief, until, BASIS_DAYS)) for span, brief in briefs)


def _span_of(loaded: LoadedCalendar, phase: str, play: Play) -> Span | None:
    timeline = loaded.timeline
    return timeline.phases.get(phase) if play.during is None else timeline.sub_phases.get((phase, play.during))
