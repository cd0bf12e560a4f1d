"""How small an effect a hold-out can show: said before anything is sent, while its share may still be changed."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.lift import MIN_ARM
from campaign_calendars.measuring.regions import RegionDraw, doubts, names_in_words, unit_in_words
from campaign_calendars.values.units import Ratio

POWER = 0.8
ALPHA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutPower:
    """A control group of a plan, and the smallest effect on conversion that it can show."""

    name: str
    """`global`, `campaign`, or `phase/play`."""
    control: int
    """Members held out, of what is still to come."""
    treated: int
    """Members they are compared with."""
    baseline: Ratio
    """Share of both that paid an order in the `days` before the snapshot; assumed to go on without the calendar."""
    days: int
    """How long the effect is looked for: to the end of the phase, or of the campaign."""
    detectable: Ratio | None
    """Smallest difference in conversion it shows with 80 % power at 5 %; null: too few members, no buyers, or
    regions of which it would have to be more than everybody."""
    regions: RegionDraw | None = None
    """The regions that are held out, where whole regions are drawn; else null. Then `detectable` rests on how far the
    same regions lay apart in those `days`."""


def detectable(control: int, treated: int, baseline: float) -> float | None:
    """The difference of two proportions that a two-sided test at 5 % finds with a power of 80 %.

    Known answer: 100,000 against 900,000 members at 5 % give .00203530. None below 30 members in an arm, or
    where nobody or everybody buys: the variance is unknown then.
    """
    if min(control, treated) < MIN_ARM or not 0 < baseline < 1:
        return None
    normal = NormalDist()
    reach = normal.inv_cdf(1 - ALPHA / 2) + normal.inv_cdf(POWER)
    return reach * sqrt(baseline * (1 - baseline) * (1 / control + 1 / treated))


def told_of_draw(power: HoldoutPower) -> list[Said]:
    """Which regions are held out, and what speaks against the comparison; nothing where members are drawn."""
    draw = power.regions
    if draw is None:
        return []
    one, names = unit_in_words(draw.by), names_in_words(draw.names)
    held: Said = (
        (
            f"The campaign's hold-out is drawn by {one[0]}: {len(draw.names)} held out ({names[0]}),"
            f" {draw.treated} are not."
        ),
        f"活动对照组按{one[1]}抽取：留出 {len(draw.names)} 个（{names[1]}），其余 {draw.treated} 个照常触达。",
    )
    return [held, *doubts(draw.by, len(draw.names), draw.treated, draw.without_region, draw.largest)]
