"""`promocal decisions`: the files with the rows of decided runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.said import in_language
from promocal.cli import output
from promocal.cli.language import either, language
from promocal.cli.opening import opened
from promocal.cli.options import FormatOption, OutputFormat, Project
from promocal.cli.words import word

if TYPE_CHECKING:
    from tasks.deciding.rebuilding import DecisionFile


def decisions(
    run_id: Annotated[str | None, typer.Argument(help="Run id; default all runs that were decided.")] = None,
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
) -> None:
    """Make decision files that are missing again from ledger and snapshot, or say that they are gone."""
    from tasks.deciding.rebuilding import decision_files

    with opened(project, quiet=format is OutputFormat.json) as rt:
        found = decision_files(rt, run_id)
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        _print(found)


def _print(found: tuple[DecisionFile, ...]) -> None:
    console = output.console()
    for one in found:
        console.print(f"{output.escape(one.run_id)}  {one.decision_sha[:12]}  {word(one.state)}")
        if one.reason:
            console.print("  " + output.escape(in_language((one.reason, one.reason_zh), language())))
    gone = sum(one.state == "gone" for one in found)
    console.print(
        output.escape(
            either(
                "{n:,} decision file(s), {gone:,} gone", "{n:,} 个决策文件，{gone:,} 个已丢失", n=len(found), gone=gone
            )
        )
    )
    if gone:
        said = either(
            "Their runs go on with what is in the ledger; what was decided of each member is not known any more.",
            "相关运行按台账继续；对每位会员的决策已无法得知。",
        )
        console.print(output.escape(said))
