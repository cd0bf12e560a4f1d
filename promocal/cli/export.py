"""`promocal export`: what has to be set up on the platform for a calendar, and the ids that come back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import ProblemsFoundError
from promocal.cli import output
from promocal.cli.defaulting import first_is
from promocal.cli.language import either
from promocal.cli.moments import moment_or_none
from promocal.cli.opening import opened
from promocal.cli.options import AsOf, By, Calendar, FormatOption, LangOption, OutputFormat, Project

if TYPE_CHECKING:
    from tasks.exporting.ids import IdsRead
    from tasks.exporting.pack import PackMade

app = typer.Typer(
    cls=first_is("pack"),
    help="What has to be set up on the platform for a calendar, and the ids that come back.",
    no_args_is_help=True,
)


@app.callback()
def _export() -> None:
    """What has to be set up on the platform for a calendar, and the ids that come back."""


@app.command()
def pack(
    calendar: Calendar,
    to: Annotated[Path, typer.Option("--to", help="Folder the pack is written into.")],
    crowds: Annotated[
        bool, typer.Option("--crowds/--no-crowds", help="Whether to plan, and write who is to get what.")
    ] = True,
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
) -> None:
    """Write the set-up pack: coupons, packs, gifts, prices, points, positions, texts, crowds, what is refused."""
    from tasks.exporting.pack import export_pack

    with opened(project, quiet=format is OutputFormat.json) as rt:
        made = export_pack(rt, calendar, to, lang=lang.value if lang else output.language(), crowds=crowds)
    if format is OutputFormat.json:
        output.print_json(made)
    else:
        _print_pack(made)


@app.command()
def ids(
    calendar: Calendar,
    file: Annotated[Path, typer.Argument(help="Workbook or CSV with benefit and platform_id, such as the pack's.")],
    by: By = "",
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
) -> None:
    """Take in the ids the platform gave to benefits; rows that do not fit the calendar are told and left out."""
    from tasks.exporting.ids import read_ids

    with opened(project) as rt:
        found = read_ids(rt, calendar, file, by=by, lang=lang.value if lang else output.language())
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        _print_ids(found)
    if found.problems:
        raise typer.Exit(ProblemsFoundError.exit_code)


@app.command("points")
def points(
    calendar: Calendar,
    to: Annotated[Path, typer.Option("--to", help="CSV file to write.")],
    as_of: AsOf = None,
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
) -> None:
    """Write the points that the platform has to book: for plays, friends and double days, as the ledger lacks them."""
    from tasks.exporting.points_file import export_points

    with opened(project, quiet=format is OutputFormat.json) as rt:
        moment = moment_or_none(as_of, project, calendar)
        made = export_points(rt, calendar, to, as_of=moment, lang=lang.value if lang else output.language())
    if format is OutputFormat.json:
        output.print_json(made)
        return
    said = either(
        "{file}: {points:,g} points in {rows:,} entries of {members:,} members",
        "{file}：{members:,} 名会员的 {rows:,} 条记录，共 {points:,g} 积分",
        file=made.file, points=made.points, rows=made.rows, members=made.members,
    )  # fmt: skip
    output.console().print(output.escape(said))


def _print_pack(made: PackMade) -> None:
    out = output.console()
    out.print(output.escape(made.directory))
    out.print(", ".join(f"{name} {rows:,}" for name, rows in made.sheets.items()))
    if made.checksum:
        said = either(
            "crowds of plan {checksum}: {members:,} members in {batches:,} batches",
            "人群取自计划 {checksum}：{members:,} 人，{batches:,} 批",
            checksum=made.checksum,
            members=made.crowd_members,
            batches=made.batches,
        )
        out.print(said)
    if made.without_id:
        names = ", ".join(made.without_id)
        out.print(output.escape(either("ids still to come: {names}", "尚缺平台编号：{names}", names=names)))
    if made.refused:
        rows = output.table("What the platform would refuse", "sheet", "row", "reason")
        for one in made.refused:
            rows.add_row(one.sheet, output.escape(one.row), output.escape(one.reason))
        rows.columns[-1].justify = "left"
        out.print("", rows)


def _print_ids(found: IdsRead) -> None:
    said = either(
        "{taken:,} ids known, {changed:,} of them new", "已知编号 {taken:,} 个，其中新增或更改 {changed:,} 个",
        taken=found.taken, changed=found.changed,
    )  # fmt: skip
    output.console().print(said)
    for problem in found.problems:
        output.say(f"{problem.file}:{problem.line}: {problem.code} {problem.message}")
        output.say(f"    → {problem.hint}")
    if found.missing:
        names = ", ".join(found.missing)
        output.console().print(
            output.escape(either("ids still to come: {names}", "尚缺平台编号：{names}", names=names))
        )
