"""promocal status and promocal doctor: where everything stands, and whether this installation is well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output, tables
from promocal.cli.language import either, language, translated
from promocal.cli.opening import opened
from promocal.cli.options import FormatOption, OutputFormat, Project, Replay
from promocal.cli.words import word

if TYPE_CHECKING:
    from tasks.operations.findings import Examination, Finding
    from tasks.operations.overview import CalendarState, MissedRun, ProjectOverview
    from tasks.operations.server_state import ServerState
    from tasks.running.status import RunState
    from tasks.runtime import Runtime


class StatusFormat(StrEnum):
    text = "text"
    json = "json"
    prometheus = "prometheus"


_NAMED = 3
_STANDS = {
    "before": ("to come", "未开始"),
    "after": ("over", "已结束"),
    "unreadable": ("[red]has errors[/]", "[red]有错误[/]"),
}


def status(
    calendar: Annotated[str | None, typer.Argument(help="Calendar id; default all.")] = None,
    project: Project = Path(),
    replay: Replay = None,
    all: Annotated[bool, typer.Option("--all", help="Show every run, not only the last ones.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the Prefect server.")] = False,
    format: Annotated[
        StatusFormat,
        typer.Option("--format", help="text for people, json for programs, prometheus for a monitor."),
    ] = StatusFormat.text,
    to: Annotated[
        Path | None, typer.Option("--to", help="Of prometheus: write a file, for node_exporter's textfile collector.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", help="Of prometheus: answer at this port until Ctrl-C.", min=0, max=65535),
    ] = None,
    host: Annotated[str, typer.Option(help="Of prometheus: address to listen on.")] = "127.0.0.1",
) -> None:
    """Show what runs, waits, failed, was missed and is next: each calendar, the server, the runs and their messages."""
    if format is StatusFormat.prometheus:
        from promocal.cli.exposing import expose

        expose(project, to, port, host)
        return
    if to is not None or port is not None:
        raise UsageError(
            ("--to and --port belong to --format prometheus", "--to 与 --port 须与 --format prometheus 一起使用"),
            ("add --format prometheus", "请加 --format prometheus"),
        )
    from promocal.cli.looking import is_empty, knows_no_other, look_first

    if calendar is not None and replay is None and knows_no_other(project):
        look_first(project, calendar, data=False)
    if is_new := format is StatusFormat.text and replay is None and is_empty(project):
        tables.print_no_snapshot(calendar)  # at once: the rest takes a moment
    from flows.asking import ask_server
    from tasks.operations.overview import overview
    from tasks.running.status import status as collect

    with opened(project, replay=replay) as rt:
        server = None if offline or rt.replayed is not None else ask_server(rt.settings.state, rt.clock())
        found = overview(rt, collect(rt, calendar), server, calendar)
    if format is StatusFormat.json:
        output.print_json(found)
        return
    if found.server is not None:
        _print_server(found.server)
    _print_calendars(found)
    tables.print_status(found, most=None if all else 8, snapshot=not is_new)


def doctor(
    project: Project = Path(),
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the Prefect server.")] = False,
    format: FormatOption = OutputFormat.text,
) -> None:
    """Look whether everything works: versions, ledger, clocks, disk, rights, calendars, channels, server, workers."""
    from tasks.operations.findings import examined

    with opened(project, quiet=format is OutputFormat.json) as rt:
        found = examined(_looked_at(rt, offline=offline))
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        _print_findings(found)
    if found.level == "error":
        raise typer.Exit(1)


def _looked_at(rt: Runtime, *, offline: bool) -> Iterator[Finding]:
    from importlib.metadata import version

    from flows.asking import ask_server
    from flows.automations import wanted_automations
    from tasks.operations.machine import machine
    from tasks.operations.server_checks import server_checks

    server = None if offline else ask_server(rt.settings.state, rt.clock())
    yield from machine(rt, server.at_work if server else ())
    if server is not None:
        told = wanted_automations(rt.settings)
        yield from server_checks(server, rt.calendar_ids(), str(rt.settings.root), version("prefect"), told)


def _print_findings(found: Examination) -> None:
    lang = language()
    marks = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "error": ("✗", "red")}
    colon = either(": ", "：")
    for each in found.findings:
        mark, colour = marks[each.level]
        output.say(f"{typer.style(mark, fg=colour)} {word(each.part)}{colon}{each.message[lang]}")
        if each.remedy.get(lang):
            output.say("    " + typer.style(f"→ {each.remedy[lang]}", dim=True))
    wrong = sum(1 for each in found.findings if each.level == "error")
    doubtful = sum(1 for each in found.findings if each.level == "warning")
    said = either(
        "{wrong} wrong, {doubtful} to look at", "{wrong} 项有误，{doubtful} 项需留意", wrong=wrong, doubtful=doubtful
    )
    output.say(said if wrong or doubtful else either("All is well.", "一切正常。"))


def _print_server(server: ServerState) -> None:
    out = output.console()
    if not server.answers:
        out.print(f"[yellow]{output.escape(server.problem[language()])}[/]")
        out.print(f"    [dim]→ {output.escape(server.remedy[language()])}[/]")
        return
    alive = [worker.name for worker in server.workers if worker.alive]
    ahead = sum(one.ahead for one in server.deployments)
    out.print(
        either(
            "Server {url}  Prefect {version}  {workers}  {ahead:,} runs ahead",
            "服务器 {url}  Prefect {version}  {workers}  已排定 {ahead:,} 次",
            url=output.escape(server.api_url),
            version=server.version,
            workers=either("{n} worker(s) alive", "{n} 个工作进程在线", n=len(alive))
            if alive
            else either("[red]no worker alive[/]", "[red]没有工作进程在线[/]"),
            ahead=ahead,
        )
    )


def _print_calendars(found: ProjectOverview) -> None:
    out = output.console()
    if not found.calendars:
        return
    rows = output.table("Calendars", "calendar", "now", "running", "waiting", "failed", "missed", "next")
    for one in found.calendars:
        rows.add_row(
            output.escape(one.calendar),
            _now(one),
            *(f"{n:,}" if n else "–" for n in (len(one.running), len(one.waiting), len(one.failed), len(one.missed))),
            f"{one.next[0].at:%m-%d %H:%M} {one.next[0].phase}" if one.next else "–",
        )
    out.print(rows)
    runs = {run.run_id: run for run in found.runs}
    for one in found.calendars:
        _print_wanting(one, asked=found.server is not None and found.server.answers)
        _print_waiting([runs[name] for name in one.waiting if name in runs], output.escape(one.calendar))
    out.print("")


def _now(one: CalendarState) -> str:
    if one.stands == "during":
        return ", ".join(one.phases) or either("between phases", "阶段之间")
    return translated(_STANDS[one.stands])


def _print_wanting(one: CalendarState, *, asked: bool) -> None:
    """What of a calendar somebody should look at, a line each, and what to do."""
    name = output.escape(one.calendar)
    if one.stands == "unreadable":
        output.console().print(
            either(
                "{name}: promocal check {name} says what is wrong",
                "{name}：用 promocal check {name} 查看错误",
                name=name,
            )
        )
    _print_runs(one, name)
    _print_deployments(one, name, asked=asked)


def _print_waiting(runs: Sequence[RunState], name: str) -> None:
    """Runs that wait for a person, and those whose messages wait for their time, a channel or a halt."""
    out = output.console()
    asking = tuple(run.run_id for run in runs if run.jobs.get("awaiting_approval"))
    if asking:
        out.print(
            either("{name}: waits for approval: {runs}", "{name}：等待审批：{runs}", name=name, runs=_first(asking))
        )
        _remedy(
            either(
                "promocal approve {run} shows what there is to judge",
                "promocal approve {run} 显示审批内容",
                run=asking[0],
            )
        )
    pending = tuple(run.run_id for run in runs if run.jobs.get("pending"))
    if pending:
        out.print(either("{name}: not all left: {runs}", "{name}：尚未发完：{runs}", name=name, runs=_first(pending)))
        _remedy(
            either(
                "serve or watch lets it go on by itself, unless it is halted; why: promocal outbox list --run {run}",
                "未被叫停时，由 serve 或 watch 自动继续；原因：promocal outbox list --run {run}",
                run=pending[0],
            )
        )


def _print_runs(one: CalendarState, name: str) -> None:
    """Runs that did not happen, or not yet."""
    from tasks.running.expecting import end_reason

    out = output.console()
    if one.failed:
        out.print(either("{name}: failed: {runs}", "{name}：失败：{runs}", name=name, runs=_first(one.failed)))
        _remedy(
            either(
                "the log says why; mend it, and it goes on by itself while it may, or by promocal run",
                "日志说明原因；修正后在时限内会自动继续，也可用 promocal run 继续",
            )
        )
    if one.missed:
        out.print(either("{name}: missed: {runs}", "{name}：错过：{runs}", name=name, runs=_moments(one.missed)))
        _remedy(end_reason(one.missed[0].reason, language()))
        _remedy(
            either(
                "it is too late, nothing of it will be sent; promocal doctor says what is down",
                "已过时限，不会再发送；promocal doctor 说明哪里停了",
            )
        )
    if one.due:
        out.print(either("{name}: due now: {runs}", "{name}：到期未运行：{runs}", name=name, runs=_moments(one.due)))
        _remedy(
            either(
                "promocal serve starts it within a minute; by hand: promocal run {name} {phase} --at {at}",
                "promocal serve 会在一分钟内启动；也可手动：promocal run {name} {phase} --at {at}",
                name=name,
                phase=one.due[0].run_id.split(".")[1],
                at=one.due[0].at.isoformat(timespec="seconds"),
            )
        )


def _print_deployments(one: CalendarState, name: str, *, asked: bool) -> None:
    """What is not as it should be on the server."""
    out = output.console()
    if one.paused:
        out.print(either("{name}: paused: {names}", "{name}：已暂停：{names}", name=name, names=_first(one.paused)))
        _remedy(
            either(
                "nothing of it begins; in the Prefect UI switch on what should run",
                "不会开始新的运行；需要运行时请在 Prefect 界面中恢复",
            )
        )
    if one.leaving:
        out.print(
            either(
                "{name}: left the calendar, removed when its runs have ended: {names}",
                "{name}：已从日历中移除，运行结束后删除：{names}",
                name=name,
                names=_first(one.leaving),
            )
        )
    if one.late:
        out.print(
            either(
                "{name}: {n} run(s) late: no worker took them",
                "{name}：{n} 次运行迟到：没有工作进程领取",
                name=name,
                n=one.late,
            )
        )
        _remedy(
            either(
                "promocal doctor says whether a worker is alive; start one: promocal serve, or prefect worker start"
                " --pool promocal",
                "promocal doctor 说明有无工作进程在线；启动：promocal serve，或 prefect worker start --pool promocal",
            )
        )
    if asked and one.moments_left and not one.deployments:
        out.print(
            either(
                "{name}: not on this server; promocal plan {name}, then promocal apply",
                "{name}：不在该服务器上；先 promocal plan {name}，再 promocal apply",
                name=name,
            )
        )


def _remedy(text: str) -> None:
    output.console().print(f"    [dim]→ {output.escape(text)}[/]", soft_wrap=True)


def _first(names: tuple[str, ...]) -> str:
    more = len(names) - _NAMED
    return ", ".join(output.escape(name) for name in names[:_NAMED]) + (f" +{more:,}" if more > 0 else "")


def _moments(runs: tuple[MissedRun, ...]) -> str:
    return _first(tuple(f"{run.at:%m-%d %H:%M} {'/'.join(run.plays)}" for run in runs))
