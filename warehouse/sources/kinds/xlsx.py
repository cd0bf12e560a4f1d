"""`kind = "xlsx"`: workbooks of any spreadsheet."""

from __future__ import annotations

from pydantic import Field

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
    )


KIND = FileKind("xlsx", (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), WorkbookKeys, _open)
