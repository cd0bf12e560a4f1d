"""Points: redemption, points plus cash, the balance coupon, doubling, games, referral points (A3, A6)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from campaign_calendars.model.benefits.base import (
    BenefitBase,
    CouponBenefit,
    Nature,
    PositiveInt,
    SeenIn,
    coupon_text,
    yuan,
)
from campaign_calendars.model.benefits.prices import PriceBenefit
from campaign_calendars.values.scalars import Money, Text

Points = Annotated[PositiveInt, Field(description="Points of the member programme.")]


_GAMES = {
    "draw": ("积分抽奖，每次{}积分", "draw for {} points"),
    "flash": ("积分秒杀，{}积分", "flash redemption for {} points"),
    "sign_in": ("签到得{}积分", "{} points for signing in"),
}


class PointsRedeem(BenefitBase):
    """积分兑换: points for a gift or coupon (A3)."""

    default_nature: ClassVar[Nature] = "non_price"
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
    kind: Literal["points_plus_cash"]
    points: Points
    cash: Annotated[Money, Field(description="What is paid besides the points.")]
    item: Annotated[Text, Field(description="Goods it buys.")]

    @property
    def points_price(self) -> int | None:
        return self.points

    def sentence(self, lang: str) -> str:
        item, cash = self.item.get(lang), yuan(self.cash)
        if lang == "zh":
            return f"{self.points}积分+{cash}元购{item}{self.counted(lang)}"
        return f"{item} for {self.points} points and {cash}{self.counted(lang)}"


class PointsFinalPaymentCoupon(CouponBenefit):
    """积分兑尾款优惠券: points for a coupon on the presale balance (A3)."""

    kind: Literal["points_final_payment_coupon"]
    points: Points

    @property
    def points_price(self) -> int | None:
        return self.points

    def sentence(self, lang: str) -> str:
        coupon = coupon_text(self.threshold, self.value, lang)
        if lang == "zh":
            return f"{self.points}积分兑尾款券{coupon}"
        return f"balance coupon {coupon} for {self.points} points"


class PointsDouble(BenefitBase):
    """会员日双倍积分: points are multiplied, on top of the tier's multiplier (A3, A6)."""

    default_nature: ClassVar[Nature] = "non_price"
    seen_in: ClassVar[SeenIn] = "nowhere"
    kind: Literal["points_double"]
    multiplier: float = Field(default=2.0, gt=1, le=10, description="Factor on the points of an order.")

    def sentence(self, lang: str) -> str:
        times = f"{self.multiplier:g}"
        return f"{times}倍积分" if lang == "zh" else f"points times {times}"


class PointsGame(BenefitBase):
    """积分抽奖 / 积分秒杀 / 签到积分: points for playing or signing in (A3)."""

    default_nature: ClassVar[Nature] = "non_price"
    seen_in: ClassVar[SeenIn] = "points"
    kind: Literal["points_game"]
    game: Annotated[Literal["draw", "flash", "sign_in"], Field(description="What is played.")]
    points: Annotated[int, Field(ge=0, description="Points won by signing in, or paid to take part.")]

    @property
    def points_price(self) -> int | None:
        return None if self.game == "sign_in" else self.points

    def sentence(self, lang: str) -> str:
        zh, en = _GAMES[self.game]
        return (zh if lang == "zh" else en).format(self.points)


class ReferralPoints(BenefitBase):
    """积分赠送: both get points when the introduced friend first spends an amount (A3, S3)."""

    default_nature: ClassVar[Nature] = "non_price"
    seen_in: ClassVar[SeenIn] = "nowhere"
    kind: Literal["referral_points"]
    points: Points
    spend: Annotated[Money, Field(description="What the friend has to spend, once.")]

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            return f"好友首次消费满{yuan(self.spend)}元，双方各得{self.points}积分"
        return f"{self.points} points for both when the friend first spends {yuan(self.spend)}"
