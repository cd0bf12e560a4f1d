"""JSON Schema of calendars and stores, for completion and hover in an editor.

Generated from the models, so it never says anything else than they do. What a schema cannot say
(references, money, dates) is said by `check`.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from campaign_calendars.audiences.fields.vocabulary import FIELDS, FUNCTIONS
from campaign_calendars.measuring.metrics.catalogue import TARGETS, metric_ids
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from campaign_calendars.values.scalars import Text

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


class _Schema(GenerateJsonSchema):
    """Without the titles pydantic makes from Python names; they hide the descriptions in editors."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


def calendar_schema() -> dict[str, Any]:
    """The schema of a calendar file."""
    return _schema_of(Calendar, "promocal calendar")


def store_schema() -> dict[str, Any]:
    """The schema of a store file."""
    return _schema_of(Store, "promocal store")


def _schema_of(model: type[BaseModel], title: str) -> dict[str, Any]:
    made = model.model_json_schema(by_alias=True, schema_generator=_Schema, mode="validation")
    for definition in made.get("$defs", {}).values():
        _describe_kind(definition)
        _complete_expression(definition)
        _name_metrics(definition)
    _name_metrics(made)
    return {"$schema": _DRAFT, **made, "title": title}


def _describe_kind(definition: dict[str, Any]) -> None:
    """The kind of a benefit is explained by the benefit's own description."""
    kind = definition.get("properties", {}).get("kind", {})
    if "const" in kind:
        kind["description"] = definition.get("description", "").split("\n\n")[0]


def _name_metrics(definition: dict[str, Any]) -> None:
    """Metrics of the catalogue, offered by the editor where a target is named."""
    targets = definition.get("properties", {}).get("targets")
    if targets is not None:
        targets["propertyNames"] = {"enum": [*metric_ids(), *TARGETS]}


def _complete_expression(definition: dict[str, Any]) -> None:
    """Fields and functions of the catalogue, offered by the editor where an expression is written."""
    for form in (definition, *definition.get("anyOf", ())):
        where = form.get("properties", {}).get("where")
        if where is not None:
            where["defaultSnippets"] = [
                {"label": field.name, "body": field.name, "description": _told(field.title, field.meaning)}
                for field in FIELDS.values()
            ] + [
                {
                    "label": name,
                    "body": function.usage.replace("…", "$1"),
                    "description": _told(function.title, function.meaning),
                }
                for name, function in FUNCTIONS.items()
            ]


def _told(title: Text, meaning: Text) -> str:
    return f"{title.zh}：{meaning.zh} {meaning.get('en')}"
