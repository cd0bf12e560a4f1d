"""What becomes of an answer: a record for JSON, or a file for a spreadsheet, a page or a program."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.values.json import to_json, to_plain
from campaign_calendars.values.scalars import Text
from tasks.sheets import Cell, Sheet, inert, write_workbook

if TYPE_CHECKING:
    from tasks.analysis.asking import Asked
    from warehouse.analysis.tables import AnalysisTable

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """A column of the answer."""

    name: str
    """Its name; of two alike the second ends in `_1`."""
    type: str
    """Its type as Arrow says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRows:
    """The answer to a question."""

    snapshot_id: str
    """The snapshot that was read."""
    timezone: str
    """Time zone of its moments."""
    columns: tuple[AnswerColumn, ...]
    """Its columns."""
    rows: tuple[Mapping[str, Any], ...]
    """Its rows: name of the column → value."""
    notes: tuple[str, ...]
    """What could not be had, in words."""
    simulated: bool
    """Whether members responded by a model, so that nothing they did is real."""


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """A column of a table."""

    name: str
    """Its name."""
    type: str
    """Its type as SQL says it."""
    unit: str
    """Its unit; empty where it has none."""
    personal: bool
    """Whether it is masked by default."""
    meaning: Text
    """What it holds, in both languages."""


@dataclass(frozen=True, slots=True)
class TableShown:
    """A table that can be asked."""

    name: str
    """Its name."""
    meaning: Text
    """What a row is, in both languages."""
    columns: tuple[ColumnShown, ...]
    """Its columns."""


@dataclass(frozen=True, slots=True)
class TablesShown:
    """Tables that can be asked."""

    tables: tuple[TableShown, ...]
    """All of them, or the one that was named."""


def show_tables(name: str | None = None) -> TablesShown:
    """The tables, or the one of a name. UsageError: there is none of that name."""
    from warehouse.analysis.question import no_table
    from warehouse.analysis.tables import tables

    if name is not None and name.lower() not in tables():
        raise no_table(name, name.lower())
    wanted = tables().values() if name is None else [tables()[name.lower()]]
    return TablesShown(tuple(_shown(table) for table in wanted))


def _shown(table: AnalysisTable) -> TableShown:
    columns = (ColumnShown(each.name, each.type, each.unit, each.personal, each.meaning) for each in table.columns)
    return TableShown(table.name, table.meaning, tuple(columns))


def answer_rows(asked: Asked, lang: str) -> AnswerRows:
    """The whole answer as a record; notes in one language."""
    answer = asked.answer
    names = answer.names
    return AnswerRows(
        snapshot_id=asked.snapshot_id,
        timezone=asked.zone,
        columns=tuple(map(AnswerColumn, names, answer.types)),
        rows=tuple(dict(zip(names, map(_for_json, row), strict=True)) for row in answer.rows()),
        notes=tuple(note[lang == "zh"] for note in asked.notes),
        simulated=asked.simulated,
    )


def cell_text(value: object) -> str:
    """A value as a person reads it in a table; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds" if not value.microsecond else "microseconds")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict | list):
        return json.dumps(to_plain(_for_json(value)), ensure_ascii=False)
    return str(value)


def write_answer(asked: Asked, path: Path, lang: str) -> int:
    """Write the answer into a file of the kind its ending says; returns how many rows there are."""
    write = WRITERS[path.suffix.lower()]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        count = write(asked, partial, lang)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return count


def print_csv(asked: Asked, out: TextIO) -> int:
    """Write the answer as CSV."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([inert(name) for name in asked.answer.names])
    return _counted(asked, lambda row: writer.writerow([_csv_cell(value) for value in row]))


def print_markdown(asked: Asked, out: TextIO) -> int:
    """Write the answer as a table of Markdown."""
    names = asked.answer.names
    out.write(f"| {' | '.join(map(_in_markdown, names))} |\n|{'---|' * len(names)}\n")
    return _counted(asked, lambda row: out.write(f"| {' | '.join(_in_markdown(cell_text(one)) for one in row)} |\n"))


def _counted(asked: Asked, write: Callable[[tuple[object, ...]], object]) -> int:
    count = 0
    for row in asked.answer.rows():
        write(row)
        count += 1
    return count


def _csv_cell(value: object) -> object:
    if isinstance(value, str):
        return inert(value)
    return value if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else cell_text(value)


def _in_markdown(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def _write_csv(asked: Asked, path: Path, _lang: str) -> int:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_BOM)
        return print_csv(asked, file)


def _write_markdown(asked: Asked, path: Path, _lang: str) -> int:
    with path.open("w", encoding="utf-8") as file:
        return print_markdown(asked, file)


def _write_json(asked: Asked, path: Path, lang: str) -> int:
    record = answer_rows(asked, lang)
    path.write_text(to_json(record, sort_keys=False) + "\n", "utf-8")
    return len(record.rows)


def _write_parquet(asked: Asked, path: Path, _lang: str) -> int:
    return asked.answer.write_parquet(path)


def _write_xlsx(asked: Asked, path: Path, _lang: str) -> int:
    rows = [tuple(map(_sheet_cell, row)) for row in asked.answer.rows()]
    write_workbook(path, [Sheet("sql SIMULATED" if asked.simulated else "sql", asked.answer.names, rows)])
    return len(rows)


def _sheet_cell(value: object) -> Cell:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(value) if isinstance(value, Decimal) else value
    return None if value is None else cell_text(value)


WRITERS: Mapping[str, Callable[[Asked, Path, str], int]] = {
    ".csv": _write_csv,
    ".json": _write_json,
    ".md": _write_markdown,
    ".parquet": _write_parquet,
    ".xlsx": _write_xlsx,
}
"""Ending of a file → what writes it."""


def require_kind(path: Path) -> None:
    """UsageError where nobody knows how to write such a file."""
    if path.suffix.lower() not in WRITERS:
        raise UsageError(
            (f"{path.name} is no kind of file that is written here", f"写不出 {path.name} 这种文件"),
            (f"let it end with {', '.join(WRITERS)}", f"请以 {'、'.join(WRITERS)} 结尾"),
        )


def _for_json(value: object) -> Any:
    match value:
        case dict():
            return {str(name): _for_json(one) for name, one in value.items()}
        case list():
            return [_for_json(one) for one in value]
        case float() if not math.isfinite(value):
            found: Any = None
        case Decimal():
            found = float(value)
        case date():
            found = value.isoformat()
        case None | str() | bool() | int() | float():
            found = value
        case _:
            found = cell_text(value)
    return found


def first(rows: Iterable[tuple[object, ...]], most: int) -> Iterator[tuple[object, ...]]:
    """At most so many rows and one more, by which it shows that there are others; all where it is 0."""
    for number, row in enumerate(rows):
        if most and number > most:
            return
        yield row
