"""Tables for spreadsheet programs: a workbook with a sheet for each, or CSV that opens as it is; read back as well.

Text never becomes a formula or a link, whatever it begins with; long ids stay text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from campaign_calendars.findings.errors import UsageError

Cell = str | int | float | None
_BOM = "\ufeff"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMULA = tuple("=+-@＝＋－＠﹢﹣﹦﹫−")
_CONTROLS = ("\t", "\r", "\n")
_UNSEEN = re.compile(r"^[\s\x00-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+")
_SIGNED = re.compile(r"[+-][0-9]+")
_LONGEST_TITLE = 31
_WIDEST = 60
_WIDE = 0x2E80
"""Characters from here on are as wide as two."""
Line = tuple[int, Sequence[object]]
"""Number, as a person counts, and cells."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table; `name` is the sheet's and the CSV file's."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]] = field(default_factory=tuple)


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets into one .xlsx, with the first row kept in sight and filters on it."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for sheet in sheets:
        _write_sheet(book, sheet)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    book.save(partial)
    partial.replace(path)


def _write_sheet(book: Any, sheet: Sheet) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(sheet.name[:_LONGEST_TITLE])
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.head))}{len(sheet.rows) + 1}"
    for number, name in enumerate(sheet.head):
        texts = [name, *(str(row[number]) for row in sheet.rows if row[number] is not None)]
        page.column_dimensions[get_column_letter(number + 1)].width = min(max(map(_width, texts)) + 2, _WIDEST)
    for number, row in enumerate([sheet.head, *sheet.rows]):
        cells = []
        for value in row:
            cell = WriteOnlyCell(page, _clean(value) if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with = is no formula
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        page.append(cells)


def _width(text: str) -> int:
    return max(sum(2 if ord(one) >= _WIDE else 1 for one in line) for line in (text.split("\n") or [""]))


def write_csv(path: Path, sheet: Sheet) -> None:
    """Write the sheet as UTF-8 with a mark that spreadsheet programs need to read Chinese."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8", newline="") as file:
        file.write(_BOM)
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([inert(name) for name in sheet.head])
        writer.writerows([inert(_clean(one)) if isinstance(one, str) else one for one in row] for row in sheet.rows)
    partial.replace(path)


def inert(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula, made text. Signed numbers stay as they are.

    Programs read signs of full width like the others, and look past blanks and characters that nobody sees.
    """
    if not cell or _SIGNED.fullmatch(cell):
        return cell
    runs = cell[0] in _CONTROLS or _UNSEEN.sub("", cell, count=1).startswith(_FORMULA)
    return "'" + cell if runs else cell


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)


def sheets_of(file: Path, heads: Sequence[str]) -> Iterator[tuple[str, Iterator[Line]]]:
    """Name and lines of every sheet of a workbook that people filled in, or of the one table of a CSV file.

    `heads`: names of columns that its header may have. UsageError where it cannot be read.
    """
    if not file.is_file():
        raise UsageError((f"there is no file {file}", f"没有文件 {file}"), ("check its name", "请检查文件名"))
    if file.suffix.lower() == ".xlsx":
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            book = CalamineWorkbook.from_path(file)
        except (CalamineError, OSError):
            raise UsageError(
                (f"{file} is no workbook that can be read", f"无法读取工作簿 {file}"),
                ("save it again as .xlsx or as CSV", "请重新另存为 .xlsx 或 CSV"),
            ) from None
        for name in book.sheet_names:
            yield name, iter([*enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), 1)])
        return
    from warehouse.sources.lists import open_list

    listing = open_list(file, str(file), [*heads])
    head: Line = (listing.header_row, listing.header)
    yield "", chain([head], ((line.number, line.cells) for line in listing.lines))


def text_of(cell: object) -> tuple[str, bool]:
    """A cell as text, and whether it was a number; what guards text in CSV (') is taken off."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return (str(int(cell)) if float(cell).is_integer() else str(cell)), True
    text = "" if cell is None else str(cell).strip().strip("\ufeff")
    return (text[1:] if text.startswith("'") else text.removeprefix('="').removesuffix('"')), False
