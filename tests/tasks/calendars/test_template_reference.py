"""The examples of the calendar reference, rendered: what the page promises is what a message becomes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from campaign_calendars.messages.templates import VARIABLES
from campaign_calendars.reference import templates
from tasks.calendars.engine import FILTERS, compiled
from tasks.calendars.messages import check_message

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(("template", "becomes"), [(text, made) for text, made, _ in templates.EXAMPLES])
def test_an_example_is_accepted_and_becomes_what_the_page_says(template: str, becomes: str) -> None:
    assert check_message(template, "m.txt") == []
    assert compiled(template).render(templates.SAMPLE) == becomes


def test_the_page_lists_every_variable_and_shows_every_filter() -> None:
    known = {f"{name}.{key}" for name, keys in VARIABLES.items() for key in keys}
    assert set(templates.VARIABLES) == known
    assert {f"{name}.{key}" for name, values in templates.SAMPLE.items() for key in values} == known
    told = {word for *_, (english, _) in templates.EXAMPLES for word in re.findall(r"`(\w+)`", english)}
    assert told == set(FILTERS)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_section_stands_on_the_page(lang: str) -> None:
    page = (DOCS / ("calendar.md" if lang == "en" else "calendar.zh.md")).read_text("utf-8")
    assert page.rstrip().endswith(templates.template_section(lang).rstrip())


def test_without_a_name_the_other_text_is_chosen() -> None:
    nobody = {**templates.SAMPLE, "member": {"name": ""}}
    assert compiled(templates.EXAMPLES[1][0]).render(nobody) == "亲爱的会员，您好"
    assert compiled(templates.EXAMPLES[4][0]).render(nobody) == "亲"
