"""Rights: priority purchase, services, partner rights (A3)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from campaign_calendars.model.benefits.base import (
    AS_WRITTEN,
    Asked,
    BenefitBase,
    Delivery,
    Naming,
    Nature,
    PositiveInt,
    SeenIn,
)
from campaign_calendars.model.programme import Strict
from campaign_calendars.values.moments import Moment
from campaign_calendars.values.scalars import Text


class TierWindow(Strict):
    """From when members of one tier may buy."""

    tier: Annotated[str, Field(description="Tier of the store.")]
    opens_at: Annotated[Moment, Field(description="First moment its members may buy.")]


class MemberPresaleRight(BenefitBase):
    """会员优先购: limited goods, higher tiers may buy earlier (A3)."""

    default_nature: ClassVar[Nature] = "non_price"
    seen_in: ClassVar[SeenIn] = "nowhere"
    default_delivery: ClassVar[Delivery] = "auto"
    kind: Literal["member_presale_right"]
    item: Annotated[Text, Field(description="Goods that may be bought early.")]
    windows: Annotated[list[TierWindow], Field(min_length=1, description="When each tier may buy.")]
    closes_at: Moment | None = Field(
        default=None, description="When the priority ends; nothing is sent of it from then on. Default: end of phase."
    )

    def derived_cost(self) -> int | None:
        return 0

    def sentence(self, lang: str) -> str:
        return f"优先购{self.item.get(lang)}" if lang == "zh" else f"priority purchase of {self.item.get(lang)}"

    def remark(self, lang: str, naming: Naming = AS_WRITTEN) -> str:
        opens = (
            f"{naming.tier(one.tier)} {naming.moment(('windows', n, 'opens_at'), one.opens_at)}"
            for n, one in enumerate(self.windows)
        )
        return ("、" if lang == "zh" else ", ").join(opens)


ServiceName = Literal[
    "after_sales",
    "dedicated_service",
    "early_restock",
    "exclusive_goods",
    "free_shipping",
    "other",
    "price_protection",
    "returns",
]
_SERVICES = {
    "after_sales": ("安心售后", "after-sales care"),
    "dedicated_service": ("专属客服", "a personal assistant"),
    "early_restock": ("补货提醒", "restock reminder"),
    "exclusive_goods": ("会员限定商品", "goods for members only"),
    "free_shipping": ("包邮", "free shipping"),
    "other": ("服务权益", "a service"),
    "price_protection": ("会员保价", "price protection"),
    "returns": ("无理由退换", "no-questions returns"),
}


class Service(BenefitBase):
    """Non-price services: 退换, 保价, 专属客服, 安心售后, 包邮 … (A3, A1#25)."""

    default_nature: ClassVar[Nature] = "non_price"
    seen_in: ClassVar[SeenIn] = "nowhere"
    default_delivery: ClassVar[Delivery] = "auto"
    for_joined: ClassVar[bool] = False
    kind: Literal["service"]
    offers: Annotated[ServiceName, Field(description="Which service.")]
    days: PositiveInt | None = Field(default=None, description="How many days it lasts, e.g. 15 for returns.")

    @property
    def with_every_order(self) -> bool:
        return self.offers == "free_shipping" and self.delivered == "auto"

    def seen_as(self) -> tuple[SeenIn, Asked]:
        """Freight that applies itself costs with every order; of the rest no data tell a use."""
        return ("orders", Asked()) if self.with_every_order else super().seen_as()

    def sentence(self, lang: str) -> str:
        zh, en = _SERVICES[self.offers]
        if lang == "zh":
            return f"{self.days}天{zh}" if self.days else zh
        return f"{en} for {self.days} days" if self.days else en


class Partner(BenefitBase):
    """Rights bought from somebody else: 猫超卡, 优酷会员, 异业联盟 (A3)."""

    default_nature: ClassVar[Nature] = "non_price"
    seen_in: ClassVar[SeenIn] = "nowhere"
    for_joined: ClassVar[bool] = False
    kind: Literal["partner"]
    brand: Annotated[Text, Field(description="Who provides it.")]
    item: Annotated[Text, Field(description="What it is.")]
    codes: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="File of the codes that were bought, one a line, from the project's directory: each is given once,"
        " by {{ benefit.code }} of the message; there are as many pieces as codes.",
    )

    def sentence(self, lang: str) -> str:
        separator = "" if lang == "zh" else " "
        return f"{self.brand.get(lang)}{separator}{self.item.get(lang)}"
