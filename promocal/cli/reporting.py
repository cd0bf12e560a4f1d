"""`promocal report`: what a calendar was worth as a page, workbook, Markdown or Parquet; once, or again and again."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output, tables
from promocal.cli.language import either
from promocal.cli.moments import moment_or_none
from promocal.cli.opening import opened
from promocal.cli.options import AsOf, Calendar, LangOption, Project, Replay
from promocal.cli.pauses import pause_of

if TYPE_CHECKING:
    from tasks.measuring.measurement import Measurement


class ReportFormat(StrEnum):
    text = "text"
    json = "json"
    xlsx = "xlsx"
    md = "md"
    parquet = "parquet"


_PRINTED = (ReportFormat.text, ReportFormat.json)


def report(
    calendar: Calendar,
    project: Project = Path(),
    replay: Replay = None,
    as_of: AsOf = None,
    target: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write it; ends with .html, .xlsx, .md or .parquet."),
    ] = None,
    format: Annotated[
        ReportFormat, typer.Option("--format", help="text and json print; xlsx, md and parquet write such a file.")
    ] = ReportFormat.text,
    watch: Annotated[
        str | None,
        typer.Option("--watch", help="Write it again whenever this has gone by, e.g. 5m, until the campaign ends."),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Measure a calendar and write one self-contained page, or another file."""
    from tasks.measuring.measurement import reported
    from tasks.reporting.report import require_kind

    language = lang.value if lang else output.language()
    every = _every(watch, as_of)
    if target is not None:
        require_kind(target)
        _require_same(target, format)

    def write(again: int | None) -> tuple[Measurement, Path]:
        return _write(calendar, project, replay, as_of, target=target, format=format, lang=language, again=again)

    if every is not None:
        _watch(write, every)
        return
    measurement, page = write(None)
    if format is ReportFormat.json:
        output.print_json(reported(measurement, page))
        return
    if format is ReportFormat.text:
        tables.print_measurement(measurement, language)
    output.console().print(either("Report: [bold]{page}[/]", "报告：[bold]{page}[/]", page=page))


def _write(
    calendar: str,
    project: Path,
    replay: str | None,
    as_of: str | None,
    *,
    target: Path | None,
    format: ReportFormat,
    lang: str,
    again: int | None,
) -> tuple[Measurement, Path]:

    with opened(project, replay=replay, data_of=calendar, labelled=True) as rt:
        from tasks.reporting.report import report as write

        moment = moment_or_none(as_of, rt.settings.root, calendar) or rt.clock()
        ending = "html" if format in _PRINTED else format.value
        page = target or rt.reports_dir / f"{Path(calendar).stem}.{ending}"
        return write(rt, calendar, moment, page, lang=lang, again=again), page


def _every(watch: str | None, as_of: str | None) -> timedelta | None:
    if watch is None:
        return None
    if as_of is not None:
        raise UsageError(
            ("--watch measures as of now, --as-of as of one moment", "--watch 以当前时间统计，--as-of 以指定时间统计"),
            ("leave out one of them", "请去掉其中一个"),
        )
    return pause_of("--watch", watch, least="10s", like=("5m", "1h"), in_zh="10 秒")


def _require_same(target: Path, format: ReportFormat) -> None:
    if format not in _PRINTED and target.suffix.lower() != f".{format.value}":
        raise UsageError(
            (f"--format {format.value} does not write {target.name}", f"--format {format.value} 写不出 {target.name}"),
            ("leave out --format: the ending of -o says what is written", "请去掉 --format：-o 的后缀决定文件类型"),
        )


def _watch(write: Callable[[int | None], tuple[Measurement, Path]], every: timedelta) -> None:
    """Until the campaign is over or Ctrl-C; the last page stays as it is and loads itself no more."""
    try:
        while True:
            measurement, page = write(int(every.total_seconds()))
            said = either(
                "{at:%H:%M:%S}  written: [bold]{page}[/]",
                "{at:%H:%M:%S}  已写入：[bold]{page}[/]",
                at=measurement.as_of.astimezone(),
                page=page,
            )
            output.console().print(said)
            if measurement.running_days is None:
                over = either("The campaign is over; this page is the last.", "活动已结束，这是最后一版页面。")
                output.console().print(over)
                return
            time.sleep(every.total_seconds())
    except KeyboardInterrupt:
        return
