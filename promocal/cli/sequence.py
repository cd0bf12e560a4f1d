"""`promocal sequence`: the sequences of a calendar, how far they are, and the tags of who went through one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output
from promocal.cli.language import either, language
from promocal.cli.opening import opened
from promocal.cli.options import Calendar, FormatOption, OutputFormat, Project, Replay
from promocal.cli.tables import in_words, reasons_in_words
from promocal.cli.words import word

if TYPE_CHECKING:
    from tasks.outreach.sequences import SequenceState, StepState
    from tasks.runtime import Runtime

app = typer.Typer(
    help="Sequences of a calendar (客户SOP, 群SOP): steps, who is due, how far they are.", no_args_is_help=True
)
Named = Annotated[
    list[str], typer.Argument(metavar="[CALENDAR] SEQUENCE", help="Id of a sequence; before it a calendar.")
]


@app.callback()
def _sequence() -> None:
    """Sequences of a calendar (客户SOP, 群SOP): steps, who is due, how far they are."""


@app.command("list")
def list_(
    calendar: Calendar, project: Project = Path(), replay: Replay = None, format: FormatOption = OutputFormat.text
) -> None:
    """The sequences of a calendar: what begins each, what ends it, how many steps it has."""
    from tasks.outreach.sequences import list_sequences

    with opened(project, replay=replay) as rt:
        found = list_sequences(rt, calendar)
    if format is OutputFormat.json:
        output.print_json(found)
        return
    rows = output.table("Sequences", "sequence", "of", "begins", "ends early", "steps", "what")
    for one in found:
        ends = ", ".join(one.ends_early) or "–"
        title = output.escape(one.title.get(language()))
        rows.add_row(one.sequence, word(one.of), one.begins, output.escape(ends), f"{one.steps}", title)
    rows.columns[-1].justify = "left"
    output.console().print(rows)


@app.command()
def show(
    names: Named, project: Project = Path(), replay: Replay = None, format: FormatOption = OutputFormat.text
) -> None:
    """One sequence: its steps, for whom each falls due today, and what it came to so far."""
    from tasks.outreach.sequences import sequence_state

    with opened(project, replay=replay) as rt:
        found = sequence_state(rt, *_named(rt, names))
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        print_sequence(found)


@app.command()
def tags(
    names: Named,
    to: Annotated[Path, typer.Option("--to", help="CSV file with the columns of the dataset `tags`.")],
    project: Project = Path(),
    replay: Replay = None,
) -> None:
    """Write who has had the last step of a sequence, with its tag, as a file for the dataset `tags`."""
    from tasks.outreach.sequences import write_tags

    with opened(project, replay=replay) as rt:
        count = write_tags(rt, *_named(rt, names), to)
    said = either("{count:,} member(s) in {file}", "{count:,} 名会员，已写入 {file}", count=count, file=to)
    output.console().print(output.escape(said))


def _named(rt: Runtime, names: list[str]) -> tuple[str, str]:
    """(calendar, sequence) of the arguments; without a calendar the only one of the project that has it."""
    from tasks.outreach.sequences import calendar_with

    *calendar, name = names
    if len(calendar) > 1:
        raise UsageError(
            ("one sequence at a time", "一次只能写一个序列"),
            ("promocal sequence show [CALENDAR] SEQUENCE", "用法：promocal sequence show [日历] 序列"),
        )
    return (calendar[0] if calendar else calendar_with(rt, name)), name


def print_sequence(found: SequenceState) -> None:
    """What it is in two lines, then a row for each step."""
    lang, out = language(), output.console()
    title = output.escape(found.title.get(lang) or found.sequence)
    out.print(f"[bold]{title}[/]  {found.calendar} / {found.phase} / {found.sequence}")
    ends = ", ".join(found.goal) or either("nothing", "无")
    told = either(
        "of each {of}; begins with {start}; ends early with: {ends}",
        "对象：{of}；始于 {start}；提前结束：{ends}",
        of=word(found.of),
        start=found.start,
        ends=ends,
    )
    out.print(output.escape(told))
    if found.tag:
        out.print(output.escape(either("sets the tag {tag}", "结束时打标签 {tag}", tag=found.tag)))
    rows = output.table("Steps", "at", "step", "who", "due today", "decided", "held out", "messages")
    for step in found.steps:
        rows.add_row(
            step.at,
            output.escape(step.title.get(lang) or step.step),
            output.escape(_who(step)),
            f"{step.due_today:,}",
            f"{step.decided:,}",
            f"{step.held_out:,}",
            output.escape(in_words(step.jobs) + _seen(step)),
        )
    out.print(rows)
    for step in found.steps:
        if step.excluded:
            out.print(f"{step.at}  {output.escape(reasons_in_words(step.excluded))}")
    out.print(either("as of {at}", "截至 {at}", at=f"{found.at:%Y-%m-%d %H:%M}"))


def _seen(step: StepState) -> str:
    """Of posts: by how many."""
    return "\n" + either("seen by {n:,}", "曝光 {n:,}", n=step.exposed) if step.exposed else ""


def _who(step: StepState) -> str:
    if step.lane == "human":
        return step.owner.get(language()) or word("human")
    return ", ".join(step.channels)
