"""`promocal audience`: one audience taken apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.moments import moment_or_none
from promocal.cli.opening import opened
from promocal.cli.options import AsOf, FormatOption, LangOption, OutputFormat, Project, Replay

if TYPE_CHECKING:
    from tasks.planning.audience_shown import AudienceShown, ClauseShown

app = typer.Typer(
    help="One audience taken apart: who is in it, and which condition leaves whom out.", no_args_is_help=True
)
_WORDS_ZH = {"and": "且", "or": "或", "is": "即"}


@app.callback()
def _audience() -> None:
    """One audience taken apart: who is in it, and which condition leaves whom out."""


@app.command("show")
def show(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="[CALENDAR] NAME",
            help="Audience; store/NAME for one of the store. Before it a calendar, where several have it.",
        ),
    ],
    project: Project = Path(),
    replay: Replay = None,
    as_of: AsOf = None,
    samples: Annotated[int, typer.Option("--sample", min=0, max=50, help="Members to show, masked.")] = 5,
    sql: Annotated[bool, typer.Option("--sql", help="Show the condition as the database gets it.")] = False,
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
) -> None:
    """Count an audience, how it falls clause by clause, and show a few of its members, masked."""
    from tasks.planning.audience_shown import show_audience

    *calendar, name = names
    if len(calendar) > 1:
        raise UsageError(
            ("one calendar and one audience at a time", "一次只能写一个日历和一个人群"),
            ("promocal audience show [CALENDAR] NAME", "用法：promocal audience show [日历] 人群"),
        )
    moment = moment_or_none(as_of, project, calendar[0] if calendar else None)
    with opened(project, replay=replay, quiet=format is OutputFormat.json) as rt:
        found = show_audience(rt, name, calendar[0] if calendar else None, as_of=moment, samples=samples)
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        _print(found, lang.value if lang else output.language(), with_sql=sql)


def _print(found: AudienceShown, lang: str, *, with_sql: bool) -> None:
    out = output.console()
    out.print(
        either(
            "[bold]{name}[/]{title}\n{calendar}  snapshot {snapshot}  as of {at}\n",
            "[bold]{name}[/]{title}\n{calendar}  快照 {snapshot}  截至 {at}\n",
            name=output.escape(found.audience),
            title=output.escape(f"  {found.title.get(lang)}".rstrip()),
            calendar=found.calendar,
            snapshot=found.snapshot_id,
            at=f"{found.as_of:%Y-%m-%d %H:%M}",
        )
    )
    rows = output.table("", "clause", "holds", "not known", "left")
    rows.add_row(either("all members", "全部会员"), f"{found.members:,}", "", f"{found.members:,}")
    for clause in found.clauses:
        unknown = f"{clause.unknown:,}" if clause.unknown else ""
        left = f"{clause.left:,}" if clause.left is not None else ""
        rows.add_row(output.escape(_written(clause, lang)), f"{clause.holds:,}", unknown, left)
    out.print(rows, "")
    out.print(
        either(
            "[bold]{n:,}[/] of {all:,} members are in it, {held:,} of them held out.",
            "[bold]{n:,}[/] 人在人群中（共 {all:,} 人），其中对照组 {held:,} 人。",
            n=found.in_audience,
            all=found.members,
            held=found.held_out,
        )
    )
    for note in _notes(found):
        out.print(output.escape(note))
    _print_sample(found)
    if with_sql:
        out.print(f"\n[bold]SQL[/]\n{output.escape(found.sql)}")


def _written(clause: ClauseShown, lang: str) -> str:
    joint = _WORDS_ZH[clause.joint] if lang == "zh" else clause.joint
    return f"{'  ' * clause.depth}{joint} {clause.clause}"


def _notes(found: AudienceShown) -> list[str]:
    """What is easily overlooked: who is left out, or taken in, because something is not known."""
    notes = [
        either(
            "{n:,} members come in by `{clause}` because its rule is unknown of them.",
            "{n:,} 名会员因规则未知而被 `{clause}` 包含在内。",
            n=clause.taken_in,
            clause=clause.clause,
        )
        for clause in found.clauses
        if clause.taken_in
    ]
    if any(clause.unknown for clause in found.clauses if not clause.depth):
        notes.append(
            either(
                "Not known: a value is empty; such a member is in neither a condition nor its opposite.",
                "未知：有空值；这样的会员既不满足条件，也不满足其否定。",
            )
        )
    return notes


def _print_sample(found: AudienceShown) -> None:
    if not found.sample:
        return
    out = output.console()
    rows = output.table("Some of them", "member", *(output.escape(name) for name in found.sample[0].fields))
    for member in found.sample:
        rows.add_row(output.escape(member.member), *(output.escape(value) or "–" for value in member.fields.values()))
    out.print("", rows)
