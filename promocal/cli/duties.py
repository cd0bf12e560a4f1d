"""`promocal duties`: what people have to do for a calendar, who did it, and files of it."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from promocal.cli import output
from promocal.cli.defaulting import first_is
from promocal.cli.language import either, language
from promocal.cli.opening import opened
from promocal.cli.options import By, Calendar, FormatOption, LangOption, OutputFormat, Project
from promocal.cli.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from campaign_calendars.duties.states import DutyState
    from tasks.duties.reading_back import DutiesRead
    from tasks.runtime import Runtime


class StateOption(StrEnum):
    open = "open"
    due = "due"
    overdue = "overdue"
    blocked = "blocked"
    done = "done"


app = typer.Typer(
    cls=first_is("list"), help="What people have to do for a calendar, and who did it.", no_args_is_help=True
)
Named = Annotated[
    list[str], typer.Argument(metavar="[CALENDAR] DUTY", help="Id of a duty, or its beginning; before it a calendar.")
]


@app.callback()
def _duties() -> None:
    """What people have to do for a calendar, and who did it."""


@app.command("list")
def list_(
    calendar: Calendar,
    state: Annotated[
        list[StateOption] | None,
        typer.Option("--state", help="Only duties in this state; may be repeated."),
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Only duties of this owner.")] = None,
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
) -> None:
    """The duties of a calendar: overdue, due now, blocked by others, open, done."""
    from promocal.cli.looking import look_first

    look_first(project, calendar, data=False)
    from tasks.duties.ticking import duties

    with opened(project) as rt:
        found = [
            duty
            for duty in duties(rt, calendar)
            if (not state or duty.state in state) and (owner is None or owner in (duty.owner.zh, duty.owner.en))
        ]
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        print_duties(found)


@app.command()
def done(names: Named, by: By = "", project: Project = Path()) -> None:
    """Say that a duty is done, and who did it; what waited for it leaves with the next look at its run."""
    from tasks.duties.ticking import tick

    with opened(project) as rt:
        calendar, duty = _named(rt, names)
        found = tick(rt, calendar, duty, by)
        waiting = _waiting(rt, calendar, found.duty)
    said = either("{duty} is done, by {by}", "{duty} 已完成（{by}）", duty=found.duty, by=found.done_by)
    output.console().print(output.escape(said))
    for command in waiting:
        output.console().print(output.escape(either("waited: {run}", "此前在等待：{run}", run=command)))


@app.command()
def undo(
    names: Named,
    by: By = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the audit log.")] = "",
    project: Project = Path(),
) -> None:
    """Say that a duty is not done after all; what needs it waits again."""
    from tasks.duties.ticking import undo as untick

    with opened(project) as rt:
        calendar, duty = _named(rt, names)
        found = untick(rt, calendar, duty, by, reason)
    said = either("{duty} is {state} again", "{duty} 恢复为“{state}”", duty=found.duty, state=word(found.state))
    output.console().print(output.escape(said))


@app.command()
def export(
    calendar: Calendar,
    to: Annotated[
        list[Path], typer.Option("--to", help="File: .ics for calendars, .xlsx or .csv for sheets; may be repeated.")
    ],
    project: Project = Path(),
    lang: LangOption = None,
) -> None:
    """Write the duties for other programs: a calendar file (RFC 5545), a workbook, or CSV."""
    from tasks.duties.files import write_duties

    with opened(project) as rt:
        for path in to:
            write_duties(rt, calendar, path, lang.value if lang else output.language())
            output.console().print(output.escape(str(path)))


@app.command()
def read(
    calendar: Calendar,
    file: Annotated[Path, typer.Argument(help="Sheet of positions or duties that was filled in: .xlsx or .csv.")],
    by: By = "",
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
) -> None:
    """Take in what a filled sheet says is done, by whom and when; rows that cannot be taken are told and left out."""
    from tasks.duties.reading_back import read_duties

    with opened(project) as rt:
        found = read_duties(rt, calendar, file, by=by, lang=lang.value if lang else output.language())
        waiting = dict.fromkeys(line for name in found.done for line in _waiting(rt, calendar, name))
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        _print_read(found, list(waiting))
    if found.problems:
        raise typer.Exit(ProblemsFoundError.exit_code)


def _print_read(found: DutiesRead, waiting: Sequence[str]) -> None:
    out = output.console()
    said = either(
        "{new:,} duties are done now, {known:,} were before, {open:,} are open",
        "新完成事项 {new:,} 项，此前已完成 {known:,} 项，未完成 {open:,} 项",
        new=len(found.done), known=found.known, open=found.open,
    )  # fmt: skip
    out.print(said)
    for name in found.done:
        out.print(output.escape(f"  {name}"))
    for command in waiting:
        out.print(output.escape(either("waited: {run}", "此前在等待：{run}", run=command)))
    for problem in found.problems:
        output.say(f"{problem.file}:{problem.line}: {problem.code} {problem.message}")
        output.say(f"    → {problem.hint}")


def _named(rt: Runtime, names: Sequence[str]) -> tuple[str, str]:
    """(calendar, duty) of the arguments; without a calendar the only one of the project that has such a duty."""
    from tasks.duties.ticking import calendar_of

    *calendar, duty = names
    if len(calendar) > 1:
        raise UsageError(
            ("one duty at a time", "一次只能写一件事项"),
            ("promocal duties done [CALENDAR] DUTY --by NAME", "用法：promocal duties done [日历] 事项 --by 姓名"),
        )
    return (calendar[0] if calendar else calendar_of(rt, duty)), duty


def _waiting(rt: Runtime, calendar: str, duty: str) -> list[str]:
    """How to look at once at the runs whose messages waited for a duty."""
    from tasks.duties.holding import runs_waiting_for

    return [
        f"promocal run {run.calendar} {run.phase} --at {run.as_of.isoformat()}"
        for run in runs_waiting_for(rt, calendar, duty)
    ]


def state_word(state: str) -> str:
    """Of a duty: what is due has to be worked on now; `due` by itself heads the column of its end."""
    return word("due now" if state == "due" else state)


def print_duties(duties: Sequence[DutyState]) -> None:
    """A row for each duty; what it waits for and what waits for it below its text."""
    lang = language()
    rows = output.table("Duties", "duty", "state", "owner", "due", "what")
    for duty in duties:
        rows.add_row(
            output.escape(duty.duty),
            state_word(duty.state),
            output.escape(duty.owner.get(lang) or "–"),
            _moment(duty.due_at),
            output.escape(duty.text.get(lang) + "".join(f"\n  {line}" for line in _more(duty))),
        )
    rows.columns[-1].justify = "left"
    out = output.console()
    out.print(rows)
    counts = Counter(duty.state for duty in duties)
    out.print(
        either(", ", "，").join(f"{state_word(state)} {count:,}" for state, count in counts.items())
        or either("none", "无")
    )


def _more(duty: DutyState) -> list[str]:
    lines = []
    if duty.done_at is not None:
        at = _moment(duty.done_at.astimezone(duty.due_at.tzinfo))
        lines.append(either("done by {by}, {at}", "{by} 于 {at} 完成", by=duty.done_by, at=at))
    elif duty.waits_for:
        lines.append(either("waits for {names}", "等待 {names}", names=", ".join(duty.waits_for)))
    if duty.needed_by and duty.state != "done":
        holds = duty.if_open == "hold"
        names = ", ".join(duty.needed_by)
        lines.append(
            either("holds back {names}", "未完成则扣住 {names}", names=names)
            if holds
            else either("needed by {names}", "{names} 需要它", names=names)
        )
    return lines


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
