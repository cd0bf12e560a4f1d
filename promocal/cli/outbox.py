"""`promocal outbox`: look at messages, write them down, send again, stop, settle, ask the provider."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output
from promocal.cli.defaulting import first_is
from promocal.cli.language import either, language
from promocal.cli.moments import moment_or_none
from promocal.cli.opening import opened
from promocal.cli.options import FormatOption, LangOption, OutputFormat, Project, Replay
from promocal.cli.words import word

if TYPE_CHECKING:
    from datetime import datetime

    from tasks.outreach.outbox import LookedUp, OutboxPage, Wanted

app = typer.Typer(
    cls=first_is("list", bare=True),
    help="The messages of the outbox: look, write down, send again, stop, settle.",
    no_args_is_help=False,
)
Run = Annotated[str | None, typer.Option("--run", help="Only this run.")]
Of = Annotated[str | None, typer.Option("--calendar", help="Only this calendar.")]
Play = Annotated[str | None, typer.Option("--play", help="Only this play.")]
Channel = Annotated[str | None, typer.Option("--channel", help="Only this channel.")]
Status = Annotated[
    str | None,
    typer.Option("--status", help="pending, sending, sent, failed, unknown, cancelled, to_do or awaiting_approval."),
]
Because = Annotated[str | None, typer.Option("--why", help="Only where this is part of the reason.")]
Member = Annotated[str | None, typer.Option("--member", help="Only this member.")]
Since = Annotated[str | None, typer.Option("--since", help="Only messages planned for this moment or later.")]
One = Annotated[str | None, typer.Option("--job", help="Only this message: its id, or the beginning of it.")]
Plain = Annotated[bool, typer.Option("--plain", help="Show ids of members as they are.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the audit log.")]
Who = Annotated[str, typer.Option("--by", help="Who does it; kept in the audit log.")]


@app.callback()
def _outbox() -> None:
    """The messages of the outbox: look, write down, send again, stop, settle."""


@app.command("list")
def list_(
    run: Run = None,
    calendar: Of = None,
    play: Play = None,
    channel: Channel = None,
    status: Status = None,
    why: Because = None,
    member: Member = None,
    since: Since = None,
    job: One = None,
    limit: Annotated[int, typer.Option("--limit", min=0, max=10_000, help="How many messages to list.")] = 0,
    plain: Plain = False,
    project: Project = Path(),
    replay: Replay = None,
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,  # noqa: ARG001 - settled for the whole process before any command runs
) -> None:
    """Count messages by run, play, channel, state and reason; with --limit list the first of them."""
    from tasks.outreach.outbox import page

    wanted = _wanted(run, calendar, play, channel, status, why, member, moment_or_none(since, project), job)
    with opened(project, replay=replay) as rt:
        found = page(rt, wanted, limit=limit or (job is not None), plain=plain)
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        _print_page(found)


@app.command("export")
def export(
    to: Annotated[Path, typer.Option("--to", help="CSV or JSON file.")],
    run: Run = None,
    calendar: Of = None,
    play: Play = None,
    channel: Channel = None,
    status: Status = None,
    why: Because = None,
    member: Member = None,
    since: Since = None,
    job: One = None,
    plain: Plain = False,
    project: Project = Path(),
    replay: Replay = None,
) -> None:
    """Write the chosen messages into a file: states, reasons, moments; members masked, never a text."""
    from tasks.outreach.outbox import export as write

    wanted = _wanted(run, calendar, play, channel, status, why, member, moment_or_none(since, project), job)
    with opened(project, replay=replay) as rt:
        written = write(rt, wanted, to, plain=plain)
    said = either("{n:,} message(s) written to {file}", "已将 {n:,} 条消息写入 {file}", n=written, file=to)
    output.console().print(output.escape(said))


@app.command("retry")
def retry(
    run: Run = None,
    calendar: Of = None,
    play: Play = None,
    channel: Channel = None,
    status: Status = None,
    why: Because = None,
    member: Member = None,
    since: Since = None,
    job: One = None,
    by: Who = "",
    project: Project = Path(),
) -> None:
    """Send again what is unknown, and at once what was put off; those that did arrive arrive twice."""
    from tasks.outreach.outbox import retry as again

    wanted = _wanted(run, calendar, play, channel, status, why, member, moment_or_none(since, project), job)
    _narrowed(wanted)
    _signed("retry", by)
    with opened(project) as rt:
        unknown, due = again(rt, wanted, by=by.strip())
    said = either(
        "{unknown:,} unknown message(s) will leave again, {due:,} put-off one(s) are due now at the run's next look",
        "{unknown:,} 条结果未知的消息将重新发送，{due:,} 条推迟的消息现在到期；下次检查该运行时发出",
        unknown=unknown,
        due=due,
    )
    output.console().print(output.escape(said))


@app.command("cancel")
def cancel(
    run: Run = None,
    calendar: Of = None,
    play: Play = None,
    channel: Channel = None,
    status: Status = None,
    why: Because = None,
    member: Member = None,
    since: Since = None,
    job: One = None,
    reason: Reason = "",
    by: Who = "",
    project: Project = Path(),
) -> None:
    """Stop the chosen messages that have not left; their benefits are free again."""
    from tasks.outreach.outbox import cancel as stop

    wanted = _wanted(run, calendar, play, channel, status, why, member, moment_or_none(since, project), job)
    _narrowed(wanted)
    _signed("cancel", by, reason)
    with opened(project) as rt:
        stopped = stop(rt, wanted, reason=reason.strip(), by=by.strip())
    said = either("{n:,} message(s) stopped", "已停止 {n:,} 条消息", n=stopped)
    output.console().print(output.escape(said))


@app.command("settle")
def settle(
    outcome: Annotated[str, typer.Option("--as", help="What became of them: sent or failed.")],
    run: Run = None,
    calendar: Of = None,
    play: Play = None,
    channel: Channel = None,
    why: Because = None,
    member: Member = None,
    since: Since = None,
    job: One = None,
    by: Who = "",
    project: Project = Path(),
) -> None:
    """Say what became of the chosen messages in state unknown: all of them in one go, or none."""
    from tasks.outreach.outbox import ANSWERS
    from tasks.outreach.outbox import settle as say

    answer = next((one for one in ANSWERS if one == outcome), None)
    if answer is None:
        raise UsageError(
            (f"{outcome!r} is no outcome", f"{outcome!r} 不是结果"),
            (
                "write --as sent or --as failed; to send again: promocal outbox retry",
                "请写 --as sent 或 --as failed；重新发送用 promocal outbox retry",
            ),
        )
    wanted = _wanted(run, calendar, play, channel, None, why, member, moment_or_none(since, project), job)
    _narrowed(wanted)
    _signed("settle", by)
    with opened(project) as rt:
        settled = say(rt, wanted, answer, by=by.strip())
    said = either(
        "{n:,} message(s) settled as {outcome} by {by}",
        "{n:,} 条消息已由 {by} 落定为“{outcome}”",
        n=len(settled),
        outcome=word(outcome),
        by=by.strip(),
    )
    output.console().print(output.escape(said))


@app.command("ask")
def ask(
    run: Run = None,
    calendar: Of = None,
    play: Play = None,
    channel: Channel = None,
    member: Member = None,
    since: Since = None,
    job: One = None,
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
) -> None:
    """Ask the providers that can be asked what became of messages that are unknown or wait for staff."""
    from tasks.outreach.outbox import look_up

    wanted = _wanted(run, calendar, play, channel, None, None, member, moment_or_none(since, project), job)
    with opened(project) as rt:
        found = look_up(rt, wanted)
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        _print_looked_up(found)


def _wanted(
    run: str | None,
    calendar: str | None,
    play: str | None,
    channel: str | None,
    status: str | None,
    why: str | None,
    member: str | None,
    since: datetime | None,
    job: str | None,
) -> Wanted:
    from campaign_calendars.findings.finding import suggestion
    from tasks.outreach.outbox import STATES, Wanted

    state = next((one for one in STATES if one == status), None)
    if status is not None and state is None:
        raise UsageError((f"{status!r} is no state", f"{status!r} 不是状态"), suggestion(status, STATES))
    return Wanted(
        run=run,
        calendar=calendar,
        play=play,
        channel=channel,
        status=state,
        reason=why,
        member=member,
        since=since,
        job=job,
    )


def _narrowed(wanted: Wanted) -> None:
    """What changes messages names them: a run, a calendar, a member or a message."""
    if not any((wanted.run, wanted.calendar, wanted.member, wanted.job)):
        raise UsageError(
            ("this would be about every message there is", "这将涉及所有消息"),
            ("name them: --run, --calendar, --member or --job", "请限定范围：--run、--calendar、--member 或 --job"),
        )


def _signed(command: str, by: str, reason: str = "-") -> None:
    if not by.strip() or not reason.strip():
        raise UsageError(
            (f"{command} is done by somebody", f"{command} 须写明由谁"),
            (
                "add --by NAME; cancel also takes --reason WHY",
                "请添加 --by 姓名；cancel 还须写 --reason 原因",
            ),
        )


def _print_page(found: OutboxPage) -> None:
    from tasks.reporting.labels import stop_reason

    out = output.console()
    if not found.messages:
        out.print(either("No messages are like that.", "没有符合条件的消息。"))
        return
    rows = output.table("Outbox", "run", "play", "channel", "state", "reason", "messages")
    for group in found.groups:
        said = stop_reason(group.reason, language()) if group.reason else "–"
        cells = (group.run, group.play, group.channel, word(group.status.replace("_", " ")), said)
        rows.add_row(*map(output.escape, cells), f"{group.messages:,}")
    out.print(rows)
    if found.shown:
        listed = output.table("Messages", "id", "member", "state", "times", "reason")
        for one in found.shown:
            said = stop_reason(one.reason, language()) if one.reason else "–"
            cells = (one.id[:12], one.member, word(one.status.replace("_", " ")), str(one.attempts), said)
            listed.add_row(*map(output.escape, cells))
        out.print("", listed)


def _print_looked_up(found: LookedUp) -> None:
    out = output.console()
    said = either(
        "{asked:,} message(s) asked about: {sent:,} sent, {failed:,} failed, {open:,} still unknown",
        "已查询 {asked:,} 条消息：{sent:,} 条已发送，{failed:,} 条失败，{open:,} 条仍未知",
        asked=found.asked,
        sent=found.sent,
        failed=found.failed,
        open=found.open,
    )
    out.print(output.escape(said))
    for channel, count in found.not_asked.items():
        said = either(
            "{n:,} message(s) on {channel}: its provider cannot be asked; a person settles them",
            "{channel} 上有 {n:,} 条消息：其服务商无法查询，须由人工落定",
            n=count,
            channel=channel,
        )
        out.print(output.escape(said))
