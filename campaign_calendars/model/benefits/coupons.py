"""Coupons: single ones, packs, cash-back for the next order, referral (A3)."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from campaign_calendars.model.benefits.base import (
    AS_WRITTEN,
    FULL,
    BenefitBase,
    Coupon,
    CouponBenefit,
    Delivery,
    ItemsXorAmount,
    Naming,
    coupon_text,
    yuan,
)
from campaign_calendars.values.scalars import Duration, Money, Share, Text, UnfitError

IssuedOn = Literal["paid", "success"]


class StoreCoupon(CouponBenefit):
    """店铺通用券: the general coupon everybody may use; the yardstick of `beats`, never granted."""

    for_joined: ClassVar[bool] = False
    kind: Literal["store_coupon"]


class MemberCoupon(CouponBenefit):
    """会员专享券: members only, has to be better than the store's general coupon (A3, A11#1)."""

    kind: Literal["member_coupon"]
    beats: str | None = Field(default=None, description="The store_coupon it must be better than, for every basket.")
    exposed_in: list[Literal["private", "public"]] = Field(
        default=["private"], description="public: shown by the platform's member club as well (A3)."
    )

    def remark(self, lang: str, naming: Naming = AS_WRITTEN) -> str:  # noqa: ARG002 - as the base has it
        if "public" not in self.exposed_in:
            return ""
        return "公域透出" if lang == "zh" else "shown in public venues"


class NewMemberCoupon(CouponBenefit):
    """新会员专享券: for members who joined during the campaign (A3)."""

    for_joined: ClassVar[bool] = False
    kind: Literal["new_member_coupon"]
    within: Duration = Field(default="30d", validate_default=True, description="How long after joining it can be had.")
    rejoin: bool = Field(default=False, description="Whether who left and joined again may have it, too.")


class CategoryCoupon(CouponBenefit):
    """品类券: a coupon for one category of goods (A3, S2 tools)."""

    kind: Literal["category_coupon"]
    category: Annotated[Text, Field(description="Goods it applies to.")]

    def sentence(self, lang: str) -> str:
        return f"{self.category.get(lang)}{' ' if lang == 'en' else ''}{super().sentence(lang)}"


class Pack(BenefitBase):
    """Base of coupon packs; every coupon of the pack is granted."""

    comes_back: ClassVar[bool] = True

    coupons: Annotated[list[Coupon], Field(min_length=1, description="Lowest threshold first.")]

    def derived_cost(self) -> int | None:
        return sum(coupon.value for coupon in self.coupons)

    @property
    def use_costs(self) -> tuple[int, ...]:
        """Its coupons one by one; what else it costs goes with the first use."""
        single = [0 if self.unit_cost is not None else coupon.value for coupon in self.coupons]
        dearest, *others = sorted(single, reverse=True)
        return (dearest + self.cost_cents - sum(single), *others)

    def sentence(self, lang: str) -> str:
        listed = [coupon_text(c.threshold, c.value, lang) for c in self.coupons]
        return "、".join(listed) if lang == "zh" else "pack of " + ", ".join(listed)


class MemberCouponPack(Pack):
    """会员专享券包: higher threshold, bigger discount (A3, tea/wine/dairy playbook)."""

    kind: Literal["member_coupon_pack"]


class NewMemberPack(Pack):
    """新会员礼包: coupons, and a gift when `item` names one (A3)."""

    for_joined: ClassVar[bool] = False
    kind: Literal["new_member_pack"]
    within: Duration = Field(default="30d", validate_default=True, description="How long after joining it can be had.")
    rejoin: bool = Field(default=False, description="Whether who left and joined again may have it, too.")
    item: Text | None = Field(default=None, description="A gift of the pack.")
    item_cost: Money = Field(default=0, description="What the gift costs the store.")

    @model_validator(mode="after")
    def _gift_and_cost(self) -> NewMemberPack:
        if self.item is None and self.item_cost:
            raise UnfitError(
                "item_cost without an item; name the gift, or leave item_cost out",
                "有 item_cost 却没有 item；请写明礼品，或去掉 item_cost",
            )
        return self

    def derived_cost(self) -> int | None:
        return (super().derived_cost() or 0) + self.item_cost

    def sentence(self, lang: str) -> str:
        if self.item is None:
            return super().sentence(lang)
        return super().sentence(lang) + (f" + {self.item.get(lang)}")


class AfterAnOrder(BenefitBase):
    """Base of benefits that an order brings and the **next** one uses: valid from when they were issued."""

    comes_back: ClassVar[bool] = True
    default_delivery: ClassVar[Delivery] = "auto"
    default_issue: ClassVar[IssuedOn] = "paid"

    issued_on: IssuedOn | None = Field(
        default=None, description="When the order brings it: paid, or success (交易成功). Default by kind."
    )

    @model_validator(mode="after")
    def _dated_after_order(self) -> AfterAnOrder:
        if self.valid is None:
            raise UnfitError(
                "it is used with the next order; say until when, for instance `valid: 14d`",
                "须在下次下单使用；请写明期限，例如 valid: 14d",
            )
        return self

    @property
    def issued(self) -> IssuedOn:
        """What of the order brings it."""
        return self.issued_on or self.default_issue


class MemberCashback(AfterAnOrder, ItemsXorAmount):
    """会员满返: reach items or an amount, get money off the **next** order (A3)."""

    kind: Literal["member_cashback"]
    value: Annotated[Money, Field(description="What comes back.")]
    form: Literal["coupon", "red_packet"] = Field(default="coupon", description="What comes back as.")

    def derived_cost(self) -> int | None:
        return self.value

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            form = "红包" if self.form == "red_packet" else "券"
            return f"{self.condition(lang)}返{yuan(self.value)}元{form}（下次下单使用）"
        form = "red packet" if self.form == "red_packet" else "coupon"
        return f"{self.condition(lang)}, {form} of {yuan(self.value)} for the next order"


class AfterOrderCoupon(AfterAnOrder, CouponBenefit):
    """订单完成后送优惠券: every order that succeeds brings a coupon for the next one (A3, S3)."""

    default_issue: ClassVar[IssuedOn] = "success"
    kind: Literal["after_order_coupon"]

    def sentence(self, lang: str) -> str:
        words = super().sentence(lang)
        if lang == "zh":
            return f"{'付款' if self.issued == 'paid' else '订单完成'}后得{words}券"
        return f"{words}, after an order {'is paid' if self.issued == 'paid' else 'succeeds'}"


class Referral(CouponBenefit):
    """老带新 / 裂变优惠券: a parent coupon whose holder passes on child coupons (A3, S0).

    The two forecast parameters default to the figures of the source: 37% of parent coupons are
    redeemed, one parent coupon brings 3 to 5 visitors. A friend is somebody who had not joined when he was brought.
    """

    default_delivery: ClassVar[Delivery] = "earn"
    kind: Literal["referral"]
    child_value: Annotated[Money, Field(description="Value of the coupon the friend gets.")]
    parent_redemption: Share = Field(
        default="37%", validate_default=True, description="Expected share of parent coupons used."
    )
    visitors_per_parent: float = Field(default=4.0, gt=0, le=1000, description="Expected visitors per parent coupon.")
    child_redemption: Share | None = Field(
        default=None,
        description="Expected share of visitors who use the friend's coupon; with it a budget of `basis: expected`"
        " counts parents and friends by what is expected of them.",
    )

    max_children: int = Field(
        default=5, ge=1, le=100, description="Friends' coupons of one parent coupon at most; the worst case counts all."
    )

    @property
    def use_costs(self) -> tuple[int, ...]:
        """That of the parent, then those of the friends."""
        if self.unit_cost is not None:
            return (self.unit_cost, *[0] * self.max_children)
        return (self.value, *[self.child_value] * self.max_children)

    @property
    def expected_cents(self) -> int:
        """Parents by their redemption, friends by visitors and theirs, where that is given (A3)."""
        if self.child_redemption is None or self.unit_cost is not None:
            return super().expected_cents
        friends = Fraction(str(self.visitors_per_parent)) * self.child_redemption * self.child_value
        return ceil((self.parent_redemption * self.value + friends) / FULL)

    def derived_cost(self) -> int | None:
        return self.value + self.max_children * self.child_value

    def sentence(self, lang: str) -> str:
        own = coupon_text(self.threshold, self.value, lang)
        if lang == "zh":
            return f"邀请人得{own}券，好友得{coupon_text(0, self.child_value, lang)}券"
        return f"{own} for who invites, {yuan(self.child_value)} off for the friend"

    def remark(self, lang: str, naming: Naming = AS_WRITTEN) -> str:  # noqa: ARG002 - as the base has it
        rate, visitors = f"{self.parent_redemption / 100:g}%", f"{self.visitors_per_parent:g}"
        if lang == "zh":
            return f"预计主券核销率 {rate}，每张带来 {visitors} 位访客"
        return f"expected: {rate} of parents redeemed, {visitors} visitors each"
