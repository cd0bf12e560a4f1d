"""The rules of a member programme: who may join, tiers, points, lifecycle, tags, value (A1, A5, A6).

Models an operator writes, and the arithmetic that follows from them. The arithmetic is exact:
amounts are whole cents, factors are fractions of their decimal text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from fractions import Fraction
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from campaign_calendars.values.scalars import FULL_SHARE, Day, Duration, Money, PriceRate, Share, Text, UnfitError

MOST_TIERS = 12
PositiveInt = Annotated[int, Field(ge=1)]
CENTS = 100


class Strict(BaseModel):
    """Base of everything an operator writes: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


class Threshold(Strict):
    """What a tier asks for within the window; nothing of both: everybody has it."""

    spend: Money | None = Field(default=None, description="Spend within the window from which it is reached.")
    orders: int | None = Field(
        default=None, ge=1, description="Successful orders within the window from which it is reached."
    )


class Tier(Threshold):
    """A member level, reached by spend or orders within the rolling window, inclusive (A6: 满 means ≥)."""

    id: Annotated[str, Field(description="Name of the tier in benefits and audiences.")]
    title: Text = Text()
    points: float = Field(default=1.0, ge=0, le=100, description="Factor on the points of its members' orders (A6).")
    discount: PriceRate = Field(
        default=FULL_SHARE,
        description="Share of the price its members pay (店铺VIP), 0.70 or more: 0.95 is 5% off; of it and other prices"
        " of an item the best counts.",
    )


class EarlierTier(Threshold):
    """What a tier asked for before the rules changed."""

    id: Annotated[str, Field(description="One of the tiers of `levels`.")]


Mode = Literal["any_of", "all_of"]


class Tiers(Strict):
    window: Duration = Field(description="Rolling window over which spend and orders count, e.g. 365d.")
    levels: list[Tier] = Field(
        min_length=1, max_length=MOST_TIERS, description="Lowest first; thresholds strictly increasing."
    )
    mode: Mode = Field(
        default="any_of", description="Whether one of spend and orders is enough where a tier asks for both (A6)."
    )
    applies: Literal["immediately", "next_success"] = Field(
        default="immediately",
        description="next_success: who has not bought since the rules changed keeps the earlier tier (A6).",
    )
    since: Day | None = Field(default=None, description="First day of these rules.")
    earlier: list[EarlierTier] = Field(default_factory=list, description="The rules until then, lowest first.")

    @model_validator(mode="after")
    def _changed(self) -> Tiers:
        if self.applies == "next_success" and (self.since is None or not self.earlier):
            raise UnfitError(
                "`applies: next_success` needs `since` and the `earlier` rules: members keep a tier by them",
                "applies: next_success 需要 since 与 earlier（此前的规则）：会员在下次成功交易前按其保留等级",
            )
        known = [level.id for level in self.levels]
        for rule in self.earlier:
            if rule.id not in known:
                raise UnfitError(
                    f"`earlier` names {rule.id!r}, which is no tier of `levels`",
                    f"earlier 中的 {rule.id!r} 不在 levels 中",
                )
        return self


@dataclass(frozen=True, slots=True)
class Ladder:
    """Thresholds of the tiers, lowest first, ready for counting: a tier's rank is how many are reached.

    `spends` are cents; None is out of reach. Both sequences never decrease.
    """

    spends: tuple[int | None, ...]
    orders: tuple[int | None, ...]
    mode: Mode = "any_of"

    def rank(self, spend: int, orders: int) -> int:
        """Tiers reached, from 0; `spend` in cents."""
        by_spend = sum(1 for step in self.spends if step is not None and spend >= step)
        by_orders = sum(1 for step in self.orders if step is not None and orders >= step)
        return max(by_spend, by_orders) if self.mode == "any_of" else min(by_spend, by_orders)


def ladder(levels: Sequence[Threshold | None], mode: Mode) -> Ladder:
    """The ladder of the levels, lowest first; None is a level these rules do not have."""
    spends: list[int | None] = []
    orders: list[int | None] = []
    for number, level in enumerate(levels):
        # The lowest tier asks for nothing unless it says so.
        free = (
            level is not None and level.orders is None and (level.spend or 0) == 0 and (level.spend == 0 or number == 0)
        )
        spends.append(0 if free else level.spend if level else None)
        orders.append(0 if free else level.orders if level else None)
    if mode == "any_of":
        return Ladder(_from_above(spends), _from_above(orders), mode)
    absent = [level is None for level in levels]
    return Ladder(_from_below(spends, absent), _from_below(orders, absent), mode)


def ladder_of_spends(spends: Sequence[int]) -> Ladder:
    """Tiers reached by spend alone, in cents, lowest first."""
    return Ladder(tuple(spends), (None,) * len(spends))


@dataclass(frozen=True, slots=True)
class TierRules:
    """The tiers' rules as they are counted.

    With `since` (aware) and `earlier`, who has had no successful order since then keeps the tier by
    the earlier rules; both ladders have one step for each tier of today.
    """

    now: Ladder
    earlier: Ladder | None = None
    since: datetime | None = None


def tier_rules(tiers: Tiers, timezone: ZoneInfo) -> TierRules:
    """What the store's tiers come to; `timezone` is the one its days are meant in."""
    now = ladder(tiers.levels, tiers.mode)
    if tiers.applies == "immediately" or tiers.since is None:
        return TierRules(now)
    earlier = {rule.id: rule for rule in tiers.earlier}
    steps = [earlier.get(level.id) for level in tiers.levels]
    return TierRules(now, ladder(steps, tiers.mode), datetime.combine(tiers.since, time(), timezone))


def _from_above(steps: Sequence[int | None]) -> tuple[int | None, ...]:
    """A tier that cannot be reached this way is reached with the next one above that can."""
    filled: list[int | None] = []
    above: int | None = None
    for step in reversed(steps):
        above = step if step is not None else above
        filled.append(above)
    return tuple(reversed(filled))


def _from_below(steps: Sequence[int | None], absent: Sequence[bool]) -> tuple[int | None, ...]:
    """A tier that asks nothing of this measure asks what the one below does; an absent one is skipped."""
    filled: list[int | None] = []
    below = 0
    for step in steps:
        below = below if step is None else step
        filled.append(below)
    above: int | None = None
    for number in reversed(range(len(filled))):
        filled[number] = above if absent[number] else filled[number]
        above = filled[number]
    return tuple(filled)


class JoinThreshold(Strict):
    """Who may join: an amount or a number of purchases (A1#12). Without it everybody may."""

    amount: Money | None = Field(default=None, description="Spend of all time from which one may join.")
    orders: int | None = Field(default=None, ge=1, description="Orders of all time from which one may join.")
    any_of: bool = Field(default=True, description="Whether one of the two is enough.")

    @model_validator(mode="after")
    def _asks(self) -> JoinThreshold:
        if self.amount is None and self.orders is None:
            raise UnfitError("write `amount`, `orders` or both", "请写 amount、orders 或两者")
        return self


class Bounds(Strict):
    """Upper bounds of recency, inclusive (A5)."""

    core: Duration = Field(default="30d", validate_default=True, description="Up to here a buyer is core.")
    potential: Duration = Field(default="90d", validate_default=True, description="Up to here potential.")
    ordinary: Duration = Field(default="180d", validate_default=True, description="Up to here ordinary.")
    lost: Duration = Field(default="365d", validate_default=True, description="Up to here dormant, then lost.")

    @property
    def days(self) -> tuple[int, int, int, int]:
        return self.core.days, self.potential.days, self.ordinary.days, self.lost.days


class Lifecycle(Bounds):
    """Upper bounds of recency, inclusive (A5).

    core ≤ 30d < potential ≤ 90d < ordinary ≤ 180d < dormant ≤ 365d < lost, with the defaults.
    """

    by_category: dict[str, Bounds] = Field(
        default_factory=dict, description="Bounds of members whose favourite category it is; their own defaults."
    )


class MemberDay(Strict):
    """Days on which orders earn a multiple of the points (会员日双倍积分, A3)."""

    multiplier: float = Field(default=2.0, gt=1, le=10, description="Factor on the points of an order.")
    monthly: list[int] = Field(default_factory=list, description="Days of the month, 1 to 31.")
    on: list[Day] = Field(default_factory=list, description="Single days.")

    @model_validator(mode="after")
    def _some_day(self) -> MemberDay:
        if not self.monthly and not self.on:
            raise UnfitError("write `monthly` or `on`: which days earn more", "请写 monthly 或 on：哪些日子多倍积分")
        last = 31
        if any(not 1 <= day <= last for day in self.monthly):
            raise UnfitError("`monthly` holds days of the month, 1 to 31", "monthly 为每月的日期，1 至 31")
        return self


class ReferralRule(Strict):
    """Both get points for a friend's first successful order, once (积分赠送, A3, S3)."""

    points: Annotated[
        PositiveInt | Literal["same_as_order"],
        Field(description="Points for each of the two; same_as_order: as many as that order earns without factors."),
    ]
    spend: Money | None = Field(
        default=None, description="Successful spend of the friend from which they are given; empty: any order."
    )


class PointsCash(Strict):
    """积分抵扣现金: points pay part of an order, after coupons and without freight (S3). There is no usual rate."""

    per_yuan: Annotated[PositiveInt, Field(description="Points that pay one unit of currency.")]
    max_share: Share = Field(
        default="100%", validate_default=True, description="Share of the basket, coupons taken off, they pay at most."
    )
    min: int = Field(default=0, ge=0, description="Fewest points that can be used at once.")


Rounding = Literal["floor", "half_up", "exact_half"]


class Points(Strict):
    """How points are earned (A6): per whole unit of currency of each order, times the factor of the tier.

    The part of an order below one unit is not carried over. A refund takes back the difference.
    """

    per_unit: int = Field(default=1, ge=1, description="Points for each whole unit of currency of an order.")
    rounding: Rounding = Field(
        default="floor",
        description="Of the product: floor; half_up, to the nearest; exact_half, down to a whole or half point.",
    )
    member_day: MemberDay | None = Field(default=None, description="Days that earn more; times the tier's factor.")
    referral: ReferralRule | None = Field(default=None, description="Points for introducing somebody.")
    valid: Duration | None = Field(default=None, description="What is left after it is void; empty: never.")
    before_joining: Literal["wait", "lost"] = Field(
        default="wait",
        description="Points of orders paid before joining: they wait and are the member's on joining, or are lost.",
    )
    point_value: Money = Field(default=0, description="What one point costs the store, for costs and liability.")
    cash: PointsCash | None = Field(default=None, description="Points that pay part of an order (积分抵扣现金).")

    def earned(self, amount_cents: int, factor: float = 1.0, multiplier: float = 1.0) -> int | Fraction:
        """Points of one order of `amount_cents` by a member whose tier has `factor`.

        `multiplier` is that of the member day. A Fraction only with `rounding: exact_half`.
        """
        exact = Fraction(str(factor)) * Fraction(str(multiplier)) * max(amount_cents // CENTS, 0) * self.per_unit
        if self.rounding == "half_up":
            return math.floor(exact + Fraction(1, 2))
        if self.rounding == "exact_half":
            halves = Fraction(math.floor(exact * 2), 2)
            return halves.numerator if halves.denominator == 1 else halves
        return math.floor(exact)


class ValueWeights(Strict):
    """Member definition 3.0: what behaviour is worth, added up to `value_score` (A1#3)."""

    order: int = Field(default=10, ge=0, description="Each order within 365 days.")
    spend: int = Field(default=1, ge=0, description="Each whole 100 units of currency spent within 365 days.")
    visit: int = Field(default=1, ge=0, description="Each visit within 30 days.")
    cart_add: int = Field(default=2, ge=0, description="Each article put in the cart within 30 days.")
    favourite: int = Field(default=2, ge=0, description="Each favourite within 30 days.")
    sign_in: int = Field(default=1, ge=0, description="Each sign-in within 30 days.")
    interaction: int = Field(default=3, ge=0, description="Each other interaction within 30 days.")
    joined: int = Field(default=10, ge=0, description="Being joined.")


TagFamily = Literal["need", "attribute", "purchase", "dynamic", "custom"]


class TagRule(Strict):
    """A tag somebody carries as long as a rule holds for them (A1#17, A1#20)."""

    title: Text = Text()
    family: TagFamily = Field(
        default="custom",
        description="need (需求), attribute (买家属性), purchase (购买属性), dynamic (动态) or custom (自定义).",
    )
    where: str | None = Field(default=None, description="Expression over the fields; who it holds for has the tag.")
    merge: list[str] = Field(default_factory=list, description="Imported tags that are this one from now on.")

    @model_validator(mode="after")
    def _one_way(self) -> TagRule:
        if (self.where is None) == (not self.merge):
            raise UnfitError("give exactly one of `where` and `merge`", "where 与 merge 必须且只能写一个")
        return self
