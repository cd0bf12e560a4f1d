"""How small an effect each control group of a plan can show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefing import campaign_holdouts
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.measuring.detectable import HoldoutPower
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import utc

if TYPE_CHECKING:
    from warehouse.decision.session import DecisionSession


def power_of_holdouts(
    session: DecisionSession, loaded: LoadedCalendar, briefs: Sequence[Brief]
) -> Iterator[HoldoutPower]:
    """Of the groups of store and campaign, then of each play in the order of its first moment.

    A play is looked at until its phase ends, the campaign until it ends itself, as they are measured.
    """
    if not briefs:
        return
    end = loaded.timeline.campaign.end
    for rule in campaign_holdouts(loaded.calendar, loaded.store):
        yield session.power_of(rule.name, None, utc(end) - utc(briefs[0].at))
    first: dict[tuple[str, str], datetime] = {}
    for brief in briefs:
        if any(rule.name == "play" for rule in brief.holdouts):
            first.setdefault((brief.phase, brief.play), brief.at)
    for place, at in first.items():
        yield session.power_of("play", place, utc(loaded.timeline.phases[place[0]].end) - utc(at))
