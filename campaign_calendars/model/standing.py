"""How a store stands with the platform: its member product and the plans it is admitted to, from day to day (A1#6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from campaign_calendars.model.programme import Strict
from campaign_calendars.values.scalars import Day, UnfitError, or_text

Edition = Literal["official", "custom", "huiyuantong"]
Plan = Literal["challenge"]

CUSTOM_KINDS = frozenset({"exchange_card", "points_game", "points_plus_cash", "referral", "referral_points"})
"""Plays made by providers, which the official edition does not have; which kinds these are is inferred."""


class Admission(Strict):
    """A plan of the platform the store is admitted to, for some days; the plan by itself stands for all days."""

    plan: Annotated[Plan, Field(description="Which plan.")]
    from_: Day | None = Field(default=None, alias="from", description="First day; empty: it was before.")
    until: Day | None = Field(default=None, description="Last day; empty: it stays.")

    @model_validator(mode="before")
    @classmethod
    def _always(cls, value: Any) -> Any:
        return {"plan": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return or_text(schema, handler)

    @model_validator(mode="after")
    def _in_order(self) -> Admission:
        if self.from_ is not None and self.until is not None and self.until < self.from_:
            raise UnfitError("`until` lies before `from`", "until 早于 from")
        return self

    def holds(self, day: date) -> bool:
        """Whether the store is admitted on a local day."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)


def admitted(admissions: Iterable[Admission], plan: Plan, day: date) -> bool:
    """Whether one of them holds for the plan on a local day."""
    return any(one.plan == plan and one.holds(day) for one in admissions)


def edition(first: Edition, later: Mapping[date, Edition], day: date) -> Edition:
    """The member product on a local day; `later` are those from other days on."""
    since = max((start for start in later if start <= day), default=None)
    return first if since is None else later[since]
