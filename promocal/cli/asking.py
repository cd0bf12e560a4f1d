"""`promocal sql`: questions to the published tables, decisions, outbox and arms; read-only."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output
from promocal.cli.language import either, translated
from promocal.cli.moments import moment_or_none
from promocal.cli.opening import opened
from promocal.cli.options import LangOption, Project, Replay

if TYPE_CHECKING:
    from tasks.analysis.answering import TablesShown
    from tasks.analysis.asking import Asked


class SqlFormat(StrEnum):
    text = "text"
    csv = "csv"
    json = "json"
    md = "md"
    parquet = "parquet"
    xlsx = "xlsx"


_FILES_ONLY = (SqlFormat.parquet, SqlFormat.xlsx)
_STOPPED = 130  # what a shell expects of a command that Ctrl-C ended


_Question = Annotated[
    str | None,
    typer.Argument(
        metavar="QUESTION", help="A select in quotes; - for standard input. With --tables the name of a table."
    ),
]
_File = Annotated[Path | None, typer.Option("--file", "-f", help="File with the select.")]
_Tables = Annotated[bool, typer.Option("--tables", help="Show the tables, or the columns of one, with what they mean.")]
_OfCalendar = Annotated[
    str | None,
    typer.Option("--calendar", help="Only what this calendar decided, sent and measured; features as it sees them."),
]
_Moment = Annotated[
    str | None,
    typer.Option(
        "--as-of", help="Moment of features (default: the snapshot's), and of what is measured (default: now)."
    ),
]
_Zone = Annotated[str | None, typer.Option("--timezone", help="Time zone of moments; default: that of the calendar.")]
_Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write all rows: .csv, .json, .md, .parquet or .xlsx.")
]
_Format = Annotated[
    SqlFormat, typer.Option("--format", help="text, csv, json and md print; a file's ending says what is written.")
]
_Unmasked = Annotated[
    bool, typer.Option("--unmasked", help="Show personal data as they are; needs --by, kept in the audit log.")
]


def sql(
    question: _Question = None,
    file: _File = None,
    tables: _Tables = False,
    calendar: _OfCalendar = None,
    as_of: _Moment = None,
    timezone: _Zone = None,
    target: _Output = None,
    format: _Format = SqlFormat.text,
    most: Annotated[int, typer.Option("--rows", min=0, help="Rows that text shows, at most; 0: all.")] = 100,
    timeout: Annotated[str, typer.Option(help="How long it may take, such as 30s or 10m.")] = "60s",
    unmasked: _Unmasked = False,
    by: Annotated[str, typer.Option("--by", help="Who sees them.")] = "",
    project: Project = Path(),
    replay: Replay = None,
    lang: LangOption = None,
) -> None:
    """Ask the published tables, decisions, outbox and arms in SQL; read-only, members stand under pseudonyms."""
    spoken = lang.value if lang else output.language()
    if tables:
        _show_tables(question, format, spoken)
        return
    from tasks.analysis.asking import Asking, asked

    _require_fitting(target, format, unmasked=unmasked, by=by)
    how = Asking(
        calendar=calendar,
        as_of=moment_or_none(as_of, project, calendar),
        zone=_zone(timezone) if timezone else None,
        limit=_limit(timeout),
        unmasked_by=by if unmasked else None,
    )
    try:
        with (
            opened(project, replay=replay, quiet=format is SqlFormat.json) as rt,
            asked(rt, _said(question, file), how) as found,
        ):
            _tell(found, target, format, most, spoken)
    except KeyboardInterrupt:
        output.say(either("stopped", "已停止"), stream="stderr")
        raise typer.Exit(_STOPPED) from None


def _tell(found: Asked, target: Path | None, format: SqlFormat, most: int, lang: str) -> None:
    from tasks.analysis.answering import answer_rows, print_csv, print_markdown, write_answer

    for note in found.notes:
        output.say(translated(note), stream="stderr")
    if target is not None:
        rows = write_answer(found, target, lang)
        said = either("{rows:,} rows written to {file}", "已写入 {rows:,} 行：{file}", rows=rows, file=target)
        output.say(said, stream="stderr")
    elif format is SqlFormat.json:
        output.print_json(answer_rows(found, lang))
    elif format is SqlFormat.csv:
        print_csv(found, sys.stdout)
    elif format is SqlFormat.md:
        print_markdown(found, sys.stdout)
    else:
        _print_table(found, most)


def _print_table(found: Asked, most: int) -> None:
    from promocal.cli.fitting import FittingTable
    from tasks.analysis.answering import cell_text, first

    # Headings are the question's own words and are not translated.
    table = FittingTable(header_style="dim", box=None, pad_edge=False)
    for name in found.answer.names:
        table.add_column(output.escape(name))
    rows = list(first(found.answer.rows(), most))
    shown = rows[:most] if most else rows
    for row in shown:
        table.add_row(*(output.escape(cell_text(value)) for value in row))
    out = output.console()
    out.print(table)
    if len(rows) > len(shown):
        said = either("the first {n:,} rows; --rows 0 shows all", "仅显示前 {n:,} 行；--rows 0 显示全部", n=len(shown))
    else:
        said = either("1 row" if len(shown) == 1 else "{n:,} rows", "共 {n:,} 行", n=len(shown))
    output.say(said, stream="stderr")


def _show_tables(name: str | None, format: SqlFormat, lang: str) -> None:
    from tasks.analysis.answering import show_tables

    found = show_tables(name)
    if format is SqlFormat.json:
        output.print_json(found)
    elif format is not SqlFormat.text:
        raise UsageError(
            ("--tables prints text or json", "--tables 只输出 text 或 json"), ("leave out --format", "请去掉 --format")
        )
    elif name is None:
        _print_pairs([(table.name, table.meaning.get(lang)) for table in found.tables])
        output.say(either("columns of one: promocal sql --tables orders", "查看某表的列：promocal sql --tables orders"))
    else:
        _print_columns(found, lang)


def _print_columns(found: TablesShown, lang: str) -> None:
    (table,) = found.tables
    output.console().print(f"[bold]{table.name}[/]  {output.escape(table.meaning.get(lang))}\n")
    masked = either(" (masked)", "（已脱敏）")
    _print_pairs(
        [
            (each.name, " ".join(filter(None, (each.type, each.unit))), each.meaning.get(lang) + masked * each.personal)
            for each in table.columns
        ]
    )


def _print_pairs(rows: Sequence[tuple[str, ...]]) -> None:
    """Rows whose last cell is a text, which folds."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in rows[0][:-1]:
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(*map(output.escape, row))
    output.console().print(grid)


def _said(question: str | None, file: Path | None) -> str:
    """The question, wherever it stands."""
    if file is not None and question is None:
        if not file.is_file():
            raise UsageError((f"there is no file {file}", f"没有文件 {file}"), ("check its name", "请检查文件名"))
        try:
            return file.read_text("utf-8-sig")
        except UnicodeDecodeError:
            raise UsageError(
                (f"{file} is not UTF-8", f"{file} 不是 UTF-8 编码"), ("save it as UTF-8", "请另存为 UTF-8")
            ) from None
    if question is not None and file is None and question != "-":
        return question
    if file is None and (question == "-" or not sys.stdin.isatty()):
        return sys.stdin.read()
    raise UsageError(
        ("one question at a time, in quotes or in a file", "请写一条查询：加引号直接写，或放在文件中"),
        ('promocal sql "select count(*) from orders"', '例如：promocal sql "select count(*) from orders"'),
    )


def _require_fitting(target: Path | None, format: SqlFormat, *, unmasked: bool, by: str) -> None:
    from tasks.analysis.answering import require_kind

    if target is not None:
        require_kind(target)
        if format is not SqlFormat.text and target.suffix.lower() != f".{format.value}":
            raise UsageError(
                (
                    f"--format {format.value} does not write {target.name}",
                    f"--format {format.value} 写不出 {target.name}",
                ),
                ("leave out --format: the ending of -o says what is written", "请去掉 --format：-o 的后缀决定文件类型"),
            )
    elif format in _FILES_ONLY:
        raise UsageError(
            (f"{format.value} goes into a file", f"{format.value} 须写入文件"),
            (f"write -o answer.{format.value}", f"请写 -o answer.{format.value}"),
        )
    if by and not unmasked:
        raise UsageError(("--by is for --unmasked only", "--by 只用于 --unmasked"), ("leave it out", "请去掉 --by"))


def _limit(text: str) -> timedelta:
    from campaign_calendars.values.scalars import parse_duration

    try:
        limit = parse_duration(text)
    except ValueError:
        limit = timedelta()
    if limit <= timedelta():
        raise UsageError(
            (f"--timeout {text} is no duration", f"--timeout {text} 不是时长"),
            ("write it like 30s or 10m", "请写成 30s 或 10m"),
        )
    return limit


def _zone(name: str) -> str:
    from promocal.cli.measuring import zone_of

    return zone_of(name).key
