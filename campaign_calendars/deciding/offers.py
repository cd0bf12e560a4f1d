"""Which benefits an occurrence may give, and of each what it asks: window, admission, tiers, facts about the member."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from campaign_calendars.deciding.briefs import BenefitOption, Shut, Year
from campaign_calendars.deciding.conditions import Asking, conditions_of
from campaign_calendars.deciding.enforcers import enforcers_of
from campaign_calendars.deciding.uses import valid_until
from campaign_calendars.model.benefits import Benefit, reserve_cents
from campaign_calendars.model.benefits.gifts import BirthdayGift, Challenge, MemberExtraGift
from campaign_calendars.model.benefits.prices import EarlyBirdPrice
from campaign_calendars.model.benefits.rights import MemberPresaleRight
from campaign_calendars.model.calendar import Calendar, Phase, Play
from campaign_calendars.model.stacking import exclusive_of
from campaign_calendars.model.standing import CUSTOM_KINDS, admitted
from campaign_calendars.model.store import Store
from campaign_calendars.model.triggers import BIRTHDAY
from campaign_calendars.time.sale import bought_since
from campaign_calendars.time.timeline import BenefitTimes, Occurrence, Span, Timeline, local_day, utc


def benefit_options(
    calendar: Calendar,
    store: Store,
    timeline: Timeline,
    occurrence: Occurrence,
    play: Play,
    *,
    used_up: Collection[str] = (),
) -> tuple[BenefitOption, ...]:
    """The benefits of a play at one of its moments, best first.

    A play that only announces gives nothing; where nothing of that is on offer, or all of it is `used_up`, it has
    nothing to say, to nobody.
    """
    basis = calendar.budget.basis if calendar.budget else "worst_case"
    asking = asking_at(calendar, store, timeline, play, occurrence.at)
    phase = next(phase for phase in calendar.phases if phase.id == occurrence.phase)
    shut = {
        name: why_shut(timeline, store, phase, name, benefit=calendar.benefits[name], at=occurrence.at)
        for name in play.told
    }
    if not play.benefits:
        shut |= {name: shut[name] or "benefit_stock" for name in play.announces if name in used_up}
    options = []
    for name in play.benefits or _if_silent(play, [shut[name] for name in play.announces]):
        benefit = calendar.benefits[name]
        times = timeline.benefits.get(name, BenefitTimes())
        options.append(
            BenefitOption(
                benefit=name,
                cost_cents=reserve_cents(benefit, basis),
                stock=benefit.stock,
                daily_cap=benefit.daily_cap,
                per_member=benefit.per_member,
                pool=benefit.pool,
                tiers=tiers_of(benefit),
                points=benefit.points_price or 0,
                shut=shut[name],
                conditions=conditions_of(benefit, times, asking),
                by_platform="platform" in enforcers_of(benefit.kind),
                exclusive=exclusive_of(calendar, name),
                usable_until=valid_until(calendar, timeline, name, occurrence.at, phase.id),
                turn=_turn(benefit, store),
                year=_year(calendar, timeline, occurrence.at) if isinstance(benefit, BirthdayGift) else None,
            )
        )
    return tuple(options)


def _turn(benefit: Benefit, store: Store) -> tuple[str, ...]:
    """The store's tiers, highest first, for a benefit of which higher tiers get the last pieces."""
    return tuple(level.id for level in reversed(store.tiers.levels)) if benefit.rationed == "tier" else ()


def _year(calendar: Calendar, timeline: Timeline, at: datetime) -> Year:
    """The local year of a moment; all birthday gifts of the calendar count for it."""
    start = at.astimezone(timeline.timezone).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    gifts = (name for name, benefit in calendar.benefits.items() if isinstance(benefit, BirthdayGift))
    return Year(Span(start, start.replace(year=start.year + 1)), tuple(gifts))


def _if_silent(play: Play, shut: Sequence[Shut | None]) -> list[str]:
    """What a play announces, if nothing of it is on offer."""
    return play.announces if all(shut) else []


def asking_at(calendar: Calendar, store: Store, timeline: Timeline, play: Play, at: datetime) -> Asking:
    """What the conditions of a play's benefits need to know of a moment."""
    return Asking(
        at,
        local_day(at, timeline.timezone),
        timeline.campaign,
        bought_since(calendar, timeline),
        birthday_known=play.trigger is not None and play.trigger.event == BIRTHDAY,
        buyers_only=store.edition_on(at.astimezone(timeline.timezone).date()) == "official",
    )


def tiers_of(benefit: Benefit) -> tuple[str, ...]:
    """The tiers that may have a benefit; empty: all. Priority purchase is for tiers with a window of their own."""
    if not isinstance(benefit, MemberPresaleRight):
        return tuple(benefit.tiers)
    opened = dict.fromkeys(window.tier for window in benefit.windows)
    return tuple(tier for tier in opened if not benefit.tiers or tier in benefit.tiers)


def why_shut(
    timeline: Timeline, store: Store, phase: Phase, name: str, *, benefit: Benefit, at: datetime
) -> Shut | None:
    """Why nobody may have a benefit at a moment (aware), whoever it is; None: it is on offer."""
    day = at.astimezone(timeline.timezone).date()
    if isinstance(benefit, Challenge) and not admitted(store.admitted_to, "challenge", day):
        return "not_admitted"
    if benefit.kind in CUSTOM_KINDS and store.edition_on(day) == "official":
        return "not_admitted"
    if name in timeline.sold_out:
        return "benefit_sold_out"
    return None if _on_offer(timeline, phase, name, benefit, at) else "benefit_window"


def _on_offer(timeline: Timeline, phase: Phase, name: str, benefit: Benefit, at: datetime) -> bool:
    times, valid = timeline.benefits.get(name, BenefitTimes()), timeline.validity.get(name)
    if valid is not None and utc(at) >= utc(valid.end):
        return False
    if benefit.offered is not None:
        # What is had from second to second is announced before.
        ahead = benefit.used_while_offered and benefit.delivered == "auto"
        if times.offered is None or not (ahead or times.offered.contains(at)):
            return False
    elif isinstance(benefit, EarlyBirdPrice) and not any(day.contains(at) for day in times.days):
        return False
    if isinstance(benefit, MemberExtraGift) and benefit.sale == "presale":
        return phase.kind == "presale" or phase.stage is not None
    return times.closes is None or utc(at) < utc(times.closes)
