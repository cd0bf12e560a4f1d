"""The account of the domain: every row is there, and every name it gives exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from campaign_calendars.audiences.fields.vocabulary import FIELDS, FUNCTIONS
from campaign_calendars.checks import RULES
from campaign_calendars.model.benefits import KINDS
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from campaign_calendars.reference.coverage import coverage_page
from campaign_calendars.reference.domain_rows import ROWS, Row
from campaign_calendars.reference.honoured import HONOURED
from promocal.cli.app import COMMANDS

ROOT = Path(__file__).parents[2]


def words(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    """Keys of a model and of those below it, and the values a key may take."""
    if model in seen:
        return
    seen.add(model)
    for name, info in model.model_fields.items():
        yield info.alias or name
        yield from choices(info.annotation, seen)


def choices(annotation: Any, seen: set[type[BaseModel]]) -> Iterator[str]:
    if isinstance(annotation, str):
        yield annotation
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from words(annotation, seen)
    for part in get_args(annotation):
        yield from choices(part, seen)


def known() -> set[str]:
    seen: set[type[BaseModel]] = set()
    names = {word for model in (Calendar, Store, *KINDS.values()) for word in words(model, seen)}
    return names | set(RULES) | set(KINDS) | set(FIELDS) | set(FUNCTIONS) | {"festival"}


def named(row: Row, lang: int) -> list[str]:
    return re.findall(r"`([^`]+)`", row.where[lang] + row.left_out[lang])


@pytest.mark.parametrize("name", sorted({name for row in ROWS for name in named(row, 0)}))
def test_every_name_exists(name: str) -> None:
    if name.startswith("promocal "):
        assert name.removeprefix("promocal ") in COMMANDS
    elif name.endswith((".yaml", ".md")):
        assert (ROOT / name).is_file() or (ROOT / "campaign_calendars" / name).is_file()
    else:
        assert name in known()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.mark} {row.construct[0]}")
def test_both_languages_name_the_same(row: Row) -> None:
    assert named(row, 0) == named(row, 1)
    assert [bool(half) for half in (*row.where, *row.left_out)] in (
        [True, True, False, False],
        [False, False, True, True],
    )


def test_every_numbered_row_is_accounted_for() -> None:
    rows = [row.mark for row in ROWS]
    numbered = [row for row in rows if "#" in row]
    assert numbered == [f"A1#{n}" for n in range(1, 30)] + [f"A11#{n}" for n in range(1, 15)]
    assert {row.split("#")[0] for row in rows} >= {f"A{n}" for n in range(1, 13)}


def test_every_check_of_calendars_is_named_or_is_about_reading_and_references() -> None:
    codes = {name for row in ROWS for name in named(row, 0)}
    assert {code for code in RULES if "C140" <= code < "C180" or "C192" <= code < "C230"} - codes <= {
        "C153", "C155", "C169", "C170", "C171", "C172",
    }  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_claims_what_the_catalogue_says(lang: str) -> None:
    page = coverage_page(lang)
    said = [entry.does[lang == "zh"] for entry in HONOURED.values()]
    assert [sentence for sentence in said if sentence not in page] == []
    assert page.count("::test_") == len(HONOURED)
    counts = [int(line.split("|")[3]) for line in page.split("##")[0].splitlines() if line.startswith("| `")]
    assert sum(counts) == len(HONOURED)
