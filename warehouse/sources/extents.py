"""How far a workbook reaches, before it is read: its reader makes room for every cell up to the last one.

One cell that was typed in far off, or a file made to do harm, would take all memory and end the process.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from campaign_calendars.findings.errors import SourceError
from warehouse.sources.port import SourceFile

_MOST_CELLS = 96 << 20
_MOST_BYTES = 4 << 30
_LOOKED_THROUGH = 64 << 20
"""Larger sheets are taken at the word of their first lines: looking through them would cost as much as reading."""
_CHUNK = 1 << 20
_OVERLAP = 64
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_DIMENSION = re.compile(rb'<dimension ref="[A-Z]+[0-9]+:([A-Z]+)([0-9]+)"')
_ROW = re.compile(rb'<row [^>]*?r="([0-9]+)"')
# Up to this column the limit is not met however many rows there are.
_FAR_COLUMN = re.compile(rb' r="(C[S-Z]|[D-Z][A-Z]|[A-Z]{3,})[0-9]+"')
_NARROW = 96


def refuse_vast(file: SourceFile) -> None:
    """Raise SourceError where a workbook (xlsx) reaches farther than memory would; other files are left alone."""
    try:
        with zipfile.ZipFile(file.path) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > _MOST_BYTES:
                raise _vast(file, f"{_MOST_BYTES >> 30} GB", f"{_MOST_BYTES >> 30} GB")
            for part in parts:
                if _SHEET.fullmatch(part.filename):
                    with archive.open(part) as sheet:
                        rows, columns = _extent(sheet, part.file_size)
                    if rows * columns > _MOST_CELLS:
                        raise _vast(file, f"{rows:,} rows by {columns:,} columns", f"{rows:,} 行 × {columns:,} 列")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        return  # not a workbook of this kind, or a damaged one: the reader says so


def _extent(sheet: IO[bytes], size: int) -> tuple[int, int]:
    """(last row, last column) of a sheet."""
    rows, columns = 1, _NARROW
    for number, chunk in enumerate(_chunks(sheet)):
        if number == 0 and (stated := _DIMENSION.search(chunk)) is not None:
            rows, columns = int(stated[2]), max(columns, _column(stated[1]))
        if size > _LOOKED_THROUGH:
            break
        if found := _ROW.findall(chunk):
            rows = max(rows, int(found[-1]))
        columns = max(columns, *map(_column, set(_FAR_COLUMN.findall(chunk))), 0)
    return rows, columns


def _chunks(sheet: IO[bytes]) -> Iterator[bytes]:
    """The file in pieces, each with the end of the one before: no cell is cut in two."""
    before = b""
    while chunk := sheet.read(_CHUNK):
        yield before + chunk
        before = chunk[-_OVERLAP:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _vast(file: SourceFile, size: str, size_zh: str) -> SourceError:
    return SourceError(
        (
            f"{file.place} reaches over {size}: that does not fit into memory",
            f"{file.place} 范围达 {size_zh}，内存放不下",
        ),
        (
            "delete what stands far off (Ctrl+End leads to the last cell) and save it, or save the sheet as CSV",
            "请删除远处多余的单元格（Ctrl+End 可到最后一格）后保存，或把该工作表另存为 CSV",
        ),
    )
