"""`promocal dashboard`: the members of a store between two dates, with the same dates a year before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from promocal.cli import output
from promocal.cli.language import either, language
from promocal.cli.metric_tables import Members, print_document
from promocal.cli.moments import moment_or_none
from promocal.cli.opening import opened
from promocal.cli.options import AsOf, Calendar, FormatOption, LangOption, OutputFormat, Project, Replay


def dashboard(
    calendar: Calendar,
    project: Project = Path(),
    replay: Replay = None,
    since: Annotated[
        str | None, typer.Option("--from", help="First moment of the window; default: that of the calendar.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="End of the window, no longer in it; default: that of the calendar.")
    ] = None,
    as_of: AsOf = None,
    members: Annotated[
        Members | None,
        typer.Option("--members", help="Who is a member: 1.0 bought before, 2.0 joined, 3.0 joined and behaves so."),
    ] = None,
    target: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write it; ends with .html, .xlsx or .md.")
    ] = None,
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
) -> None:
    """Show the members between two dates: scale, value, activity, points, moves, goods; a year before beside it."""
    from tasks.documents.writing import require_kind, write_file

    if target is not None:
        require_kind(target)
    with opened(project, replay=replay, quiet=format is OutputFormat.json, data_of=calendar, labelled=True) as rt:
        from tasks.measuring.dashboard import dashboard as compute
        from tasks.measuring.dashboard import dashboard_document
        from tasks.measuring.metrics import Asked

        loaded = rt.load_calendar(calendar)
        begin, end = (moment_or_none(one, project, calendar) for one in (since, until))
        moment = moment_or_none(as_of, project, calendar) or rt.clock()
        asked = Asked((), moment, since=begin, until=end, members=members.value if members else None)
        made = compute(rt, loaded, asked)
        document = dashboard_document(loaded, made, lang.value if lang else language())
    if target is not None:
        write_file(document, target)
    if format is OutputFormat.json:
        output.print_json(made)
    elif target is None:
        print_document(document)
    else:
        written = output.escape(str(target))
        output.console().print(either("Written: [bold]{file}[/]", "已写入：[bold]{file}[/]", file=written))
