"""The JSON Schemas: valid themselves, accept what is shipped, reject mistakes, describe every key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from campaign_calendars.reading.schema import calendar_schema, store_schema

LIBRARY = files("campaign_calendars") / "library"


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2 core scalars, as editors read them: 22:30 and 2026-03-08 are texts, NO is a text."""


CoreLoader.yaml_implicit_resolvers = {}
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+$"), list("-+0123456789"))
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+\.[0-9]+$"), list("-+0123456789"))
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("~|null|$"), ["~", "n", ""])


def load(path: str) -> Any:
    return yaml.load((LIBRARY / path).read_text("utf-8"), Loader=CoreLoader)


CALENDARS = sorted(entry.name for entry in LIBRARY.iterdir() if entry.name.endswith(".yaml"))
STORES = sorted(f"stores/{entry.name}" for entry in (LIBRARY / "stores").iterdir())


@pytest.mark.parametrize("name", CALENDARS)
def test_shipped_calendar_is_valid(name: str) -> None:
    jsonschema.Draft202012Validator(calendar_schema()).validate(load(name))


@pytest.mark.parametrize("name", STORES)
def test_shipped_store_is_valid(name: str) -> None:
    jsonschema.Draft202012Validator(store_schema()).validate(load(name))


@pytest.mark.parametrize("schema", [calendar_schema(), store_schema()], ids=["calendar", "store"])
def test_schema_is_a_schema_and_describes_every_key(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    silent = [
        f"{name}.{key}" for name, key, value in properties(schema) if "description" not in value and "$ref" not in value
    ]
    assert silent == []


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, definition in [("", schema), *schema["$defs"].items()]:
        for part in [definition, *definition.get("anyOf", [])]:
            for key, value in part.get("properties", {}).items():
                yield name, key, value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["phases", 0, "kind"], "brust"),
        (["phases", 0, "plays", 0, "chanels"], ["sms"]),
        (["benefits", "member-coupon-30", "kind"], "coupon"),
        (["benefits", "member-coupon-30", "value"], -1),
        (["calendar"], "Queens Day"),
        (["holdout", "campaign"], "5 percent"),
    ],
)
def test_mistakes_are_rejected(path: list[str | int], value: object) -> None:
    document = load("queens-day-2020.yaml")
    node = document
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = value
    assert not jsonschema.Draft202012Validator(calendar_schema()).is_valid(document)


def test_defaults_are_shown_as_they_would_be_written() -> None:
    definitions = calendar_schema()["$defs"]
    assert definitions["MemberGift001"]["properties"]["price"]["default"] == "0.01"
    assert definitions["Referral"]["properties"]["parent_redemption"]["default"] == "37%"
    assert definitions["MemberCoupon"]["properties"]["kind"]["description"].startswith("会员专享券")
