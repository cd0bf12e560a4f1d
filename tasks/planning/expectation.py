"""What triggers may be expected to do: the events of the last four weeks, for as long as the play lasts.

Nobody knows tomorrow's events, so a plan counts yesterday's: how many a day, and how many of them by
members who are in the play's audience. Costs are those of the first channel and the dearest benefit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.model.calendar import Play
from campaign_calendars.model.triggers import BIRTHDAY
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Occurrence, Span

if TYPE_CHECKING:
    from warehouse.decision.session import DecisionSession
    from warehouse.features.params import FeatureParams

BASIS_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBasis:
    """The past that an expectation counts."""

    days: int
    """Days looked at."""
    until: datetime
    """Their end: the moment of the snapshot."""
    events: int
    """Events of these days."""
    members: int
    """Events of members who are in the audience now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedEvents:
    """What one triggered play may be expected to do in all of its time."""

    phase: str
    """Phase id."""
    play: str
    """Play id."""
    event: str
    """Event it answers, e.g. `join`."""
    lane: str
    """Who does it: `system` or `human`."""
    looks: int
    """How often it looks for events."""
    basis: EventBasis
    """The past that was counted."""
    members_a_day: float
    """Members a day."""
    days: float
    """Days the play lasts."""
    members: int
    """Members in all."""
    message_cost_cents: int
    """Cost of their messages over the first channel, in cents."""
    benefit_cost_cents: int
    """Cost of their dearest benefit, in cents."""


def waiting_plays(loaded: LoadedCalendar) -> set[tuple[str, str]]:
    """(phase, play) of the plays that answer events nobody knows ahead."""
    return {
        (phase.id, play.id)
        for phase in loaded.calendar.phases
        for play in phase.plays
        if play.trigger is not None and play.trigger.event != BIRTHDAY
    }


def expect(
    session: DecisionSession, loaded: LoadedCalendar, params: FeatureParams, waiting: set[tuple[str, str]]
) -> tuple[ExpectedEvents, ...]:
    """One row for each triggered play with a window: events and members a day, and what they cost."""
    if not waiting:
        return ()
    basis_end = session.snapshot.as_of
    briefs = dict(_briefs(loaded, waiting))
    session.move_to(basis_end, params, briefs.values())
    rows = []
    for phase in loaded.calendar.phases:
        for play in phase.plays:
            span, brief = _span(loaded, phase.id, play), briefs.get((phase.id, play.id))
            if brief is None or play.trigger is None or span is None:
                continue
            events, matching = session.events_of(brief, basis_end, BASIS_DAYS)
            basis = EventBasis(days=BASIS_DAYS, until=basis_end, events=events, members=matching)
            days = (span.end - span.start) / timedelta(days=1)
            members = round(matching / BASIS_DAYS * days)
            rows.append(
                ExpectedEvents(
                    phase=phase.id,
                    play=play.id,
                    event=play.trigger.event,
                    lane=play.lane,
                    looks=_looks(loaded, phase.id, play.id),
                    basis=basis,
                    members_a_day=round(matching / BASIS_DAYS, 2),
                    days=round(days, 2),
                    members=members,
                    message_cost_cents=members * (brief.channels[0].unit_cost_cents if brief.channels else 0),
                    benefit_cost_cents=members * max((b.cost_cents for b in brief.benefits), default=0),
                )
            )
    return tuple(rows)


def _briefs(loaded: LoadedCalendar, waiting: set[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], Brief]]:
    for phase in loaded.calendar.phases:
        for play in phase.plays:
            span = _span(loaded, phase.id, play)
            if (phase.id, play.id) in waiting and span is not None:
                occurrence = Occurrence(loaded.calendar.calendar, phase.id, play.id, span.start)
                brief = make_brief(loaded.calendar, loaded.store, loaded.timeline, occurrence)
                yield (phase.id, play.id), brief


def _span(loaded: LoadedCalendar, phase: str, play: Play) -> Span | None:
    timeline = loaded.timeline
    return timeline.phases.get(phase) if play.during is None else timeline.sub_phases.get((phase, play.during))


def _looks(loaded: LoadedCalendar, phase: str, play: str) -> int:
    """How often the play looks for events."""
    swept = sum(s.count for s in loaded.timeline.sweeps if (s.phase, s.play) == (phase, play))
    return swept + sum((o.phase, o.play) == (phase, play) for o in loaded.timeline.occurrences)
