"""`kind = "xlsx"`: workbooks of any spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from campaign_calendars.findings.problem import Location, Problem
from warehouse.sources.port import FileKeys, FileKind, FileRequest, Opened


class WorkbookKeys(FileKeys):
    sheet: str = Field(default="", description="Name or number of the sheet; empty: the one that fits.")


def _open(request: FileRequest[WorkbookKeys]) -> Opened:
    from warehouse.sources import spreadsheets

    sheet = spreadsheets.open_sheet(request.spec, request.file, set(request.wanted))
    how = ("", "")
    if sheet.others and not sheet.stated:
        how = (
            f"its header fits best; not read: {', '.join(sheet.others)}",
            f"表头最匹配；未读取：{'、'.join(sheet.others)}",
        )
    return Opened(
        sheet.header,
        lambda cells: spreadsheets.batches(sheet, cells.positions),
        header_row=sheet.header_row,
        sheet=sheet.name,
        sheets=sheet.names,
        how=how,
        warnings=[_fits_too(request, sheet.name, sheet.alike)] if sheet.alike else [],
    )


def _fits_too(request: FileRequest[WorkbookKeys], name: str, others: Sequence[str]) -> Problem:
    place, section = request.file.place, request.spec.section
    return Problem(
        "S109",
        "warning",
        f"{place}: sheet '{name}' is read; the header of {', '.join(map(repr, others))} fits as well and is not read",
        f"write sheet = '{name}' in [{section}] if that is right; else put the rows on one sheet, or each sheet into "
        "a file of its own",
        Location(place),
        f"{place}：读取的是工作表“{name}”；“{'”、“'.join(others)}”的表头同样匹配，但没有读取",
        f"若无误，请在 [{section}] 写 sheet = '{name}'；否则请把各行放到一张工作表，或每张工作表单独存为文件",
    )


KIND = FileKind("xlsx", (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), WorkbookKeys, _open)
