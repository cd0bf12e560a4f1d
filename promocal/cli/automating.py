"""`promocal automations`: what the Prefect server tells the staff by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.opening import opened
from promocal.cli.options import FormatOption, OutputFormat, Project


def automations(
    remove: Annotated[bool, typer.Option("--remove", help="Delete those of promocal instead.")] = False,
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
) -> None:
    """Make the Prefect server tell the staff as promocal.toml asks for; again only what differs."""
    from flows.automations import keep_automations

    with opened(project, quiet=format is OutputFormat.json) as rt:
        done = keep_automations(rt, remove=remove)
    if format is OutputFormat.json:
        output.print_json(done)
        return
    said = either(
        "{created} created, {changed} changed, {removed} removed, {unchanged} unchanged",
        "新建 {created}，更改 {changed}，移除 {removed}，不变 {unchanged}",
        created=len(done.created),
        changed=len(done.changed),
        removed=len(done.removed),
        unchanged=done.unchanged,
    )
    output.say(said)
    for name in (*done.created, *done.changed, *done.removed):
        output.say(f"  {name}")
    if done.unreachable:
        output.say(
            either(
                "Not for Prefect: {kinds}; promocal alone delivers there",
                "Prefect 无法发送：{kinds}；只能由 promocal 自己发送",
                kinds=", ".join(done.unreachable),
            )
        )
