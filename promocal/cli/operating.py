"""Commands that run calendars: run, settle, replay, demo."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from campaign_calendars.findings.errors import ApprovalNeededError, UsageError
from promocal.cli import output, replays, tables
from promocal.cli.language import either, translated
from promocal.cli.moments import moment_of, moment_or_none
from promocal.cli.opening import opened, redrawing
from promocal.cli.options import (
    AsOf,
    By,
    Calendar,
    FormatOption,
    LangOption,
    OutputFormat,
    Project,
    Redraw,
    Replay,
)
from promocal.cli.words import word

if TYPE_CHECKING:
    from tasks.running.phase import RunOutcome
    from tasks.runtime import Runtime


def audiences(
    calendar: Calendar,
    project: Project = Path(),
    replay: Replay = None,
    as_of: AsOf = None,
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
) -> None:
    """Count the members of every audience and of every two together; numbers only, nobody is named."""

    moment = moment_or_none(as_of, project, calendar)
    with opened(project, replay=replay, quiet=format is OutputFormat.json, data_of=calendar) as rt:
        from tasks.planning.audiences import audiences as count

        found = count(rt, calendar, moment)
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        tables.print_audiences(found, lang.value if lang else output.language())


def run(
    calendar: Calendar,
    phase: Annotated[str, typer.Argument(help="Phase id.")],
    at: Annotated[str, typer.Option("--at", help="The planned moment, e.g. 2026-03-05T10:00+08:00.")],
    project: Project = Path(),
    prefect: Annotated[bool, typer.Option("--prefect", help="Run as a Prefect flow run.")] = False,
    redraw: Redraw = None,
    by: By = "",
    format: FormatOption = OutputFormat.text,
) -> None:
    """Run one phase at one planned moment: refresh, decide, enqueue, dispatch. Safe to repeat."""
    from promocal.cli.halting import print_holds
    from tasks.outreach.halting import holds
    from tasks.running.phase import run_if_due
    from tasks.running.status import left_alone

    moment = moment_of(at, project, calendar)
    with opened(project, quiet=format is OutputFormat.json) as rt:
        redrawing(rt, calendar, redraw, by)
        _refuse_cancelled(rt, calendar, phase, moment)
        outcome = (_run_in_prefect if prefect else run_if_due)(rt, calendar, phase, moment)
        kept_back = (holds(rt), left_alone(rt)) if outcome.jobs.get("pending") else ((), ())
    if format is OutputFormat.json:
        output.print_json(outcome)
    else:
        tables.print_run(outcome)
        print_holds(*kept_back)
    _refuse_waiting(outcome)
    if outcome.status == "awaiting_approval":
        raise ApprovalNeededError(
            (
                f"run {outcome.run_id} waits for approval; nothing was sent for the plays that need it",
                f"运行 {outcome.run_id} 等待审批；需审批的玩法没有发送任何内容",
            ),
            (
                f"promocal approve {outcome.run_id}",
                f"请运行 promocal approve {outcome.run_id}",
            ),
        )


def _refuse_cancelled(rt: Runtime, calendar: str, phase: str, moment: datetime) -> None:
    """A run that has begun and that a person cancelled on the server goes on only when it was resumed by name.

    UsageError: none has begun, and the calendar has no such phase: a person has mistyped it. (One that was scheduled
    and whose phase is gone since is skipped.)
    """
    from campaign_calendars.deciding.intent import run_id
    from campaign_calendars.findings.unknown import no_such
    from promocal.cli.halting import refuse_stopped

    loaded = rt.load_calendar(calendar)
    name = run_id(rt.id_of(loaded), phase, moment)
    if rt.ledger.run(name) is not None:
        refuse_stopped(rt, name)
    elif phase not in (known := [one.id for one in loaded.calendar.phases]):
        raise no_such("phase", phase, known)


def _refuse_waiting(outcome: RunOutcome) -> None:
    """A run whose messages wait for duties has not done its work; the exit code says so."""
    if not outcome.waiting:
        return
    held = sum(outcome.waiting.values())
    raise ApprovalNeededError(
        (
            f"{held:,} message(s) of run {outcome.run_id} wait for what people have to do first",
            f"运行 {outcome.run_id} 有 {held:,} 条消息在等待需先完成的工作",
        ),
        (
            "when it is done: promocal duties done DUTY --by NAME, or promocal export ids; then run it again",
            "完成后运行 promocal duties done 事项 --by 姓名，或 promocal export ids，再重新运行",
        ),
    )


def _run_in_prefect(rt: Runtime, calendar: str, phase: str, moment: datetime) -> RunOutcome:
    from flows.embedded import embedded_prefect, run_phase_here

    with embedded_prefect(rt.settings.state / "prefect") as server:
        server.wait()
        return run_phase_here(rt, rt.id_of(rt.load_calendar(calendar)), phase, moment).outcome


def settle(
    run_id: Annotated[str, typer.Argument(help="Run id, as promocal status shows it.")],
    outcome: Annotated[
        Literal["sent", "failed", "pending"], typer.Option("--as", help="What became of them; pending sends again.")
    ],
    by: Annotated[str, typer.Option("--by", help="Who says so; kept in the audit log.")],
    project: Project = Path(),
) -> None:
    """Say what became of a run's messages in state unknown, after asking the provider."""
    with opened(project) as rt:
        rt.find_run(run_id)
        unknown = [job.intent_key for job in rt.ledger.jobs(run_id, status="unknown")]
        settled = rt.ledger.settle(unknown, outcome, by, rt.clock())
    said = either(
        "{n:,} message(s) settled as {outcome} by {by}",
        "{n:,} 条消息已由 {by} 落定为“{outcome}”",
        n=len(settled),
        outcome=word(outcome),
        by=by,
    )
    output.console().print(output.escape(said))


def worklist(
    name: Annotated[str, typer.Argument(help="Run id or calendar id.")],
    project: Project = Path(),
    replay: Replay = None,
    done: Annotated[str | None, typer.Option("--done", help="Id of an item that is settled, or its beginning.")] = None,
    answer: Annotated[
        Literal["done", "unreachable", "skip"], typer.Option("--as", help="What came of the item.")
    ] = "done",
    by: Annotated[str, typer.Option("--by", help="Who says so; kept in the audit log.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Show settled items too.")] = False,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", help="Write the list as .xlsx or .csv, with a column for results.")
    ] = None,
    results: Annotated[
        Path | None, typer.Option("--results", help="Read such a sheet back: settle what it has results for.")
    ] = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """Work for people (`lane: human`): list what is open, write it as a sheet, say what came of one item or of many."""
    from tasks.outreach.work_lists import settle_work, work

    with opened(project, replay=replay) as rt:
        if (done is not None or results is not None) and not by:
            raise UsageError(
                ("an item is settled by somebody", "待办须写明由谁落定"), ("add --by NAME", "请添加 --by 姓名")
            )
        if results is not None:
            _read_work(rt, name, results, by)
            return
        if done is not None:
            job = settle_work(rt, done, answer, by)
            came = word(answer)
            said = either("{play}: {answer} by {by}", "{play}：{answer}（{by}）", play=job.play, answer=came, by=by)
            output.console().print(f"{job.intent_key[:12]}  {output.escape(said)}")
        items = work(rt, name, settled=everything)
    if sheet is not None:
        from tasks.outreach.work_sheets import write_sheet

        write_sheet(items, sheet, output.language())
        said = either("{n:,} item(s) in {file}", "{n:,} 项待办已写入 {file}", n=len(items), file=sheet)
        output.say(said)
    elif format is OutputFormat.json:
        output.print_json(items)
    else:
        tables.print_work(items)


def _read_work(rt: Runtime, name: str, file: Path, by: str) -> None:
    from tasks.outreach.work_lists import work
    from tasks.outreach.work_sheets import read_sheet

    if not file.is_file():
        raise UsageError(
            (f"{file} does not exist", f"{file} 不存在"),
            ("write it first: promocal worklist NAME --sheet FILE", "请先写出：promocal worklist 日历 --sheet 文件"),
        )
    read = read_sheet(rt, work(rt, name, settled=True), file, by)
    for one in read.refused:
        output.say(either("line {line}: {why}", "第 {line} 行：{why}", line=one.line, why=translated(one.why)))
    for fixed in read.corrected:
        output.say(
            either(
                "line {line}: corrected from {before} to {now}, by {by}",
                "第 {line} 行：由“{before}”更正为“{now}”，更正人 {by}",
                line=fixed.line,
                before=word(fixed.before),
                now=word(fixed.now),
                by=fixed.by,
            )
        )
    output.say(
        either(
            "{done:,} done, {unreachable:,} unreachable, {skip:,} skipped; {corrected:,} corrected,"
            " {already:,} known before, {open:,} left open, {refused:,} line(s) not taken",
            "完成 {done:,}，联系不上 {unreachable:,}，跳过 {skip:,}；更正 {corrected:,}，此前已知 {already:,}，"
            "仍未完成 {open:,}，未采纳 {refused:,} 行",
            done=read.settled.get("done", 0),
            unreachable=read.settled.get("unreachable", 0),
            skip=read.settled.get("skip", 0),
            corrected=len(read.corrected),
            already=read.already,
            open=read.left_open,
            refused=len(read.refused),
        )
    )
    if read.refused:
        raise typer.Exit(1)


def why(
    names: Annotated[
        list[str],
        typer.Argument(metavar="[RUN] MEMBER", help="Member id; before it a run id, for that run only."),
    ],
    project: Project = Path(),
    replay: Replay = None,
    past: Annotated[bool, typer.Option("--past", help="Only what has happened; no plan is looked at.")] = False,
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,  # noqa: ARG001 - settled for the whole process before any command runs
) -> None:
    """The story of a member: what every occurrence did or is planned to do, the deciding reason and the chain."""
    from promocal.cli.story import print_story
    from tasks.planning.story import story, story_of_run

    *run_id, member = names
    if len(run_id) > 1:
        raise UsageError(
            ("one run and one member at a time", "一次只能写一个运行和一位会员"),
            ("promocal why [RUN] MEMBER", "用法：promocal why [运行] 会员"),
        )
    with opened(project, replay=replay, quiet=format is OutputFormat.json) as rt:
        ahead = not past and replay is None
        found = story_of_run(rt, member, run_id[0]) if run_id else story(rt, member, ahead=ahead)
    if format is OutputFormat.json:
        output.print_json(found.steps)
    else:
        print_story(member, found, one_run=bool(run_id))


def demo(
    target: Annotated[Path, typer.Option("--output", "-o", help="Directory, made anew.")] = Path("build/demo"),
    members: Annotated[int, typer.Option(min=100, help="Members of the generated store.")] = 4_000,
    seed: Annotated[int, typer.Option(help="Seed of the store and of its members' behaviour.")] = 7,
    calendar: Annotated[str, typer.Option("--calendar", help="A shipped calendar, or the path of one.")] = (
        "queens-day-2020"
    ),
    lang: LangOption = None,
) -> None:
    """A generated store runs a whole calendar; members respond; ends with the report."""
    from promocal.demo import run_demo

    language = lang.value if lang else output.language()
    with output.progress() as say:
        result = run_demo(target, members=members, seed=seed, lang=language, say=say, calendar=calendar)
    tables.print_measurement(result.measurement, language)
    replays.print_demo(result)
