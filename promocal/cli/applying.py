"""Commands that bring calendars to a Prefect server and keep them running: apply, adopt, serve, watch."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from campaign_calendars.findings.said import Said
from promocal.cli import output
from promocal.cli.language import either, translated
from promocal.cli.opening import opened, redrawing
from promocal.cli.options import Calendar, Limit, Project, Redraw


def apply(
    calendar: Calendar,
    project: Project = Path(),
    checksum: Annotated[
        str | None, typer.Option("--plan", help="Checksum of the plan to apply, as promocal plan shows it.")
    ] = None,
    force: Annotated[
        list[Limit] | None,
        typer.Option("--force", help="Pass a limit that the plan names; repeatable."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Write a prefect.yaml for Prefect's own prefect deploy instead.")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who applies, for the audit log.")] = "",
    redraw: Redraw = None,
) -> None:
    """Register the calendar on the Prefect server of PREFECT_API_URL: one deployment for each phase."""
    from promocal.cli.looking import look_first

    look_first(project, calendar, data=False)  # a plan that was agreed to is carried out without data, too
    with opened(project, quiet=False) as rt:
        from flows.applying import apply_plan, write_plan
        from flows.deployments import in_words
        from flows.future_names import name_future_runs

        redrawing(rt, calendar, redraw, by)
        who, names = by or "command line", [each.value for each in force or ()]
        if to is not None:
            count = write_plan(rt, calendar, checksum, to, by=who, force=names)
            output.say(either("{n} deployment(s) in {file}", "{n} 个部署已写入 {file}", n=count, file=to))
            return
        changes = apply_plan(rt, calendar, checksum, by=who, force=names)
        name_future_runs(rt, calendar)
    for said in changes.drift:
        output.say(translated(said))
    output.say(either("{name}: {what}", "{name}：{what}", name=calendar, what=translated(in_words(changes))))


def adopt(
    calendar: Calendar,
    by: Annotated[str, typer.Option("--by", help="Who takes it over, for the audit log.")],
    project: Project = Path(),
    checksum: Annotated[
        str | None, typer.Option("--plan", help="Checksum of a plan, where nobody applied the calendar as it is now.")
    ] = None,
) -> None:
    """Take over the calendar's deployments from where the project lay before: its runs are of this directory now."""
    from flows.applying import adopt_plan
    from flows.deployments import in_words
    from warehouse.ledger.audit import adopted

    with opened(project, quiet=False) as rt:
        changes = adopt_plan(rt, calendar, checksum, by=by)
        name = rt.load_calendar(calendar).calendar.calendar
        rt.ledger.note(adopted(name, str(rt.settings.root), by, rt.clock()))
    output.say(either("{name}: {what}", "{name}：{what}", name=calendar, what=translated(in_words(changes))))


def serve(
    calendars: Annotated[list[str] | None, typer.Argument(help="Calendar ids; default all of the project.")] = None,
    project: Project = Path(),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the Prefect API and UI.", min=0, max=65535)] = 4200,
    accept: Annotated[
        bool, typer.Option("--accept", help="Also apply, unread, calendars that nobody applied as they are written.")
    ] = False,
) -> None:
    """Prefect server, what was applied, and a worker on this machine, until Ctrl-C."""
    from flows.serve import serve as run_all

    run_all(
        project,
        calendars or (),
        host=host,
        port=port,
        accept=accept,
        say=_say,
    )


def watch(
    calendars: Annotated[list[str] | None, typer.Argument(help="Calendar ids; default all of the project.")] = None,
    project: Project = Path(),
) -> None:
    """Look after the runs of a server that was started apart from serve: what was missed, died or is away."""
    from flows.watching import watch as look

    look(project, calendars or (), say=_say)


def _say(said: Said) -> None:
    """Where nobody can read it (a full disk, a reader that went), what runs goes on all the same."""
    with suppress(OSError):
        output.console().print(output.escape(translated(said)))
