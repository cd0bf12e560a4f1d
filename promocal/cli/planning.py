"""promocal plan: what a calendar would do, what would be different, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.opening import opened, redrawing
from promocal.cli.options import By, Calendar, FormatOption, LangOption, OutputFormat, Project, Redraw, Replay

if TYPE_CHECKING:
    from flows.deployments import OnServer
    from tasks.planning.changing import SinceApplied
    from tasks.planning.planned import SaidPlan
    from tasks.runtime import Runtime


def plan(
    calendar: Calendar,
    project: Project = Path(),
    replay: Replay = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option("--what-if", help="Try a figure beside the calendar's, e.g. benefits.gift.stock=900; repeatable."),
    ] = None,
    compare: Annotated[
        tuple[str, str] | None, typer.Option("--compare", help="Show two earlier plans side by side: their checksums.")
    ] = None,
    against: Annotated[
        str | None, typer.Option("--against", help="Show which persons changed since a plan: its checksum, or last.")
    ] = None,
    people: Annotated[str | None, typer.Option("--people", help="List the persons of a play, masked.")] = None,
    redraw: Redraw = None,
    by: By = "",
    target: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the plan to sign: .html, .xlsx or .md.")
    ] = None,
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
) -> None:
    """Show what the calendar would do: every occurrence, members, reasons, money, channel load."""

    speaking = lang.value if lang else output.language()
    _require_plan_alone(target, what_if or compare or against or people)
    shown: object
    with opened(project, replay=replay, quiet=format is OutputFormat.json, data_of=calendar) as rt:
        from promocal.cli import plan_tables
        from tasks.planning import beside

        redrawing(rt, calendar, redraw, by)
        show: Callable[[Any], None] = plan_tables.print_comparison
        if compare is not None:
            shown = beside.side_by_side(rt, calendar, compare)
        elif what_if:
            shown = beside.try_changes(rt, calendar, what_if)
        elif against is not None:
            shown, show = beside.changed_people(rt, calendar, against), plan_tables.print_people_changes
        elif people is not None:
            shown, show = beside.people(rt, calendar, people), plan_tables.print_people
        else:
            shown, show = _made(rt, calendar, speaking, _Signed(target, by) if target else None)
    if format is OutputFormat.json:
        output.print_json(shown)
    else:
        show(shown)


@dataclass(frozen=True, slots=True)
class _Signed:
    """Where the document of the plan goes, and who made the plan."""

    target: Path
    by: str


def _require_plan_alone(target: Path | None, other: object) -> None:
    if target is None:
        return
    from tasks.documents.writing import require_kind

    if other:
        raise UsageError(
            ("-o writes the plan of now", "-o 写出当前计划"),
            (
                "leave out --what-if, --compare, --against and --people",
                "请去掉 --what-if、--compare、--against 与 --people",
            ),
        )
    require_kind(target)


def _made(rt: Runtime, calendar: str, lang: str, signed: _Signed | None) -> tuple[SaidPlan, Callable[[Any], None]]:
    """The plan of now with what it changes, and what prints it."""
    from flows.deployments import on_server
    from promocal.cli.plan_page import print_plan
    from tasks.planning import beside
    from tasks.planning.planned import SaidPlan
    from tasks.planning.reach import facts_findings
    from tasks.planning.since_applied import since_applied

    now, loaded = rt.clock(), rt.load_calendar(calendar)
    stale = facts_findings(loaded, rt.current_snapshot())
    made = beside.make(rt, calendar)
    since = since_applied(rt, loaded, made)
    if signed is not None:
        from tasks.planning.document.making import write_document

        write_document(rt, made, since, stale, signed.target, lang=lang, made_by=signed.by)
        output.console().print(output.escape(either("Wrote {target}", "已写入 {target}", target=signed.target)))
    changes = partial(_print_changes, since, on_server(rt, calendar))
    said = SaidPlan.of(made, tuple(problem.said(lang) for problem in stale), since)
    return said, partial(print_plan, lang=lang, now=now, stale=stale, changes=changes)


def _print_changes(since: SinceApplied | None, server: OnServer) -> None:
    from flows.deployments import in_words
    from promocal.cli.plan_since import print_on_server, print_since

    print_since(since)
    print_on_server(in_words(server.changes), server.changes.drift, server.problem)
