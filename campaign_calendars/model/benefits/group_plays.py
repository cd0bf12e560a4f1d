"""Timed plays of groups: sold from second to second, bargained down, red packets (A3, A4)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from campaign_calendars.model.benefits.base import Asked, BenefitBase, Delivery, PositiveInt, SeenIn, yuan
from campaign_calendars.model.benefits.prices import PriceBenefit
from campaign_calendars.values.scalars import Money, Text, UnfitError

MOST_PACKETS = 100_000
"""Red packets that one group may be given at once."""


class Timed(BenefitBase):
    """Base of benefits that are had from the first second of `offered` to its last, and used then as well."""

    used_while_offered: ClassVar[bool] = True

    group: str | None = Field(
        default=None, min_length=1, description="Group channel whose members alone may have it; empty: all members."
    )

    @model_validator(mode="after")
    def _has_both_ends(self) -> Timed:
        if self.offered is None or self.offered.from_ is None or self.offered.to is None:
            raise UnfitError(
                "it is had from second to second; write both ends, `offered: {from: …, to: …}`",
                "限时玩法须写明起止；请写 offered: {from: …, to: …}",
            )
        if self.valid is not None:
            raise UnfitError(
                "it is used while it is on offer; leave `valid` out", "限时玩法只在 offered 期间可用；请去掉 valid"
            )
        return self


class TimedPrice(Timed, PriceBenefit):
    """Base of prices for a limited quantity, from second to second."""

    scarce: ClassVar[tuple[str, str] | None] = (
        "a timed price is limited; write how many pieces there are as `stock`",
        "限时价须限量；请以 stock 写明件数",
    )
    item: Annotated[Text, Field(description="Goods it applies to.")]
    price: Annotated[Money, Field(description="Price of one piece while it is on offer.")]

    @property
    def piece_cents(self) -> int:
        return self.price


class TimedOffer(TimedPrice):
    """限时抢: a price from second to second, for members or those of a group, while stock lasts (A3, A4)."""

    kind: Literal["timed_offer"]

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            return f"限时抢：{self.item.get(lang)}{yuan(self.price)}元"
        return f"{self.item.get(lang)} for {yuan(self.price)} for a limited time"


class Haggle(TimedPrice):
    """砍价: friends bring the price of a piece down until it is had at its lowest (A3)."""

    kind: Literal["haggle"]
    starts_at: Annotated[Money, Field(description="Price from which friends bring it down to `price`.")]
    helpers: Annotated[int, Field(ge=1, le=1000, description="Friends it takes to bring it down to `price`.")]

    @model_validator(mode="after")
    def _goes_down(self) -> Haggle:
        if self.price >= self.starts_at:
            raise UnfitError(
                "haggling brings a price down; `starts_at` is above `price`", "砍价由高到低；starts_at 须高于 price"
            )
        return self

    def derived_cost(self) -> int | None:
        return self.starts_at - self.price

    def sentence(self, lang: str) -> str:
        low, high = yuan(self.price), yuan(self.starts_at)
        if lang == "zh":
            return f"{self.item.get(lang)}{high}元起，{self.helpers}人砍至{low}元"
        return f"{self.item.get(lang)} from {high} down to {low} with {self.helpers} friends"


class RedPacket(Timed):
    """红包 / 红包喷泉 / 拼手气: packets of money in each group, one per person, what is left comes back (A4)."""

    scarce: ClassVar[tuple[str, str] | None] = (
        "red packets are paid from a pool; write how many there are in all groups together as `stock`",
        "红包须有总量；请以 stock 写明所有群合计的个数",
    )
    default_delivery: ClassVar[Delivery] = "auto"
    kind: Literal["red_packet"]
    group: Annotated[
        str, Field(min_length=1, description="Group channel in which they are given out, and whose members open them.")
    ]
    amount: Annotated[Money, Field(description="Money in one packet; with `split: lucky` on average.")]
    per_group: Annotated[
        PositiveInt, Field(le=MOST_PACKETS, description="Packets in each group each time they are given out.")
    ]
    split: Literal["equal", "lucky"] = Field(
        default="equal", description="equal: each packet holds `amount`; lucky (拼手气): chance divides the whole."
    )

    @model_validator(mode="after")
    def _holds_money(self) -> RedPacket:
        if self.amount <= 0:
            raise UnfitError("a red packet of 0 holds nothing; write `amount`", "红包金额为 0；请写 amount")
        if self.delivered != "auto":
            raise UnfitError(
                "whoever is first opens a red packet, nobody is given one; leave `delivery` out and write `announces`",
                "红包先到先得，不逐人发放；请去掉 delivery，并写在 announces 中",
            )
        return self

    def derived_cost(self) -> int | None:
        return self.amount

    @property
    def use_costs(self) -> tuple[int, ...]:
        """The luckiest packet holds what the pool does: what was paid is told by the file of pay-outs."""
        return (self.cost_cents * (self.stock or 1) if self.split == "lucky" else self.cost_cents,)

    def seen_as(self) -> tuple[SeenIn, Asked]:
        return self.seen_in, Asked(paid_out_cents=self.cost_cents)

    def sentence(self, lang: str) -> str:
        each = yuan(self.amount)
        if lang == "zh":
            word = "拼手气红包，人均" if self.split == "lucky" else "红包"
            return f"{word}{each}元，每群{self.per_group}个"
        word = "lucky red packets, on average" if self.split == "lucky" else "red packets of"
        return f"{word} {each}, {self.per_group} in each group"
