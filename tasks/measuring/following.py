"""The campaign by day, channel and audience, put together from snapshot and ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
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
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Span
from tasks.runtime import Runtime

if TYPE_CHECKING:
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
    rt: Runtime, loaded: LoadedCalendar, session: MeasurementSession, programme: Contrast | None, as_of: datetime
) -> Following:
    """After the session has loaded; `programme` is the contrast of the whole."""
    from warehouse.measurement.following import Days

    zone, campaign = loaded.timeline.timezone, loaded.timeline.campaign
    last = max(min(as_of, campaign.end) - _SECOND, campaign.start)
    days = Days(str(zone), campaign.start.astimezone(zone).date(), last.astimezone(zone).date())
    plays = {(phase.id, play.id): play.audience for phase in loaded.calendar.phases for play in phase.plays}
    found = session.followed(plays, days)
    shown = programme is not None and programme.verdict != "not as drawn"
    return Following(
        channels=_channels(rt, loaded, found.channels),
        burn=found.burn,
        effect=tuple(_effect(loaded, campaign, found.arms, as_of)) if shown else (),
        audiences=found.audiences,
        overlaps=found.overlaps,
        decided=found.decided,
    )


def _channels(rt: Runtime, loaded: LoadedCalendar, found: Sequence[ChannelFigures]) -> tuple[ChannelResult, ...]:
    states: dict[str, Counter[str]] = {}
    for (_, _, channel, state), count in rt.ledger.job_counts(calendar=loaded.calendar.calendar).items():
        states.setdefault(channel, Counter())[state] += count
    known = {row.channel: row for row in found}
    return tuple(
        ChannelResult(
            messages=dict(sorted(states.get(name, Counter()).items())),
            figures=known.get(name) or ChannelFigures(name, 0, 0, 0, 0, 0, 0),
        )
        for name in sorted({*known, *states})
    )


def _effect(loaded: LoadedCalendar, campaign: Span, arms: Sequence[ArmDay], as_of: datetime) -> list[DayOfEffect]:
    """Day by day what a report of its end would have said, orders given back since left out."""
    zone = loaded.timeline.timezone
    by_day = {(row.day, row.arm): row for row in arms}
    found = []
    for day in sorted({row.day for row in arms}):
        end = datetime.combine(day + timedelta(days=1), time(), zone)
        elapsed = min(max((min(end, as_of) - campaign.start) / (campaign.end - campaign.start), 1e-6), 1.0)
        found.append(_day(by_day.get((day, "treated")), by_day.get((day, "campaign_control")), elapsed))
    return [one for one in found if one is not None]


def _day(treated: ArmDay | None, control: ArmDay | None, elapsed: float) -> DayOfEffect | None:
    from warehouse.measurement.money import compare_money

    if treated is None or control is None:
        return None
    first, second = _arm(treated), _arm(control)
    if not first.members or not second.members:
        return DayOfEffect(treated.day, None, None, None, None)
    compared = contrast(first, second)
    money = compare_money(first, second)
    if compared.difference is None:
        return DayOfEffect(treated.day, None, None, None, None)
    told = so_far(
        Contrast(first, second, compared.difference, compared.interval, compared.verdict, money=money), elapsed
    )
    paid = told.money.difference if told.money else None
    return DayOfEffect(
        treated.day,
        told.difference,
        told.while_running,
        paid.estimate if paid else None,
        told.money.while_running if told.money and paid else None,
    )


def _arm(row: ArmDay) -> Arm:
    return Arm(row.members, row.buyers, row.spend_cents, sums=Sums(spend_squares=row.spend_squares))
