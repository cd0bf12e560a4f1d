"""How the use of a benefit is recognised, what it costs then, and until when a grant may be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from campaign_calendars.model.benefits import BenefitBase, CouponBenefit, Pack
from campaign_calendars.model.benefits.base import ItemsXorAmount, SeenIn
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.time.timeline import Timeline, local_day, shift

LATE_DATA = timedelta(days=3)
"""So long after its end a grant may still turn out to have been used: uses are written down late."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class UseRule:
    """How uses of one benefit are told.

    `seen_in` counts where no redemption ever names the benefit. `costs` are those of the uses of one grant, the
    dearest first; `off_basket`: a use costs no more than the basket it was made on. `comes_back`: the member has it
    again when that order is closed or refunded as a whole. An order is one of these only from `amount_cents` and
    `items` on, an entry of the points ledger only if it takes `points`.
    """

    benefit: str
    seen_in: SeenIn
    costs: tuple[int, ...]
    comes_back: bool
    off_basket: bool
    amount_cents: int = 0
    items: int = 0
    points: int = 0


def use_rules(calendar: Calendar) -> Iterator[UseRule]:
    """One for each benefit that can be granted."""
    prices = Counter(benefit.points_price for benefit in calendar.benefits.values())
    for name, benefit in calendar.benefits.items():
        if benefit.kind != "store_coupon":
            yield _rule(name, benefit, prices)


def _rule(name: str, benefit: BenefitBase, prices: Counter[int | None]) -> UseRule:
    points = benefit.points_price
    asked = benefit if isinstance(benefit, ItemsXorAmount) else None
    # An entry of so many points tells nothing where two benefits ask for as many.
    told = benefit.seen_in != "points" or (bool(points) and prices[points] == 1)
    return UseRule(
        name,
        benefit.seen_in if told else "nowhere",
        benefit.use_costs,
        benefit.comes_back,
        isinstance(benefit, CouponBenefit | Pack),
        (asked.amount or 0) if asked else 0,
        (asked.items or 0) if asked else 0,
        points or 0,
    )


def valid_until(calendar: Calendar, timeline: Timeline, name: str, granted_at: datetime) -> datetime | None:
    """The first moment at which a grant can be used no more; None: it has no end.

    Whole days end with the local day so many days after that of the grant, other lengths to the second.
    """
    if (window := timeline.validity.get(name)) is not None:
        return window.end
    benefit = calendar.benefits.get(name)
    valid = benefit.valid if benefit is not None else None
    if valid is None or valid.for_ is None:
        return None
    if valid.for_ % _DAY:
        return shift(granted_at, valid.for_)
    day = granted_at.astimezone(timeline.timezone).date() + valid.for_
    return local_day(datetime.combine(day, time(12), timeline.timezone), timeline.timezone).end
