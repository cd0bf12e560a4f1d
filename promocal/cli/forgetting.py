"""`promocal forget`: members of old runs are known no more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.moments import moment_of
from promocal.cli.opening import opened
from promocal.cli.options import By, FormatOption, OutputFormat, Project


def forget(
    by: By,
    before: Annotated[
        str | None, typer.Option("--before", help="Runs from before this moment; default keep_days of [ledger].")
    ] = None,
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
) -> None:
    """Forget who the members of old runs were, in ledger and decision files. Counts and refusals stay."""
    from tasks.running.forgetting import forget as run

    moment = moment_of(before, project) if before is not None else None
    with opened(project, quiet=format is OutputFormat.json) as rt:
        found = run(rt, moment, by)
    if format is OutputFormat.json:
        output.print_json(found)
        return
    said = either(
        "Before {day}: {messages:,} message(s) of {runs:,} run(s) have no member any more; {files:,} decision file(s), "
        "{tiers:,} tier(s) set by hand and {reports:,} report(s) kept aside are gone",
        "{day} 之前：{runs:,} 次运行的 {messages:,} 条消息不再关联会员；"
        "已删除 {files:,} 个决策文件、{tiers:,} 条手工定级与 {reports:,} 条留待核对的回执",
        day=f"{found.before:%Y-%m-%d %H:%M}",
        messages=found.messages,
        runs=len(found.runs),
        files=found.files,
        tiers=found.tiers,
        reports=found.reports,
    )
    output.console().print(output.escape(said))
