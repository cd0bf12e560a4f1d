"""Commands that stop outreach and let it go on: halt, pause, resume, cancel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import PromocalError, UsageError
from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.opening import opened
from promocal.cli.options import FormatOption, LangOption, OutputFormat, Project
from promocal.cli.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.outreach.halting import CancelledRun, Held
    from tasks.running.status import LeftAlone
    from tasks.runtime import Runtime
    from warehouse.ledger.guarding import HoldScope

Scope = Annotated[
    str | None, typer.Argument(help="all, store, calendar, channel, run or play; leave out to see what is halted.")
]
Name = Annotated[str, typer.Argument(help="Its id; RUN@CHANNEL for one channel of a run, CALENDAR/PLAY for a play.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the audit log.")]
Who = Annotated[str, typer.Option("--by", help="Who does it; kept in the audit log.")]


def halt(
    scope: Scope = None,
    name: Name = "",
    reason: Reason = "",
    by: Who = "",
    project: Project = Path(),
    everything: Annotated[
        bool, typer.Option("--all", help="Show halts of runs that are over, too: they keep nothing back any more.")
    ] = False,
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,  # noqa: ARG001 - settled for the whole process before any command runs
) -> None:
    """Stop sending within seconds: everything, a store, a calendar, a channel or a run. Nothing is lost."""
    from tasks.outreach import halting
    from tasks.running.status import left_alone

    with opened(project) as rt:
        if scope is not None:
            place = _scope(scope)
            _signed("halt", reason, by)
            halting.halt(rt, place, name, reason=reason.strip(), by=by.strip())
        elif reason or by:
            raise _halts_nothing()
        held, breakers = halting.holds(rt, over=everything), left_alone(rt)
    if format is OutputFormat.json:
        output.print_json(held)
        return
    print_holds(held, breakers)
    if not held and not breakers:
        output.console().print(either("Nothing is halted.", "没有叫停任何内容。"))


def _halts_nothing() -> UsageError:
    """Somebody in a hurry wrote `--all`, or no scope at all: a list with exit code 0 would calm him for no reason."""
    return UsageError(
        ("nothing was halted: it is not said what to halt", "没有叫停任何内容：未说明要叫停什么"),
        (
            "everything: promocal halt all --by NAME --reason WHY; else a scope (promocal halt --help) and its id",
            "全部叫停：promocal halt all --by 姓名 --reason 理由；否则写明范围（promocal halt --help）及其标识",
        ),
    )


def pause(
    calendar: Annotated[str, typer.Argument(help="Calendar id.")],
    play: Annotated[str, typer.Argument(help="Play id.")],
    reason: Reason = "",
    by: Who = "",
    project: Project = Path(),
) -> None:
    """Keep the messages of one play back, in all its phases, until it is resumed or they expire."""
    from tasks.outreach import halting

    _signed("pause", reason, by)
    with opened(project) as rt:
        halting.halt(rt, "play", f"{calendar}/{play}", reason=reason.strip(), by=by.strip())
        held = halting.holds(rt)
    print_holds(held, ())


def resume(
    scope: Annotated[str, typer.Argument(help="all, store, calendar, channel, run or play.")],
    name: Name = "",
    reason: Reason = "",
    by: Who = "",
    project: Project = Path(),
) -> None:
    """Let what was halted or paused go on; what waits leaves with the next look at its run."""
    from tasks.outreach import halting
    from tasks.running.status import waiting_runs

    place = _scope(scope)
    _signed("resume", reason, by)
    with opened(project) as rt:
        halting.resume(rt, place, name, reason=reason.strip(), by=by.strip())
        held = halting.holds(rt)
        waiting = waiting_runs(rt)
    out = output.console()
    said = either("{scope} {name} goes on", "{scope} {name} 已恢复", scope=word(scope), name=name)
    out.print(output.escape(" ".join(said.split())))
    for run in waiting:
        again = f"promocal run {run.calendar} {run.phase} --at {run.as_of:%Y-%m-%dT%H:%M:%SZ}"
        said = either(
            "{n:,} message(s) of {run} wait; to go on at once: {again}",
            "{run} 有 {n:,} 条消息在等待；立即继续：{again}",
            n=run.pending,
            run=run.run_id,
            again=again,
        )
        out.print(output.escape(said))
    print_holds(held, ())


def cancel(
    run_id: Annotated[str, typer.Argument(help="Run id, as promocal status shows it.")],
    reason: Reason = "",
    by: Who = "",
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
) -> None:
    """Stop for good what of a run has not left, and say what left and what did not. Safe to repeat."""
    from tasks.outreach import halting
    from tasks.running.phase import finish_again

    _signed("cancel", reason, by)
    with opened(project) as rt:
        found = halting.cancel_run(rt, run_id, reason=reason.strip(), by=by.strip())
        finish_again(rt, run_id)
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        _print_cancelled(found)


def refuse_stopped(rt: Runtime, run_id: str) -> None:
    """UsageError: a person cancelled the run in the UI; who has not seen that must not revive it."""
    from flows.waking import stopped_on_the_server

    try:
        stopped = stopped_on_the_server(rt, run_id)
    except PromocalError:  # away, or none is used: nobody cancelled anything there that could be known
        return
    if stopped:
        raise UsageError(
            (f"run {run_id} was cancelled in the Prefect UI", f"运行 {run_id} 已在 Prefect 界面中取消"),
            (
                f"ask who did; promocal resume run {run_id} --reason WHY --by NAME, then again",
                f"请问清是谁取消的；promocal resume run {run_id} --reason 原因 --by 姓名，再重试",
            ),
        )


def _scope(text: str) -> HoldScope:
    from campaign_calendars.findings.finding import suggestion
    from tasks.outreach.halting import SCOPES

    found = next((scope for scope in SCOPES if scope == text), None)
    if found is None:
        raise UsageError((f"{text!r} cannot be halted", f"{text!r} 不是可叫停的范围"), suggestion(text, list(SCOPES)))
    return found


def _signed(command: str, reason: str, by: str) -> None:
    if not reason.strip() or not by.strip():
        raise UsageError(
            (f"{command} is done by somebody, for a reason", f"{command} 须写明由谁、为何"),
            (
                "add --reason WHY --by NAME; both are kept in the audit log",
                "请添加 --reason 原因 --by 姓名；两者都会记入审计日志",
            ),
        )


def print_holds(held: Sequence[Held], breakers: Sequence[LeftAlone]) -> None:
    """What is stopped by hand, and channels that are left alone by themselves."""
    out = output.console()
    if held:
        rows = output.table("Halted", "halted", "id", "since", "by", "why")
        for one in held:
            what = word("cancelled") if one.cancelled else word(one.scope)
            if one.over:
                what = either("{what}, over", "{what}（已结束）", what=what)
            cells = (one.name or "–", f"{one.since:%m-%d %H:%MZ}", one.by, one.reason)
            rows.add_row(what, *map(output.escape, cells))
        out.print(rows)
    if any(not (one.cancelled or one.over) for one in held):
        said = either(
            "nothing of it leaves; to let one go on: promocal resume SCOPE ID --reason WHY --by NAME",
            "其消息不会发出；要恢复其中一项：promocal resume 范围 标识 --reason 原因 --by 姓名",
        )
        out.print(f"    [dim]→ {output.escape(said)}[/]", soft_wrap=True)
    for breaker in breakers:
        out.print(
            output.escape(
                either(
                    "Channel {channel} is left alone until {until:%Y-%m-%d %H:%MZ}: {reason}",
                    "渠道 {channel} 在 {until:%Y-%m-%d %H:%MZ} 前暂不使用：{reason}",
                    channel=breaker.channel,
                    until=breaker.until,
                    reason=breaker.reason,
                )
            )
        )


def _print_cancelled(found: CancelledRun) -> None:
    out = output.console()
    lines = (
        (found.stopped, either("stopped now, and their benefits free again", "本次停止，其权益已释放")),
        (found.left, either("had left", "此前已发出")),
        (
            found.may_have_left,
            either("may have left: settle them with promocal outbox", "可能已发出：请用 promocal outbox 落定"),
        ),
        (
            found.on_the_way,
            either("are being handed over just now: cancel again in a while", "正在发送：稍后请再取消一次"),
        ),
        (found.with_people, either("are on the work lists of people", "在人工待办中")),
        (found.never_left, either("had failed or been cancelled before", "此前已失败或已取消")),
    )
    out.print(output.escape(either("Run {run} is cancelled.", "运行 {run} 已取消。", run=found.run_id)))
    for count, what in lines:
        if count:
            out.print(f"{count:>10,}  {output.escape(what)}")
