"""`kind = "csv"`: delimited text in any encoding, packed with gzip or not."""

from __future__ import annotations

from pydantic import Field

from campaign_calendars.findings.problem import Location, Problem
from warehouse.sources.port import FileKeys, FileKind, FileRequest, Opened


class CsvKeys(FileKeys):
    encoding: str = Field(default="auto", description="As Python names it; auto: the file says.")
    delimiter: str = Field(default="", max_length=1, description="What separates cells; empty: the file says.")


def _open(request: FileRequest[CsvKeys]) -> Opened:
    from warehouse.sources import delimited

    spec, file = request.spec, request.file
    layout = delimited.open_layout(spec, file, set(request.wanted))
    lines, encoding = delimited.LineNumbers(layout.skipped), layout.encoding
    return Opened(
        layout.header,
        lambda cells: delimited.batches(spec, file, layout, cells.positions, lines),
        header_row=layout.header_row,
        encoding=encoding.name,
        how=(encoding.how, encoding.how_zh),
        delimiter=layout.delimiter,
        broken=lines.broken,
        first_row=layout.skipped + 1,
        lines=lambda records: delimited.lines_of(file, layout, records),
        warnings=_lost(file.place, encoding.lost),
    )


def _lost(place: str, count: int) -> list[Problem]:
    if not count:
        return []
    return [
        Problem(
            "S108",
            "warning",
            f"{place} has characters that were lost before it was written ({count} of U+FFFD or 锟斤拷)",
            "names and addresses may be damaged; export again from the system they come from",
            Location(place),
            f"{place} 含有写出之前就已损坏的字符（{count} 处 U+FFFD 或“锟斤拷”）",
            "姓名和地址可能已损坏，请从原系统重新导出",
        )
    ]


KIND = FileKind("csv", (".csv", ".tsv", ".txt"), CsvKeys, _open)
