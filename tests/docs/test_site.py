"""The documentation as a site: every page stands in it, no link leads nowhere, its search finds Chinese from disk."""

from __future__ import annotations

import re
import runpy
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.flows.browser import CHROMIUM, chromium

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
_FOUND = "[...document.querySelectorAll('*')].map(one => one.shadowRoot?.textContent ?? '').join('')"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    runpy.run_path(str(DOCS / "as_site.py"))["build"](folder)
    return folder


def test_every_page_stands_in_the_navigation_once_and_in_the_page_of_contents() -> None:
    named = re.findall(r"([\w./-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}
    assert sorted(named) == sorted(pages)
    tops = {page for page in pages if "/" not in page and not page.startswith("README")}
    chinese = {page for page in tops if page.endswith(".zh.md")}
    english = tops - chinese
    only_english = {page for page in english if page.replace(".md", ".zh.md") not in chinese}
    for contents, named_there in (("README.md", tops), ("README.zh.md", chinese | only_english)):
        text = (DOCS / contents).read_text("utf-8")
        assert {page for page in named_there if f"]({page})" not in text} == set(), contents


def test_no_link_and_no_anchor_leads_nowhere(site: Path) -> None:
    pages = {page.resolve(): _Reader.of(page) for page in site.rglob("*.html") if page.name != "404.html"}
    assert len(pages) == len(list(DOCS.rglob("*.md")))
    dead = [
        f"{page.name}: {link}"
        for page, read in pages.items()
        for link in read.links
        if not urlsplit(link).scheme and not _leads(page, link, pages)
    ]
    assert dead == []


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        loaded = _Reader.of(page).loaded
        assert [one for one in loaded if urlsplit(one).netloc] == [], page.name


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_search_finds_chinese_in_a_page_opened_from_disk(site: Path) -> None:
    with chromium() as page:
        page.open((site / "README.zh.html").as_uri())
        page.wait("会员字段")
        page.evaluate("document.querySelector('label[for=__search]').click()")
        page.until("document.activeElement?.shadowRoot != null", "field of the search")
        page.type_text("预售会员")
        page.until(f"/[1-9]\\d* results/.test({_FOUND})", "result")
        assert "领域知识" in page.evaluate(_FOUND)


def _leads(page: Path, link: str, pages: dict[Path, _Reader]) -> bool:
    parts = urlsplit(link)
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    target = target / "index.html" if target.is_dir() else target
    if not target.exists():
        return False
    skipped = not parts.fragment or parts.fragment == "__skip" or target not in pages
    return skipped or unquote(parts.fragment) in pages[target].ids


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: set[str] = set()

    @classmethod
    def of(cls, page: Path) -> _Reader:
        reader = cls()
        reader.feed(page.read_text("utf-8"))
        return reader

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value for key, value in attrs if value}
        self.ids |= {given["id"]} if "id" in given else set()
        self.links += [given[key] for key in ("href", "src") if key in given]
        if tag in {"script", "img", "iframe"} and "src" in given:
            self.loaded.append(given["src"])
        if tag == "link" and given.get("rel") in {"stylesheet", "preload", "icon"}:
            self.loaded.append(given["href"])
