"""The report as it is read: complete in itself, of one language, copied into a spreadsheet, as JSON says it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.forecasting import PastResult
from tasks.measuring.measure import measure
from tasks.measuring.measurement import Measurement
from tasks.outreach.counting import DispatchCounts
from tasks.reporting.labels import LABELS, words
from tasks.reporting.report import report
from tasks.running.phase import finish, finish_again
from tasks.running.replay import replay, replay_runtime
from tasks.runtime import Runtime, open_runtime
from tests.tasks.conftest import NOW

CALENDAR = "queens-day-2020"
FIGURE = re.compile(r"–|[+-]?[0-9]{1,3}(,[0-9]{3})*(\.[0-9]+)?%?")


@pytest.fixture(scope="module")
def replayed(shop_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The 38 calendar to the end of its presale; tests only read it."""
    root = tmp_path_factory.mktemp("report") / "shop"
    shutil.copytree(shop_template, root)
    with open_runtime(root, clock=lambda: NOW) as outside, replay_runtime(outside, CALENDAR) as rt:
        replay(rt, CALENDAR, until=rt.load_calendar(CALENDAR).timeline.phases["presale"].end)
        yield rt


@pytest.fixture(scope="module")
def pages(replayed: Runtime, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Measurement]]:
    """Language → the page and what was measured."""
    folder, found = tmp_path_factory.mktemp("pages"), {}
    for lang in ("en", "zh"):
        target = folder / f"{lang}.html"
        measurement = report(replayed, CALENDAR, replayed.clock(), target, lang=lang, again=300)
        found[lang] = (target.read_text("utf-8"), measurement)
    return found


class Reader(HTMLParser):
    """Tables of a page as a spreadsheet takes them: rows of cells; texts outside of code, and the tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.figures: list[str] = []
        self.texts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._inside: list[str] = []
        self._figure = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "rect", "line", "circle", "path"}:
            self._inside.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
            self._figure = tag == "td" and dict(attrs).get("class") == "figure"

    def handle_data(self, data: str) -> None:
        if "td" in self._inside or "th" in self._inside:
            self.tables[-1][-1][-1] += data
            if self._figure:
                self.figures.append(data)
        if not {"style", "pre"} & set(self._inside):
            self.texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass


def test_the_page_is_complete_in_itself(pages: dict[str, tuple[str, Measurement]], replayed: Runtime) -> None:
    calendar = replayed.load_calendar(CALENDAR).calendar
    for lang, (page, _) in pages.items():
        read = Reader(page)
        assert not {"script", "link", "iframe", "img", "object"} & {tag for tag, _ in read.tags}
        addresses = [value for _, about in read.tags for name, value in about.items() if name in {"src", "href"}]
        assert addresses == []
        assert "default-src 'none'" in page
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)
        assert len(page) < 3_000_000
        text = "".join(read.texts)
        assert all(phase.title.get(lang) in text for phase in calendar.phases)
        assert calendar.source in text


def test_charts_say_in_words_what_they_show(pages: dict[str, tuple[str, Measurement]]) -> None:
    for page, _ in pages.values():
        charts = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
        assert len(charts) >= 6
        assert all('role="img"' in one and "<title>" in one and "<desc>" in one for one in charts)


def test_the_chinese_page_is_chinese(pages: dict[str, tuple[str, Measurement]]) -> None:
    """But for ids, names of methods and what a calendar itself says in no language."""
    text = " ".join(Reader(pages["zh"][0]).texts)
    for english, chinese in LABELS.values():
        if english != chinese and " " in english:
            assert english not in text, english
    assert not re.findall(r".{20}\b(?:the|and|of|was|were|with|messages|between)\b.{20}", text, re.DOTALL)


def test_no_member_is_named(pages: dict[str, tuple[str, Measurement]]) -> None:
    for page, _ in pages.values():
        assert not re.search(r"\bm[0-9]{8}\b", page)


def test_tables_paste_as_cells_with_numbers(pages: dict[str, tuple[str, Measurement]]) -> None:
    for page, _ in pages.values():
        read = Reader(page)
        assert len(read.tables) > 15
        for table in read.tables:
            assert {len(row) for row in table} == {len(table[0])}, table[0]
        assert len(read.figures) > 300
        assert [one for one in read.figures if not FIGURE.fullmatch(one)] == []


def test_exclusions_add_up(pages: dict[str, tuple[str, Measurement]]) -> None:
    _, m = pages["en"]
    read = Reader(pages["en"][0])
    [decided] = [
        table for table in read.tables if table[0] == ["phase", "in an audience", "chosen", "held out", "excluded"]
    ]
    rows = [[int(cell.replace(",", "")) for cell in row[1:]] for row in decided[1:]]
    assert all(whole == sum(parts) for whole, *parts in rows)
    assert [sum(column) for column in zip(*rows[:-1], strict=True)] == rows[-1]
    assert rows[-1][3] == sum(m.exclusions.values())


def test_sales_of_the_funnel_are_those_of_its_people(pages: dict[str, tuple[str, Measurement]]) -> None:
    _, m = pages["en"]
    for phase in m.phases:
        assert 0 <= phase.funnel.spend_cents <= phase.sales.gmv_cents
        assert phase.funnel.buyers <= phase.funnel.orders
        if phase.funnel.spend_cents:
            assert f"{phase.funnel.spend_cents / 100:,.2f}" in pages["en"][0]


def test_the_last_day_of_the_curve_is_what_is_measured(pages: dict[str, tuple[str, Measurement]]) -> None:
    _, m = pages["en"]
    whole, last = m.programme.contrast, m.following.effect[-1]
    assert whole is not None
    assert last.difference == whole.difference
    assert last.interval == whole.while_running


def test_burn_adds_up_to_the_books(pages: dict[str, tuple[str, Measurement]]) -> None:
    _, m = pages["en"]
    budget = next(line for line in m.accounts if line.name == "budget")
    kept = budget.open + budget.spent + budget.expired + budget.stopped
    assert sum(day.reserved_cents for day in m.following.burn) == kept > 0
    assert sum(day.used_cents for day in m.following.burn) == budget.spent


def test_channels_add_up_to_the_outbox(pages: dict[str, tuple[str, Measurement]]) -> None:
    _, m = pages["en"]
    sent = sum(row.messages.get("sent", 0) for row in m.following.channels)
    assert sent == sum(play.jobs.get("sent", 0) for play in m.plays) > 0
    assert all(row.figures.buyers <= row.figures.contacted for row in m.following.channels)


def test_a_page_of_a_campaign_that_goes_on_says_so_and_loads_itself(pages: dict[str, tuple[str, Measurement]]) -> None:
    page, m = pages["zh"]
    assert m.running_days is not None
    assert '<meta http-equiv="refresh" content="300">' in page
    assert "活动尚未结束" in page
    assert "Asia/Shanghai" in page


def test_a_workbook_markdown_and_parquet_say_the_same(replayed: Runtime, tmp_path: Path) -> None:
    for ending in ("xlsx", "md", "parquet"):
        m = report(replayed, CALENDAR, replayed.clock(), tmp_path / f"r.{ending}")
    presale = next(phase for phase in m.phases if phase.phase == "presale")
    book = load_workbook(tmp_path / "r.xlsx")
    rows = {row[0]: row for row in book["funnel"].iter_rows(values_only=True)}
    assert rows[presale.title.get("en")][4] == presale.funnel.contacted
    text = (tmp_path / "r.md").read_text("utf-8")
    assert f"{presale.funnel.spend_cents / 100:,.2f}" in text
    with duckdb.connect() as con:
        [(value,)] = con.execute(
            "select value from read_parquet($file) where part = 'phases' and figure = 'presale.funnel.contacted'",
            {"file": str(tmp_path / "r.parquet")},
        ).fetchall()
    assert value == presale.funnel.contacted


def test_a_name_that_says_no_kind_is_a_mistake(replayed: Runtime, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        report(replayed, CALENDAR, replayed.clock(), tmp_path / "r.docx")


def test_it_says_how_each_run_ran(replayed: Runtime, tmp_path: Path) -> None:
    runs = replayed.ledger.runs(CALENDAR)
    first = runs[0]
    finish(replayed, first.run_id, first.summary.plays, DispatchCounts(), via="prefect")
    finish_again(replayed, first.run_id, DispatchCounts())
    target = tmp_path / "page.html"
    report(replayed, CALENDAR, replayed.clock(), target)
    page = target.read_text("utf-8")
    assert page.count(LABELS["prefect"][0]) == 1
    assert page.count(LABELS["direct"][0]) == len(runs) - 1
    assert words("en")["truth"] not in page


def test_every_word_exists_in_both_languages() -> None:
    assert all(english and chinese for english, chinese in LABELS.values())


def test_what_is_kept_for_forecasts_are_the_figures_of_the_report(
    replayed: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of whole phases: people and sales of the funnel, grants and uses of benefits, what both and messages cost."""
    kept: list[PastResult] = []
    monkeypatch.setattr("tasks.measuring.measure.forecast_scores", lambda *given, **_: kept.extend(given[2]))
    measured = measure(replayed, CALENDAR, replayed.clock())
    whole = {one.phase: one for one in kept if not one.play}
    for row in measured.phases:
        if row.phase not in whole:
            assert row.funnel.contacted == 0
            continue
        one, costs = whole[row.phase], [cost for cost in measured.costs if cost.phase == row.phase and cost.play]
        assert (one.contacted, one.buyers, one.sales_cents) == (
            row.funnel.contacted, row.funnel.buyers, row.funnel.spend_cents,
        )  # fmt: skip
        given = [cost for cost in costs if cost.kind == "benefit"]
        assert one.granted == sum(cost.times for cost in given)
        assert one.benefit_cents == sum(cost.spent_cents + cost.late_cents for cost in given)
        assert one.message_cents == sum(cost.spent_cents for cost in costs if cost.kind == "message")
        assert one.worst_cents >= sum(cost.issued_cents for cost in given) > 0
    assert sum(one.redemptions or 0 for one in whole.values()) == sum(row.redemptions for row in measured.benefits)
