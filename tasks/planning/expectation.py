"""What triggers may be expected to do: the events of the last four weeks, for as long as the play lasts.

Nobody knows tomorrow's events, so a plan counts yesterday's: how many a day, and how many of them by
members who are in the play's audience. Costs are those of the first channel and the dearest benefit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign_calendars.deciding.events import BASIS_DAYS, EventRate
from campaign_calendars.reading.loading import LoadedCalendar


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
    """The most that their messages cost over the first channel, in cents."""
    benefit_cost_cents: int
    """Cost of their dearest benefit, in cents."""


def expect(loaded: LoadedCalendar, rates: Sequence[EventRate], until: datetime) -> tuple[ExpectedEvents, ...]:
    """One row for each triggered play with a window: events and members a day up to `until`, and what they cost."""
    known = {(rate.brief.phase, rate.brief.play): rate for rate in rates}
    rows = []
    for phase in loaded.calendar.phases:
        for play in phase.plays:
            rate = known.get((phase.id, play.id))
            if rate is None or play.trigger is None:
                continue
            span, brief, matching = rate.during, rate.brief, rate.members
            basis = EventBasis(days=BASIS_DAYS, until=until, events=rate.events, members=matching)
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
                    message_cost_cents=members * (brief.channels[0].message_cost_cents if brief.channels else 0),
                    benefit_cost_cents=members * max((b.cost_cents for b in brief.benefits), default=0),
                )
            )
    return tuple(rows)


def _looks(loaded: LoadedCalendar, phase: str, play: str) -> int:
    """How often the play looks for events."""
    swept = sum(s.count for s in loaded.timeline.sweeps if (s.phase, s.play) == (phase, play))
    return swept + sum((o.phase, o.play) == (phase, play) for o in loaded.timeline.occurrences)
