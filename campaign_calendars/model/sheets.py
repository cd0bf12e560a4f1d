"""A sheet that stands for a part of the calendar: `prices: {from: prices.xlsx}`.

What the sheet holds is put in its place before models are made (`campaign_calendars.sheets`); here is how it is named.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from campaign_calendars.model.programme import Strict


class FromSheet(Strict):
    """A workbook (.xlsx) or CSV file that holds what would be written here; `promocal sheet` writes an empty one."""

    from_: str = Field(
        alias="from", min_length=1, description="Workbook (.xlsx) or CSV file: a path from the project's directory."
    )
    sheet: str | None = Field(
        default=None, description="Which of its sheets; default: the visible one whose headings fit."
    )


class OrSheet:
    """Marks a key whose value may come from a sheet: its schema allows both."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        sheet = FromSheet.model_json_schema(by_alias=True)
        return {"anyOf": [sheet, handler(schema)]}
