"""Citations of the domain (A3, A1#16) lead to a row of docs/domain.md that exists, in both languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_calendars.reference.citations import PAGES, anchor, cited, directions, linked
from promocal.cli.app import COMMANDS
from tests.docs.test_coverage import known

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PRODUCT = ("campaign_calendars", "warehouse", "tasks", "flows", "promocal", "benchmarks")
TEXTS = {".py", ".sql", ".yaml", ".toml", ".j2", ".html", ".txt"}
READ = {lang: (DOCS / page).read_text("utf-8") for lang, page in PAGES.items()}
ROWS = {
    *(f"A{n}" for n in range(1, 15)),
    *(f"B{n}" for n in range(1, 10)),
    *(f"{part}#{n}" for part, rows in (("A1", 29), ("A11", 14), ("A13", 69)) for n in range(1, rows + 1)),
}
USED = {"en": ("in promocal", "**In promocal:**"), "zh": ("promocal 中", "**promocal 中：**")}


def anchors(lang: str) -> list[str]:
    return re.findall(r'<a id="([^"]+)"></a>', READ[lang])


def pages() -> list[Path]:
    return [*sorted(DOCS.glob("*.md")), *sorted(ROOT.glob("*.md"))]


def sources() -> Iterator[Path]:
    for package in PRODUCT:
        yield from (path for path in sorted((ROOT / package).rglob("*")) if path.suffix in TEXTS)


@pytest.mark.parametrize("lang", PAGES)
def test_every_row_and_source_has_one_anchor_in_the_order_of_the_other_language(lang: str) -> None:
    assert [name for name, times in Counter(anchors(lang)).items() if times > 1] == []
    assert set(anchors(lang)) == {anchor(mark) for mark in (*ROWS, *(f"S{n}" for n in range(5)))}
    assert anchors(lang) == anchors("en")


@pytest.mark.parametrize("lang", PAGES)
def test_the_anchor_stands_before_the_mark_it_is_of(lang: str) -> None:
    marks = re.findall(r'<a id="([^"]+)"></a>(\w\d+(?:#\d+)?)\b', READ[lang])
    assert len(marks) == len(anchors(lang))
    assert [(name, mark) for name, mark in marks if name != anchor(mark)] == []


def test_every_citation_in_the_product_is_of_a_row_that_exists() -> None:
    found = {str(path.relative_to(ROOT)): cited(path.read_text("utf-8")) for path in sources()}
    assert sum(map(len, found.values())) > 200
    broken = {path: missing for path, marks in found.items() if (missing := _missing(marks))}
    assert broken == {}


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_a_page_that_cites_links_to_rows_that_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    assert _missing(cited(text)) == []
    page = PAGES["zh" if path.name.endswith((".zh.md", ".zh-CN.md")) else "en"]
    if cited(text) and path.name not in PAGES.values():
        assert f"]({page}" in text or f"](docs/{page}" in text, f"cites rows of the domain: link {page}"
    targets = re.findall(r"\]\((?:docs/)?domain(?:\.zh)?\.md#([^)]+)\)", text)
    targets += re.findall(r"\]\(#([ab]\d[\d-]*)\)", text) if path.name in PAGES.values() else []
    assert set(targets) <= set(anchors("en"))


@pytest.mark.parametrize("lang", PAGES)
def test_what_is_named_as_used_exists(lang: str) -> None:
    names = [name for text in _used(lang) for name in re.findall(r"`([^`]+)`", text)]
    assert len(names) > 150
    words = known()
    assert [name for name in names if not _exists(name, words)] == []


def test_both_languages_name_the_same_as_used() -> None:
    english, chinese = (
        [sorted(re.findall(r"`([^`]+)`", text)) for text in _used(lang) if "`" in text] for lang in ("en", "zh")
    )
    assert english == chinese


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("better than the store's (A3, A11#1).", ["A3", "A11#1"]),
        ("exempt on its days (A3, S4); said again: A3", ["A3", "S4"]),
        ("the platform's advice (S4, A4)，资料（A1#25、S4）。", ["S4", "A4", "A1#25"]),
        ("forbidden (B7: PIPL art. 24)", ["B7"]),
        ("objects in S3, sources S0 to S4", []),
        ("C101, D403, B2B, 0xB0, A0, B0, v1.A3, x/A3, A3#, A3b, A-3, pA3", []),
        ("=A1, SUM(A1), A1:B2, $A1, `A1`", []),
    ],
)
def test_what_is_a_citation(text: str, marks: list[str]) -> None:
    assert cited(text) == marks


def test_links_are_made_in_prose_only() -> None:
    page = "Rule (A3, S4), `A3`, [A4](x.md#a4), A1#16\n\n```yaml\n# A5\n```\nB7"
    assert linked(page, "zh") == (
        "Rule ([A3](domain.zh.md#a3), [S4](domain.zh.md#s4)), `A3`, [A4](x.md#a4), [A1#16](domain.zh.md#a1-16)\n\n"
        "```yaml\n# A5\n```\n[B7](domain.zh.md#b7)"
    )
    assert linked(linked(page, "en"), "en") == linked(page, "en")


def test_directions_are_lines_without_links() -> None:
    assert directions("(A3, A1#2); A3", "en") == ["A3: docs/domain.md#a3", "A1#2: docs/domain.md#a1-2"]
    assert directions("（A3）", "zh") == ["A3：docs/domain.zh.md#a3"]


def _missing(marks: list[str]) -> list[str]:
    return [mark for mark in marks if anchor(mark) not in anchors("en")]


def _used(lang: str) -> list[str]:
    """What the page says promocal uses: the last cells of tables headed so, and the paragraphs that begin so."""
    head, label = USED[lang]
    texts: list[str] = []
    for block in READ[lang].split("\n\n"):
        lines = block.splitlines()
        if lines[0].endswith(f"| {head} |"):
            texts += [line.split("|")[-2] for line in lines[2:]]
        elif block.startswith(label):
            texts.append(block)
    return texts


def _exists(name: str, words: set[str]) -> bool:
    if name.startswith("promocal "):
        return name.removeprefix("promocal ") in COMMANDS
    return name in words or (ROOT / "campaign_calendars" / name).is_file()
