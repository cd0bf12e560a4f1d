"""A good export written as another file: encodings, delimiters, quotes, line ends, headers, sheets, damage."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from campaign_calendars.findings.errors import ProblemsFoundError, SourceError
from tests.warehouse.sources.mutations import Export
from warehouse.sources.catalogue import DATASETS
from warehouse.sources.load import understand_source

Rows = list[list[str]]
ROWS = 12


def text(rows: Rows, **how: Any) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, **{"lineterminator": "\n", **how}).writerows(rows)
    return stream.getvalue()


def _broken(rows: Rows) -> bytes:
    """An unquoted delimiter in one line."""
    lines = text(rows).split("\n")
    lines[3] += ",,surplus"
    return "\n".join(lines).encode()


def _open_quote(rows: Rows) -> bytes:
    lines = text(rows).split("\n")
    lines[3] = '"' + lines[3]
    return "\n".join(lines).encode()


def _wide(cell: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in cell)


FILES: Mapping[str, Callable[[Rows], bytes]] = {
    "utf-8 with a mark": lambda rows: text(rows).encode("utf-8-sig"),
    "gb18030": lambda rows: text(rows).encode("gb18030"),
    "utf-16": lambda rows: text(rows).encode("utf-16"),
    "utf-16-le without a mark": lambda rows: text(rows).encode("utf-16-le"),
    "utf-16-be": lambda rows: b"\xfe\xff" + text(rows).encode("utf-16-be"),
    "big5": lambda rows: text(rows).encode("big5", "replace"),
    "latin-1 in between": lambda rows: text(rows).encode() + "é,è\n".encode("latin-1"),
    "tabs": lambda rows: text(rows, delimiter="\t").encode(),
    "semicolons": lambda rows: text(rows, delimiter=";").encode(),
    "bars": lambda rows: text(rows, delimiter="|").encode(),
    "carriage returns": lambda rows: text(rows, lineterminator="\r\n").encode(),
    "old line ends": lambda rows: text(rows, lineterminator="\r").encode(),
    "everything quoted": lambda rows: text(rows, quoting=csv.QUOTE_ALL).encode(),
    "no last line end": lambda rows: text(rows).rstrip("\n").encode(),
    "blank lines": lambda rows: text(rows).replace("\n", "\n\n").encode(),
    "a title above": lambda rows: ("会员运营日报\n\n" + text(rows)).encode(),
    "gzip": lambda rows: gzip.compress(text(rows).encode()),
    "half a gzip": lambda rows: gzip.compress(text(rows).encode())[:-20],
    "blanks around headers": lambda rows: text([[f" {cell}\u3000" for cell in rows[0]], *rows[1:]]).encode(),
    "wide headers": lambda rows: text([[_wide(cell) for cell in rows[0]], *rows[1:]]).encode(),
    "capital headers": lambda rows: text([[cell.upper() for cell in rows[0]], *rows[1:]]).encode(),
    "columns in another order": lambda rows: text([row[::-1] for row in rows]).encode(),
    "more columns": lambda rows: text([[*row, f"x{n}", "备注"] for n, row in enumerate(rows)]).encode(),
    "headers of others": lambda rows: text([[f"col{n}" for n in range(len(rows[0]))], *rows[1:]]).encode(),
    "headers misspelt": lambda rows: text([[f"{cell}s" for cell in rows[0]], *rows[1:]]).encode(),
    "a header twice": lambda rows: text([[*row, *row[:1]] for row in rows]).encode(),
    "no header": lambda rows: text(rows[1:]).encode(),
    "a line too long": _broken,
    "a quote left open": _open_quote,
    "empty": lambda rows: b"",
    "a header only": lambda rows: text(rows[:1]).encode(),
    "a web page": lambda rows: b"<html><body><table><tr><td>login</td></tr></table></body></html>",
    "nulls": lambda rows: b"\x00" * 4096,
    "random bytes": lambda rows: bytes((n * 7919) % 256 for n in range(4096)),
}
Sheets = list[tuple[str, Rows]]
BOOKS: Mapping[str, Callable[[Rows], Sheets]] = {
    "one sheet": lambda rows: [("Sheet1", rows)],
    "a cover first": lambda rows: [("说明", [["本表由门店每月导出"]]), ("数据", rows)],
    "title rows": lambda rows: [("数据", [["导出"], [], *rows])],
    "blank rows": lambda rows: [("数据", [row for each in rows for row in (each, [])])],
    "notes of others": lambda rows: [("数据", rows), ("备注", [["a", "b", "c"]] * 40)],
    "empty": lambda rows: [("数据", []), ("备注", [])],
    "a cover only": lambda rows: [("说明", [["本表由门店每月导出"]])],
}


def book(path: Path, sheets: Sheets) -> None:
    import openpyxl

    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)


def rows_of(export: Export) -> Rows:
    return [list(export.header), *([export.row(n)[header] for header in export.header] for n in range(ROWS))]


def ended(export: Export, folder: Path, path: str, good: list[tuple[Any, ...]], **keys: Any) -> str:
    """How a file ended. Raises AssertionError on anything that is none of the ends."""
    with duckdb.connect() as con:
        try:
            reading = understand_source(con, export.spec(path, **keys), folder)
        except (ProblemsFoundError, SourceError) as refused:
            said = _said(refused)
            works = not keys and _works(export, folder, path, good, said)
            return f"refused, {'remedy followed' if works else 'remedy by hand' if said else 'NO REMEDY'}"
        rows = raw(con, export.dataset)
        aside = con.execute("select count(*) from raw_rejects").fetchall()[0][0]
        assert reading.rows == len(rows) + aside, "the account does not close"
        changed = [row for row in rows if row not in good]
        assert not changed or any(problem.code == "S108" for problem in reading.warnings), changed[:2]
        if rows == good:
            return "the same rows"
        # Whatever is missing stands in the rejects, line for line; of lines put together another one may say the same.
        assert aside == len(good) - len(rows) or not rows or set(rows) == set(good), (len(rows), aside)
        return "said to be damaged" if changed else "rows set aside" if aside else "no rows"


def raw(con: duckdb.DuckDBPyConnection, dataset: str) -> list[tuple[Any, ...]]:
    cells = ", ".join(f'tidy("{name}")' for name in DATASETS[dataset].columns)
    return con.execute(f"select {cells} from raw_{dataset} order by _row").fetchall()


def _said(refused: ProblemsFoundError | SourceError) -> str:
    """What a refusal says to do; nothing when one of its findings or languages says nothing."""
    if isinstance(refused, SourceError):
        return refused.remedy if refused.remedy_text("zh") else ""
    complete = all(problem.hint and problem.hint_zh and problem.zh for problem in refused.problems)
    return " ".join(problem.hint for problem in refused.problems) if complete else ""


def _works(export: Export, folder: Path, path: str, good: list[tuple[Any, ...]], said: str) -> bool:
    """Whether the columns that the hints suggest, taken together, lead to the same rows."""
    suggested = dict(re.findall(r'columns = { (\w+) = "([^"…]+)" }', said))
    if not suggested:
        return False
    with duckdb.connect() as con:
        try:
            understand_source(con, export.spec(path, columns=suggested), folder)
        except ProblemsFoundError as again:
            # Headers by which a map keeps or drops rows are mended in the map.
            if {problem.code for problem in again.problems} == {"S134"}:
                return False
            raise
        found = raw(con, export.dataset)
    names = DATASETS[export.dataset].columns
    needed = [names.index(name) for name in suggested]
    return [[row[n] for n in needed] for row in found] == [[row[n] for n in needed] for row in good]
