"""Everything that speaks of a member field reads the one catalogue."""

from __future__ import annotations

import re
from typing import Any

import pytest

from campaign_calendars.audiences.fields.catalogue import AS_OF_RULES, FIELDS
from campaign_calendars.audiences.fields.vocabulary import FUNCTIONS
from campaign_calendars.reading.schema import calendar_schema, store_schema
from campaign_calendars.reference.pages import pages
from warehouse.models.catalogue import _from_catalogue, load_layer


def test_every_field_is_described_in_both_languages_with_its_rule_and_row() -> None:
    for field in FIELDS.values():
        assert all((field.title.zh, field.meaning.zh, field.meaning.get("en"))), field.name
        assert field.meaning.zh != field.meaning.get("en"), field.name
        assert field.as_of in AS_OF_RULES
        assert re.fullmatch(r"[AB]\d+(#\d+(-\d+)?)?", field.row), field.name


def test_the_features_are_the_fields_and_say_what_the_catalogue_says() -> None:
    columns = dict(load_layer("features")[-1].columns)
    del columns["member_id"]
    assert set(columns) == set(FIELDS)
    for name, column in columns.items():
        field = FIELDS[name]
        assert (column.type, column.unit, column.pii) == (field.column_type, field.column_unit, field.pii)
        assert column.description.startswith(field.meaning.get("en"))
        assert AS_OF_RULES[field.as_of].get("en") in column.description


def test_a_model_cannot_say_something_else_about_a_field() -> None:
    with pytest.raises(ValueError, match="are said by the catalogue"):
        _from_catalogue("tier", {"description": "my own idea"})
    with pytest.raises(ValueError, match="no entry in the catalogue"):
        _from_catalogue("mood", {"type": "varchar", "description": "…"})
    assert _from_catalogue("step", {"type": "integer", "description": "…", "feature": False})["feature"] is False


def test_no_feature_model_has_a_column_nobody_knows() -> None:
    for model in load_layer("features"):
        for name, column in model.columns.items():
            assert name in FIELDS or name == "member_id" or not column.feature, (model.name, name)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_shows_every_field_once_with_its_meaning(lang: str) -> None:
    page = pages()["fields.md" if lang == "en" else "fields.zh.md"]
    rows = re.findall(r"^\| `(\w+)` ", page, re.MULTILINE)
    assert rows == list(FIELDS)
    assert all(field.meaning.get(lang) in page for field in FIELDS.values())


@pytest.mark.parametrize(("schema", "name"), [(calendar_schema(), "Audience"), (store_schema(), "TagRule")])
def test_the_editor_offers_every_field_and_function(schema: dict[str, Any], name: str) -> None:
    definition = schema["$defs"][name]
    forms = [definition, *definition.get("anyOf", ())]
    (where,) = (form["properties"]["where"] for form in forms if "where" in form.get("properties", {}))
    offered = {snippet["label"]: snippet["description"] for snippet in where["defaultSnippets"]}
    assert list(offered) == [*FIELDS, *FUNCTIONS]
    assert all(FIELDS[name].meaning.zh in told for name, told in offered.items() if name in FIELDS)
