"""`promocal approve`: what waits for a person, what there is to judge, and the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import ApprovalNeededError, PromocalError, UsageError
from promocal.cli import output, tables
from promocal.cli.language import either, language, translated
from promocal.cli.opening import opened
from promocal.cli.options import FormatOption, LangOption, OutputFormat, Project

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from campaign_calendars.reading.loading import LoadedCalendar
    from tasks.approving.answering import Answered, Given
    from tasks.approving.judging import Judged, JudgedPlay
    from tasks.documents.speaker import Speaker
    from tasks.planning.previewing import PreviewedMessage
    from tasks.runtime import Runtime
    from warehouse.ledger.approvals import ApprovalRequest


def approve(
    run_id: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Run id; leave out to see what waits for approval.")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who answers; leave out to see what there is to judge.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the audit log.")] = "",
    play: Annotated[list[str] | None, typer.Option("--play", help="About this play only; may be repeated.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", help="At most so many messages, by lot; the rest is cancelled.")
    ] = None,
    reject: Annotated[bool, typer.Option("--reject", help="Cancel what waits instead; its benefits are free.")] = False,
    decision: Annotated[
        str, typer.Option("--decision", help="Only if it is this decision: its checksum, as it is shown.")
    ] = "",
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,  # noqa: ARG001 - settled for the whole process before any command runs
) -> None:
    """Look at what waits for a person; approve it, a part of it, or reject it. The run that waited goes on."""
    from tasks.approving.answering import Given

    answers = bool(by or reason or play or limit is not None or reject or decision)
    with opened(project, quiet=format is OutputFormat.json) as rt:
        if run_id is None:
            if answers:
                raise UsageError(
                    ("an answer names its run", "答复须指明运行"),
                    ("promocal approve RUN --by NAME --reason WHY", "promocal approve 运行 --by 姓名 --reason 理由"),
                )
            _list(rt, format)
            return
        if not answers:
            _show(rt, run_id, format)
            return
        given = Given(
            answer="reject" if reject else "approve",
            by=by,
            reason=reason,
            plays=tuple(play or ()),
            limit=limit,
            decision=decision,
        )
        _answer(rt, run_id, given, format)


def _answer(rt: Runtime, run_id: str, given: Given, format: OutputFormat) -> None:
    from promocal.cli.halting import refuse_stopped
    from tasks.approving.answering import answer

    if given.answer == "approve":
        refuse_stopped(rt, run_id)
    done = answer(rt, run_id, given)
    woken = _goes_on(rt, run_id)
    sent = None if woken else _send_here(rt, run_id)
    if format is OutputFormat.json:
        output.print_json(done)
        return
    out = output.console()
    out.print(output.escape(_came(done, " ".join(given.by.split()))))
    if woken:
        out.print(either("The run goes on on the Prefect server.", "该运行在 Prefect 服务器上继续。"))
    elif sent:
        out.print(output.escape(sent))
    if done.waiting:
        waiting = ", ".join(done.waiting)
        out.print(output.escape(either("Still waiting: {plays}", "仍在等待：{plays}", plays=waiting)))


def _came(done: Answered, by: str) -> str:
    return either(
        "{released:,} message(s) approved by {by}, {stopped:,} cancelled",
        "{by} 批准了 {released:,} 条消息，取消 {stopped:,} 条",
        released=done.released,
        stopped=done.stopped,
        by=by,
    )


def _goes_on(rt: Runtime, run_id: str) -> bool:
    """Whether the run was suspended on a server and goes on there; one that cannot be asked is told."""
    from flows.server_api import ServerAwayError
    from flows.waking import wake

    try:
        return bool(wake(rt, rt.find_run(run_id).calendar, lambda one: one == run_id))
    except ServerAwayError as error:
        output.say(error.text(language()), stream="stderr")
        return False
    except PromocalError:
        return False  # there is no server: everything happens here


def _send_here(rt: Runtime, run_id: str) -> str:
    from tasks.outreach.outreach import dispatch_run
    from tasks.running.phase import finish_again

    sent = dispatch_run(rt, run_id)
    finish_again(rt, run_id, sent)
    return tables.in_words(sent.counts())


def _list(rt: Runtime, format: OutputFormat) -> None:
    from tasks.approving.judging import waiting_runs
    from tasks.running.unanswered import expire_requests

    expire_requests(rt)
    found = waiting_runs(rt)
    if format is OutputFormat.json:
        output.print_json(found)
        return
    out = output.console()
    if not found:
        out.print(either("Nothing waits for approval.", "没有等待审批的内容。"))
        return
    rows = output.table("Waits for approval", "run", "play", "messages", "until")
    for request in found:
        rows.add_row(
            output.escape(request.run_id),
            output.escape(request.play),
            f"{_waiting(rt, request):,}",
            _by_its_clock(rt, request),
        )
    out.print(rows)
    out.print(either("promocal approve RUN shows what there is to judge", "promocal approve 运行 可查看审批内容"))


def _by_its_clock(rt: Runtime, request: ApprovalRequest) -> str:
    """Until when it waits, by the calendar's clock."""
    loaded = _calendar_of(rt, request.run_id)
    zone = loaded.timeline.timezone if loaded is not None else None
    return f"{request.until.astimezone(zone):%m-%d %H:%M}" if zone else f"{request.until:%m-%d %H:%M} UTC"


def _calendar_of(rt: Runtime, run_id: str) -> LoadedCalendar | None:
    """The calendar of a run; None where it cannot be read any more."""
    try:
        return rt.load_calendar(rt.find_run(run_id).calendar)
    except PromocalError:
        return None


def _waiting(rt: Runtime, request: ApprovalRequest) -> int:
    return sum(
        count
        for (_, play, _, status), count in rt.ledger.job_counts(request.run_id).items()
        if (play, status) == (request.play, "awaiting_approval")
    )


def _show(rt: Runtime, run_id: str, format: OutputFormat) -> None:
    from tasks.approving.judging import judged
    from tasks.running.unanswered import expire_requests

    expire_requests(rt, run_id)
    found = judged(rt, run_id)
    if found is None:
        raise UsageError(
            (f"nothing of run {run_id} waits for approval", f"运行 {run_id} 没有等待审批的消息"),
            ("promocal approve lists what waits", "promocal approve 列出等待审批的运行"),
        )
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        _print(found, _calendar_of(rt, run_id))
    command = f"promocal approve {run_id} --decision {found.decision}"
    raise ApprovalNeededError(
        (f"run {run_id} waits for approval", f"运行 {run_id} 等待审批"),
        (
            f"{command} --by NAME --reason WHY (--limit N, --play PLAY, --reject)",
            f"{command} --by 姓名 --reason 理由（可加 --limit N、--play 玩法、--reject）",
        ),
    )


def _print(found: Judged, loaded: LoadedCalendar | None) -> None:
    from tasks.documents.speaker import Speaker

    out, speaker = output.console(), Speaker(lang=language(), loaded=loaded) if loaded is not None else None
    for play in found.plays:
        _print_play(play, found.currency, speaker)
    for one in found.previews:
        _print_preview(one, speaker)
    said = either("Decision {decision}", "决策 {decision}", decision=found.decision)
    out.print(said + (either("; applied plan {plan}", "；已应用的计划 {plan}", plan=found.plan) if found.plan else ""))


def _print_play(play: JudgedPlay, currency: str, speaker: Speaker | None) -> None:
    from tasks.reporting.labels import stop_reason

    out = output.console()
    title = play.title.get(language())
    out.print(f"[bold]{output.escape(play.play)}[/]{'  ' + output.escape(title) if title else ''}")
    for why in play.why:
        out.print(f"  {output.escape(why[language()])}")
    rows = output.table("", "", "members")
    rows.add_row(either("in the audience", "人群内"), f"{play.candidates:,}")
    rows.add_row(either("wait for approval", "等待审批"), f"{play.waiting:,}")
    rows.add_row(either("held out as control group", "对照组"), f"{play.held_out:,}")
    for reason, count in sorted(play.excluded.items(), key=lambda item: (-item[1], item[0])):
        rows.add_row(output.escape(stop_reason(reason, language())), f"{count:,}")
    out.print(rows)
    given = _listed(play.benefits, speaker.benefit if speaker else str) or either("no benefit", "无权益")
    cost = f"{output.money(play.cost_cents)} {currency}"
    until = f"{play.until:%Y-%m-%d %H:%M}"
    said = either(
        "{cost}; {channels}; {benefits}; waits until {until}",
        "费用 {cost}；{channels}；{benefits}；等待至 {until}",
        cost=cost,
        channels=_listed(play.channels, speaker.channel if speaker else str),
        benefits=given,
        until=until,
    )
    out.print(output.escape(f"  {said}"))
    if play.forecast is not None:
        from campaign_calendars.measuring.forecasting import figures_in_words

        told = translated(figures_in_words(play.forecast, currency))
        out.print(output.escape(either("  forecast of the whole play: {told}", "  整个玩法的预测：{told}", told=told)))
    out.print("")


def _listed(counts: Mapping[str, int], called: Callable[[str], str]) -> str:
    return either(", ", "、").join(f"{called(name)} {count:,}" for name, count in counts.items())


def _print_preview(one: PreviewedMessage, speaker: Speaker | None) -> None:
    from tasks.reporting.labels import stop_reason

    out = output.console()
    channel = speaker.channel(one.channel) if speaker else one.channel
    out.print(f"[dim]{output.escape(f'{one.play} · {channel} · {one.member}')}[/]")
    if one.fault:
        why = stop_reason(one.fault, language())
        out.print(output.escape(either("  cannot leave: {why}", "  无法发出：{why}", why=why)))
    for line in one.text.splitlines():
        out.print(f"  {output.escape(line)}")
    out.print("")
