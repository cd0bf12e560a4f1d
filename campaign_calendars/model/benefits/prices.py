"""Price benefits: discounts, member prices, early bird, free and half price, bundles (A3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from campaign_calendars.model.benefits.base import (
    AS_WRITTEN,
    Asked,
    BenefitBase,
    Delivery,
    Naming,
    PositiveInt,
    SeenIn,
    at_rate,
    fold_rate,
    yuan,
)
from campaign_calendars.values.moments import Moment
from campaign_calendars.values.scalars import Money, PriceRate, Text, UnfitError

WEAKEST_EARLY_BIRD = 9_500
"""Share of the price, in basis points, that an early-bird price may not exceed (95折, S4)."""

Rate = Annotated[PriceRate, Field(description="Share of the price that is paid: 0.90 means 10% off.")]


class PriceBenefit(BenefitBase):
    """Base of benefits that change a price and may count toward the lowest price (A3, A11#2)."""

    lowers_price: ClassVar[bool] = True
    default_delivery: ClassVar[Delivery] = "auto"
    seen_in: ClassVar[SeenIn] = "nowhere"

    counts_lowest_price: bool | None = Field(
        default=None, description="Whether it counts toward the lowest price (计入最低价); default: by kind."
    )

    goods: list[Annotated[str, Field(min_length=1, max_length=80)]] = Field(
        default_factory=list,
        description="Article numbers it applies to, as in order lines and `prices`; its uses are seen by them.",
    )

    def seen_as(self) -> tuple[SeenIn, Asked]:
        """Lines of its goods at its price or below; without goods nobody can tell whose price it was."""
        asked = self.price_asked()
        if asked is None or not (self.goods or asked.share is not None):
            return super().seen_as()
        return "orders", replace(asked, by_lines=True, goods=tuple(self.goods), items=max(asked.items, 1))

    @property
    def articles(self) -> tuple[str, ...]:
        return tuple(self.goods)

    @property
    def piece_cents(self) -> int | None:
        """The price of one piece, where it is written; None where it is a rate or of several."""
        return None

    def price_asked(self) -> Asked | None:
        """What a line has to be like: its price, or its share of the list price; None: told by something else."""
        return Asked(most_cents=self.piece_cents) if self.piece_cents is not None else None

    def unit_cents(self, list_cents: int | None) -> int | None:  # noqa: ARG002 - kinds that are a rate need it
        """What one piece is had for; None where that is not known."""
        return self.piece_cents

    @property
    def is_counted(self) -> bool:
        return self.lowers_price if self.counts_lowest_price is None else self.counts_lowest_price

    def remark(self, lang: str, naming: Naming = AS_WRITTEN) -> str:  # noqa: ARG002 - as the base has it
        if lang == "zh":
            return "计入最低价" if self.is_counted else "不计入最低价"
        return "counts toward the lowest price" if self.is_counted else "outside the lowest price"


def _of_list(list_cents: int | None, rate: int) -> int | None:
    return None if list_cents is None else at_rate(list_cents, rate)


class MemberItemsDiscount(PriceBenefit):
    """会员满折: buy so many items, pay a share of the price (A3)."""

    kind: Literal["member_items_discount"]
    items: Annotated[PositiveInt, Field(description="Items to buy.")]
    rate: Rate

    def price_asked(self) -> Asked | None:
        return Asked(items=self.items, share=self.rate)

    def unit_cents(self, list_cents: int | None) -> int | None:
        return _of_list(list_cents, self.rate)

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            return f"满{self.items}件{fold_rate(self.rate, lang)}"
        return f"from {self.items} items {fold_rate(self.rate, lang)}"


class MemberPrice(PriceBenefit):
    """会员专享价 / 折扣: a price or a rate for members; counts toward the lowest price (A3)."""

    kind: Literal["member_price"]
    item: Annotated[Text, Field(description="Goods it applies to.")]
    price: Money | None = Field(default=None, description="Price for members; exclusive with `rate`.")
    rate: PriceRate | None = Field(default=None, description="Share of the price that is paid: 0.90 means 10% off.")

    @model_validator(mode="after")
    def _price_or_rate(self) -> MemberPrice:
        if (self.price is None) == (self.rate is None):
            raise UnfitError(
                "either `price` or `rate` says what members pay; give exactly one of them",
                "会员支付的金额由 price 或 rate 写明；必须且只能写一个",
            )
        return self

    @property
    def piece_cents(self) -> int | None:
        return self.price

    def price_asked(self) -> Asked | None:
        """Of a rate: a cheaper line may be cheaper for another reason, unless it is known which goods are meant."""
        if self.rate is None:
            return super().price_asked()
        return Asked(share=self.rate) if self.goods else None

    def unit_cents(self, list_cents: int | None) -> int | None:
        return self.piece_cents if self.rate is None else _of_list(list_cents, self.rate)

    def sentence(self, lang: str) -> str:
        what = yuan(self.price) if self.price is not None else fold_rate(self.rate or 0, lang)
        unit = "元" if self.price is not None and lang == "zh" else ""
        if lang == "zh":
            return f"{self.item.get(lang)}会员价{what}{unit}"
        return f"{self.item.get(lang)} at {what} for members"


class EarlyBirdPrice(PriceBenefit):
    """会员新品早鸟价: at least as strong as 95折, exempt from the lowest price only on its days (A3, S4)."""

    lowers_price: ClassVar[bool] = False
    seen_in: ClassVar[SeenIn] = "redemptions"

    default_delivery: ClassVar[Delivery] = "claim"
    kind: Literal["early_bird_price"]
    rate: Rate
    days: Annotated[list[Moment], Field(min_length=1, description="Days it may be used, e.g. 2021-11-01.")]

    @model_validator(mode="after")
    def _strong_enough(self) -> EarlyBirdPrice:
        if self.rate > WEAKEST_EARLY_BIRD:
            raise UnfitError(
                "an early-bird price is at least as strong as 0.95; lower `rate`",
                "早鸟价至少为 95 折（0.95）；请降低 rate",
            )
        if any(not day.is_whole_day for day in self.days):
            raise UnfitError(
                "`days` are whole days; write them without a time, such as 2021-11-01",
                "days 是整日；请不带时刻，例如 2021-11-01",
            )
        return self

    def unit_cents(self, list_cents: int | None) -> int | None:
        return _of_list(list_cents, self.rate)

    def sentence(self, lang: str) -> str:
        rate = fold_rate(self.rate, lang)
        return f"早鸟{rate}" if lang == "zh" else f"early bird {rate}"

    def sentence_on(self, days: Sequence[date], lang: str) -> str:
        """What a member reads, with the days by the calendar on the wall; as they are written, `D-3` may be one."""
        if lang == "zh":
            return f"{self.sentence(lang)}，限{'、'.join(f'{day.month}月{day.day}日' for day in days)}"
        return f"{self.sentence(lang)} on {', '.join(f'{day:%Y-%m-%d}' for day in days)}"

    def remark(self, lang: str, naming: Naming = AS_WRITTEN) -> str:
        told = [naming.moment(("days", number), day) for number, day in enumerate(self.days)]
        counted = super().remark(lang, naming)
        return f"限 {'、'.join(told)}；{counted}" if lang == "zh" else f"on {', '.join(told)}; {counted}"


class FreeOrder(BenefitBase):
    """免单: an order for nothing up to an amount; scarce, so it needs a stock (A3)."""

    scarce: ClassVar[tuple[str, str] | None] = (
        "free orders are scarce; write how many there are as `stock`",
        "免单须限量；请以 stock 写明名额",
    )
    seen_in: ClassVar[SeenIn] = "refunds"
    for_joined: ClassVar[bool] = False
    kind: Literal["free_order"]
    max_amount: Annotated[Money, Field(description="Largest order that is free.")]

    def derived_cost(self) -> int | None:
        return self.max_amount

    def sentence(self, lang: str) -> str:
        amount = yuan(self.max_amount)
        return f"免单（最高{amount}元）" if lang == "zh" else f"a free order up to {amount}"


class HalfPrice(PriceBenefit):
    """半价购: goods at half their price; scarce, so it needs a stock (A3)."""

    scarce: ClassVar[tuple[str, str] | None] = (
        "half-price goods are scarce; write how many there are as `stock`",
        "半价购须限量；请以 stock 写明数量",
    )
    kind: Literal["half_price"]
    item: Annotated[Text, Field(description="Goods it applies to.")]
    price: Annotated[Money, Field(description="The full price.")]

    def derived_cost(self) -> int | None:
        return self.price - self.piece_cents

    @property
    def piece_cents(self) -> int:
        return self.price // 2

    def sentence(self, lang: str) -> str:
        half = yuan(self.piece_cents)
        if lang == "zh":
            return f"{self.item.get(lang)}半价{half}元"
        return f"{self.item.get(lang)} at half price, {half}"


class BundlePrice(PriceBenefit):
    """N件N元: so many items for one price (A3, S2 tools)."""

    kind: Literal["bundle_price"]
    items: Annotated[PositiveInt, Field(description="Items to buy.")]
    price: Annotated[Money, Field(description="Price of the bundle.")]

    def price_asked(self) -> Asked | None:
        return Asked(items=self.items, most_cents=self.price, of=self.items)

    def unit_cents(self, list_cents: int | None) -> int | None:  # noqa: ARG002
        return self.price // self.items

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            return f"{self.items}件{yuan(self.price)}元"
        return f"{self.items} items for {yuan(self.price)}"


class FlashSale(PriceBenefit):
    """秒杀 / 一口价: a fixed price for a limited quantity (A3, S2 tools)."""

    scarce: ClassVar[tuple[str, str] | None] = (
        "a flash sale is limited; write how many there are as `stock`",
        "秒杀须限量；请以 stock 写明数量",
    )
    kind: Literal["flash_sale"]
    item: Annotated[Text, Field(description="Goods it applies to.")]
    price: Annotated[Money, Field(description="Price during the sale.")]

    @property
    def piece_cents(self) -> int:
        return self.price

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            return f"{self.item.get(lang)}秒杀价{yuan(self.price)}元"
        return f"{self.item.get(lang)} for {yuan(self.price)} while stock lasts"


class GroupBuy(PriceBenefit):
    """拼团: so many buyers together pay a fixed price each (A3, S2 tools)."""

    scarce: ClassVar[tuple[str, str] | None] = (
        "a group price is limited; write how many pieces there are as `stock`",
        "拼团须限量；请以 stock 写明件数",
    )
    kind: Literal["group_buy"]
    item: Annotated[Text, Field(description="Goods it applies to.")]
    price: Annotated[Money, Field(description="Price of one piece for each buyer of a full group.")]
    size: Annotated[int, Field(ge=2, le=100, description="Buyers that make a group.")]

    @property
    def piece_cents(self) -> int:
        return self.price

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            return f"{self.item.get(lang)}{self.size}人团{yuan(self.price)}元"
        return f"{self.item.get(lang)} for {yuan(self.price)} to groups of {self.size}"
