"""`promocal sources`: what is configured, what was understood of it, the column maps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import suggestion
from campaign_calendars.findings.said import Said
from promocal.cli import output
from promocal.cli.language import either, translated
from promocal.cli.moments import moment_or_none
from promocal.cli.options import AsOf, FormatOption, OutputFormat, Project

if TYPE_CHECKING:
    from warehouse.sources.reading import Part
    from warehouse.staging.explain import SourceReport

app = typer.Typer(
    help="Where members and orders come from: list the sources, test them, copy column maps.", no_args_is_help=True
)
_DELIMITERS: dict[str, Said] = {
    ",": ("comma", "逗号"),
    "\t": ("tab", "制表符"),
    ";": ("semicolon", "分号"),
    "|": ("bar", "竖线"),
}
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
    table = output.table("Sources", "dataset", "kind", "place", "map")
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
        output.console().print(f"{folder / name}: {lines:,} " + either("lines", "行"))


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
        reports = run(project, name, moment_or_none(as_of, project), say)
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
    by_map = either(" by the map {name}", "（列映射 {name}）", name=report.mapping) if report.mapping else ""
    out.print(f"[bold]{report.dataset}[/]{by_map}")
    for part in report.parts:
        _print_part(part)
    if report.columns:
        _print_columns(report)
    if report.parts:
        _print_account(report)
    output.print_problems(report.problems)
    out.print()


def _print_part(part: Part) -> None:
    facts = [f"{part.rows:,} " + either("lines", "行"), part.kind]
    if part.size:
        facts.append(_size(part.size))
    if part.encoding:
        facts.append(either("encoding {name} ({how})", "编码 {name}（{how}）", name=part.encoding, how=_how(part)))
    if part.delimiter:
        between = translated(_DELIMITERS.get(part.delimiter, (repr(part.delimiter),) * 2))
        facts.append(either("cells between {between}s", "以{between}分隔", between=between))
    if part.sheet:
        how = either(" ({how})", "（{how}）", how=_how(part)) if part.how else ""
        facts.append(either("sheet {name}", "工作表 {name}", name=part.sheet) + how)
    if part.how and not (part.encoding or part.sheet):
        facts.append(either("through {how}", "通过 {how}", how=_how(part)))
    if part.header_row > 1:
        facts.append(either("header in row {n}", "表头在第 {n} 行", n=part.header_row))
    out = output.console()
    out.print(f"  {escape(part.place)}: {escape(', '.join(facts))}")
    if part.ignored:
        left = len(part.ignored) - _SHOWN
        more = either(" and {n} more", " 等，另有 {n} 列", n=left) if left > 0 else ""
        shown = escape(", ".join(part.ignored[:_SHOWN]))
        out.print("    [dim]" + either("not read: {names}", "未读取：{names}", names=shown) + f"{more}[/]")


def _how(part: Part) -> str:
    return part.how_zh if output.language() == "zh" else part.how


def _size(size: int) -> str:
    if size < _KILOBYTE:
        return f"{size} " + either("bytes", "字节")
    return f"{size / _KILOBYTE:,.0f} kB" if size < _MEGABYTE else f"{size / _MEGABYTE:,.1f} MB"


def _print_columns(report: SourceReport) -> None:
    table = output.table("", "    column", "header", "first values (masked)")
    table.title = None
    for column in table.columns[1:]:
        column.justify = "left"
    for name, examples in report.columns.items():
        headers = list(dict.fromkeys(part.columns[name] for part in report.parts if name in part.columns))
        table.add_row(
            f"    {name}",
            escape(" / ".join(headers)),
            escape(" | ".join(examples)) or f"[dim]{either('empty', '空')}[/]",
        )
    out = output.console()
    out.print(table)
    if report.missing:
        missing = ", ".join(report.missing)
        said = either("not in the source, left empty: {names}", "数据源中没有，留空：{names}", names=missing)
        out.print(f"    [dim]{said}[/]")


def _print_account(report: SourceReport) -> None:
    out = output.console()
    rejected = sum(each.rows for each in report.rejected)
    lines = sum(part.rows for part in report.parts)
    put_together = either("{n:,} lines make ", "{n:,} 行合成 ", n=lines) if lines != report.rows else ""
    limited = either(" (the first rows only)", "（仅前若干行）") if report.limited else ""
    account = either(
        "{rows:,} rows{limited} = {accepted:,} accepted + {rejected:,} rejected + {copies:,} copies of accepted ones",
        "{rows:,} 条{limited} = 通过 {accepted:,} + 拒收 {rejected:,} + 与通过者重复 {copies:,}",
        rows=report.rows,
        limited=limited,
        accepted=report.accepted,
        rejected=rejected,
        copies=report.copies,
    )
    out.print(f"  {put_together}{account}")
    for each in report.rejected:
        more = " …" if each.rows > len(each.places) else ""
        out.print(f"    {each.rows:,} {each.rule}: {escape(', '.join(each.places))}{more}")
    for state in report.words:
        known = state.read or f"[yellow]{either('not known', '无法识别')}[/]"
        out.print(f"    {either('state', '状态')} {escape(state.written)} → {known} ({state.rows:,})")
    for column, moments in report.dates.items():
        first, last = f"{moments.first:%Y-%m-%d %H:%M}", f"{moments.last:%Y-%m-%d %H:%M}"
        span = either("{first} to {last} UTC", "{first} 至 {last} UTC", first=first, last=last)
        out.print(f"    {column}: {span}")
    if report.masked_phones is not None:
        said = either("phones that are masked or not diallable", "已脱敏或无法拨打的手机号")
        out.print(f"    {said}: {report.masked_phones:.0%}")
