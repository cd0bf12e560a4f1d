"""Workbooks and CSV files as people leave them: every cell at its place, or one sentence about the file."""

from __future__ import annotations

import io
import os
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


def remade(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A workbook with other parts."""
    book = Workbook()
    book.active.append(["goods", "list price"])
    book.active.append(["tea", 9])
    book.save(path)
    with zipfile.ZipFile(path) as old:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return path


def with_row(path: Path, row: bytes) -> Path:
    return remade(
        path, lambda name, data: data.replace(b"</sheetData>", row + b"</sheetData>") if "/sheet1" in name else data
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b'<row r="3"><c t="e" r="ZZZZZZZ3"><v>#N/A</v></c></row>', "to column 8,353,082,582"),
        (b"<row r='9'><c r='XFD9'><v>1</v></c></row>", "to column 16,384"),
        (b'<row><c r="A400000000"><v>1</v></c></row>', "400,000,000 rows"),
        (b'<row r="1000000"><c r="CR1000000"><v>1</v></c></row>', "1,000,000 rows"),
        (b'<row r="3"><c r="A3x"><v>1</v></c></row>', "cannot be read as a workbook"),
        (b'<row r="3">' + b"<c " * 300_000 + b"</row>", "cannot be read as a workbook"),
    ],
)
def test_a_cell_written_by_hand_to_take_all_memory_is_told(tmp_path: Path, row: bytes, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_book(with_row(tmp_path / "far.xlsx", row), "far.xlsx")
    assert said in caught.value.message


def test_formats_down_to_the_last_row_hold_nothing(tmp_path: Path) -> None:
    path = with_row(tmp_path / "f.xlsx", b'<row r="1048576"><c r="XFD1048576" s="0"/><c r="XFE1048576"></c></row>')
    [page] = read_book(path, "f.xlsx").tables
    assert [number for number, _ in page.rows] == [1, 2]


@pytest.mark.parametrize(
    "change",
    [
        lambda name, data: bytes(80 << 20) if name.endswith("styles.xml") else data,
        lambda name, data: b"<!DOCTYPE x>" + data if name == "xl/workbook.xml" else data,
        lambda name, data: b"" if name.endswith(".rels") else data,
    ],
)
def test_bombs_and_torn_parts_are_no_workbook(tmp_path: Path, change: Callable[[str, bytes], bytes]) -> None:
    with pytest.raises(SourceError, match="cannot be read as a workbook"):
        read_book(remade(tmp_path / "b.xlsx", change), "b.xlsx")


def test_any_damage_is_one_sentence(tmp_path: Path) -> None:
    path = with_row(tmp_path / "d.xlsx", b"")
    whole, refused = path.read_bytes(), 0
    for place in range(0, len(whole), 61):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            read_book(path, "d.xlsx")
        except SourceError:
            refused += 1
    assert refused > 10


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.csv")
    with pytest.raises(SourceError, match=r"p\.csv cannot be read"):
        read_book(tmp_path / "p.csv", "p.csv")


def test_the_remedy_of_a_file_that_is_no_text_is_not_one_for_sources(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(b"goods,phase\n\xff\xfe\x81\x82\x83,\xd8\n")
    with pytest.raises(SourceError, match="is not text") as caught:
        read_book(tmp_path / "b.csv", "b.csv")
    assert caught.value.remedy_said == ("save it as CSV UTF-8 or as .xlsx", "请另存为 CSV UTF-8 或 .xlsx")


def test_the_digest_tells_two_contents_apart(tmp_path: Path) -> None:
    made = []
    for text in ("goods\ntea\n", "goods\ncup\n", "goods\ntea\n"):
        (tmp_path / "a.csv").write_text(text, "utf-8")
        made.append(read_book(tmp_path / "a.csv", "a.csv"))
    assert made[0] == made[2] != made[1]
