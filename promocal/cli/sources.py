"""`promocal sources`: what is configured, what was understood of it, the column maps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import suggestion
from promocal.cli import output
from promocal.cli.options import AsOf, FormatOption, OutputFormat, Project, parse_moment

if TYPE_CHECKING:
    from warehouse.sources.reading import Part
    from warehouse.staging.explain import SourceReport

app = typer.Typer(
    help="Where members and orders come from: list the sources, test them, copy column maps.", no_args_is_help=True
)
_DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
_SHOWN = 12
_MEGABYTE = 1 << 20
_KILOBYTE = 1 << 10


@app.command("list")
def list_sources(project: Project = Path(), format: FormatOption = OutputFormat.text) -> None:
    """The sources of the project, and the column maps it can use."""
    from tasks.data.sources import SourceList, list_maps, list_sources

    sources, maps = list_sources(project), list_maps(project)
    if format is OutputFormat.json:
        output.print_json(SourceList(sources, maps))
        return
    table = output.table("Sources", "dataset", "kind", "from", "map")
    for row in sources:
        table.add_row(row.dataset, row.kind, escape(row.place), row.map or "–")
    output.console().print(table)
    known = output.table("Column maps", "map", "fills", "what it reads")
    language = output.language()
    for entry in maps:
        known.add_row(entry.map, ", ".join(entry.datasets), escape(entry.title.get(language)))
    output.console().print(known)


@app.command("map")
def show_map(
    name: Annotated[str, typer.Argument(help="A shipped map, or one of the project's.")],
    project: Project = Path(),
) -> None:
    """Print a column map, to be edited: promocal sources map taobao-orders > mappings/my-shop.yaml"""
    from tasks.data.sources import map_text

    sys.stdout.write(map_text(project, name))


@app.command("example")
def write_example(
    folder: Annotated[Path, typer.Argument(help="Directory for the files.")] = Path("exports"),
    orders: Annotated[int, typer.Option(min=1, help="Orders to make up.")] = 1_000,
) -> None:
    """Write a made-up order and item report as Taobao exports them, to try a connection with."""
    from warehouse.sample.taobao import write_example as write

    for name, lines in write(folder, orders).items():
        output.console().print(f"{folder / name}: {lines:,} lines")


@app.command("test")
def judge_sources(
    name: Annotated[str, typer.Argument(help="A dataset, e.g. orders; none: all of them.")] = "",
    project: Project = Path(),
    as_of: AsOf = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """Say what was understood of the sources, before anything is loaded. Exit 1 if they would not load."""
    from tasks.data.sources import judge_sources as run

    with output.progress(quiet=format is OutputFormat.json) as say:
        reports = run(project, name, parse_moment(as_of) if as_of else None, say)
    if name and not reports:
        raise UsageError((f"there is no source '{name}'", f"没有数据源 '{name}'"), suggestion(name, _names(project)))
    failed = not all(report.ok for report in reports)
    if format is OutputFormat.json:
        from warehouse.staging.explain import TestedSources

        language = output.language()
        output.print_json(TestedSources(not failed, tuple(report.said(language) for report in reports)))
    else:
        for report in reports:
            _print(report)
    if failed:
        raise typer.Exit(1)


def _names(project: Path) -> list[str]:
    from tasks.data.sources import list_sources

    return [row.dataset for row in list_sources(project)]


def _print(report: SourceReport) -> None:
    out = output.console()
    by_map = f" by the map {report.mapping}" if report.mapping else ""
    out.print(f"[bold]{report.dataset}[/]{by_map}")
    for part in report.parts:
        _print_part(part)
    if report.columns:
        _print_columns(report)
    if report.ok:
        _print_account(report)
    output.print_problems(report.problems)
    out.print()


def _print_part(part: Part) -> None:
    facts = [f"{part.rows:,} lines", part.kind]
    if part.size:
        facts.append(_size(part.size))
    if part.encoding:
        facts.append(f"encoding {part.encoding} ({_how(part)})")
    if part.delimiter:
        facts.append(f"cells between {_DELIMITERS.get(part.delimiter, repr(part.delimiter))}s")
    if part.sheet:
        facts.append(f"sheet {part.sheet}" + (f" ({_how(part)})" if part.how else ""))
    if part.how and not (part.encoding or part.sheet):
        facts.append(f"through {_how(part)}")
    if part.header_row > 1:
        facts.append(f"header in row {part.header_row}")
    out = output.console()
    out.print(f"  {escape(part.place)}: {escape(', '.join(facts))}")
    if part.ignored:
        more = f" and {len(part.ignored) - _SHOWN} more" if len(part.ignored) > _SHOWN else ""
        out.print(f"    [dim]not read: {escape(', '.join(part.ignored[:_SHOWN]))}{more}[/]")


def _how(part: Part) -> str:
    return part.how_zh if output.language() == "zh" else part.how


def _size(size: int) -> str:
    if size < _KILOBYTE:
        return f"{size} bytes"
    return f"{size / _KILOBYTE:,.0f} kB" if size < _MEGABYTE else f"{size / _MEGABYTE:,.1f} MB"


def _print_columns(report: SourceReport) -> None:
    table = output.table("", "    column", "header", "first values (masked)")
    table.title = None
    for column in table.columns[1:]:
        column.justify = "left"
    for name, examples in report.columns.items():
        headers = list(dict.fromkeys(part.columns[name] for part in report.parts if name in part.columns))
        table.add_row(f"    {name}", escape(" / ".join(headers)), escape(" | ".join(examples)) or "[dim]empty[/]")
    out = output.console()
    out.print(table)
    if report.missing:
        out.print(f"    [dim]not in the source, left empty: {', '.join(report.missing)}[/]")


def _print_account(report: SourceReport) -> None:
    out = output.console()
    rejected = sum(each.rows for each in report.rejected)
    lines = sum(part.rows for part in report.parts)
    put_together = f"{lines:,} lines make " if lines != report.rows else ""
    limited = " (the first rows only)" if report.limited else ""
    out.print(
        f"  {put_together}{report.rows:,} rows{limited} = {report.accepted:,} accepted + {rejected:,} rejected "
        f"+ {report.copies:,} copies of accepted ones"
    )
    for each in report.rejected:
        more = " …" if each.rows > len(each.places) else ""
        out.print(f"    {each.rows:,} {each.rule}: {escape(', '.join(each.places))}{more}")
    for word in report.words:
        out.print(f"    state {escape(word.written)} → {word.read or '[yellow]not known[/]'} ({word.rows:,})")
    for column, moments in report.dates.items():
        out.print(f"    {column}: {moments.first:%Y-%m-%d %H:%M} to {moments.last:%Y-%m-%d %H:%M} UTC")
    if report.masked_phones is not None:
        out.print(f"    phones that are masked or not diallable: {report.masked_phones:.0%}")
