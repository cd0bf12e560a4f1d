"""Workbooks (xlsx, xlsm, xlsb, xls, ods) as lines of text: which sheet, which header row, what a cell says.

A spreadsheet keeps 15 digits of a number. An id of 16 or more that was stored as one has lost its
end, so such numbers are written 2.02612345678901e+17: no id, and found by the rule id-rounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from campaign_calendars.findings.errors import ProblemsFoundError, SourceError
from campaign_calendars.findings.finding import suggestion
from campaign_calendars.findings.problem import Location, Problem
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.extents import refuse_vast
from warehouse.sources.matching import normal
from warehouse.sources.port import SourceFile

_EXACT = 10**15
_HEADER_ROWS = 20
_BATCH_ROWS = 50_000


@dataclass(frozen=True)
class Sheet:
    """A sheet with its header found; `rows` are those below the header, as the library gives them.

    `header_row` is the one that a spreadsheet shows, counted from 1. `alike` are other sheets with a header that fits.
    """

    name: str
    header: tuple[str, ...]
    header_row: int
    rows: list[list[Any]]
    names: tuple[str, ...]
    alike: tuple[str, ...]
    stated: bool

    @property
    def others(self) -> tuple[str, ...]:
        """The sheets that are not read."""
        return tuple(name for name in self.names if name != self.name)


def open_sheet(spec: SourceSpec, file: SourceFile, wanted: set[str]) -> Sheet:
    """The sheet the settings name, else the visible one whose header has most of the `wanted` names.

    Raises SourceError (no workbook, a password, no such sheet) and ProblemsFoundError (S105: nothing in it).
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    refuse_vast(file)
    try:
        book = CalamineWorkbook.from_path(str(file.path))
        opened = {name: book.get_sheet_by_name(name) for name in _candidates(spec, file, book)}
        sheets = {name: sheet.to_python() for name, sheet in opened.items()}
        # The library begins at the first row with a cell, a person at the first of the sheet.
        above = {name: sheet.start[0] if sheet.start else 0 for name, sheet in opened.items()}
        everything = tuple(book.sheet_names)
    except PasswordError:
        raise SourceError(
            (f"{file.place} is protected by a password", f"{file.place} 有密码保护"),
            (
                "save it without a password (Excel: File, Info, Protect)",
                "请去掉密码后保存（Excel：文件、信息、保护工作簿）",
            ),
        ) from None
    except CalamineError as error:
        raise _no_workbook(file, error) from None
    except OSError as error:
        raise SourceError(
            (
                f"{file.place} cannot be read: {error.strerror or error}",
                f"{file.place} 无法读取：{error.strerror or error}",
            ),
            ("check the file and its permissions", "请检查该文件及其权限"),
        ) from None
    ranked = [(_best_row(rows, wanted), name) for name, rows in sheets.items()]
    (best, row), name = max(ranked, key=lambda entry: entry[0][0])
    rows = sheets[name]
    alike = tuple(
        other for (rank, _), other in ranked if other != name and 0 < rank[0] == best[0] and len(sheets[other]) > 1
    )
    if not rows or not any(_filled(cells) for cells in rows):
        raise ProblemsFoundError([_nothing_in(spec, file.place, name)])
    header = tuple(_text(cell) or "" for cell in rows[row])
    return Sheet(name, header, above[name] + row + 1, rows[row + 1 :], everything, alike, stated=bool(spec.sheet))


def batches(sheet: Sheet, positions: list[int]) -> Iterator[Any]:
    """Arrow tables of the cells at `positions` (`c<position>`, text) and `_row`, as a spreadsheet counts it.

    Rows without a value are left out.
    """
    import pyarrow as pa

    names = [*(f"c{position}" for position in positions), "_row"]
    for start in range(0, len(sheet.rows), _BATCH_ROWS):
        part = sheet.rows[start : start + _BATCH_ROWS]
        first = sheet.header_row + start + 1
        numbered = [(first + offset, cells) for offset, cells in enumerate(part) if _filled(cells)]
        arrays = [pa.array([_text(cells[position]) for _, cells in numbered], pa.string()) for position in positions]
        numbers = pa.array([number for number, _ in numbered], pa.int64())
        yield pa.table([*arrays, numbers], names=names)


def _candidates(spec: SourceSpec, file: SourceFile, book: Any) -> list[str]:
    from python_calamine import SheetVisibleEnum

    names = list(book.sheet_names)
    if spec.sheet in names:
        return [spec.sheet]
    if spec.sheet.isdigit() and 1 <= int(spec.sheet) <= len(names):
        return [names[int(spec.sheet) - 1]]
    if spec.sheet:
        raise SourceError(
            (
                f"{file.place} has no sheet '{spec.sheet}'; its sheets are: {', '.join(names)}",
                f"{file.place} 中没有工作表 '{spec.sheet}'；已有：{', '.join(names)}",
            ),
            (
                f"correct sheet in [{spec.section}]. {suggestion(spec.sheet, names)[0]}",
                f"请修正 [{spec.section}] 的 sheet。{suggestion(spec.sheet, names)[1]}",
            ),
        )
    visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    return visible or names


def _best_row(rows: list[list[Any]], wanted: set[str]) -> tuple[tuple[int, int], int]:
    """((known names, texts), row from 0) of the row that is the header.

    If no name is known it is the row with the most texts, for a title and a note have one only.
    """
    best = ((0, 0), next((number for number, cells in enumerate(rows[:_HEADER_ROWS]) if _filled(cells)), 0))
    for number, cells in enumerate(rows[:_HEADER_ROWS]):
        texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
        rank = (sum(normal(cell) in wanted for cell in texts), len(texts))
        if rank > best[0]:
            best = (rank, number)
    return best


def _filled(cells: list[Any]) -> bool:
    return any(cell not in ("", None) for cell in cells)


def _text(cell: Any) -> str | None:
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float):
        if abs(cell) >= _EXACT:
            return f"{cell:.14e}"
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return None if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)


def _no_workbook(file: SourceFile, error: Exception) -> SourceError:
    start = file.path.read_bytes()[:512].lstrip().lower()
    if start.startswith((b"<html", b"<!doctype", b"<?xml", b"<table")):
        return SourceError(
            (f"{file.place} is a web page named like a workbook", f"{file.place} 是以工作簿命名的网页"),
            ("open it in a spreadsheet and save it as XLSX", "请用电子表格软件打开并另存为 XLSX"),
        )
    if not start.startswith((b"pk", b"\xd0\xcf")):
        return SourceError(
            (f"{file.place} is no workbook: {error}", f"{file.place} 不是工作簿：{error}"),
            ('if it is text named like a workbook, set kind = "csv"', '若是以工作簿命名的文本，请写 kind = "csv"'),
        )
    return SourceError(
        (f"{file.place} cannot be read as a workbook: {error}", f"{file.place} 无法按工作簿读取：{error}"),
        ("it may be half written or damaged: export it again", "文件可能没有写完或已损坏：请重新导出"),
    )


def _nothing_in(spec: SourceSpec, place: str, sheet: str) -> Problem:
    return Problem(
        "S105",
        "error",
        f"{place} is empty: sheet '{sheet}' has no header",
        f"export {spec.dataset} again, or name the right sheet in [{spec.section}]",
        Location(place, 1),
        f"{place} 是空文件：工作表“{sheet}”没有表头",
        f"请重新导出 {spec.dataset}，或在 [{spec.section}] 指定工作表",
    )
