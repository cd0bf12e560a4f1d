"""`promocal sheet`: sheets that a calendar may name, to fill in; their columns."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.options import FormatOption, LangOption, OutputFormat

if TYPE_CHECKING:
    from campaign_calendars.model.calendar import Calendar
    from tasks.calendars.blank_sheets import SheetShown


class SheetKind(StrEnum):
    prices = "prices"
    lists = "lists"
    items = "items"
    targets = "targets"
    duties = "duties"
    peers = "peers"


def sheet(
    kind: Annotated[SheetKind, typer.Argument(help="What the sheet is to hold.")],
    target: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it to a new file: .xlsx, or .csv.")
    ] = None,
    calendar: Annotated[
        str | None, typer.Option("--calendar", help="Fill in what this calendar has: a file, or an id.")
    ] = None,
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
) -> None:
    """Say which columns a sheet named in a calendar has, or write one to fill in: empty, or with a calendar's rows."""
    from tasks.calendars.blank_sheets import loses_a_language, show_sheet, write_sheet

    language = lang.value if lang else output.language()
    shown = show_sheet(kind.value, language)
    known = _read(calendar) if target is not None else None
    if target is not None:
        rows = write_sheet(kind.value, target, known, language)
        shown = replace(shown, rows=rows, file=str(target))
    if format is OutputFormat.json:
        output.print_json(shown)
    elif target is None:
        _print_columns(shown)
    else:
        _print_written(shown, target)
        if known is not None and loses_a_language(kind.value, known):
            _print_one_language(language)


def _read(calendar: str | None) -> Calendar | None:
    from promocal.cli.calendars import read

    return None if calendar is None else read(calendar)


def _print_columns(shown: SheetShown) -> None:
    rows = output.table("Columns", "column", "what to write", "for instance", "needed", "also called")
    for one in shown.columns:
        needed = either("yes", "是") if one.required else ""
        rows.add_row(*map(output.escape, (one.head, one.means, one.example, needed, ", ".join(one.also))))
    for column in rows.columns:
        column.justify = "left"
    out = output.console()
    out.print(rows)
    said = either(
        "\nIn the calendar:  {written}\nTo fill in:       promocal sheet {kind} -o {kind}.xlsx",
        "\n写进日历：  {written}\n生成空表：  promocal sheet {kind} -o {kind}.xlsx",
        written=shown.written, kind=shown.kind,
    )  # fmt: skip
    out.print(output.escape(said))


def _print_written(shown: SheetShown, target: Path) -> None:
    written = re.sub(r"(?<=from: )[\w.-]+", lambda _: target.name, shown.written)
    said = either(
        "Wrote {file}: {rows} rows. Fill it in, put it into the project and write into the calendar:  {written}",
        "已写入 {file}：{rows} 行。填写后放进项目目录，并在日历中写：  {written}",
        file=shown.file, rows=shown.rows, written=written,
    )  # fmt: skip
    output.console().print(output.escape(said))


def _print_one_language(language: str) -> None:
    said = (
        "表中只有中文文本；要保留日历中的英文，请继续写在日历里。"
        if language == "zh"
        else "It holds the English texts only: what is to stay in Chinese as well has to stay in the calendar."
    )
    output.console().print(output.escape(said))
