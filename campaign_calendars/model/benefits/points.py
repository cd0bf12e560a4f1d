"""Points: redemption, with cash, the balance coupon, doubling, games, points as cash, referral points (A3, A6)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from campaign_calendars.model.benefits.base import (
    BenefitBase,
    CouponBenefit,
    Delivery,
    Nature,
    Order,
    PositiveInt,
    SeenIn,
    coupon_text,
    yuan,
)
from campaign_calendars.model.benefits.prices import PriceBenefit
from campaign_calendars.values.scalars import Day, Money, Text, UnfitError

Points = Annotated[PositiveInt, Field(description="Points of the member programme.")]


_GAMES = {
    "draw": ("积分抽奖，每次{}积分", "draw for {} points"),
    "flash": ("积分秒杀，{}积分", "flash redemption for {} points"),
    "sign_in": ("签到得{}积分", "{} points for signing in"),
    "review": ("晒单评价得{}积分", "{} points for a review"),
    "share": ("分享得{}积分", "{} points for sharing"),
    "profile": ("完善资料得{}积分", "{} points for completing the profile"),
}
SHORTEST_ROW = 2


class PointsRedeem(BenefitBase):
    """积分兑换: points for a gift or coupon (A3)."""

    default_nature: ClassVar[Nature] = "non_price"
    default_order: ClassVar[Order] = "first_come"
    seen_in: ClassVar[SeenIn] = "points"
    kind: Literal["points_redeem"]
    points: Points
    item: Annotated[Text, Field(description="What the points are exchanged for.")]

    @property
    def points_price(self) -> int | None:
        return self.points

    def sentence(self, lang: str) -> str:
        item = self.item.get(lang)
        return f"{self.points}积分兑{item}" if lang == "zh" else f"{item} for {self.points} points"


class PointsPlusCash(PriceBenefit):
    """积分加钱购: points and cash for goods (A3)."""

    seen_in: ClassVar[SeenIn] = "points"
    default_delivery: ClassVar[Delivery] = "claim"
    kind: Literal["points_plus_cash"]
    points: Points
    cash: Annotated[Money, Field(description="What is paid besides the points.")]
    item: Annotated[Text, Field(description="Goods it buys.")]

    @property
    def points_price(self) -> int | None:
        return self.points

    def unit_cents(self, list_cents: int | None) -> int | None:  # noqa: ARG002
        return self.cash

    def sentence(self, lang: str) -> str:
        item, cash = self.item.get(lang), yuan(self.cash)
        if lang == "zh":
            return f"{self.points}积分+{cash}元购{item}"
        return f"{item} for {self.points} points and {cash}"


class PointsFinalPaymentCoupon(CouponBenefit):
    """积分兑尾款优惠券: points for a coupon on the presale balance (A3)."""

    kind: Literal["points_final_payment_coupon"]
    points: Points
    before_deposit: bool = Field(
        default=False, description="Whether it is offered before a deposit is paid; else it needs an open balance."
    )

    @property
    def points_price(self) -> int | None:
        return self.points

    def sentence(self, lang: str) -> str:
        coupon = coupon_text(self.threshold, self.value, lang)
        if lang == "zh":
            return f"{self.points}积分兑尾款券{coupon}"
        return f"balance coupon {coupon} for {self.points} points"


class PointsDouble(BenefitBase):
    """会员日双倍积分: orders paid on its days earn a multiple, on top of the tier's factor (A3, A6).

    Of it and the store's member day the larger counts. Nothing is granted: messages tell of it, the rules give it.
    """

    default_nature: ClassVar[Nature] = "non_price"
    seen_in: ClassVar[SeenIn] = "nowhere"
    default_delivery: ClassVar[Delivery] = "auto"
    kind: Literal["points_double"]
    multiplier: float = Field(default=2.0, gt=1, le=10, description="Factor on the points of an order.")
    days: list[Day] = Field(default_factory=list, description="Its days; default: those of the plays that name it.")

    def derived_cost(self) -> int:
        return 0

    def sentence(self, lang: str) -> str:
        times = f"{self.multiplier:g}"
        return f"{times}倍积分" if lang == "zh" else f"points times {times}"


class PointsGame(BenefitBase):
    """积分抽奖 / 积分秒杀, 签到 / 晒单 / 分享 / 完善资料积分: points that a play costs, or that it earns (A3, S3).

    sign_in and share count once a local day, review once an order, profile once.
    """

    default_nature: ClassVar[Nature] = "non_price"
    seen_in: ClassVar[SeenIn] = "points"
    default_delivery: ClassVar[Delivery] = "earn"
    kind: Literal["points_game"]
    game: Annotated[
        Literal["draw", "flash", "sign_in", "review", "share", "profile"], Field(description="What is played.")
    ]
    points: Annotated[int, Field(ge=0, description="Points won by it, or paid to take part in draw and flash.")]
    streak: dict[int, PositiveInt] = Field(
        default_factory=dict,
        description="Points on top for so many local days in a row, e.g. {7: 20}; then the row begins anew.",
    )
    month_cap: PositiveInt | None = Field(default=None, description="Most points a member gets by it in a local month.")

    @model_validator(mode="after")
    def _fits_the_game(self) -> PointsGame:
        if self.streak and self.game != "sign_in":
            raise UnfitError("only sign_in has a `streak`", "只有 sign_in 可写 streak")
        if self.streak and min(self.streak) < SHORTEST_ROW:
            raise UnfitError("a row of days has 2 days or more", "连续天数至少为 2 天")
        if self.month_cap is not None and not self.earns:
            raise UnfitError(
                f"{self.game} costs points; `month_cap` is for those that are won",
                f"{self.game} 消耗积分；month_cap 只用于获得积分的玩法",
            )
        return self

    @property
    def earns(self) -> bool:
        """Whether members win the points; else they pay them."""
        return self.game not in {"draw", "flash"}

    @property
    def points_price(self) -> int | None:
        return None if self.earns else self.points

    def sentence(self, lang: str) -> str:
        zh, en = _GAMES[self.game]
        text = (zh if lang == "zh" else en).format(self.points)
        for days, points in sorted(self.streak.items()):
            text += f"，连续{days}天另得{points}" if lang == "zh" else f", {points} more for {days} days in a row"
        return text


class PointsForCash(BenefitBase):
    """积分抵扣现金: points pay part of an order, at the store's rate `points.cash` (S3)."""

    default_nature: ClassVar[Nature] = "price"
    seen_in: ClassVar[SeenIn] = "nowhere"
    kind: Literal["points_cash"]

    def derived_cost(self) -> int:
        return 0

    def sentence(self, lang: str) -> str:
        return "积分抵扣现金" if lang == "zh" else "points pay part of the order"


class ReferralPoints(BenefitBase):
    """积分赠送: both get points for the introduced friend's first successful order (A3, S3)."""

    default_nature: ClassVar[Nature] = "non_price"
    seen_in: ClassVar[SeenIn] = "nowhere"
    default_delivery: ClassVar[Delivery] = "earn"
    kind: Literal["referral_points"]
    points: Annotated[
        PositiveInt | Literal["same_as_order"],
        Field(description="Points for each of the two; same_as_order: as many as that order earns without factors."),
    ]
    spend: Money | None = Field(
        default=None, description="Successful spend of the friend from which they are given; empty: any order."
    )

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            from_ = f"首次消费满{yuan(self.spend)}元" if self.spend else "首单交易成功"
            given = "与该单等额的积分" if self.points == "same_as_order" else f"{self.points}积分"
            return f"好友{from_}，双方各得{given}"
        given = "the points of that order" if self.points == "same_as_order" else f"{self.points} points"
        when = f"the friend first spends {yuan(self.spend)}" if self.spend else "the friend's first order succeeds"
        return f"{given} for both when {when}"
