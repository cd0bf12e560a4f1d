"""A named audience: calendars and stores write it the same way."""

from __future__ import annotations

from typing import Any

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from campaign_calendars.model.programme import Strict
from campaign_calendars.values.scalars import Text, or_text


class Audience(Strict):
    """A named set of members: an expression over the segment fields (A5); plain text is `where`."""

    where: str = Field(description="Boolean expression, e.g. joined and recency_days > 30.")
    title: Text = Text()

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"where": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return or_text(schema, handler)
