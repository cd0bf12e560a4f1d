"""The reference pages are those of the models and rules: never stale, complete in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from campaign_calendars.audiences.fields.vocabulary import FIELDS
from campaign_calendars.checks import RULES
from campaign_calendars.deciding.contact import REASONS
from campaign_calendars.model.benefits import KINDS
from campaign_calendars.reference.pages import pages
from campaign_calendars.reference.reasons import REMEDIES
from campaign_calendars.reference.zh import TEXTS
from promocal.doubtful_page import doubtful_pages
from promocal.reference import write_pages
from promocal.tables_page import tables_pages
from warehouse.models.catalogue import load_layer
from warehouse.sources.two_readings import RULES as TWO_READINGS
from warehouse.staging.rejects import READING_RULES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", sorted(pages()))
def test_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == pages()[name], "run: python -m promocal.reference docs"


@pytest.mark.parametrize("name", sorted(doubtful_pages()))
def test_the_page_about_doubtful_data_has_every_rule(name: str) -> None:
    page = doubtful_pages()[name]
    assert (DOCS / name).read_text("utf-8") == page, "run: python -m promocal.reference docs"
    rules = [*READING_RULES, *(rule.rule for model in load_layer("staging") for rule in model.expectations)]
    assert [rule for rule in rules if f"| `{rule}` |" not in page] == []
    assert [rule.code for rule in TWO_READINGS.values() if f"- {rule.code}: " not in page] == []


def test_every_page_is_written(tmp_path: Path) -> None:
    written = {path.name for path in write_pages(tmp_path)}
    assert (
        written
        == {path.name for path in tmp_path.iterdir()}
        == {*pages(), *doubtful_pages(), *tables_pages(), "json.md"}
    )


def test_every_reason_says_what_would_change_it_in_words_of_the_language() -> None:
    assert list(REMEDIES) == list(REASONS)
    known = pages()["calendar.md"] + pages()["calendar.zh.md"]
    named = {word for remedy in REMEDIES.values() for text in remedy for word in re.findall(r"`([a-z_]+)", text)}
    assert [word for word in sorted(named) if f"`{word}" not in known] == []
    lines = [line for line in pages()["reasons.md"].splitlines() if re.match(r"\| \d", line)]
    assert [line.split("`")[1] for line in lines] == sorted(REASONS, key=lambda code: REASONS[code].stage)


@pytest.mark.parametrize("name", ["calendar.md", "calendar.zh.md"])
def test_every_kind_key_and_field_is_there(name: str) -> None:
    page = pages()[name]
    assert [kind for kind in KINDS if f"### `{kind}`" not in page] == []
    assert [field for field in FIELDS if f"| `{field}` |" not in page] == []
    assert "| `repeat_after` |" in page


@pytest.mark.parametrize("name", ["checks.md", "checks.zh.md"])
def test_every_code_is_there_with_its_example(name: str) -> None:
    page = pages()[name]
    assert re.findall(r"^## ([CSD]\d{3})$", page, re.MULTILINE) == sorted(RULES)
    shown = 2 * sum(rule.examples() != ("", "") for rule in RULES.values())
    assert page.count("```yaml") + page.count("```text") == page.count("\n```\n") == shown


@pytest.mark.parametrize("name", sorted(pages()))
def test_links_inside_a_page_lead_somewhere(name: str) -> None:
    page = pages()[name]
    anchors = {
        re.sub(r"[^\w-]", "", title.lower().replace(" ", "-")) for title in re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= anchors


def test_no_translation_is_left_over(monkeypatch: pytest.MonkeyPatch) -> None:
    used: set[str] = set()

    class Recorder(dict[str, str]):
        def __getitem__(self, key: str) -> str:
            used.add(key)
            return super().__getitem__(key)

    monkeypatch.setattr("campaign_calendars.reference.zh.TEXTS", Recorder(TEXTS))
    pages()
    assert used == set(TEXTS)
