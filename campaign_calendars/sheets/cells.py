"""What a cell says, as the text a calendar would have in its place."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from campaign_calendars.findings.said import Said
from campaign_calendars.sheets.columns import Column
from campaign_calendars.sheets.table import Cell, NoValue

_EXACT = 10**15
"""Whole numbers from here on have lost their last digits in a spreadsheet."""
_ERRORS = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?=\s|$)")
"""Year, month, day in the ways spreadsheets write them as text; other orders are not guessed at."""
_SPLIT = re.compile(r"[,，、;；\n]+")
_MIDNIGHT = time()
Fault = tuple[Said, Said]
"""What is wrong and what to do."""


def text_of(cell: Cell, column: Column) -> str | Fault:
    """The text of a cell as a calendar would have it, empty where nothing is written; a fault where there is none."""
    if isinstance(cell, NoValue):
        return _no_value(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | int):
        return _number(cell, column)
    if isinstance(cell, datetime):
        whole_day = cell.time() == _MIDNIGHT
        return (
            cell.date().isoformat() if whole_day else f"{cell:%Y-%m-%d %H:%M}" + (f":{cell:%S}" if cell.second else "")
        )
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    text = _written(cell or "", column)
    return _no_value(NoValue(text)) if text in _ERRORS else text


def names_in(text: str) -> list[str]:
    """Names with commas between them."""
    return [part for one in _SPLIT.split(text) if (part := one.strip())]


def _no_value(cell: NoValue) -> Fault:
    if cell.shown:
        said = (f"the cell shows the error {cell.shown}", f"单元格显示错误 {cell.shown}")
        return said, ("correct the formula, or write the value.", "请改正公式，或直接填写数值。")
    said = ("the cell has a formula whose value is not in the file", "单元格是公式，文件中没有其结果")
    return said, (
        "Open it in WPS or Excel and save it there, or write the value.",
        "请用 WPS 或 Excel 打开并保存，或直接填写数值。",
    )


def _number(cell: float, column: Column) -> str | Fault:
    if column.form in ("id", "text", "names") and abs(cell) >= _EXACT:
        said = (
            f"{cell:.14e} was kept as a number, and its last digits are lost",
            f"{cell:.14e} 被存为数值，末尾几位已丢失",
        )
        return said, ("Format the column as text and enter the id again.", "请把该列设为文本格式后重新输入编号。")
    if float(cell).is_integer():
        return str(int(cell))
    # Fifteen digits, as a spreadsheet shows: 169.14999999999998 is 169.15 to whoever filled it in.
    return f"{Decimal(f'{cell:.15g}'):f}"


def _written(text: str, column: Column) -> str:
    """Text with the guard of CSV (') taken off; where no words are wanted, digits and signs of ordinary width."""
    bare = _UNSEEN.sub("", text).replace("\u00a0", " ").strip()
    if bare.startswith('="') and bare.endswith('"'):
        bare = bare[2:-1]
    bare = bare.removeprefix("'")
    if column.form == "text":
        return bare
    bare = unicodedata.normalize("NFKC", bare).strip()
    if column.form in ("day", "moment"):
        return _DATE.sub(lambda day: f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}", bare)
    if column.form == "choice":
        asked = bare.casefold()
        return next((value for value, words in column.choices.items() if asked == value or asked in words), bare)
    return bare
