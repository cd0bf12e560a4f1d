"""Lists of a few columns, such as refusals, as lines of text: no line of them may be lost.

Encoding, delimiter, header and sheet are found as in any source. Text is then taken line by line: a
quotation mark that is opened by mistake must not swallow the lines below it.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from campaign_calendars.findings.errors import SourceError
from warehouse.sources import delimited, spreadsheets
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.matching import normal, tidy_header
from warehouse.sources.port import SourceFile
from warehouse.sources.registry import kind_by_name

_MOST_LINES_IN_A_CELL = 50


class Line(NamedTuple):
    """Cells of one line, `number` as a person counts it from 1; `open`: a quotation mark in it is never closed."""

    number: int
    cells: tuple[str, ...]
    open: bool = False


@dataclass(frozen=True)
class Listing:
    """A list that has been opened: how it is read, and its lines below the header, blank ones left out.

    `read_as` says how, in English and Chinese.
    """

    header: tuple[str, ...]
    header_row: int
    read_as: tuple[str, str]
    lines: Iterator[Line]


def open_list(path: Path, place: str, wanted: Iterable[str], *, encoding: str = "auto", sheet: str = "") -> Listing:
    """Open a CSV file, workbook or Parquet file; the header is the row that has most of the `wanted` names.

    Raises SourceError (cannot be read) and ProblemsFoundError (there is nothing in it).
    """
    kind = kind_by_name(path.name) or "csv"
    spec = SourceSpec(place, kind="auto", path=str(path), encoding=encoding, sheet=sheet)
    opener = {"xlsx": _workbook, "parquet": _parquet}
    return opener.get(kind, _text)(spec, SourceFile(path, place, kind), {normal(name) for name in wanted})


def _text(spec: SourceSpec, file: SourceFile, wanted: set[str]) -> Listing:
    layout = delimited.open_layout(spec, file, wanted)
    rows = delimited.text_lines(spec, file, layout)
    mark = {"\t": "tab"}.get(layout.delimiter, layout.delimiter)
    encoding = layout.encoding
    said = f"{encoding.name} ({encoding.how}), delimiter {mark}"
    said_zh = f"{encoding.name}（{encoding.how_zh}），分隔符 {mark}"
    lines = separated(rows, layout.delimiter, len(layout.header), layout.skipped)
    return Listing(tuple(tidy_header(layout.header)), layout.skipped, (said, said_zh), lines)


def separated(rows: Iterable[str], delimiter: str, columns: int, skipped: int = 0) -> Iterator[Line]:
    """Lines of text as cells. A cell may have line breaks, unless what follows looks like lines of the list itself."""
    source = enumerate(rows, 1)
    waiting: deque[tuple[int, str]] = deque()
    while True:
        number, text = waiting.popleft() if waiting else next(source, (0, ""))
        if not number:
            return
        if number <= skipped or not text.replace(delimiter, " ").strip():
            continue
        if '"' not in text:  # as in nearly every line: nothing to put together
            yield Line(number, tuple(text.rstrip("\r\n").split(delimiter)))
            continue
        cells, is_open = _cells([text], delimiter)
        if is_open:
            cells, is_open, taken = _closed(text, source, waiting, delimiter, columns)
            for _ in range(taken):
                waiting.popleft()
        if any(cell.strip() for cell in cells):
            yield Line(number, tuple(cells), is_open)


def _closed(
    text: str, source: Iterator[tuple[int, str]], waiting: deque[tuple[int, str]], delimiter: str, columns: int
) -> tuple[list[str], bool, int]:
    """(cells, whether the quotation mark stays open, lines taken of those waiting)."""
    parts = [text]
    while len(parts) <= _MOST_LINES_IN_A_CELL:
        if len(waiting) < len(parts) and (more := next(source, None)) is not None:
            waiting.append(more)
        if len(waiting) < len(parts):
            break
        following = waiting[len(parts) - 1][1]
        if (columns > 1 and following.count(delimiter) == columns - 1) or (columns == 1 and following.strip()):
            break
        parts.append(following)
        cells, is_open = _cells(parts, delimiter)
        if not is_open:
            return cells, False, len(parts) - 1
    return [cell.strip().strip('"') for cell in text.rstrip("\r\n").split(delimiter)], True, 0


def _cells(parts: list[str], delimiter: str) -> tuple[list[str], bool]:
    """The cells of lines that belong together, and whether a quotation mark is still open at their end."""
    if len(parts) == 1 and '"' not in parts[0]:
        return parts[0].rstrip("\r\n").split(delimiter), False
    asked = 0

    def feed() -> Iterator[str]:
        nonlocal asked
        for asked, part in enumerate(parts, 1):  # noqa: B007  counts what the reader asks for
            yield part
        asked += 1

    try:
        return next(csv.reader(feed(), delimiter=delimiter)), asked > len(parts)
    except csv.Error:  # a cell longer than the reader takes
        return parts[0].rstrip("\r\n").split(delimiter), False


def _workbook(spec: SourceSpec, file: SourceFile, wanted: set[str]) -> Listing:
    sheet = spreadsheets.open_sheet(spec, file, wanted)
    others = f"; not read: {', '.join(sheet.others)}" if sheet.others else ""
    others_zh = f"；未读取：{'、'.join(sheet.others)}" if sheet.others else ""
    batches = spreadsheets.batches(sheet, list(range(len(sheet.header))))
    return Listing(
        tuple(tidy_header(sheet.header)),
        sheet.header_row,
        (f"sheet {sheet.name}{others}", f"工作表 {sheet.name}{others_zh}"),
        _numbered(batches),
    )


def _parquet(spec: SourceSpec, file: SourceFile, wanted: set[str]) -> Listing:
    import pyarrow as pa
    from pyarrow import parquet

    del spec, wanted
    try:
        table = parquet.read_table(file.path)
        texts = [column.cast(pa.string()) for column in table.columns]
    except (OSError, pa.ArrowException) as error:
        raise SourceError(
            (
                f"{file.place} cannot be read as Parquet: {str(error).splitlines()[0]}",
                f"{file.place} 无法作为 Parquet 读取：{str(error).splitlines()[0]}",
            ),
            ("write the list as CSV", "请将名单另存为 CSV"),
        ) from None
    numbers = pa.array(range(1, table.num_rows + 1), pa.int64())
    named = pa.table([*texts, numbers], names=[*(f"c{n}" for n in range(len(texts))), "_row"])
    return Listing(tuple(tidy_header(table.column_names)), 0, ("Parquet", "Parquet"), _numbered([named]))


def _numbered(batches: Iterable[Any]) -> Iterator[Line]:
    for batch in batches:
        *columns, numbers = (column.to_pylist() for column in batch.columns)
        for number, cells in zip(numbers, zip(*columns, strict=True), strict=True):
            texts = tuple(cell or "" for cell in cells)
            if any(text.strip() for text in texts):
                yield Line(number, texts)
