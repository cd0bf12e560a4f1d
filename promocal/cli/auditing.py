"""`promocal audit`: what people did by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from promocal.cli import output
from promocal.cli.language import either, language
from promocal.cli.moments import moment_or_none
from promocal.cli.opening import opened
from promocal.cli.options import FormatOption, OutputFormat, Project, Replay
from promocal.cli.words import word

if TYPE_CHECKING:
    from tasks.running.audit import AuditLine, AuditPage

Action = Literal[
    "adopt",
    "apply",
    "approve",
    "ask_again",
    "cancel",
    "clear_tier",
    "correct",
    "duty_done",
    "duty_undone",
    "erase",
    "forget",
    "halt",
    "pause",
    "platform_ids",
    "receipts",
    "redraw",
    "reject",
    "restore",
    "resume",
    "rollback",
    "set_tier",
    "settle",
    "suppress",
    "text",
    "unmask",
]


def audit(
    calendar: Annotated[str | None, typer.Option("--calendar", help="Only what was done to this calendar.")] = None,
    run: Annotated[str | None, typer.Option("--run", help="Only what was done to this run.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Only what this person did.")] = None,
    action: Annotated[Action | None, typer.Option("--action", help="Only deeds of this kind.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="From this moment on.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Before this moment.")] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="How many, at most.")] = 50,
    project: Project = Path(),
    replay: Replay = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """Who did what by hand, and why: approvals, cancellations, refusals, tiers, plans; the newest first."""
    from tasks.running.audit import audit as collect
    from warehouse.ledger.audit import AuditFilter

    wanted = AuditFilter(
        calendar=calendar,
        run_id=run,
        by=by,
        action=action,
        since=moment_or_none(since, project),
        until=moment_or_none(until, project),
    )
    with opened(project, replay=replay) as rt:
        found = collect(rt, wanted, most)
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        _print(found)


def _print(found: AuditPage) -> None:
    out = output.console()
    if not found.entries:
        out.print(either("Nothing was done by hand.", "没有人工操作。"))
        return
    rows = output.table("Done by hand (UTC)", "when", "who", "what was done", "to what", "count", "why")
    for entry in found.entries:
        rows.add_row(
            f"{entry.at:%Y-%m-%d %H:%M}",
            output.escape(entry.by),
            output.escape(_deed(entry)),
            output.escape(_subject(entry)),
            "–" if entry.count is None else f"{entry.count:,}",
            output.escape(_reason(entry.detail)),
        )
    out.print(rows)
    if (more := found.total - len(found.entries)) > 0:
        out.print(either("{more:,} earlier ones: --most", "更早的还有 {more:,} 条：--most", more=more))


def _deed(entry: AuditLine) -> str:
    value = either(": {value}", "：{value}", value=word(entry.value)) if entry.value else ""
    return word(entry.action.replace("_", " ")) + value


def _subject(entry: AuditLine) -> str:
    named = entry.calendar is None or entry.calendar in entry.subject
    return entry.subject if named else f"{entry.calendar}  {entry.subject}"


def _reason(detail: str) -> str:
    from flows.deployments import told_counts
    from tasks.reporting.labels import stop_reason

    return told_counts(stop_reason(detail, language()), language())
