"""Positions of the store: they show something to whoever comes by. They have an audience, and send nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefing import audience
from campaign_calendars.model.calendar import Phase
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Span
from tasks.planning.planned import PlannedPlacement
from tasks.runtime import feature_params

if TYPE_CHECKING:
    from warehouse.decision.session import DecisionSession


def audiences_shown(session: DecisionSession, loaded: LoadedCalendar, at: datetime) -> Mapping[str, int]:
    """Members of each audience that a play with positions has, as of a moment; replaces what `move_to` computed."""
    from warehouse.decision.audiences import AudienceRule

    calendar, store = loaded.calendar, loaded.store
    names = dict.fromkeys(play.audience for phase in calendar.phases for play in phase.plays if play.positions)
    if not names:
        return {}
    rules = [AudienceRule.of(name, audience(calendar, store, name)) for name in names]
    counts = session.count_audiences(at, feature_params(loaded), rules, ())
    return {name: counts.size(name) for name in names}


def placements_of(
    loaded: LoadedCalendar, phase: Phase, span: Span, shown: Mapping[str, int]
) -> tuple[PlannedPlacement, ...]:
    """What the plays of a phase show where, to how many; public positions fall away while the shop is hidden."""
    zone, store = loaded.timeline.timezone, loaded.store
    first, last = span.start.astimezone(zone).date(), span.last.astimezone(zone).date()
    hidden = [
        one for one in store.restrictions if one.kind in ("hidden", "closed") and one.from_ <= last and one.to >= first
    ]
    dark = {
        name
        for name, position in store.positions.items()
        if any(one.kind == "closed" or position.domain == "public" for one in hidden)
    }
    return tuple(
        PlannedPlacement(
            play=play.id,
            title=play.title,
            positions=tuple(play.positions),
            members=shown[play.audience],
            dark=tuple(name for name in play.positions if name in dark),
        )
        for play in phase.plays
        if play.positions
    )
