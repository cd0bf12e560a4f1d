"""From a workbook to rows: the sheet, the header, each cell; every fault once, with its cell."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from campaign_calendars.sheets.columns import KINDS_OF_SHEETS, PRICES, TARGETS
from campaign_calendars.sheets.rows import rows_of
from campaign_calendars.sheets.table import Book, Cell, NoValue, Table

HEAD: tuple[Cell, ...] = ("goods", "phase", "list price", "on")


def table(*rows: tuple[Cell, ...], name: str = "prices", **more: object) -> Table:
    return Table(name, tuple((number, row) for number, row in enumerate(rows, 1) if row), **more)  # type: ignore[arg-type]


def book(*tables: Table) -> Book:
    return Book("p.xlsx", "", tables)


def said(read: Book, sheet: str | None = None) -> list[str]:
    made = rows_of(PRICES, read, sheet, ("prices",))
    return [f"{cell}: {finding.message}" for finding, cell in made.found]


def values(*cells: Cell, head: tuple[Cell, ...] = HEAD) -> dict[str, str]:
    made = rows_of(PRICES, book(table(head, cells)), None, ("prices",))
    assert not made.found
    return dict(made.rows[0].values)


def test_a_sheet_is_picked_by_name_else_by_its_headings() -> None:
    cover, prices = table(("Spring sale",), ("made by", "Li Lei"), name="cover"), table(HEAD, ("a", "burst", 1))
    other = table(HEAD, ("b", "burst", 2), name="old")
    assert rows_of(PRICES, book(cover, prices), None, ()).sheet == "prices"
    assert rows_of(PRICES, book(prices, other), "old", ()).rows[0].get("goods") == "b"
    assert "several sheets of p.xlsx fit: prices, old" in said(book(prices, other))[0]
    assert "has no sheet 'price'" in said(book(prices), "price")[0]
    hidden = Table("old", other.rows, hidden=True)
    assert rows_of(PRICES, book(prices, hidden), None, ()).rows[0].get("goods") == "a"
    assert rows_of(PRICES, book(prices, hidden), "old", ()).rows[0].get("goods") == "b"


@pytest.mark.parametrize("kind", KINDS_OF_SHEETS.values(), ids=list(KINDS_OF_SHEETS))
def test_headings_are_known_in_both_languages_and_never_mean_two_things(kind: object) -> None:
    from campaign_calendars.sheets.columns import Kind, normal

    assert isinstance(kind, Kind)
    names = [(normal(name), one.key) for one in kind.columns for name in (*one.head, *one.also)]
    assert len({name for name, _ in names}) == len(set(names))
    assert not {name for name, _ in names} & {normal(name) for name in kind.passed}


def test_the_header_lies_below_a_title_and_may_have_units_in_brackets() -> None:
    head = ("商品", "阶段", "一口价（元）", "备注")
    made = rows_of(PRICES, book(table(("三八价格表",), (), head, ("a", "burst", 199, "x"))), None, ())
    assert not made.found
    assert (made.rows[0].number, dict(made.rows[0].values)) == (4, {"goods": "a", "phase": "burst", "list": "199"})


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (199.0, "199"), (169.14999999999998, "169.15"), ("１９９．５", "199.5"), (" 199 ", "199"), ("'199", "199"),
        ('="199"', "199"), ("\u200b199\u00a0", "199"), ("8折", "8折"), (0.0000001, "0.0000001"),
    ],
)  # fmt: skip
def test_a_cell_says_what_a_person_sees_in_it(cell: Cell, text: str) -> None:
    assert values("a", "burst", cell)["list"] == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (date(2026, 2, 3), "2026-02-03"), (datetime(2026, 2, 3), "2026-02-03"), ("2026/2/3", "2026-02-03"),
        ("2026年2月3日", "2026-02-03"), ("２０２６-02-03", "2026-02-03"), ("3/2/2026", "3/2/2026"),
        (datetime(2026, 2, 3, 10, 30), "2026-02-03 10:30"),
    ],
)  # fmt: skip
def test_days_as_text_are_read_where_the_year_comes_first(cell: Cell, text: str) -> None:
    assert values("a", None, 1, cell)["on"] == text


def test_an_id_that_was_kept_as_a_number_has_no_point_zero_and_keeps_all_digits_or_is_told() -> None:
    assert values(620000000001.0, "burst", 1)["goods"] == "620000000001"
    assert "its last digits are lost" in said(book(table(HEAD, (1234567890123456789, "burst", 1))))[0]


def test_every_fault_is_told_with_its_cell_and_all_at_once() -> None:
    rows = (
        ("goods", "fase", "list price", "list", None),
        ("a", None, NoValue(), None, "stray"),
        (None, None, 3, None, None),
        ("合计", None, 9, None, None),
        ("b", None, NoValue("#REF!"), None, None),
        ("c", None, "#N/A", None, None),
    )
    assert said(book(table(*rows))) == [
        "p.xlsx!prices!B1: no column of prices is called 'fase'",
        "p.xlsx!prices!D1: the heading 'list' says the same as the one in p.xlsx!prices!C1",
        "p.xlsx!prices!C2: the cell has a formula whose value is not in the file",
        "p.xlsx!prices!E2: the column has no heading",
        "p.xlsx!prices!A3: 'goods' is empty",
        "p.xlsx!prices!A4: the row is one of totals and no data",
        "p.xlsx!prices!C5: the cell shows the error #REF!",
        "p.xlsx!prices!C6: the cell shows the error #N/A",
    ]


def test_merged_cells_are_told_once_and_not_read_as_empty() -> None:
    rows = (HEAD, ("a", "burst", 1), (None, "warm", 2), ("b", "burst", 3))
    merged = table(*rows, merged=((2, 1, 3, 1), (1, 9, 3, 9)))
    assert said(book(merged)) == ["p.xlsx!prices!A2: cells are merged down to A3; only the first of them holds a value"]
    made = rows_of(PRICES, book(merged), None, ())
    assert [row.get("goods") for row in made.rows] == ["b"]
    assert made.torn


def test_a_merged_title_above_the_header_harms_nothing() -> None:
    made = rows_of(PRICES, book(table(("Sale",), HEAD, ("a", "burst", 1), merged=((1, 1, 1, 4),))), None, ())
    assert (len(made.rows), made.found) == (1, [])


def test_what_has_no_header_says_how_to_get_one() -> None:
    made = rows_of(PRICES, book(table(("x", "y"), (1, 2))), None, ("prices",))
    [(finding, _)] = made.found
    assert (finding.code, finding.path) == ("C350", ("prices", "from"))
    assert finding.message == "no sheet of p.xlsx has the headings goods"
    assert "promocal sheet prices -o" in finding.hint
    assert "promocal sheet prices -o" in finding.hint_zh
    assert "p.xlsx is empty" in said(book(table()))[0]


def test_a_missing_heading_is_told_in_its_row() -> None:
    made = rows_of(TARGETS, book(table(("phase", "metric"), ("burst", "reach"))), "prices", ("x",))
    assert [(str(cell), finding.message) for finding, cell in made.found] == [
        ("p.xlsx!prices!1", "no column is headed 'target' (figure or share to reach)")
    ]
