"""`promocal new`: a project of one's own, asked for question by question or said in flags; a calendar for one."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output
from promocal.cli.language import either, translated
from promocal.cli.options import LangOption

if TYPE_CHECKING:
    from promocal.cli.interviewing import Answers
    from promocal.scaffold import Written

_TEMPLATE = "queens-day-2020"
_DEMO_MEMBERS = 2_000
_DEMO_SEED = 7
_MADE = tuple(map(Path, ("promocal.toml", "calendars", "stores", "messages", "codes", "data", "var")))
"""What a new project with generated data is made of."""


class ShopCategory(StrEnum):
    fresh = "fresh"
    standard = "standard"
    tea_wine_dairy = "tea_wine_dairy"


class DataOption(StrEnum):
    demo = "demo"
    csv = "csv"
    xlsx = "xlsx"
    sql = "sql"


_Directory = Annotated[
    Path | None, typer.Argument(help="Directory of the project; made when missing. Default with --year: here.")
]
_Template = Annotated[
    str | None,
    typer.Option(
        "--from",
        "--template",
        "-t",
        help="Calendar to start from: a file, or an id, the project's own before a shipped one; default:"
        " queens-day-2020.",
    ),
]
_Timezone = Annotated[str | None, typer.Option("--timezone", help="Time zone of the shop, e.g. Asia/Shanghai.")]
_Category = Annotated[
    ShopCategory | None, typer.Option("--category", help="What it sells; decides when a member counts as lost.")
]
_Data = Annotated[
    DataOption | None,
    typer.Option("--data", help="Where members and orders come from; demo: generated, ready to plan."),
]
_Datasets = Annotated[
    str | None, typer.Option("--datasets", help="Data sets besides members and orders, with commas between them.")
]
_Variable = Annotated[
    str | None, typer.Option("--url-env", help="Environment variable with the address of the database.")
]


def new(
    directory: _Directory = None,
    template: _Template = None,
    year: Annotated[int | None, typer.Option("--year", help="Move the calendar to this year.")] = None,
    shop: Annotated[str | None, typer.Option("--shop", help="Name of the shop, as members read it.")] = None,
    timezone: _Timezone = None,
    category: _Category = None,
    data: _Data = None,
    datasets: _Datasets = None,
    url_env: _Variable = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: what no flag says is as usual.")] = False,
    lang: LangOption = None,
) -> None:
    """Start a project, in a terminal asking what no flag says, or add a calendar to one; --year moves the calendar."""
    from promocal.cli.interviewing import Answers, ask_all, may_ask, title_named, variable_named, zone_named

    known = Answers(
        directory,
        template,
        year,
        title_named(shop) if shop is not None else None,
        zone_named(timezone) if timezone else None,
        category.value if category else None,
        data.value if data else "sql" if url_env else None,
        datasets,
        variable_named(url_env) if url_env else None,
    )
    here = directory or Path()
    is_new = not (here / "promocal.toml").exists()
    if not is_new and any(one is not None for one in (shop, timezone, category, data, datasets, url_env)):
        raise UsageError(
            (f"{here} is a project already: only a calendar is added", f"{here} 已是项目：只能添加日历"),
            ("name another directory, or leave out shop and data", "请换一个目录，或去掉店铺与数据的选项"),
        )
    if url_env is not None and data not in (None, DataOption.sql):
        raise UsageError(
            (f"--url-env is for data of a database, not for {data}", f"--url-env 只用于数据库，不用于 {data}"),
            ("write --data sql, or leave it out", "请写 --data sql，或去掉该选项"),
        )
    spoken = lang.value if lang else ""
    if is_new and not yes and may_ask():
        known = ask_all(known, datetime.now().astimezone())
        spoken = spoken or output.language()
    _create(known, spoken)


def _create(known: Answers, lang: str) -> None:
    from promocal.scaffold import create_project, undone_on_failure

    if known.directory is None and known.year is None:
        raise UsageError(
            ("the directory of the new project is missing", "没有写明新项目的目录"),
            ("write for instance: promocal new shop", "例如：promocal new shop"),
        )
    directory = known.directory or Path()
    language = lang or output.language()
    try:
        with undone_on_failure(directory, _MADE if known.kind == "demo" else ()):
            written = create_project(
                directory, known.calendar or _TEMPLATE, year=known.year, lang=lang, shop=known.shop, data=known.data
            )
            if known.kind == "demo":
                _fill(directory, written.calendar.stem)
    except KeyboardInterrupt:
        output.say(either("Stopped; nothing was written.", "已停止；没有写入任何文件。"), stream="stderr")
        raise typer.Abort from None
    _print_written(written, directory, known, language)


def _fill(directory: Path, calendar: str) -> None:
    """A generated shop, published as a snapshot: the project can be planned and replayed as it stands."""
    from promocal.cli.opening import opened
    from tasks.data.refresh import refresh
    from warehouse.sample.generate import generate

    with opened(directory, quiet=False) as rt:
        begin = rt.load_calendar(calendar).timeline.campaign.start
        at = min(begin, rt.clock()).replace(microsecond=0)
        generate(directory / "data", members=_DEMO_MEMBERS, seed=_DEMO_SEED, as_of=at)
        refresh(rt, calendar, at + timedelta(seconds=1))


def _print_written(written: Written, directory: Path, known: Answers, language: str) -> None:
    out, is_zh = output.console(), language == "zh"
    count = len(written.paths)
    said = (
        f"已写入 {count} 个文件，目录 [bold]{output.escape(str(directory))}[/]："
        if is_zh
        else f"Wrote {count} files to [bold]{output.escape(str(directory))}[/]:"
    )
    out.print(said)
    if written.start.by_id:
        out.print(either("  from {start}", "  来自 {start}", start=output.escape(translated(written.start.said()))))
    for folder, number in sorted(Counter(path.parent for path in written.paths).items()):
        names = ", ".join(path.name for path in written.paths if path.parent == folder)
        if number > 1 and folder != Path():
            names = f"{number} 个模板" if is_zh else f"{number} templates"
        out.print(output.escape(f"  {names}" if folder == Path() else f"  {folder}/  {names}"))
    if written.remarks:
        out.print(f"\n已移到 {known.year} 年，请核对：" if is_zh else f"\nMoved to {known.year}; look at:")
        output.print_problems(written.remarks, lang=language)
    if written.sheets and known.year is not None:
        sheets = ", ".join(written.sheets)
        said = (
            f"\n表 {sheets} 中的日期没有移动，且原日历也用这些文件：请另存一份再修改。"
            if is_zh
            else f"\nDates in {sheets} were not moved, and the calendar before names the same files: work on copies."
        )
        out.print(output.escape(said))
    for line in _next(written, directory, known, is_zh=is_zh):
        out.print(output.escape(line))
    sys.stdout.flush()


def _next(written: Written, directory: Path, known: Answers, *, is_zh: bool) -> list[str]:
    import shlex

    steps = [] if directory == Path() else [f"cd {shlex.quote(str(directory))}"]
    steps.append(f"promocal check {written.calendar}")
    name = written.calendar.stem
    if known.kind == "demo":
        steps += [f"promocal plan {name}", f"promocal replay {name}"]
    if known.kind in (None, "demo"):
        return ["\n下一步：" + "，然后 ".join(steps) if is_zh else "\nNext:  " + "   then   ".join(steps)]
    if known.kind == "sql":
        data = (
            f"put the address of the database into {known.data.url_env}, its tables into promocal.toml",
            f"把数据库地址写入环境变量 {known.data.url_env}，表名写入 promocal.toml",
        )
    else:
        data = (
            f"put members*.{known.kind} and orders*.{known.kind} into {directory / 'data'}",
            f"把 members*.{known.kind} 与 orders*.{known.kind} 放进 {directory / 'data'}",
        )
    steps += ["promocal sources test", f"promocal refresh {name}", f"promocal plan {name}"]
    head = f"\n下一步：{data[1]}，然后" if is_zh else f"\nNext:  {data[0]}, then"
    return [head, *(f"  {step}" for step in steps)]
