"""Workbooks: text stays text, the same sheets give the same bytes, what does not fit is said."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from campaign_calendars.findings.errors import UsageError
from tasks.sheets import MOST_ROWS, Sheet, write_workbook

HOSTILE = ("=1+1", "+1", "-1", "@x", "https://example.org", "{=SUM(A1)}", "0012", "\u200b=1", "会员", "a\nb", "1e5")


def test_text_never_becomes_a_formula_a_link_or_a_number(tmp_path: Path) -> None:
    file = tmp_path / "t.xlsx"
    write_workbook(file, [Sheet("t", ("a", "n"), [(text, 7) for text in HOSTILE])])
    page = load_workbook(file)["t"]
    cells = [(row[0].value, row[0].data_type, row[0].hyperlink) for row in page.iter_rows(min_row=2)]
    assert cells == [(text, "s", None) for text in HOSTILE]
    assert [row[1].value for row in page.iter_rows(min_row=2)] == [7] * len(HOSTILE)
    assert "hyperlink" not in "".join(zipfile.ZipFile(file).namelist())


def test_the_same_sheets_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sheets = [Sheet("甲", ("a",), [("1",)], foot="plan 00fab195291a")]
    write_workbook(tmp_path / "a.xlsx", sheets)
    monkeypatch.setattr("time.time", lambda: datetime(2031, 5, 5, tzinfo=UTC).timestamp())
    write_workbook(tmp_path / "b.xlsx", sheets)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_header_stays_in_sight_and_on_each_printed_page_with_its_foot(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", [Sheet("t", ("a", "b"), [("1", None)], foot="A & B")])
    page = load_workbook(tmp_path / "a.xlsx")["t"]
    assert (page.freeze_panes, page.auto_filter.ref, page.print_title_rows) == ("A2", "A1:B2", "$1:$1")
    assert "A && B" in str(page.oddFooter.center.text) + str(page.oddFooter)
    assert page.page_setup.paperSize in {"9", 9}


def test_names_of_sheets_are_made_such_as_programs_take(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", [Sheet("burst/[1]: 引爆?*" + "x" * 40, ("a",))])
    (name,) = load_workbook(tmp_path / "a.xlsx").sheetnames
    assert len(name) == 31
    assert name.startswith("burst  1   引爆")


def test_control_characters_are_left_out_and_long_texts_marked(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", [Sheet("t", ("a",), [("a\x00b\x0b",), ("x" * 40_000,)])])
    values = [row[0].value for row in load_workbook(tmp_path / "a.xlsx")["t"].iter_rows(min_row=2)]
    assert values[0] == "ab"
    assert len(str(values[1])) == 32_767
    assert str(values[1]).endswith("…")


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path) -> None:
    rows: list[tuple[int]] = [(1,)] * (MOST_ROWS + 1)
    with pytest.raises(UsageError, match="a sheet holds 1,048,575"):
        write_workbook(tmp_path / "a.xlsx", [Sheet("t", ("a",), rows)])
    assert list(tmp_path.iterdir()) == []
