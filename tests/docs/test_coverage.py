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
from campaign_calendars.reference.citations import cited
from promocal.cli.app import COMMANDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "coverage.md").read_text("utf-8")
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| \[?[AB]\d", line)]


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


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([^`]+)`", "\n".join(ROWS)))))
def test_every_name_exists(name: str) -> None:
    if name.startswith("promocal "):
        assert name.removeprefix("promocal ") in COMMANDS
    elif name.endswith((".yaml", ".md")):
        assert (ROOT / name).is_file() or (ROOT / "campaign_calendars" / name).is_file()
    else:
        assert name in known()


def test_every_numbered_row_is_accounted_for() -> None:
    rows = [cited(line.split("|")[1])[0] for line in ROWS]
    numbered = [row for row in rows if "#" in row]
    assert numbered == [f"A1#{n}" for n in range(1, 30)] + [f"A11#{n}" for n in range(1, 15)]
    assert {row.split("#")[0] for row in rows} >= {f"A{n}" for n in range(1, 13)}


def test_a_row_names_what_honours_it_or_says_why_not() -> None:
    for line in ROWS:
        where = line.split("|")[3].strip()
        assert "`" in where or len(where) > 10 or where == "the same", line
        if where.startswith("out"):
            assert ":" in where or where == "out of scope", line


def test_every_check_of_calendars_is_named_or_is_about_reading_and_references() -> None:
    named = set(re.findall(r"`(C\d{3})`", PAGE))
    assert {code for code in RULES if "C140" <= code < "C180" or "C192" <= code < "C230"} - named <= {
        "C153", "C155", "C169", "C170", "C171", "C172",
    }  # fmt: skip
