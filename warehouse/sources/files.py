"""Files into canonical text: CSV, workbooks and Parquet, each with what was understood of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import duckdb

from campaign_calendars.findings.errors import SourceError
from campaign_calendars.findings.problem import Location, Problem
from warehouse.engines.rows import append_rows
from warehouse.sources import delimited, spreadsheets
from warehouse.sources.cells import is_id, make_plan
from warehouse.sources.expressions import Plan
from warehouse.sources.matching import Match, match_columns, wanted_headers
from warehouse.sources.places import SourceFile
from warehouse.sources.reading import Filling, Part

LINE_BROKEN = "line-broken"


def read_file(filling: Filling, file: SourceFile) -> None:
    """Append one file to the target; broken lines go to `raw_rejects`, what was understood to the reading.

    Raises SourceError (cannot be read, or changed meanwhile) and ProblemsFoundError (columns do not fit).
    """
    try:
        before = file.path.stat()
        part, warnings = _READERS[file.kind](filling, file)
        after = file.path.stat()
    except OSError as error:
        raise SourceError(f"{file.place} cannot be read: {error.strerror}", "check the file") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise SourceError(
            f"{file.place} changed while it was read: it is still being written",
            "wait until the export is complete and run again; let exports be moved into place when they are done",
        )
    part.size = after.st_size
    filling.reading.parts.append(part)
    filling.reading.warnings += warnings


def _csv(job: Filling, file: SourceFile) -> tuple[Part, list[Problem]]:
    layout = delimited.open_layout(job.spec, file, wanted_headers(job.rules))
    match = match_columns(job.spec, job.rules, layout.header, file.place, layout.header_row)
    encoding = layout.encoding
    part = describe(file.place, "csv", match)
    part.encoding, part.how, part.how_zh = encoding.name, encoding.how, encoding.how_zh
    part.delimiter, part.header_row = layout.delimiter, layout.header_row
    lines = delimited.LineNumbers(layout.skipped)
    positions = match.positions()
    part.rows = _append(job, file, match, delimited.batches(job.spec, file, layout, positions, lines))
    rejects = ((job.spec.dataset, file.place, number, text, LINE_BROKEN) for number, text in lines.broken)
    append_rows(job.con, "raw_rejects", rejects)
    part.rows += len(lines.broken)
    return part, [*match.warnings, *_lost(file.place, encoding.lost)]


def _workbook(job: Filling, file: SourceFile) -> tuple[Part, list[Problem]]:
    sheet = spreadsheets.open_sheet(job.spec, file, wanted_headers(job.rules))
    match = match_columns(job.spec, job.rules, sheet.header, file.place, sheet.header_row)
    part = describe(file.place, "xlsx", match)
    part.sheet, part.header_row = sheet.name, sheet.header_row
    if sheet.others and not sheet.stated:
        part.how = f"its header fits best; not read: {', '.join(sheet.others)}"
        part.how_zh = f"表头最匹配；未读取：{'、'.join(sheet.others)}"
    part.rows = _append(job, file, match, spreadsheets.batches(sheet, match.positions()))
    return part, match.warnings


def _parquet(job: Filling, file: SourceFile) -> tuple[Part, list[Problem]]:
    path = str(file.path)
    try:
        described = job.con.execute("describe select * from read_parquet(?)", [path]).fetchall()
        names, kinds = [row[0] for row in described], [row[1] for row in described]
        match = match_columns(job.spec, job.rules, names, file.place)
        chosen = {c.position: column for column, c in match.columns.items() if c.position is not None}
        cells = ", ".join(
            f'{_parquet_cell(names[p], kinds[p], is_id(chosen.get(p, "")))} as "c{p}"' for p in match.positions()
        )
        query = f"select {cells}, file_row_number + 1 as _row from read_parquet(?, file_row_number = true)"
        stream: Any = job.con.cursor().sql(query, params=[path])
        batches = (_table(batch) for batch in stream.to_arrow_reader(100_000))
        part = describe(file.place, "parquet", match)
        part.rows = _append(job, file, match, batches)
    except duckdb.Error as error:
        raise SourceError(
            f"{file.place} cannot be read as Parquet: {str(error).splitlines()[0]}",
            f"check the file, or correct kind in [{job.spec.section}]",
        ) from None
    return part, match.warnings


def describe(place: str, kind: str, match: Match) -> Part:
    """What the columns of a part were understood as."""
    known = {name: c.position for name, c in match.columns.items() if c.position is not None}
    columns = {name: match.header[position] for name, position in known.items()}
    for name, chosen in match.columns.items():
        if chosen.less is not None:
            columns[name] += f" − {match.header[chosen.less]}"
    return Part(place, kind, columns=columns, ignored=match.ignored())


def _append(job: Filling, file: SourceFile, match: Match, batches: Iterable[Any]) -> int:
    plan: Plan = make_plan(job.spec.dataset, match, job.target)
    rows = 0
    for batch in batches:
        job.append(plan, batch, file.place)
        rows += batch.num_rows
    return rows


def _table(batch: Any) -> Any:
    import pyarrow as pa

    return pa.table(batch)


def _parquet_cell(name: str, kind: str, as_id: bool) -> str:
    cell = '"' + name.replace('"', '""') + '"'
    if as_id and kind in {"DOUBLE", "FLOAT"}:
        # A spreadsheet's or pandas' number: whole ones up to 15 digits are the id they were.
        whole = f"{cell} = trunc({cell}) and abs({cell}) < 1e15"
        return f"case when {whole} then {cell}::bigint::varchar else printf('%.14e', {cell}::double) end"
    return f"{cell}::varchar"


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


_READERS: Mapping[str, Callable[[Filling, SourceFile], tuple[Part, list[Problem]]]] = {
    "csv": _csv,
    "xlsx": _workbook,
    "parquet": _parquet,
}
