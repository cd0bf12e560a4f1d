"""Tables for spreadsheet programs: a workbook with a sheet for each, or CSV that opens as it is; read back as well.

Text never becomes a formula or a link, whatever it begins with; long ids stay text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from campaign_calendars.findings.errors import UsageError


class Percent(float):
    """A share of one that is shown in percent."""


Cell = str | int | float | Decimal | None
"""A Decimal is an amount: a number that is shown with two places."""
_BOM = "\ufeff"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMULA = tuple("=+-@＝＋－＠﹢﹣﹦﹫−")
_CONTROLS = ("\t", "\r", "\n")
_UNSEEN = re.compile(r"^[\s\x00-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+")
_SIGNED = re.compile(r"[+-][0-9]+")
_LONGEST_TITLE = 31
_LONGEST_TEXT = 32_767
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_A4 = 9
_MADE = datetime(2020, 1, 1)  # noqa: DTZ001  the writer takes no zone; a moment of now would change the bytes
_TOP = {"valign": "top"}
_LOOKS: Mapping[str, Mapping[str, object]] = {
    "head": {"bold": True, "text_wrap": True, **_TOP},
    "text": {"text_wrap": True, **_TOP},
    "number": _TOP,
    "amount": {"num_format": "#,##0.00", **_TOP},
    "percent": {"num_format": "0.00%", **_TOP},
}
MOST_ROWS = 1_048_575
"""Below the header, in one sheet of a workbook."""
_WIDEST = 60
_WIDE = 0x2E80
"""Characters from here on are as wide as two."""
Line = tuple[int, Sequence[object]]
"""Number, as a person counts, and cells."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table; `name` is the sheet's and the CSV file's, `foot` is printed below each page of a workbook."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]] = field(default_factory=tuple)
    foot: str = ""


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets into one .xlsx, with the first row kept in sight and filters on it; same sheets, same bytes.

    UsageError where a sheet has more rows than a workbook can hold.
    """
    from xlsxwriter import Workbook

    _require_room(path, sheets)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    book = Workbook(str(partial), {"constant_memory": True, "strings_to_numbers": False})
    book.set_properties({"created": _MADE})
    formats = {name: book.add_format(look) for name, look in _LOOKS.items()}
    for sheet in sheets:
        _write_sheet(book.add_worksheet(_title(sheet.name)), sheet, formats)
    book.close()
    partial.replace(path)


def _require_room(path: Path, sheets: Sequence[Sheet]) -> None:
    for sheet in sheets:
        if len(sheet.rows) > MOST_ROWS:
            raise UsageError(
                (
                    f"{path.name}: {sheet.name} has {len(sheet.rows):,} rows; a sheet holds {MOST_ROWS:,}",
                    f"{path.name}：{sheet.name} 有 {len(sheet.rows):,} 行，一张表最多 {MOST_ROWS:,} 行",
                ),
                ("write it as CSV or Parquet", "请改存为 CSV 或 Parquet"),
            )


def _write_sheet(page: Any, sheet: Sheet, formats: Mapping[str, Any]) -> None:
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    if sheet.foot:
        page.set_footer("&C" + sheet.foot.replace("&", "&&") + "  &P / &N")
    if sheet.head:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.head) - 1)
    for number, name in enumerate(sheet.head):
        texts = [name, *(str(row[number]) for row in sheet.rows if row[number] is not None)]
        page.set_column(number, number, min(max(map(_width, texts)) + 2, _WIDEST))
    for line, row in enumerate([sheet.head, *sheet.rows]):
        for number, value in enumerate(row):
            if isinstance(value, str):  # a text that begins with = is no formula, one that begins with http no link
                page.write_string(line, number, _fitting(_clean(value)), formats["text" if line else "head"])
            elif value is not None:
                page.write_number(line, number, value, formats[_look(value)])


def _look(value: float | Decimal) -> str:
    return "amount" if isinstance(value, Decimal) else "percent" if isinstance(value, Percent) else "number"


def _fitting(text: str) -> str:
    """A cell holds so much and no more; what is left out is marked."""
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def _title(name: str) -> str:
    """A name that spreadsheet programs take: some signs may not stand in it."""
    return _NOT_IN_TITLES.sub(" ", name).strip("' ")[:_LONGEST_TITLE]


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
    if not cell or cell[0].isalnum() or _SIGNED.fullmatch(cell):
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
