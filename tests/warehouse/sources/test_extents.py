"""How far a workbook may reach: whole columns of a usual sheet, not a sheet that memory does not hold."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import SourceError
from warehouse.sources.extents import refuse_vast
from warehouse.sources.port import SourceFile


def workbook(folder: Path, dimension: str) -> SourceFile:
    path = folder / "orders.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", f'<worksheet><dimension ref="{dimension}"/></worksheet>')
    return SourceFile(path, "orders.xlsx", "excel")


def test_a_format_in_the_last_row_of_a_narrow_sheet_is_no_reason_to_refuse_it(tmp_path: Path) -> None:
    refuse_vast(workbook(tmp_path, "A1:J1048576"))


def test_a_sheet_that_reaches_into_its_last_corner_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="1,048,576 rows by 16,384 columns"):
        refuse_vast(workbook(tmp_path, "A1:XFD1048576"))
