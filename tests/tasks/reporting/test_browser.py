"""Report, plan and dashboard in Chromium: on a desk, on a phone and on paper, nothing runs out and nobody is asked."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tasks.documents.page import as_page
from tasks.measuring.dashboard import dashboard, dashboard_document
from tasks.measuring.metrics import Asked
from tasks.planning.beside import make
from tasks.planning.document.making import write_document
from tasks.reporting.report import report
from tasks.running.phase import run_if_due
from tasks.runtime import Runtime
from tests.flows.browser import CHROMIUM, Page, chromium

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]
CALENDAR = "queens-day-2020"
_WIDE = """[...document.querySelectorAll('body *')].filter(one => {
  const box = one.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && !one.closest('.wide, figure, pre');
}).map(one => one.tagName + ' ' + one.className)"""


@pytest.fixture
def written(shop: Runtime, tmp_path: Path) -> dict[str, Path]:
    """Page → file."""
    loaded = shop.load_calendar(CALENDAR)
    at = next(one.at for one in loaded.timeline.occurrences if one.phase == "reservoir")
    shop.clock = lambda: at
    run_if_due(shop, CALENDAR, "reservoir", at)
    made = make(shop, CALENDAR)
    found = {}
    for lang in ("en", "zh"):
        found[f"report.{lang}"], found[f"plan.{lang}"] = tmp_path / f"r.{lang}.html", tmp_path / f"p.{lang}.html"
        report(shop, CALENDAR, at + timedelta(days=1), found[f"report.{lang}"], lang=lang)
        write_document(shop, made, None, (), found[f"plan.{lang}"], lang=lang, made_by="Li")
        board = dashboard(shop, loaded, Asked((), at, since=at - timedelta(days=60), until=at))
        found[f"dashboard.{lang}"] = tmp_path / f"d.{lang}.html"
        found[f"dashboard.{lang}"].write_text(as_page(dashboard_document(loaded, board, lang)), "utf-8")
    return found


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def screen(request: pytest.FixtureRequest) -> Iterator[tuple[Page, int]]:
    width = int(request.param)
    with chromium(width=width) as page:
        page._send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        page._send("Network.enable")
        yield page, width


def test_pages_fit_ask_nobody_and_print(screen: tuple[Page, int], written: dict[str, Path]) -> None:
    page, width = screen
    for name, file in written.items():
        page.open(file.as_uri())
        page.until("document.readyState === 'complete' && document.querySelector('h1') !== null", name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.evaluate(_WIDE) == [], name
        asked = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
        assert asked == [], name
        sheet = base64.b64decode(page._send("Page.printToPDF", preferCSSPageSize=True)["data"])
        sizes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", sheet))
        assert {(round(float(w)), round(float(h))) for w, h in sizes} == {(595, 842)}, f"{name} is no A4"
