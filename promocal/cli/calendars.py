"""Commands about calendar files themselves: diff."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from campaign_calendars.errors import ProblemsFoundError
from promocal.cli import output
from promocal.cli.options import FormatOption, LangOption, OutputFormat

if TYPE_CHECKING:
    from campaign_calendars.model import Calendar

_SIGNS = {"added": "[green]+[/]", "removed": "[red]-[/]", "changed": "[yellow]~[/]"}
CalendarFile = Annotated[str, typer.Argument(help="Calendar file, or the id of a shipped calendar.")]


def diff(
    old: CalendarFile,
    new: CalendarFile,
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
) -> None:
    """Say what differs between two calendars: moments, plays, audiences, benefits, money."""
    from campaign_calendars.differences import compare

    language = lang.value if lang else output.language()
    before, after = read(old), read(new)
    differences = compare(before, after)
    if format is OutputFormat.json:
        output.print_json(
            {
                "old": before.calendar,
                "new": after.calendar,
                "differences": [difference.as_dict(language) for difference in differences],
            }
        )
        return
    out = output.console()
    for difference in differences:
        out.print(f"{_SIGNS[difference.what]} {escape(difference.text(language))}")
    if not differences:
        out.print("没有差异" if language == "zh" else "no differences")


def read(name: str) -> Calendar:
    """A calendar file, or a shipped calendar by its id; ProblemsFoundError when it cannot be read."""
    from campaign_calendars.loading import load_calendar
    from promocal.scaffold import template_text

    loaded = load_calendar(template_text(name), str(Path(name)))
    if loaded.model is None:
        raise ProblemsFoundError(loaded.problems)
    return loaded.model
