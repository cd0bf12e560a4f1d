"""How the use of a benefit is recognised, what it costs then, and until when a grant may be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaign_calendars.model.benefits import BenefitBase, CouponBenefit, Pack
from campaign_calendars.model.benefits.base import FULL, Asked, SeenIn
from campaign_calendars.model.benefits.coupons import AfterAnOrder, IssuedOn, Referral
from campaign_calendars.model.benefits.gifts import Challenge
from campaign_calendars.model.benefits.prices import PriceBenefit
from campaign_calendars.model.benefits.rights import Partner
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.time.timeline import Span, Timeline, from_local, local_day, shift, utc

LATE_DATA = timedelta(days=3)
"""So long after its end a grant may still turn out to have been used: uses are written down late."""
NOTHING = Asked()
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Issue:
    """A benefit that comes with an order and is used on another (满返): earned until `until`, valid for `valid` then.

    It is earned when the order is paid, or when it succeeds (`on`). Whole days end with the local day in `zone`.
    """

    until: datetime
    valid: timedelta
    zone: ZoneInfo
    on: IssuedOn = "paid"

    def ends(self, issued_at: datetime) -> datetime:
        """The first moment at which what was issued then can be used no more."""
        return end_after(issued_at, self.valid, self.zone)


@dataclass(frozen=True, slots=True)
class UseRule:
    """How uses of one benefit are told.

    `seen_in` counts where no redemption ever names the benefit. `costs` are those of the uses of one grant, the
    dearest first; `off_basket`: a use costs no more than the basket it was made on. `comes_back`: the member has it
    again when that order is closed or refunded as a whole. `asked` is what an order or an entry of the points ledger
    has to be like. It can be used only in `spans` (none: at any time), with a deposit in `placed` where it is for
    staged orders; orders of a sum count from `since` on, on each of the `days` anew where there are any. Where nobody
    can see a use, `rate` of the grants count. With `issue` a grant is worth something only from the order on that
    earns it.
    """

    benefit: str
    seen_in: SeenIn
    costs: tuple[int, ...]
    comes_back: bool
    off_basket: bool
    asked: Asked = NOTHING
    rate: int = FULL
    spans: tuple[Span, ...] = ()
    placed: tuple[Span, ...] = ()
    since: datetime | None = None
    issue: Issue | None = None
    days: tuple[Span, ...] = ()
    children: int = 0
    """Of a referral: so many friends may use what one grant passes on, at the costs behind the grant's own."""
    kept: bool = False
    """Whoever got it keeps it, used or not, and it is paid for: a code."""


def use_rules(calendar: Calendar, timeline: Timeline) -> Iterator[UseRule]:
    """One for each benefit that can be granted."""
    prices = Counter(benefit.points_price for benefit in calendar.benefits.values())
    for name, benefit in calendar.benefits.items():
        if benefit.kind != "store_coupon":
            yield _rule(name, benefit, timeline, alone=prices[benefit.points_price] == 1)


def _rule(name: str, benefit: BenefitBase, timeline: Timeline, *, alone: bool) -> UseRule:
    seen_in, asked = benefit.seen_as()
    # An entry of so many points tells nothing where two benefits ask for as many.
    told = seen_in != "points" or (bool(asked.points) and alone)
    staged = asked.staged is True
    kept = isinstance(benefit, Partner) and benefit.codes is not None
    return UseRule(
        name,
        seen_in if told else "nowhere",
        benefit.use_costs,
        benefit.comes_back,
        isinstance(benefit, CouponBenefit | Pack) or seen_in == "refunds",
        asked,
        FULL if kept else benefit.redemption_rate,
        _spans(name, timeline),
        tuple(window.placed for window in timeline.balances) if staged else (),
        _summed_since(name, timeline) if seen_in == "order_sums" else None,
        _issue(benefit, timeline),
        _summed_days(benefit, timeline),
        benefit.max_children if isinstance(benefit, Referral) else 0,
        kept,
    )


def takes_order(benefit: BenefitBase) -> bool:
    """Whether only a buyer can use it: what makes an order cheaper, and what an order brings or gives back."""
    cheaper = isinstance(benefit, CouponBenefit | Pack | PriceBenefit | AfterAnOrder)
    return cheaper or benefit.seen_as()[0] in {"orders", "order_sums", "refunds"}


def _issue(benefit: BenefitBase, timeline: Timeline) -> Issue | None:
    """Cash-back whose validity is a length of time; one with a window is only told by redemptions."""
    if not isinstance(benefit, AfterAnOrder) or benefit.valid is None or benefit.valid.for_ is None:
        return None
    return Issue(timeline.campaign.end, benefit.valid.for_, timeline.timezone, benefit.issued)


def _summed_since(name: str, timeline: Timeline) -> datetime:
    """From when on orders add up: as written, or from the start of the calendar."""
    times = timeline.benefits.get(name)
    return times.since if times is not None and times.since is not None else timeline.campaign.start


def _summed_days(benefit: BenefitBase, timeline: Timeline) -> tuple[Span, ...]:
    """Local days of the calendar on which a daily challenge begins anew; none: all of it is one sum."""
    if not isinstance(benefit, Challenge) or benefit.period != "day":
        return ()
    days = [local_day(timeline.campaign.start, timeline.timezone)]
    while utc(days[-1].end) < utc(timeline.campaign.end):
        days.append(local_day(days[-1].end, timeline.timezone))
    return tuple(days)


def _spans(name: str, timeline: Timeline) -> tuple[Span, ...]:
    """Days on which alone it may be used; else the window of its validity."""
    days = timeline.use_days(name)
    window = timeline.validity.get(name)
    if days:
        return tuple(days)
    return (window,) if window is not None else ()


def valid_until(
    calendar: Calendar, timeline: Timeline, name: str, granted_at: datetime, phase: str = ""
) -> datetime | None:
    """The first moment at which a grant can be used no more; None: the calendar does not know the benefit.

    Whole days end with the local day so many days after that of the grant, other lengths to the second. Without
    `valid` the last of its days counts, the end of the phase for a gift that goes with the next order, the end of the
    month for a birthday, else the end of the calendar.
    """
    if (window := timeline.validity.get(name)) is not None:
        return window.end
    benefit = calendar.benefits.get(name)
    if benefit is None:
        return None
    if benefit.valid is None or benefit.valid.for_ is None:
        return _default_end(benefit, timeline, name, granted_at, phase)
    return end_after(granted_at, benefit.valid.for_, timeline.timezone)


def end_after(moment: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    """When something ends that lasts so long: whole days with the local day, other lengths to the second."""
    if length % _DAY:
        return shift(moment, length)
    day = moment.astimezone(zone).date() + length
    return local_day(datetime.combine(day, time(12), zone), zone).end


def _default_end(benefit: BenefitBase, timeline: Timeline, name: str, granted_at: datetime, phase: str) -> datetime:
    if days := timeline.use_days(name):
        return max(day.end for day in days)
    if benefit.ends_with == "month":
        local = granted_at.astimezone(timeline.timezone)
        first = (local.replace(day=1) + timedelta(days=32)).replace(day=1).date()
        return from_local(datetime.combine(first, time()), timeline.timezone)
    span = timeline.phases.get(phase) if benefit.ends_with == "phase" else None
    return (span or timeline.campaign).end
