"""Benefit kinds (权益玩法, A3): each with its own parameters, rule and cost.

A benefit is validated by the class that its `kind` names. A parameter is checked, shown in the plan and the
report (`describe`), or used in the cost (`reserve_cents`); there is none that nothing honours.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from campaign_calendars.model.benefits.base import (
    AS_WRITTEN,
    BenefitBase,
    Coupon,
    CouponBenefit,
    Delivery,
    Naming,
    Offered,
    Validity,
)
from campaign_calendars.model.benefits.coupons import Pack
from campaign_calendars.model.benefits.prices import PriceBenefit
from campaign_calendars.model.benefits.rights import TierWindow
from campaign_calendars.registering.registry import Registry

__all__ = [
    "KINDS",
    "Benefit",
    "BenefitBase",
    "Coupon",
    "CouponBenefit",
    "Delivery",
    "Naming",
    "Offered",
    "Pack",
    "PriceBenefit",
    "TierWindow",
    "Validity",
    "describe",
    "remarked",
    "reserve_cents",
]


def _kind(thing: object) -> str | None:
    """The kind of a class that says which one it is; None for a base of several."""
    if not (isinstance(thing, type) and issubclass(thing, BenefitBase)):
        return None
    said = getattr(thing.model_fields["kind"].annotation, "__args__", ())
    return str(said[0]) if said else None


KINDS: Registry[type[BenefitBase]] = Registry(
    "benefit kind", "campaign_calendars.model.benefits", _kind, group="promocal.benefits"
)
"""Kinds of benefits by name: a class of a file of this folder is a kind if its `kind` is one literal."""


class OfItsKind:
    """Validates by the model that `kind` names, built when the first benefit of that kind is met.

    Building every kind takes longer than reading a calendar, and a calendar uses a few of them. The
    errors are those of a union told apart by `kind`; the JSON Schema is that of this union.
    """

    def kinds(self) -> tuple[type[BenefitBase], ...]:
        """The models it may be."""
        return tuple(KINDS.values())

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(of_its_kind)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        union: Any = Annotated[Union[self.kinds()], Field(discriminator="kind")]  # noqa: UP007 - from a tuple
        return handler(TypeAdapter(union).core_schema)


def of_its_kind(value: Any) -> BenefitBase:
    """Plain data as a benefit of the kind it names; raises ValidationError, PydanticKnownError for what is no kind."""
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


Benefit = Annotated[BenefitBase, OfItsKind()]
"""A benefit of any kind. What only one kind has is asked of its class: `isinstance(benefit, MemberCoupon)`."""


def reserve_cents(benefit: BenefitBase, basis: Literal["worst_case", "expected"]) -> int:
    """What one grant reserves of the budget, in cents.

    `worst_case`: the full unit cost. `expected`: unit cost times redemption rate, or what the kind expects.
    """
    return benefit.cost_cents if basis == "worst_case" else benefit.expected_cents


def remarked(benefit: BenefitBase, lang: str, naming: Naming = AS_WRITTEN) -> str:
    """What the member gets, with what only the staff reads in brackets behind it."""
    said, remark = benefit.sentence(lang), benefit.remark(lang, naming)
    if not remark:
        return said
    return f"{said}（{remark}）" if lang == "zh" else f"{said} ({remark})"


def describe(benefit: BenefitBase, lang: str = "en", naming: Naming = AS_WRITTEN) -> str:
    """The benefit in one line for the staff, from its parameters; `lang` is en or zh."""
    parts = [remarked(benefit, lang, naming)]
    if benefit.tiers:
        tiers = ("、" if lang == "zh" else ", ").join(map(naming.tier, benefit.tiers))
        parts.append(f"限 {tiers}" if lang == "zh" else f"for {tiers}")
    if benefit.valid is not None:
        parts.append(benefit.valid.describe(lang, naming))
    return ("；" if lang == "zh" else "; ").join(parts)
