"""`promocal replay`: a calendar through simulated time, alone or beside what ran, another calendar, other figures."""

from __future__ import annotations

from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output, replays, tables
from promocal.cli.language import either
from promocal.cli.metric_tables import print_document
from promocal.cli.moments import moment_or_none
from promocal.cli.opening import opened
from promocal.cli.options import Calendar, LangOption, Project

if TYPE_CHECKING:
    from tasks.documents.parts import Document
    from tasks.running.comparing import ReplayedSide, Wanted
    from tasks.runtime import Runtime


class ReplayFormat(StrEnum):
    text = "text"
    json = "json"
    xlsx = "xlsx"
    md = "md"


def replay(
    calendar: Calendar,
    project: Project = Path(),
    report_to: Annotated[Path | None, typer.Option("--report", help="Where to write the report page.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Stop before this moment.")] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            help="Show it beside another calendar's replay, or ran: what it really did (ran:OTHER: another).",
        ),
    ] = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option("--what-if", help="Show it beside itself with another figure, e.g. plan=first_come; repeatable."),
    ] = None,
    simulate: Annotated[
        bool,
        typer.Option("--simulate", help="Let the members of a generated store respond; every figure is simulated."),
    ] = False,
    target: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the comparison: .html, .xlsx or .md.")
    ] = None,
    format: Annotated[
        ReplayFormat, typer.Option("--format", help="text and json print; xlsx and md write the comparison.")
    ] = ReplayFormat.text,
    lang: LangOption = None,
) -> None:
    """Run a whole calendar through simulated time on the project's data; files only, nothing is sent."""
    from promocal.cli.looking import look_first, look_for_sources

    look_first(project, calendar, data=False)
    look_for_sources(project)
    from tasks.running.comparing import Wanted, require_sense

    language = lang.value if lang else output.language()
    wanted = Wanted(
        against=against,
        changes=tuple(what_if or ()),
        until=moment_or_none(until, project, calendar),
        simulate=simulate,
    )
    require_sense(wanted)
    _require_comparison(wanted, target, format)
    with opened(project, quiet=format is ReplayFormat.json) as outside, ExitStack() as stack:
        if against is None and not what_if:
            _alone(outside, calendar, stack, wanted, report_to=report_to, format=format, lang=language)
        else:
            _beside(outside, calendar, stack, wanted, report_to=report_to, target=target, format=format, lang=language)


def _require_comparison(wanted: Wanted, target: Path | None, format: ReplayFormat) -> None:
    """UsageError where a file is asked for that nothing writes."""
    written = format in (ReplayFormat.xlsx, ReplayFormat.md)
    if target is not None:
        from tasks.documents.writing import require_kind

        require_kind(target)
        if written and target.suffix.lower() != f".{format.value}":
            raise UsageError(
                (
                    f"--format {format.value} does not write {target.name}",
                    f"--format {format.value} 写不出 {target.name}",
                ),
                ("leave out --format: the ending of -o says what is written", "请去掉 --format：-o 的后缀决定文件类型"),
            )
    if (target is not None or written) and wanted.against is None and not wanted.changes:
        raise UsageError(
            ("there is no comparison to write", "没有可写出的对比"),
            (
                "add --against ran, --against CALENDAR or --what-if; --report FILE writes the page of the replay",
                "请加 --against ran、--against 日历 或 --what-if；--report 文件 写出回放报告",
            ),
        )


def _alone(
    outside: Runtime,
    calendar: str,
    stack: ExitStack,
    wanted: Wanted,
    *,
    report_to: Path | None,
    format: ReplayFormat,
    lang: str,
) -> None:
    from tasks.running.comparing import replay_alone, sent_really
    from tasks.running.replay import reported

    one = replay_alone(outside, calendar, stack, wanted)
    page = _reported(one, report_to, lang)
    if format is ReplayFormat.json:
        output.print_json(reported(one.result, page))
        return
    replays.print_simulated(one.result)
    tables.print_measurement(one.result.measurement, lang)
    replays.print_replayed(one.result, page, ran=sent_really(outside, one))


def _beside(
    outside: Runtime,
    calendar: str,
    stack: ExitStack,
    wanted: Wanted,
    *,
    report_to: Path | None,
    target: Path | None,
    format: ReplayFormat,
    lang: str,
) -> None:
    from tasks.running.comparing import compare_replay
    from tasks.running.comparing_document import comparison_document

    one, found = compare_replay(outside, calendar, stack, wanted)
    _reported(one, report_to, lang)
    document = comparison_document(one.loaded, found, lang)
    if format is ReplayFormat.json:
        output.print_json(found)
    elif format is ReplayFormat.text and target is None:
        print_document(document)
    file = target
    if file is None and format in (ReplayFormat.xlsx, ReplayFormat.md):
        file = one.rt.reports_dir / f"{one.result.calendar}.beside.{format.value}"
    if file is not None:
        _write(document, file, quiet=format is ReplayFormat.json)


def _reported(one: ReplayedSide, page: Path | None, lang: str) -> Path:
    from tasks.reporting.report import report

    target = page or one.rt.reports_dir / f"{one.result.calendar}.html"
    report(one.rt, one.result.calendar, one.rt.clock(), target, lang=lang, measurement=one.result.measurement)
    return target


def _write(document: Document, file: Path, *, quiet: bool) -> None:
    from tasks.documents.writing import write_file

    write_file(document, file)
    if not quiet:
        written = output.escape(str(file))
        output.console().print(either("Written: [bold]{file}[/]", "已写入：[bold]{file}[/]", file=written))
