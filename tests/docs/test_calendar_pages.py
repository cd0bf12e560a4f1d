"""The pages of the shipped calendars say what the calendars say; their figures are labelled and complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from campaign_calendars.model.unfolding import unfold
from campaign_calendars.values.json import from_json
from promocal.calendar_page import Figures
from promocal.walkthrough import FOLDER, GROCERY, SEED, load, pages, shipped

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return dict(pages(DOCS))


def test_there_is_a_page_in_both_languages_and_a_timeline_for_each(made: dict[str, str]) -> None:
    names = {f"{name}{suffix}" for name in [*shipped(), "README"] for suffix in (".md", ".zh.md")}
    pictures = {f"{name}.{lang}.svg" for name in shipped() for lang in ("en", "zh")}
    assert set(made) == names | pictures
    assert {path.name for path in (DOCS / FOLDER).iterdir()} == {*made, *(f"{name}.json" for name in shipped())}


@pytest.mark.parametrize("name", shipped())
def test_page_and_timeline_are_up_to_date(name: str, made: dict[str, str]) -> None:
    for file, text in made.items():
        if file.startswith((f"{name}.", "README")):
            assert (DOCS / FOLDER / file).read_text("utf-8") == text, f"run: python -m promocal.walkthrough docs {name}"


@pytest.mark.parametrize("name", shipped())
def test_every_play_benefit_and_duty_is_on_the_page(name: str, made: dict[str, str]) -> None:
    page, calendar = made[f"{name}.md"], unfold(load(name).calendar)
    shown = page.replace("\\|", "|")
    for phase in calendar.phases:
        assert f"## {phase.title.get('en')}" in shown
        for play in phase.plays:
            assert f"| {play.title.get('en')} |" in shown
        for duty in phase.duties:
            assert f"| {duty.text.get('en')} | {duty.owner.get('en')} |" in shown
    for benefit in calendar.benefits.values():
        assert f"| {benefit.title.get('en')} |" in shown


@pytest.mark.parametrize("name", shipped())
def test_figures_are_of_the_calendar_as_it_is_and_say_of_which_store(name: str, made: dict[str, str]) -> None:
    found = from_json(Figures, (DOCS / FOLDER / f"{name}.json").read_text("utf-8"))
    loaded = load(name)
    plays = {
        f"{phase.id}/{play.id}" for phase in unfold(loaded.calendar).phases for play in phase.plays if play.channels
    }
    assert set(found.plays) <= plays
    assert set(found.benefits) == set(loaded.calendar.benefits), f"run: python -m promocal.walkthrough docs {name}"
    assert sum(play.messages for play in found.plays.values()) > 0
    assert found.seed == (0 if name == GROCERY else SEED)
    assert f"{found.members:,}" in made[f"{name}.md"]
    assert re.search(r"[\u4e00-\u9fff]", made[f"{name}.zh.md"])
