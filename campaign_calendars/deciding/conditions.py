"""Who may have a benefit, by facts about the member at the moment: what each kind asks (A3).

A condition is a name and figures; the SQL of each is a file of `warehouse.decision.conditions`. Conditions depend on
nothing that was done to the member, so they lie before the hold-out: both arms pass the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from campaign_calendars.findings.said import Said
from campaign_calendars.model.benefits import Benefit
from campaign_calendars.model.benefits.coupons import NewMemberCoupon, NewMemberPack
from campaign_calendars.model.benefits.gifts import BirthdayGift, BuybackGift, Challenge, MemberGift001, NewMemberGift
from campaign_calendars.model.benefits.group_plays import Timed
from campaign_calendars.model.benefits.points import PointsFinalPaymentCoupon
from campaign_calendars.time.timeline import BenefitTimes, Span

Value = int | str | datetime
Name = Literal[
    "joined", "joined_or_invited", "joined_in_offer", "first_time", "buyer", "joined_lately", "birthday", "has_order",
    "orders_since", "deposit", "not_reached", "in_group",
]  # fmt: skip


Fact = Literal["joined_at", "birth_on", "paid_at", "deposit_paid_at", "bound_at"]


@dataclass(frozen=True, slots=True)
class ConditionKind:
    """What a condition is called in a reason, what it reads of `member_features`, and which fact of the sources.

    `unknown`: of a member of whom the condition is neither true nor false, that fact is not known.
    """

    told: str
    columns: frozenset[str]
    fact: Fact
    unknown: bool = False


CONDITIONS: Final[dict[Name, ConditionKind]] = {
    "joined": ConditionKind("joined", frozenset({"joined"}), "joined_at"),
    "joined_or_invited": ConditionKind("joined", frozenset({"joined", "may_join"}), "joined_at"),
    "joined_in_offer": ConditionKind(
        "joined", frozenset({"joined", "joined_at", "may_join"}), "joined_at", unknown=True
    ),
    "first_time": ConditionKind("first_time", frozenset(), "joined_at"),
    "buyer": ConditionKind("buyer", frozenset({"joined", "orders_total"}), "paid_at"),
    "joined_lately": ConditionKind("within", frozenset({"joined_at"}), "joined_at"),
    "birthday": ConditionKind("birthday", frozenset({"birth_month", "is_birthday_month"}), "birth_on", unknown=True),
    "has_order": ConditionKind("orders", frozenset({"orders_total"}), "paid_at"),
    "orders_since": ConditionKind("after_orders", frozenset(), "paid_at"),
    "deposit": ConditionKind("deposit", frozenset({"balance_open"}), "deposit_paid_at"),
    "not_reached": ConditionKind("reached", frozenset(), "paid_at"),
    "in_group": ConditionKind("group", frozenset(), "bound_at"),
}
FACTS: Final[dict[Fact, Said]] = {
    "joined_at": ("when members joined (joined_at of members)", "入会时间（会员数据的 joined_at）"),
    "birth_on": ("birthdays (birth_on of members)", "生日（会员数据的 birth_on）"),
    "paid_at": ("paid orders (orders)", "已付款订单（订单数据）"),
    "deposit_paid_at": ("deposits (deposit_paid_at of orders)", "定金（订单数据的 deposit_paid_at）"),
    "bound_at": ("who is in which group (contact points)", "谁在哪个群（触点数据）"),
}
"""What the facts are called."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing a benefit asks of a member; `values` are the figures of its SQL, moments aware."""

    name: Name
    values: tuple[tuple[str, Value], ...] = ()

    @property
    def kind(self) -> ConditionKind:
        return CONDITIONS[self.name]


@dataclass(frozen=True, slots=True)
class Asking:
    """Where a benefit is to be given: the moment, its local day, and what the calendar says of both."""

    at: datetime
    day: Span
    campaign: Span
    sale_start: datetime
    birthday_known: bool = False
    """The play answers birthdays itself."""
    buyers_only: bool = False
    """Only who has bought may be recruited: the platform's official member product."""


def conditions_of(benefit: Benefit, times: BenefitTimes, asking: Asking) -> tuple[Condition, ...]:
    """What a benefit asks, in the order in which it is told."""
    joined = [Condition("joined")] if benefit.for_joined else []
    if isinstance(benefit, Timed) and benefit.group is not None:
        joined.append(Condition("in_group", (("channel", benefit.group), ("at", asking.at))))
    return (*joined, *_of_kind(benefit, times, asking))


def _of_kind(benefit: Benefit, times: BenefitTimes, asking: Asking) -> Iterator[Condition]:
    if isinstance(benefit, NewMemberCoupon | NewMemberGift | NewMemberPack):
        yield from _new_member(benefit, times.offered or asking.campaign, asking)
    elif isinstance(benefit, MemberGift001):
        yield Condition("joined_or_invited")
        if asking.buyers_only:
            yield Condition("buyer")
    elif isinstance(benefit, BirthdayGift):
        if not asking.birthday_known:
            yield Condition("birthday")
        if benefit.needs_order:
            yield Condition("has_order", (("orders", 1),))
    elif isinstance(benefit, BuybackGift):
        since = times.since or asking.sale_start
        yield Condition("orders_since", (("orders", benefit.after_orders), ("since", since)))
    elif isinstance(benefit, PointsFinalPaymentCoupon) and not benefit.before_deposit:
        yield Condition("deposit")
    elif isinstance(benefit, Challenge):
        yield Condition("not_reached", (("since", challenge_since(benefit, times, asking)), ("spend", benefit.spend)))


def _new_member(
    benefit: NewMemberCoupon | NewMemberGift | NewMemberPack, offered: Span, asking: Asking
) -> Iterator[Condition]:
    yield Condition("joined_in_offer", (("since", offered.start), ("until", offered.end)))
    if not benefit.rejoin:
        yield Condition("first_time")
    yield Condition("joined_lately", (("since", asking.at - benefit.within),))
    if asking.buyers_only:
        yield Condition("buyer")


def challenge_since(benefit: Challenge, times: BenefitTimes, asking: Asking) -> datetime:
    """From when on orders count: of the period, or as written where that is later."""
    start = asking.day.start if benefit.period == "day" else asking.campaign.start
    if times.since is None:
        return start
    return max(times.since, start, key=datetime.timestamp) if benefit.period == "day" else times.since
