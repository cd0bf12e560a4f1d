"""How small an effect each control group of a plan can show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefing import campaign_holdouts
from campaign_calendars.deciding.briefs import Brief, HoldoutRule
from campaign_calendars.measuring.detectable import HoldoutPower
from campaign_calendars.measuring.lift import Arm, Sums
from campaign_calendars.measuring.regions import RegionDraw
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
        lasts = utc(end) - utc(briefs[0].at)
        yield session.power_of(rule.name, None, lasts) if rule.region is None else _of_regions(session, rule, lasts)
    first: dict[tuple[str, str], datetime] = {}
    for brief in briefs:
        if any(rule.name == "play" for rule in brief.holdouts):
            first.setdefault((brief.phase, brief.play), brief.at)
    for place, at in first.items():
        yield session.power_of("play", place, utc(loaded.timeline.phases[place[0]].end) - utc(at))


def _of_regions(session: DecisionSession, rule: HoldoutRule, lasts: timedelta) -> HoldoutPower:
    """What a draw of regions can show: the same comparison, made of the time before the snapshot.

    Regions lie apart by so much without any campaign, so that is what an effect has to stand out from.
    """
    from warehouse.measurement.regions import RegionSums, compare_regions, detectable_of

    past, days = session.regions_before(rule.name, lasts)
    rows = [
        RegionSums(row.region, row.held_out, Arm(row.members, row.buyers, sums=Sums(buyers_before=row.buyers_before)))
        for row in past
        if row.region is not None
    ]
    without = sum(row.members for row in past if row.region is None)
    found = compare_regions(rows, by=rule.by, without=without, money=False)
    units, members = found.regions, found.control.members + found.treated.members
    assert units is not None  # noqa: S101 - a comparison of regions has them
    return HoldoutPower(
        name=rule.name,
        control=found.control.members,
        treated=found.treated.members,
        baseline=(found.control.buyers + found.treated.buyers) / members if members else 0.0,
        days=days,
        detectable=detectable_of(units),
        regions=RegionDraw(
            by=units.by,
            names=units.names,
            treated=units.treated,
            without_region=without,
            largest=units.largest,
            freedom=units.freedom,
            explained=units.explained,
        ),
    )
