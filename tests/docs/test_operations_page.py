"""docs/operations.zh.md is complete: the headings, commands, keys, codes, rows and figures of the English page."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
ENGLISH, CHINESE = ((DOCS / name).read_text("utf-8") for name in ("operations.md", "operations.zh.md"))
EXPLAINED = {"CALENDAR", "RUN", "MEMBER", "CHECKSUM", "NAME", "WHY", "t"}
"""What only the Chinese page has in code type: the words to be replaced in commands, and a part of a header."""
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{2,}) (.+)$", re.MULTILINE)


def prose(page: str) -> str:
    return _BLOCK.sub("", page)


def anchors(page: str) -> list[tuple[str, str]]:
    """Level and anchor of each heading: the one it names, else that which its words make."""
    found = []
    for level, text in _HEADING.findall(prose(page)):
        named = re.match(r'<a id="([^"]+)"></a>', text)
        found.append((level, named[1] if named else re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")))
    return found


def codes(page: str) -> set[str]:
    return {re.sub(r"\s+", " ", code) for code in re.findall(r"`([^`]+)`", prose(page))}


def commands(page: str) -> list[list[str]]:
    """Lines of each block, without their comments."""
    return [[re.sub(r"\s*# .*$", "", line) for line in block.splitlines()] for block in _BLOCK.findall(page)]


def numbers(page: str) -> Counter[str]:
    return Counter(re.findall(r"\d+(?:[.,]\d+)*", page))


def test_the_headings_are_the_same_in_order_and_have_the_same_anchors() -> None:
    assert anchors(CHINESE) == anchors(ENGLISH)


def test_commands_and_settings_of_blocks_are_the_same() -> None:
    assert commands(CHINESE) == commands(ENGLISH)


def test_everything_in_code_type_stands_on_both() -> None:
    assert codes(CHINESE) ^ codes(ENGLISH) == EXPLAINED


def test_tables_have_as_many_rows_and_cells() -> None:
    pages = (prose(page).splitlines() for page in (ENGLISH, CHINESE))
    rows = [[line.count(" | ") for line in page if line.startswith("|")] for page in pages]
    assert rows[0] == rows[1]


def test_no_figure_of_the_english_page_is_missing() -> None:
    assert numbers(ENGLISH) - numbers(CHINESE) == Counter()


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_links_into_the_pages_meet_a_heading(page: Path) -> None:
    known = {anchor for _, anchor in anchors(ENGLISH)}
    linked = set(re.findall(r"\]\([./]*operations(?:\.zh)?\.md#([^)]+)\)", page.read_text("utf-8")))
    assert linked <= known
