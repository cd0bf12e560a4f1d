"""Gifts: one-cent samples, welcome gifts, extra gifts, buy-back, challenge, birthday, cards (A3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from campaign_calendars.model.benefits.base import (
    Asked,
    BenefitBase,
    Delivery,
    EndsWith,
    ItemsXorAmount,
    PositiveInt,
    SeenIn,
    yuan,
)
from campaign_calendars.values.moments import Moment
from campaign_calendars.values.scalars import Duration, Money, Text, UnfitError

SKU = "Article number of the gift: an order line of it is its use."


def gift_line(sku: str) -> tuple[SeenIn, Asked]:
    """An order with a line of this article is the use of the gift."""
    return "orders", Asked(items=1, by_lines=True, goods=(sku,))


class GiftBenefit(BenefitBase):
    """Base of benefits that are a thing; its cost has to be said."""

    item: Annotated[Text, Field(description="What is given.")]
    sku: str | None = Field(default=None, min_length=1, max_length=80, description=SKU)

    @property
    def articles(self) -> tuple[str, ...]:
        return () if self.sku is None else (self.sku,)

    def seen_as(self) -> tuple[SeenIn, Asked]:
        return super().seen_as() if self.sku is None else gift_line(self.sku)


class MemberGift001(GiftBenefit):
    """会员专享礼 / 0.01元锁定会员礼 / 1分钱派样: claimed for a cent, one per member, limited per day (A3)."""

    for_joined: ClassVar[bool] = False
    kind: Literal["member_gift_001"]
    price: Money = Field(default="0.01", validate_default=True, description="What the member pays for it.")

    @model_validator(mode="after")
    def _is_limited(self) -> MemberGift001:
        if self.stock is None or self.daily_cap is None:
            raise UnfitError(
                "a one-cent gift is limited in total and per day; write `stock` and `daily_cap`",
                "1 分钱礼总量与每日都要限量；请写 stock 与 daily_cap",
            )
        if self.per_member != 1:
            raise UnfitError(
                "a one-cent gift is one per member; leave per_member out", "1 分钱礼每位会员限一份；请去掉 per_member"
            )
        return self

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            return f"{yuan(self.price)}元领{self.item.get(lang)}，每日限量{self.daily_cap}份"
        return f"{self.item.get(lang)} for {yuan(self.price)}, {self.daily_cap} a day"


class NewMemberGift(GiftBenefit):
    """新会员礼: a thing for those who have just joined (A3)."""

    for_joined: ClassVar[bool] = False
    kind: Literal["new_member_gift"]
    within: Duration = Field(default="30d", validate_default=True, description="How long after joining it can be had.")
    rejoin: bool = Field(default=False, description="Whether who left and joined again may have it, too.")

    def sentence(self, lang: str) -> str:
        return f"入会即得{self.item.get(lang)}" if lang == "zh" else f"welcome gift: {self.item.get(lang)}"


class MemberExtraGift(ItemsXorAmount):
    """会员加赠 (预售/现货): buy so many items or for so much, get a gift on top (A3)."""

    scarce: ClassVar[tuple[str, str] | None] = (
        "an extra gift is limited; write how many can be given away as `stock`",
        "加赠须限量；请以 stock 写明可送出的数量",
    )
    seen_in: ClassVar[SeenIn] = "orders"
    default_delivery: ClassVar[Delivery] = "auto"
    kind: Literal["member_extra_gift"]
    item: Annotated[Text, Field(description="What is given on top.")]
    sku: str | None = Field(default=None, min_length=1, max_length=80, description=SKU)
    sale: Literal["presale", "in_stock"] = Field(default="in_stock", description="Which sale it belongs to.")

    @property
    def articles(self) -> tuple[str, ...]:
        return () if self.sku is None else (self.sku,)

    def seen_as(self) -> tuple[SeenIn, Asked]:
        """A line of the gift; else an order that fits, paid in stages where the gift is for presale orders."""
        if self.sku is not None:
            return gift_line(self.sku)
        seen_in, asked = super().seen_as()
        return seen_in, replace(asked, staged=self.sale == "presale")

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            sale = "预售" if self.sale == "presale" else "现货"
            return f"{sale}{self.condition(lang)}加赠{self.item.get(lang)}"
        sale = "presale" if self.sale == "presale" else "in stock"
        return f"{sale}, {self.condition(lang)}: {self.item.get(lang)} on top"


class BuybackGift(GiftBenefit):
    """会员回购礼 / 复购有礼: after so many orders, a gift with the next one (A3)."""

    seen_in: ClassVar[SeenIn] = "orders"
    default_delivery: ClassVar[Delivery] = "earn"
    ends_with: ClassVar[EndsWith] = "phase"
    kind: Literal["buyback_gift"]
    after_orders: PositiveInt = Field(default=1, description="Orders made before; the gift comes with the next.")
    since: Moment | None = Field(
        default=None, description="From when on orders count that were paid and not given back; default: sale start."
    )

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            bought = "" if self.after_orders == 1 else f"满{self.after_orders}单后，"
            return f"{bought}再次下单送{self.item.get(lang)}"
        return f"{self.item.get(lang)} with the order after {self.after_orders}"


class Challenge(GiftBenefit):
    """会员挑战计划: buy up to an amount, get a pack; only for admitted stores (A3, A11#11)."""

    seen_in: ClassVar[SeenIn] = "order_sums"
    default_delivery: ClassVar[Delivery] = "earn"
    kind: Literal["challenge"]
    spend: Annotated[Money, Field(description="Amount to reach in the campaign.")]
    period: Literal["campaign", "day"] = Field(
        default="campaign", description="What the orders are added up over: all of it, or each local day anew."
    )
    from_: Annotated[
        Moment | None, Field(alias="from", description="From when on orders count; default: start of the calendar.")
    ] = None

    def seen_as(self) -> tuple[SeenIn, Asked]:
        return super().seen_as() if self.sku is not None else (self.seen_in, Asked(amount_cents=self.spend))

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            return f"活动期累计满{yuan(self.spend)}元得{self.item.get(lang)}"
        return f"{self.item.get(lang)} for spending {yuan(self.spend)} in the campaign"


class BirthdayGift(GiftBenefit):
    """生日礼: for members who bought before, in the month of their birthday (A3)."""

    default_delivery: ClassVar[Delivery] = "earn"
    ends_with: ClassVar[EndsWith] = "month"
    kind: Literal["birthday_gift"]
    needs_order: bool = Field(default=True, description="Whether it is only for members who bought before.")

    def sentence(self, lang: str) -> str:
        return f"生日当月可得{self.item.get(lang)}" if lang == "zh" else f"birthday month: {self.item.get(lang)}"


class LuckyBag(GiftBenefit):
    """福袋: a bag of things whose contents vary (A3, S2 tools)."""

    for_joined: ClassVar[bool] = False
    seen_in: ClassVar[SeenIn] = "nowhere"
    kind: Literal["lucky_bag"]

    def sentence(self, lang: str) -> str:
        return f"福袋：{self.item.get(lang)}" if lang == "zh" else f"lucky bag: {self.item.get(lang)}"


class OrderSample(GiftBenefit):
    """每单送样 (茶样): every paid order of a member goes out with it, one per order (A3, S3)."""

    default_delivery: ClassVar[Delivery] = "auto"
    seen_in: ClassVar[SeenIn] = "orders"
    kind: Literal["order_sample"]

    @property
    def with_every_order(self) -> bool:
        return True

    def sentence(self, lang: str) -> str:
        return f"每单送{self.item.get(lang)}" if lang == "zh" else f"{self.item.get(lang)} with every order"


class ExchangeCard(BenefitBase):
    """会员兑换卡: bought or claimed before the sale, redeemed in it; locks the customer (A3)."""

    kind: Literal["exchange_card"]
    value: Annotated[Money, Field(description="What it is worth when redeemed.")]
    price: Money = Field(default=0, description="What the member pays for it.")

    @model_validator(mode="after")
    def _worth_it(self) -> ExchangeCard:
        if self.value <= self.price:
            raise UnfitError(
                "the card costs the member as much as it is worth; lower `price` or raise `value`",
                "兑换卡的售价不低于其价值；请降低 price 或提高 value",
            )
        return self

    def derived_cost(self) -> int | None:
        return self.value - self.price

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            return f"{yuan(self.value)}元兑换卡" + (f"（{yuan(self.price)}元购）" if self.price else "（免费领）")
        return f"exchange card worth {yuan(self.value)}" + (f" for {yuan(self.price)}" if self.price else ", free")
