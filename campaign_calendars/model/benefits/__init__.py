"""Benefit kinds (权益玩法, A3): each with its own parameters, rule and cost.

`Benefit` is a union told apart by `kind`. A parameter is checked, shown in the plan and the
report (`describe`), or used in the cost (`reserve_cents`); there is none that nothing honours.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from campaign_calendars.model.benefits.base import FULL, BenefitBase, Coupon, CouponBenefit, Validity
from campaign_calendars.model.benefits.coupons import (
    CategoryCoupon,
    MemberCashback,
    MemberCoupon,
    MemberCouponPack,
    NewMemberCoupon,
    NewMemberPack,
    Pack,
    Referral,
    StoreCoupon,
)
from campaign_calendars.model.benefits.gifts import (
    BirthdayGift,
    BuybackGift,
    Challenge,
    ExchangeCard,
    LuckyBag,
    MemberExtraGift,
    MemberGift001,
    NewMemberGift,
)
from campaign_calendars.model.benefits.points import (
    PointsDouble,
    PointsFinalPaymentCoupon,
    PointsGame,
    PointsPlusCash,
    PointsRedeem,
    ReferralPoints,
)
from campaign_calendars.model.benefits.prices import (
    BundlePrice,
    EarlyBirdPrice,
    FlashSale,
    FreeOrder,
    HalfPrice,
    MemberItemsDiscount,
    MemberPrice,
    PriceBenefit,
)
from campaign_calendars.model.benefits.rights import MemberPresaleRight, Partner, Service, TierWindow

__all__ = [
    "KINDS",
    "Benefit",
    "BenefitBase",
    "Coupon",
    "CouponBenefit",
    "Pack",
    "PriceBenefit",
    "TierWindow",
    "Validity",
    "describe",
    "points_price",
    "reserve_cents",
]


class _OfItsKind:
    """Validates by the model that `kind` names, built when the first benefit of that kind is met.

    Building every kind takes longer than reading a calendar, and a calendar uses a few of them. The
    errors are those of a union told apart by `kind`; the JSON Schema is that of this union.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_of_its_kind)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        union: Any = Annotated[Union[_CLASSES], Field(discriminator="kind")]  # noqa: UP007 - from a tuple
        return handler(TypeAdapter(union).core_schema)


def _of_its_kind(value: Any) -> BenefitBase:
    if isinstance(value, BenefitBase):
        return value
    if not isinstance(value, dict):
        raise PydanticKnownError("model_attributes_type")
    if "kind" not in value:
        raise PydanticKnownError("union_tag_not_found", {"discriminator": "'kind'"})
    kind = value["kind"]
    if not isinstance(kind, str) or kind not in KINDS:
        expected = ", ".join(map(repr, sorted(KINDS)))
        raise PydanticKnownError(
            "union_tag_invalid", {"discriminator": "'kind'", "tag": str(kind), "expected_tags": expected}
        )
    return KINDS[kind].model_validate(value, by_alias=True, by_name=False)


Benefit = Annotated[
    BirthdayGift
    | BundlePrice
    | BuybackGift
    | CategoryCoupon
    | Challenge
    | EarlyBirdPrice
    | ExchangeCard
    | FlashSale
    | FreeOrder
    | HalfPrice
    | LuckyBag
    | MemberCashback
    | MemberCoupon
    | MemberCouponPack
    | MemberExtraGift
    | MemberGift001
    | MemberItemsDiscount
    | MemberPresaleRight
    | MemberPrice
    | NewMemberCoupon
    | NewMemberGift
    | NewMemberPack
    | Partner
    | PointsDouble
    | PointsFinalPaymentCoupon
    | PointsGame
    | PointsPlusCash
    | PointsRedeem
    | Referral
    | ReferralPoints
    | Service
    | StoreCoupon,
    _OfItsKind(),
]

_CLASSES: tuple[type[BenefitBase], ...] = Benefit.__origin__.__args__  # type: ignore[attr-defined]
KINDS: dict[str, type[BenefitBase]] = {cls.model_fields["kind"].annotation.__args__[0]: cls for cls in _CLASSES}  # type: ignore[union-attr]


def reserve_cents(benefit: BenefitBase, basis: Literal["worst_case", "expected"]) -> int:
    """What one grant reserves of the budget, in cents.

    `worst_case`: the full unit cost. `expected`: unit cost times redemption rate, rounded up, so
    that a thousand small grants never cost more than they reserve.
    """
    if basis == "worst_case":
        return benefit.cost_cents
    return -(-benefit.cost_cents * benefit.redemption_rate // FULL)


def points_price(benefit: BenefitBase) -> int | None:
    """Points a member pays for the benefit; None when it is not paid in points (A3)."""
    if isinstance(benefit, PointsRedeem | PointsPlusCash | PointsFinalPaymentCoupon):
        return benefit.points
    if isinstance(benefit, PointsGame) and benefit.game != "sign_in":
        return benefit.points
    return None


def describe(benefit: BenefitBase, lang: str = "en") -> str:
    """The benefit in one line, from its parameters; `lang` is en or zh."""
    parts = [benefit.sentence(lang)]
    if benefit.tiers:
        tiers = ", ".join(benefit.tiers)
        parts.append(f"限 {tiers}" if lang == "zh" else f"for {tiers}")
    if benefit.valid is not None:
        parts.append(benefit.valid.describe(lang))
    return ("；" if lang == "zh" else "; ").join(parts)
