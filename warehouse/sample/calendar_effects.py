"""What a calendar does to the members of a generated world, read from its phases, plays and benefits.

The figures are invented and known exactly. Whether a play reminds of balances, invites friends or asks to sign in is
seen from what it names: its trigger and audience, and the kinds of its benefits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from campaign_calendars.deciding.uses import use_rules, valid_until
from campaign_calendars.model.benefits.base import BenefitBase
from campaign_calendars.model.calendar import Calendar, Play
from campaign_calendars.reading.loading import LoadedCalendar
from warehouse.sample.population import to_aware, to_local
from warehouse.sample.response import BenefitEffect, PhaseEffect, PlayEffect, WorldParams

# What the event itself does to everybody's wish to buy, messages or not.
_UPLIFT = {"reservoir": 0.95, "presale": 0.8, "warm_up": 0.85, "burst": 2.2, "maintenance": 0.9}

_TYPICAL_BASKET = 5_800
_PER_SHARE, _STRONGEST = 5.0, 2.0
PULLS: Mapping[str, float] = MappingProxyType(
    {
        "service": 1.1,
        "member_presale_right": 1.1,
        "points_double": 1.2,
        "points_redeem": 1.3,
        "points_plus_cash": 1.3,
        "points_game": 1.2,
        "referral_points": 1.1,
        "partner": 1.2,
        "referral": 1.3,
        "challenge": 1.4,
        "birthday_gift": 1.5,
        "buyback_gift": 1.5,
        "member_extra_gift": 1.6,
        "member_price": 1.6,
        "early_bird_price": 1.7,
        "flash_sale": 1.8,
        "group_buy": 1.8,
        "timed_offer": 1.8,
        "haggle": 1.5,
        "red_packet": 1.2,
        "after_order_coupon": 1.1,
        "order_sample": 1.1,
        "half_price": 2.0,
        "free_order": 1.6,
    }
)
"""How much more likely an order becomes with a benefit that takes no money off it, by kind."""
_OTHER = 1.5
"""Kinds that are not listed."""
_BALANCE = re.compile(r"\bbalance_(due|open|opens|closing)\b")


def world_params(loaded: LoadedCalendar) -> WorldParams:
    """The parameters of a world in which a calendar is run."""
    calendar = loaded.calendar
    phases = tuple(
        PhaseEffect(phase.id, span.start, span.end, _UPLIFT.get(phase.kind, 1.0))
        for phase in calendar.phases
        if (span := loaded.timeline.phases.get(phase.id))
    )
    spans = {
        rule.benefit: tuple((to_local(span.start), to_local(span.end)) for span in rule.spans)
        for rule in use_rules(calendar, loaded.timeline)
    }

    def ends(benefit: str, at: int, phase: str) -> int | None:
        until = valid_until(calendar, loaded.timeline, benefit, to_aware(at), phase)
        return None if until is None else to_local(until)

    return WorldParams(
        calendar=calendar.calendar,
        phases=phases,
        benefits={
            name: replace(benefit_effect(benefit), spans=spans.get(name, ()))
            for name, benefit in calendar.benefits.items()
        },
        plays={
            (phase.id, play.id): effect
            for phase in calendar.phases
            for play in phase.plays
            if (effect := _play_effect(calendar, play)) != PlayEffect()
        },
        public_claims=0.004,
        grant_ends=ends,
    )


def benefit_effect(benefit: BenefitBase) -> BenefitEffect:
    """A coupon pulls by the share of the basket it takes off, other benefits by their kind."""
    threshold = getattr(benefit, "threshold", None) or 0
    value = getattr(benefit, "value", None) or 0
    if value:
        share = value / max(threshold, _TYPICAL_BASKET)
        return BenefitEffect(1.0 + min(_PER_SHARE * share, _STRONGEST), threshold, value)
    return BenefitEffect(PULLS.get(benefit.kind, _OTHER), threshold, 0)


def _play_effect(calendar: Calendar, play: Play) -> PlayEffect:
    given = [
        calendar.benefits[name]
        for name in (*play.benefits, *getattr(play, "announces", ()))
        if name in calendar.benefits
    ]
    kinds = {benefit.kind for benefit in given}
    where = getattr(calendar.audiences.get(play.audience), "where", "")
    event = play.trigger.event if play.trigger else ""
    return PlayEffect(
        reminds=bool(_BALANCE.search(f"{where} {event}")),
        invites=bool(kinds & {"referral", "referral_points"}),
        signs_in=any(getattr(benefit, "game", "") == "sign_in" for benefit in given),
    )
