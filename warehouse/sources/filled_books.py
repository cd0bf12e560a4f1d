"""Workbooks and CSV files that people fill in by hand, cell by cell as they are, for what reads a few hundred rows.

Sources of data are read by columns (`spreadsheets`, `delimited`); here each cell keeps its place, and merged cells,
errors and formulas without a value are told apart from empty ones.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterator, Mapping
from errno import EINVAL
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

from campaign_calendars.findings.errors import SourceError
from campaign_calendars.findings.said import Said
from campaign_calendars.sheets.table import Book, Cell, NoValue, Table
from warehouse.sources.encodings import decide_encoding
from warehouse.sources.workbook_cells import Cells, TornError, cells_of

SUFFIXES = (".xlsx", ".csv")
MOST_BYTES = 20 << 20
MOST_ROWS = 20_000
MOST_COLUMNS = 256
_DELIMITERS = ",\t;|"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WEB = (b"<html", b"<!doctype", b"<?xml", b"<table")
_SAVE: Said = ("save it as .xlsx or CSV", "请另存为 .xlsx 或 CSV")
_FAR: Said = (
    "keep only what the calendar needs in it; Ctrl+End leads to the last cell",
    "请只保留日历需要的内容；Ctrl+End 可到最后一格",
)


def read_book(path: Path, place: str) -> Book:
    """The cells of a workbook (.xlsx) or CSV file. `place` is what findings call it.

    Raises SourceError: it is not there, is something else, protected, damaged, or larger than people fill in.
    """
    data = _bytes(path, place)
    digest = hashlib.sha256(data).hexdigest()
    if path.suffix.lower() == ".csv":
        return Book(place, digest, (_delimited(data, place),))
    _refuse_others(data, place)
    return Book(place, digest, tuple(_sheets(data, place)))


def _bytes(path: Path, place: str) -> bytes:
    if path.suffix.lower() not in SUFFIXES:
        raise SourceError((f"{place} is neither .xlsx nor .csv", f"{place} 既不是 .xlsx 也不是 .csv"), _SAVE)
    try:
        if (size := _size(path)) > MOST_BYTES:
            raise SourceError(
                (
                    f"{place} has {size >> 20} MB; at most {MOST_BYTES >> 20} are read",
                    f"{place} 有 {size >> 20} MB，最多读取 {MOST_BYTES >> 20} MB",
                ),
                ("keep only what the calendar needs in it", "请只保留日历需要的内容"),
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceError(
            (f"there is no file {place} in the project", f"项目中没有文件 {place}"),
            (
                "put it there, or correct the name; paths count from the project's directory",
                "请放入该文件，或改正名称；路径从项目目录算起",
            ),
        ) from None
    except OSError as error:
        raise SourceError(
            (f"{place} cannot be read: {error.strerror or error}", f"{place} 无法读取：{error.strerror or error}"),
            ("check that it is a file and may be read", "请确认它是文件且有读取权限"),
        ) from None


def _size(path: Path) -> int:
    """Bytes of a file. OSError: it is none; a pipe would be waited for without end."""
    stat = path.stat()
    if not (S_ISREG(stat.st_mode) or S_ISDIR(stat.st_mode)):
        raise OSError(EINVAL, os.strerror(EINVAL))
    return stat.st_size


def _refuse_others(data: bytes, place: str) -> None:
    start = data[:512].lstrip().lower()
    if data.startswith(_OLD_WORKBOOK):
        if _ENCRYPTED in data:
            raise SourceError(
                (f"{place} is protected by a password", f"{place} 有密码保护"),
                (
                    "save it without one (WPS: File, Encrypt; Excel: File, Info)",
                    "请去掉密码后保存（WPS：文件、文档加密；Excel：文件、信息）",
                ),
            )
        raise SourceError(
            (f"{place} is a workbook of the old kind (.xls) by its content", f"{place} 的内容是旧版 .xls"), _SAVE
        )
    if start.startswith(_WEB):
        raise SourceError((f"{place} is a web page named like a workbook", f"{place} 是以工作簿命名的网页"), _SAVE)
    if not data:
        raise SourceError((f"{place} is an empty file", f"{place} 是空文件"), ("save it again", "请重新保存"))
    if not data.startswith(b"PK"):
        raise SourceError((f"{place} is no workbook", f"{place} 不是工作簿"), _SAVE)


def _sheets(data: bytes, place: str) -> Iterator[Table]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum, ZipError

    try:
        cells, reach = cells_of(data)
        _refuse_far(reach, place)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        hidden = {one.name for one in book.sheets_metadata if one.visible != SheetVisibleEnum.Visible}
        for name in book.sheet_names:
            empty = cells[name].empty if name in cells else {}
            yield _table(name, book.get_sheet_by_name(name), empty, hidden=name in hidden)
    except PasswordError:
        raise SourceError(
            (f"{place} is protected by a password", f"{place} 有密码保护"), ("save it without one", "请去掉密码后保存")
        ) from None
    except (TornError, CalamineError, ZipError, OSError):
        raise SourceError(
            (f"{place} cannot be read as a workbook", f"{place} 无法作为工作簿读取"),
            (
                "it may be half written or damaged, or hold far more than its cells: save it again",
                "文件可能没有写完、已损坏，或含有大量单元格以外的内容：请重新保存",
            ),
        ) from None


def _refuse_far(reach: Cells, place: str) -> None:
    if reach.last_row > MOST_ROWS:
        raise _too_many(place, reach.last_row)
    if reach.last_column > MOST_COLUMNS:
        raise SourceError(
            (
                f"{place} reaches to column {reach.last_column:,}; at most {MOST_COLUMNS} are read",
                f"{place} 用到第 {reach.last_column:,} 列，最多读取 {MOST_COLUMNS} 列",
            ),
            _FAR,
        )


def _table(name: str, sheet: Any, empty: Mapping[tuple[int, int], NoValue], *, hidden: bool) -> Table:
    numbered = enumerate(sheet.to_python(skip_empty_area=False), 1)
    lines: dict[int, list[Cell]] = {n: list(row) for n, row in numbered if any(one not in ("", None) for one in row)}
    for (row, column), mark in empty.items():
        line = lines.setdefault(row, [])
        line += [None] * (column - len(line))
        line[column - 1] = mark
    merged = tuple(
        (top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    return Table(name, tuple((number, tuple(lines[number])) for number in sorted(lines)), merged, hidden)


def _delimited(data: bytes, place: str) -> Table:
    if not data.strip():
        raise SourceError((f"{place} is an empty file", f"{place} 是空文件"), ("save it again", "请重新保存"))
    text = _decoded(data, place)
    head = "\n".join(text.splitlines()[:20])
    delimiter = max(_DELIMITERS, key=head.count)
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            if number > MOST_ROWS:
                raise _too_many(place, number)
            if any(cell.strip() for cell in cells):
                rows.append((number, tuple(cells)))
    except csv.Error:
        raise SourceError(
            (
                f"{place}: a quotation mark after row {len(rows)} is never closed, or stands inside a text",
                f"{place}：第 {len(rows)} 行之后有未闭合或位置不对的引号",
            ),
            (
                'write two of them ("") for one in a text, or save as .xlsx',
                '文本中的引号请写两个（""），或另存为 .xlsx',
            ),
        ) from None
    return Table("", tuple(rows))


def _decoded(data: bytes, place: str) -> str:
    remedy = ("save it as CSV UTF-8 or as .xlsx", "请另存为 CSV UTF-8 或 .xlsx")
    try:
        encoding = decide_encoding(lambda: io.BytesIO(data), "auto", place, place).name
        return data.decode(encoding).removeprefix("\ufeff")
    except SourceError as error:  # its remedy is for sources, which are named in the settings
        raise SourceError(error.said, remedy) from None
    except UnicodeDecodeError:  # beyond what was looked at
        raise SourceError((f"{place} is not text to its end", f"{place} 后部不是文本"), remedy) from None


def _too_many(place: str, rows: int) -> SourceError:
    return SourceError(
        (
            f"{place} has {rows:,} rows; at most {MOST_ROWS:,} are read",
            f"{place} 有 {rows:,} 行，最多读取 {MOST_ROWS:,} 行",
        ),
        _FAR,
    )
