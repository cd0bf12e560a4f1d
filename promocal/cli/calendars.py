"""Commands about calendar files themselves: diff, graph, fmt, import-activities."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.opening import named_calendar
from promocal.cli.options import FormatOption, LangOption, OutputFormat

if TYPE_CHECKING:
    from campaign_calendars.model.calendar import Calendar

_SIGNS = {"added": "[green]+[/]", "removed": "[red]-[/]", "changed": "[yellow]~[/]"}
CalendarFile = Annotated[
    str, typer.Argument(help="Calendar file, or id: the project's own calendar, else a shipped one.")
]


def diff(
    old: CalendarFile,
    new: CalendarFile,
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
) -> None:
    """Say what differs between two calendars: moments, plays, audiences, benefits, money."""
    from campaign_calendars.differences.comparing import CalendarDiff, compare

    language = lang.value if lang else output.language()
    before, after = read(old), read(new)
    differences = compare(before, after)
    if format is OutputFormat.json:
        said = tuple(difference.said(language) for difference in differences)
        output.print_json(CalendarDiff(before.calendar, after.calendar, said))
        return
    out = output.console()
    for difference in differences:
        out.print(f"{_SIGNS[difference.what]} {output.escape(difference.text(language))}")
    if not differences:
        out.print("没有差异" if language == "zh" else "no differences")


def graph(
    calendar: CalendarFile,
    target: Annotated[Path | None, typer.Option("--output", "-o", help="Write a picture, e.g. timeline.svg.")] = None,
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
) -> None:
    """Draw the timeline: waves, phases, sub-phases and planned moments, in the terminal or as SVG."""
    from campaign_calendars.model.ruled import rules_in_words
    from campaign_calendars.time.rows import TimelineTable, timeline_rows

    model = read(calendar)
    language = lang.value if lang else output.language()
    rows = timeline_rows(model, language)
    if not rows:
        raise UsageError(
            (f"no window of {calendar} can be put on the clock", f"{calendar} 没有可以确定时间的窗口"),
            ("promocal check says why", "promocal check 会说明原因"),
        )
    out = output.console()
    if target is not None:
        from tasks.reporting.timeline import timeline_svg

        if target.suffix.lower() != ".svg":
            raise UsageError(
                (f"{target} is not an SVG file", f"{target} 不是 SVG 文件"),
                ("end the name with .svg", "文件名请以 .svg 结尾"),
            )
        target.write_text(timeline_svg(rows), "utf-8")
        out.print(either("Wrote {target}", "已写入 {target}", target=target))
    elif format is OutputFormat.json:
        drawn = tuple(row.to_json_row() for row in rows)
        rules = rules_in_words(model, language)
        output.print_json(TimelineTable(model.calendar, str(model.timezone), drawn, rules))
    else:
        from promocal.cli.bars import timeline_bars

        out.print(f"[bold]{output.escape(model.title.get(language) or model.calendar)}[/]  {model.timezone}")
        for line in timeline_bars(rows, min(out.width, 140)):
            out.print(line)
        for rule in rules_in_words(model, language):
            out.print(f"· {output.escape(rule)}")


def fmt(
    files: Annotated[list[str], typer.Argument(help="Calendar and store files, or ids of the project's calendars.")],
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 when a file is not formatted.")
    ] = False,
) -> None:
    """Write calendars and stores in their canonical layout; data and comments stay."""
    from campaign_calendars.model.calendar import Calendar
    from campaign_calendars.model.store import Store
    from campaign_calendars.reading.source import read as read_yaml
    from campaign_calendars.writing.layout import format_text

    changed = []
    for file in [named_calendar(name, own=True) for name in files]:
        text = _read_text(file)
        model = Calendar if "calendar" in (read_yaml(text).data or {"calendar": ""}) else Store
        made = format_text(text, str(file), model=model)
        if made != text:
            changed.append(file)
            if not check:
                file.write_text(made, "utf-8", newline="\n")
    out = output.console()
    for file in changed:
        done = either("would format", "需要排版") if check else either("formatted", "已排版")
        out.print(f"{done} {file}")
    said = (
        either("{n} of {all} files would change", "{all} 个文件中有 {n} 个需要改动", n=len(changed), all=len(files))
        if check
        else either("{n} of {all} files changed", "{all} 个文件中改动了 {n} 个", n=len(changed), all=len(files))
    )
    out.print(said)
    if check and changed:
        raise typer.Exit(1)


def _read_text(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            return opened.read()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            (f"{file} cannot be read: {error}", f"{file} 无法读取：{error}"),
            ("give the path of a file in UTF-8", "请给出 UTF-8 文件的路径"),
        ) from None


def import_activities(
    file: Annotated[Path, typer.Argument(help="JSON of the platform's activity calendar.")],
    target: Annotated[Path | None, typer.Option("--output", "-o", help="Write to a new file.")] = None,
    name: Annotated[str, typer.Option("--id", help="Id of the calendar; default: activities-YEAR.")] = "",
    store: Annotated[str, typer.Option("--store", help="Store of the calendar.")] = "demo-food",
) -> None:
    """Make a calendar's skeleton, phases and windows, from the platform's activity calendar (JSON)."""
    from campaign_calendars.reading.loading import load_calendar
    from campaign_calendars.writing import activities

    text = _read_text(file)
    imported = activities.import_activities(text, str(file), calendar=name, store=store)
    if imported.text is None:
        raise ProblemsFoundError(imported.problems)
    loaded = load_calendar(imported.text, str(target or "calendar"))
    if loaded.model is None:
        raise ProblemsFoundError(loaded.problems)
    if target is None:
        sys.stdout.write(imported.text)
        return
    try:
        with target.open("x", encoding="utf-8") as out:
            out.write(imported.text)
    except FileExistsError:
        raise UsageError(
            (f"{target} is there already", f"{target} 已存在"),
            ("choose another name; nothing is overwritten", "请换一个名称；不会覆盖任何文件"),
        ) from None
    output.console().print(
        either(
            "Wrote {target}: {n} phases.  Next:  promocal check {target}",
            "已写入 {target}：{n} 个阶段。  下一步：  promocal check {target}",
            target=target,
            n=len(loaded.model.phases),
        )
    )


def read(name: str) -> Calendar:
    """A calendar by its file or its id; ProblemsFoundError when it cannot be read. Says which file an id meant."""
    from tasks.calendars.parsing import parse_calendar
    from tasks.plugins import plug_in_language

    plug_in_language()
    path = named_calendar(name)
    loaded = parse_calendar(_read_text(path).removeprefix("\ufeff"), path)
    if loaded.model is None:
        raise ProblemsFoundError(loaded.problems)
    return loaded.model
