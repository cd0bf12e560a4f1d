"""`promocal message`: what members would read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promocal.cli import output
from promocal.cli.defaulting import first_is
from promocal.cli.language import either, language
from promocal.cli.opening import opened
from promocal.cli.options import Calendar, FormatOption, OutputFormat, Project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.planning.previewing import PreviewedMessage

app = typer.Typer(cls=first_is("preview"), help="What members would read.", no_args_is_help=True)


@app.callback()
def _message() -> None:
    """What members would read."""


@app.command()
def preview(
    calendar: Calendar,
    play: Annotated[str | None, typer.Option("--play", help="Only this play.")] = None,
    members: Annotated[int, typer.Option("--members", min=1, max=20, help="Members of each audience.")] = 1,
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
) -> None:
    """Every text as members would get it now, on each channel: length, parts, attachments. Names are starred."""
    from tasks.planning.previewing import preview as previewed

    with opened(project) as rt:
        found = previewed(rt, calendar, play, members=members)
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        _print(found)
    if any(one.fault for one in found):
        raise typer.Exit(1)


def _print(found: Sequence[PreviewedMessage]) -> None:
    from tasks.reporting.labels import stop_reason

    out = output.console()
    if not found:
        out.print(either("no play of it has a message and members", "没有带消息且有会员的玩法"))
    for one in found:
        place = " · ".join(
            part for part in (f"{one.phase} / {one.play}", one.channel, one.arm, one.member or _nobody()) if part
        )
        out.print(f"[bold]{output.escape(place)}[/]")
        if one.fault:
            out.print(
                output.escape(
                    either("  cannot leave: {why}", "  无法发出：{why}", why=stop_reason(one.fault, language()))
                )
            )
        for line in one.text.splitlines():
            out.print(f"  {output.escape(line)}")
        out.print(f"  [dim]{output.escape(_size(one))}[/]")
        for along in one.attachments:
            out.print(f"  [dim]+ {output.escape(along)}[/]")


def _nobody() -> str:
    return either("nobody in the audience now", "目前人群无会员")


def _size(one: PreviewedMessage) -> str:
    if one.parts is None:
        return either("{n} characters", "{n} 字", n=one.characters)
    return either("{n} characters, SMS parts: {parts}", "{n} 字，短信 {parts} 条", n=one.characters, parts=one.parts)
