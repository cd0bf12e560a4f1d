"""The campaign by day, channel and audience, put together from snapshot and ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from campaign_calendars.measuring.following import (
    ArmDay,
    Audience,
    BurnDay,
    ChannelFigures,
    DayOfEffect,
    Decided,
    Overlap,
)
from campaign_calendars.measuring.lift import Arm, Contrast, Sums, contrast
from campaign_calendars.measuring.looking import so_far
from campaign_calendars.measuring.regions import RegionUnits
from campaign_calendars.reading.loading import LoadedCalendar

if TYPE_CHECKING:
    from tasks.outreach.counting import JobCounts
    from warehouse.measurement import MeasurementSession

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ChannelResult:
    """A channel of the campaign: its messages, whom they reached and what came after."""

    messages: Mapping[str, int]
    """State of the message → how many are in it."""
    figures: ChannelFigures
    """Members, cost, and what they bought."""


@dataclass(frozen=True, slots=True)
class Following:
    """What a campaign looked like beside its contrasts."""

    channels: tuple[ChannelResult, ...]
    """Channels by name."""
    burn: tuple[BurnDay, ...]
    """Money of each local day, from the first grant on."""
    effect: tuple[DayOfEffect, ...]
    """What the programme had brought by the end of each day that is over; empty without a hold-out."""
    audiences: tuple[Audience, ...]
    """Audiences of the plays in written order."""
    overlaps: tuple[Overlap, ...]
    """Every two of them that share a member, the most members first."""
    decided: tuple[Decided, ...]
    """How candidates were decided, by phase: in an audience = chosen + held out + excluded."""


def following(
    loaded: LoadedCalendar,
    session: MeasurementSession,
    programme: Contrast | None,
    as_of: datetime,
    jobs: JobCounts,
) -> Following:
    """After the session has loaded; `programme` is the contrast of the whole, `jobs` are counted before the moment."""
    from warehouse.measurement.following import Days

    zone, campaign = loaded.timeline.timezone, loaded.timeline.campaign
    last = max(min(as_of, campaign.end) - _SECOND, campaign.start)
    days = Days(str(zone), campaign.start.astimezone(zone).date(), last.astimezone(zone).date())
    plays = {(phase.id, play.id): play.audience for phase in loaded.calendar.phases for play in phase.plays}
    found = session.followed(plays, days)
    return Following(
        channels=_channels(found.channels, jobs),
        burn=found.burn,
        effect=tuple(_effect(loaded, programme, found.arms, as_of))
        if programme is not None and programme.verdict not in ("not as drawn", "nothing sent")
        else (),
        audiences=found.audiences,
        overlaps=found.overlaps,
        decided=found.decided,
    )


def _channels(found: Sequence[ChannelFigures], jobs: JobCounts) -> tuple[ChannelResult, ...]:
    states: dict[str, Counter[str]] = {}
    for (_, _, channel, state), count in jobs.items():
        states.setdefault(channel, Counter())[state] += count
    known = {row.channel: row for row in found}
    return tuple(
        ChannelResult(
            messages=dict(sorted(states.get(name, Counter()).items())),
            figures=known.get(name) or ChannelFigures(name, 0, 0, 0, 0, 0, 0),
        )
        for name in sorted({*known, *states})
    )


def _effect(
    loaded: LoadedCalendar, programme: Contrast, arms: Sequence[ArmDay], as_of: datetime
) -> Iterator[DayOfEffect]:
    """Day by day what a report of its end would have said, orders given back since left out."""
    zone, campaign = loaded.timeline.timezone, loaded.timeline.campaign
    by_day: dict[date, list[ArmDay]] = {}
    for row in arms:
        by_day.setdefault(row.day, []).append(row)
    units = programme.regions
    for day, rows in sorted(by_day.items()):
        if {row.arm for row in rows} != {"treated", "campaign_control"}:
            continue
        end = datetime.combine(day + timedelta(days=1), time(), zone)
        elapsed = min(max((min(end, as_of) - campaign.start) / (campaign.end - campaign.start), 1e-6), 1.0)
        compared = _members(rows) if units is None else _regions(rows, units)
        yield _day(day, compared, elapsed)


def _members(rows: Sequence[ArmDay]) -> Contrast | None:
    """Both arms as they stood, members being what was drawn; None while one is empty."""
    from warehouse.measurement.money import compare_money

    arms = {
        row.arm: Arm(row.members, row.buyers, row.spend_cents, sums=Sums(spend_squares=row.spend_squares))
        for row in rows
    }
    treated, control = arms["treated"], arms["campaign_control"]
    if not treated.members or not control.members:
        return None
    return replace(contrast(treated, control), money=compare_money(treated, control))


def _regions(rows: Sequence[ArmDay], units: RegionUnits) -> Contrast:
    """Both arms as they stood, regions being what was drawn; of the time before, as much as of members by then."""
    from warehouse.measurement.regions import RegionSums, compare_regions

    known = {(row.region, row.held_out): row for row in units.rows}
    found = []
    for row in rows:
        whole = known.get((row.region, row.arm != "treated"))
        if whole is None:  # members without a region
            continue
        buyers, cents = (part * row.members // whole.members for part in (whole.buyers_before, whole.before_cents))
        sums = Sums(buyers_before=buyers, before_cents=cents)
        arm = Arm(row.members, row.buyers, row.spend_cents, sums=sums)
        found.append(RegionSums(row.region, whole.held_out, arm))
    return compare_regions(found, by=units.by)


def _day(day: date, compared: Contrast | None, elapsed: float) -> DayOfEffect:
    if compared is None or compared.difference is None:
        return DayOfEffect(day, None, None, None, None)
    told = so_far(compared, elapsed)
    paid = told.money.difference if told.money else None
    return DayOfEffect(
        day,
        told.difference,
        told.while_running,
        paid.estimate if paid else None,
        told.money.while_running if told.money and paid else None,
    )
