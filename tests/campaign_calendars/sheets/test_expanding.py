"""A calendar that names sheets is the calendar in which their rows are written, each value with its cell."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.sheets.columns import KINDS_OF_SHEETS, PRICES, TARGETS, Kind
from campaign_calendars.sheets.expanding import Books, expand, named_sheets
from campaign_calendars.sheets.table import Book, Cell, Table, Unread
from tasks.calendars.lookup import LIBRARY
from tests.campaign_calendars.checks.examples import CALENDAR

PRICE_HEAD = ("goods", "name", "phase", "on", "list price", "after coupons", "through", "counts as lowest price")
PRICE_ROWS: tuple[tuple[Cell, ...], ...] = (
    ("tea", "Tea", "", "2026-03-01", 99, 89, "store_coupon", "yes"),
    ("tea", "", "burst", "", 98, 79),
    ("cup", "Cup", "burst", "", 12.5, ""),
)


def book(kind: Kind, rows: tuple[tuple[Cell, ...], ...], head: tuple[str, ...] = ()) -> Book:
    lines = (head or tuple(one.head[0] for one in kind.columns), *rows)
    return Book("p.xlsx", str(hash(rows)), (Table("s", tuple(enumerate(lines, 1))),))


def loaded(text: str, read: Book | Unread | None) -> Any:
    return load_calendar(text, "c.yaml", books={} if read is None else {"p.xlsx": read})


def prices(rows: tuple[tuple[Cell, ...], ...], head: tuple[str, ...] = PRICE_HEAD) -> Any:
    return loaded(CALENDAR + "prices: {from: p.xlsx}\n", book(PRICES, rows, head))


def said(read: Any) -> list[str]:
    return [problem.message for problem in read.problems]


def test_prices_from_a_sheet_are_those_that_would_be_written() -> None:
    written = """\
prices:
  tea:
    title: Tea
    history: [{on: 2026-03-01, list: 99, after_coupon: 89, through: store_coupon, counts: true}]
    planned: [{phase: burst, list: 98, after_coupon: 79}]
  cup: {title: Cup, planned: [{phase: burst, list: 12.5}]}
"""
    assert prices(PRICE_ROWS).model == load_calendar(CALENDAR + written).model


def test_the_text_that_is_kept_has_everything_written_out() -> None:
    first = prices(PRICE_ROWS)
    assert load_calendar(first.text).model == first.model
    assert "from: p.xlsx" not in first.text
    other = prices((*PRICE_ROWS[:2], ("cup", "Cup", "burst", "", 12.6, "")))
    assert other.text != first.text
    again = prices(PRICE_ROWS)
    assert again.text == first.text


def test_a_calendar_without_sheets_keeps_its_own_text() -> None:
    assert load_calendar(CALENDAR, books={}).text == CALENDAR


def test_whoever_does_not_look_at_sheets_reads_the_calendar_without_them() -> None:
    read = load_calendar(CALENDAR + "prices: {from: p.xlsx}\n")
    assert read.model is not None
    assert read.model.prices == {}


def test_wrong_values_of_a_sheet_are_all_told_on_the_line_that_names_it_with_their_cells() -> None:
    read = prices((
        ("tea", "", "burst", "", "8折", "1,5"), ("cup", "", "", "3/1/2026", 1), ("pot", "", "burst", "", "", ""),
        ("jar", "", "burst", "", 5, 6, "", "maybe"),
    ))  # fmt: skip
    assert read.model is None
    assert said(read) == [
        "p.xlsx!s!E2: '8折' is not an amount of money",
        "p.xlsx!s!F2: '1,5' is not an amount of money",
        "p.xlsx!s!A3: cup has past prices and no planned one",
        "p.xlsx!s!A4: a price needs `list`, `after_coupon` or both",
        "p.xlsx!s!H5: a planned price says nothing of past ones",
    ]
    line = CALENDAR.count("\n") + 1
    assert {(one.location.line, one.location.column) for one in read.problems} == {(line, 16)}
    assert [one.said("zh").cell for one in read.problems][:2] == ["p.xlsx!s!E2", "p.xlsx!s!F2"]
    assert all(one.zh.startswith("p.xlsx!s!") and one.zh != one.message for one in read.problems)


def test_what_can_be_read_of_a_sheet_with_mistakes_is_shown() -> None:
    read = prices((("tea", "", "burst", "", "x", ""), ("cup", "", "burst", "", 5, "")))
    assert list(read.shown.holed.models[0].prices) == ["cup"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((("a", "", "burst", "", 1), ("a", "", "burst", "", 2)), "C3: the price of a for burst stands in row 2"),
        ((("a", "", "burst", "2026-01-01", 1),), "C2: a row has a phase (planned price) or a day (past price)"),
        ((("a", "", "", "", 1),), "C2: a row has a phase (planned price) or a day (past price)"),
        ((("", "", "", "", ""),), "s: no row is filled in"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_prices_are_told(rows: tuple[tuple[Cell, ...], ...], message: str) -> None:
    assert any(message in one for one in said(prices(rows))), said(prices(rows))


def test_a_phase_may_be_written_by_its_title() -> None:
    text = CALENDAR.replace("kind: burst", "kind: burst\n    title: {zh: 爆发, en: Burst}")
    head = ("商品", "阶段", "一口价")
    read = load_calendar(
        text + "prices: {from: p.xlsx}\n", books={"p.xlsx": book(PRICES, (("a", "爆发", 1), ("b", "Burst", 1)), head)}
    )
    assert [goods.planned[0].phase for goods in read.model.prices.values()] == ["burst", "burst"]  # type: ignore[union-attr]


LISTS = ("list", "name", "rank", "item id", "item", "link", "price", "stage", "until")
ROWS: tuple[tuple[Cell, ...], ...] = (
    ("best", "Best", 2, "1", "Tea", "https://a.cn/1", 9, "预售", "2026/3/8"),
    ("best", "", 1, "2", "Cup", "https://a.cn/2", "", "in stock", ""),
    ("new", "New", "", "3", "Pot", "https://a.cn/3", "", "", ""),
)


def test_lists_come_whole_or_one_by_one() -> None:
    whole = loaded(CALENDAR + "lists: {from: p.xlsx}\n", book(KINDS_OF_SHEETS["lists"], ROWS, LISTS)).model
    assert [item.title.en for item in whole.lists["best"].items] == ["Cup", "Tea"]
    assert (whole.lists["best"].title.en, whole.lists["best"].items[1].stage) == ("Best", "presale")
    text = CALENDAR + "lists: {best: {title: Best, items: {from: p.xlsx}}}\n"
    one = loaded(text, book(KINDS_OF_SHEETS["items"], ROWS, LISTS)).model
    assert one.lists["best"] == whole.lists["best"]
    assert list(one.lists) == ["best"]
    twice = loaded(CALENDAR + "lists: {from: p.xlsx}\n", book(KINDS_OF_SHEETS["lists"], (ROWS[0], ROWS[0]), LISTS))
    assert said(twice) == ["p.xlsx!s!D3: item 1 stands in row 2 already"]
    torn = loaded(text, book(KINDS_OF_SHEETS["items"], (("best", "", "x", "1", "T", "www.a.cn"),), LISTS))
    assert [one.partition(": ")[0] for one in said(torn)] == ["p.xlsx!s!C2", "p.xlsx!s!F2"]


def with_phases(first: str, second: str = "") -> str:
    other = f"  - {{id: after, kind: maintenance, window: {{from: D+1, to: D+3}}{second}}}\n"
    return CALENDAR.replace("kind: burst", f"kind: burst\n    {first}") + other


def test_targets_of_a_phase_are_its_rows() -> None:
    rows = (("burst", "reach", "60%"), ("after", "joins", 12), ("", "orders", 5))
    read = loaded(with_phases("targets: {from: p.xlsx}", ", targets: {from: p.xlsx}"), book(TARGETS, rows))
    assert read.model.phases[0].targets == {"reach": 0.6, "orders": 5}
    assert read.model.phases[1].targets == {"joins": 12, "orders": 5}


def test_a_metric_may_be_written_by_its_title() -> None:
    from campaign_calendars.measuring.metrics.catalogue import metric

    read = loaded(with_phases("targets: {from: p.xlsx}"), book(TARGETS, (("", metric("joins").title.zh, 12),)))
    assert read.model.phases[0].targets == {"joins": 12}


def test_rows_that_nothing_would_come_of_are_told() -> None:
    rows = (("burst", "reach", 1), ("burst", "reach", 2), ("after", "joins", 12), ("brust", "joins", 1))
    assert said(loaded(with_phases("targets: {from: p.xlsx}"), book(TARGETS, rows))) == [
        "p.xlsx!s: rows of after are not used: the phase does not name the sheet",
        "p.xlsx!s!B3: reach of burst stands in row 2 already",
        "p.xlsx!s!A5: there is no phase 'brust'",
    ]
    none = loaded(with_phases("targets: {from: p.xlsx}", ", targets: {from: p.xlsx}"), book(TARGETS, rows[:1]))
    assert said(none) == ["p.xlsx!s: no row is of 'after'"]


def test_duties_with_their_words_in_either_language() -> None:
    head = ("编号", "任务", "负责人", "止", "工作日", "依赖", "未完成时", "级别", "状态", "阻塞")
    rows = (
        ("set-up", "装修", "李雷", "2026/3/1 18:00", 2, "", "提醒", "重点关注", "未开始", "p"),
        ("b", "B", "", "", "", "set-up、c；d"),
    )
    read = loaded(with_phases("duties: {from: p.xlsx}"), book(KINDS_OF_SHEETS["duties"], rows, head))
    first, second = read.model.phases[0].duties
    assert (first.text.zh, first.owner.zh, str(first.due), first.takes) == ("装修", "李雷", "2026-03-01 18:00", 2)
    assert (first.if_open, first.level, second.after) == ("warn", "focus", ["set-up", "c", "d"])
    wrong = loaded(
        with_phases("duties: {from: p.xlsx}"),
        book(KINDS_OF_SHEETS["duties"], (("b", "B", "", "tomorrow", "two", "", "", "high"),), head),
    )
    assert [one.partition(": ")[0] for one in said(wrong)] == ["p.xlsx!s!D2", "p.xlsx!s!E2", "p.xlsx!s!H2"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("prices: {from: [a]}", "'from' names one sheet, as a text"),
        ("prices: {from: }", "'from' names one sheet, as a text"),
        ("prices: {from: p.xlsx, sheet: [1]}", "'sheet' names one sheet, as a text"),
        ("prices: {from: p.xlsx, tea: {planned: []}}", "'tea' stands beside a sheet, which holds everything here"),
        ("prices: {from: p.xlsx, shet: s}", "'shet' stands beside a sheet, which holds everything here"),
    ],
)
def test_a_sheet_is_named_in_one_way(written: str, message: str) -> None:
    assert message in said(loaded(f"{CALENDAR}{written}\n", book(PRICES, PRICE_ROWS, PRICE_HEAD)))


def test_goods_may_be_called_from() -> None:
    read = load_calendar(CALENDAR + "prices: {from: {planned: [{phase: burst, list: 1}]}}\n", books={})
    assert read.model is not None
    assert list(read.model.prices) == ["from"]


def test_a_file_that_cannot_be_read_is_one_finding_and_nothing_follows_from_it() -> None:
    text = (
        CALENDAR.replace("message: m.txt", "message: m.txt\n        list: best")
        + "lists: {best: {title: B, items: {from: p.xlsx}}}\n"
    )
    read = loaded(text, Unread("p.xlsx", ("p.xlsx is away", "p.xlsx 不在"), ("Bring it.", "请放入。")))
    assert [(one.code, one.message, one.hint_zh) for one in read.problems] == [("C350", "p.xlsx is away", "请放入。")]


def test_named_sheets_of_damaged_data_never_raise() -> None:
    for data in (
        {},
        {"prices": []},
        {"lists": {"a": None, "b": {"items": {"from": None}}}},
        {"phases": [None, {"duties": 3}]},
    ):
        assert named_sheets(data) == [] or data
        assert expand(data, {}).data is not None


def test_the_data_that_came_in_stays_as_it_was() -> None:
    data = yaml.safe_load(CALENDAR + "prices: {from: p.xlsx}\n")
    before = yaml.safe_dump(data)
    books: Books = {"p.xlsx": book(PRICES, PRICE_ROWS, PRICE_HEAD)}
    assert expand(data, books).data["prices"]["cup"]
    assert yaml.safe_dump(data) == before


def test_the_schema_of_the_editor_allows_both() -> None:
    from campaign_calendars.reading.schema import calendar_schema

    forms = calendar_schema()["properties"]["prices"]["anyOf"]
    assert sorted(forms[0]["properties"]) == ["from", "sheet"]
    assert "description" in calendar_schema()["properties"]["prices"]


@pytest.mark.parametrize("name", ["double-11-2021", "daily-2026", "queens-day-2020"])
def test_shipped_calendars_have_no_sheets_and_are_read_as_ever(name: str) -> None:
    text = (LIBRARY / f"{name}.yaml").read_text("utf-8")
    read = load_calendar(text, books={})
    assert isinstance(read.model, Calendar)
    assert read.text == text


def test_a_moved_calendar_names_its_sheets_as_before_and_says_so() -> None:
    from campaign_calendars.writing.moving import move_calendar

    moved = move_calendar(CALENDAR + "prices: {from: p.xlsx}\n", 2027)
    assert "prices: {from: p.xlsx}" in moved.text
    [told] = [one for one in moved.problems if "p.xlsx" in one.message]
    assert (told.code, told.severity, "日期不会改动" in told.zh) == ("C185", "info", True)
