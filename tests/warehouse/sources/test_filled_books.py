"""Workbooks and CSV files as people leave them: every cell at its place, or one sentence about the file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from campaign_calendars.findings.errors import SourceError
from campaign_calendars.sheets.table import NoValue, Table
from tasks.sheets import Sheet, write_csv, write_workbook
from warehouse.sources.filled_books import MOST_BYTES, read_book

_OLD = b"\xd0\xcf\x11\xe0" + bytes(600)


def saved(path: Path, fill: Callable[[Workbook], None]) -> tuple[Table, ...]:
    book = Workbook()
    fill(book)
    book.save(path)
    return read_book(path, path.name).tables


def test_cells_keep_their_rows_and_columns(tmp_path: Path) -> None:
    def fill(book: Workbook) -> None:
        page = book.active
        page["B3"], page["C3"] = "goods", "price"
        page["B5"], page["C5"], page["D5"] = "tea", 9.5, date(2026, 3, 8)
        book.create_sheet("old").sheet_state = "hidden"

    first, old = saved(tmp_path / "a.xlsx", fill)
    cells = [(number, [cell for cell in row if cell not in ("", None)]) for number, row in first.rows]
    assert cells == [(3, ["goods", "price"]), (5, ["tea", 9.5, date(2026, 3, 8)])]
    assert first.rows[1][1].index("tea") == 1
    assert (first.hidden, old.hidden, old.rows) == (False, True, ())


def test_merged_cells_formulas_without_value_and_errors_are_told_apart_from_empty_cells(tmp_path: Path) -> None:
    def fill(book: Workbook) -> None:
        page = book.active
        page.append(["goods", "price", "x"])
        page.append(["tea", "=1+1", None])
        page.merge_cells("A2:A4")
        page["C3"] = "#REF!"
        page["C3"].data_type = "e"

    [page] = saved(tmp_path / "a.xlsx", fill)
    assert page.merged == ((2, 1, 4, 1),)
    assert page.rows[1] == (2, ("tea", NoValue(), ""))
    assert page.rows[2][1][2] == NoValue("#REF!")


def test_a_formula_with_its_value_is_the_value(tmp_path: Path) -> None:
    from xlsxwriter import Workbook as Writer

    path = tmp_path / "a.xlsx"
    with Writer(str(path)) as book:
        page = book.add_worksheet("p")
        page.write_row(0, 0, ["a", "b"])
        page.write_formula(1, 0, "=1+1", None, 2)
        page.write_formula(1, 1, '="x"', None, "x")
    assert read_book(path, "a.xlsx").tables[0].rows[1] == (2, (2.0, "x"))


def test_what_promocal_writes_is_read_back(tmp_path: Path) -> None:
    made = Sheet("价格", ["商品", "一口价"], [["=tea", 1], ["-5", 2], ["00123", None]])
    write_workbook(tmp_path / "a.xlsx", [made])
    write_csv(tmp_path / "a.csv", made)
    workbook, text = (
        read_book(tmp_path / "a.xlsx", "a.xlsx").tables[0],
        read_book(tmp_path / "a.csv", "a.csv").tables[0],
    )
    assert workbook.name == "价格"
    assert [row for _, row in workbook.rows][1:] == [("=tea", 1.0), ("-5", 2.0), ("00123", "")]
    assert [row for _, row in text.rows][1:] == [("'=tea", "1"), ("-5", "2"), ("00123", "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_in_any_encoding_and_with_any_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "价格.csv"
    lines = ["商品;阶段;一口价", "明前龙井一百克;引爆期;199", "", "杯子;引爆期;12"]
    path.write_bytes("\r\n".join(lines).replace(";", delimiter).encode(encoding))
    [page] = read_book(path, "价格.csv").tables
    assert page.rows[0] == (1, ("商品", "阶段", "一口价"))
    assert page.rows[1:] == ((2, ("明前龙井一百克", "引爆期", "199")), (4, ("杯子", "引爆期", "12")))


def zipped(**parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"x", "neither .xlsx nor .csv"),
        ("a.xlsx", _OLD, "a workbook of the old kind (.xls)"),
        ("a.xlsx", _OLD + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("a.xlsx", b"<html><table></table>", "a web page named like a workbook"),
        ("a.xlsx", b"goods,price\n", "is no workbook"),
        ("a.xlsx", b"", "is an empty file"),
        ("a.csv", b" \n", "is an empty file"),
        ("a.xlsx", zipped(a="b"), "cannot be read as a workbook"),
        ("a.xlsx", b"PK\x03\x04 half", "cannot be read as a workbook"),
        ("a.csv", b'goods,price\n"tea,1\ncup,2\n', "a quotation mark after row 1"),
        ("a.csv", b"PK\x03\x04" + bytes(40), "no text file"),
        ("a.csv", b"goods,price\n" + b"tea,1\n" * 20_001, "rows; at most 20,000 are read"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_sentence_in_both_languages(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        read_book(path, name)
    assert said in caught.value.message
    assert caught.value.text("zh") != caught.value.message
    assert caught.value.remedy
    assert caught.value.remedy_text("zh") != caught.value.remedy


def test_a_missing_file_a_folder_and_a_huge_file(tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").mkdir()
    with (tmp_path / "c.xlsx").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    for name, said in (("a.xlsx", "no file"), ("b.xlsx", "cannot be read"), ("c.xlsx", "20 MB; at most 20")):
        with pytest.raises(SourceError, match=said):
            read_book(tmp_path / name, name)


def test_a_sheet_with_a_cell_far_off_is_told_before_memory_is_gone(tmp_path: Path) -> None:
    def fill(book: Workbook) -> None:
        book.active["A1"] = "goods"
        book.active["A400000"] = "x"

    with pytest.raises(SourceError, match="400,000 rows; at most 20,000"):
        saved(tmp_path / "a.xlsx", fill)


def test_the_digest_tells_two_contents_apart(tmp_path: Path) -> None:
    made = []
    for text in ("goods\ntea\n", "goods\ncup\n", "goods\ntea\n"):
        (tmp_path / "a.csv").write_text(text, "utf-8")
        made.append(read_book(tmp_path / "a.csv", "a.csv"))
    assert made[0] == made[2] != made[1]
