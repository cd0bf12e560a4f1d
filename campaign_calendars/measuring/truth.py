"""What a measurement is worth, where that can be known: the truth of a generated store beside its estimate.

Only a simulation knows what its members would have done without the messages. Real stores have no truth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from campaign_calendars.measuring.lift import Contrast
from campaign_calendars.values.units import Ratio


@dataclass(frozen=True, slots=True)
class TrueFigures:
    """What a play really added to the members of its treated arm, from assignment to the end of its phase."""

    phase: str
    """Id of the phase; empty for the whole programme."""
    play: str
    """Id of the play; empty for the whole programme."""
    members: int
    """Members who were to get it, by assignment."""
    buyers: int
    """Of them, those who paid an order."""
    buyers_anyway: int
    """Members who would have paid one without it."""
    added_orders: int
    """Paid orders that came because of it, less those that did not come because of it."""
    added_cents: int
    """What it added to their payments: net of coupons and of refunds known by then."""
    uses: int
    """Its coupons that were used."""
    uses_anyway: int
    """Of them, those used on orders that would have come without it: money nobody gets back."""
    balances: int
    """Balances of presale orders that its reminder saved."""
    joins: int
    """Members who joined because of it."""
    referrals: int
    """People who were brought because of it."""
    sign_ins: int
    """Sign-ins because of it."""


@dataclass(frozen=True, slots=True)
class TrueEffect(TrueFigures):
    """The truth beside what was measured."""

    difference: Ratio | None
    """Added buyers per member: what the estimate is an estimate of; null without members."""
    estimate: Ratio | None
    """What the hold-out measured; null without one, or for too few members."""
    interval: tuple[Ratio, Ratio] | None
    """Lower and upper end of the estimate."""
    inside: bool | None
    """Whether the truth lies in the interval; null without one."""


def beside(true: TrueFigures, contrast: Contrast | None) -> TrueEffect:
    """The truth of a play, or of the programme, held against its contrast."""
    difference = (true.buyers - true.buyers_anyway) / true.members if true.members else None
    interval = contrast.interval if contrast else None
    inside = None if interval is None or difference is None else interval[0] <= difference <= interval[1]
    known = {each.name: getattr(true, each.name) for each in fields(TrueFigures)}
    estimate = contrast.difference if contrast else None
    return TrueEffect(**known, difference=difference, estimate=estimate, interval=interval, inside=inside)


def covered(effects: Iterable[TrueEffect]) -> tuple[int, int]:
    """How many intervals hold the truth, and how many there are."""
    judged = [effect.inside for effect in effects if effect.inside is not None]
    return sum(judged), len(judged)
