"""What `serve` does before its worker starts: read the calendars, apply what was agreed to, end what a crash left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.said import Said, Tell
from flows.applying import carry_out
from flows.attending import Warn
from flows.automations import told_automations
from flows.deployments import in_words
from tasks.planning.applying import accepted, to_carry_out
from tasks.runtime import open_runtime

if TYPE_CHECKING:
    from tasks.runtime import Runtime


def files_of(rt: Runtime, calendars: Sequence[str]) -> tuple[dict[str, str], dict[str, PromocalError]]:
    """Calendar id → its file, and of those that cannot be read why: half an edit must not stop the others at night."""
    files: dict[str, str] = {}
    unreadable: dict[str, PromocalError] = {}
    for name in calendars or rt.calendar_ids():
        try:
            loaded = rt.load_calendar(name)
        except PromocalError as error:
            if calendars:
                raise
            unreadable[name] = error
        else:
            files[loaded.calendar.calendar] = loaded.file
    if unreadable and not files:
        raise next(iter(unreadable.values()))
    return files, unreadable


def leave_alone(unreadable: Mapping[str, PromocalError], say: Tell, warn: Warn) -> None:
    """Tell of calendars that cannot be read; what the server holds of them goes on."""
    for name, error in unreadable.items():
        english, chinese = error.said
        said = (
            f"{name} cannot be read and stays on the server as it is: {english}; promocal check {name}",
            f"{name} 无法读取，服务器上保持原样：{chinese}；请运行 promocal check {name}",
        )
        say(said)
        warn("run_failed", said)


def bring_up(
    project_dir: Path | str,
    files: Mapping[str, str],
    say: Tell,
    *,
    accept: bool,
    ended: Sequence[str] = (),
    no_more: Callable[[], bool] = lambda: False,
) -> None:
    """Make the server hold what was agreed to, and the automations; `accept` agrees to the rest.

    `ended`: calendars of a server of our own that has just started: what a crash or a shutdown left behind of them has
    its end then, and open jobs a follow-up; on another one somebody else's worker may be at it. Whoever asks to stop
    meanwhile (`no_more`) waits for the calendar at hand and no longer.
    """
    with open_runtime(project_dir) as rt:
        for name, file in files.items():
            if no_more():
                return
            _apply(rt, file, name, say, accept=accept)
        told_automations(rt, say)
        for name in ended:
            if no_more():
                return
            _resume(rt, name, say)


def _apply(rt: Runtime, file: str, name: str, say: Tell, *, accept: bool) -> None:
    record = to_carry_out(rt, file)
    try:
        if record is None and accept:
            record = accepted(rt, file)
    except PromocalError as error:  # the other calendars are not to suffer
        english, chinese = error.said
        say((f"{name} is not applied: {english}", f"{name} 未应用：{chinese}"))
        say(error.remedy_said)
        return
    if record is None:
        if rt.load_calendar(file).timeline.campaign.end > rt.clock():
            say(_not_applied(rt, name))
        return
    changes = carry_out(rt, file, record, by="promocal serve", news=record.unfinished)
    for said in changes.drift:
        say(said)
    english, chinese = in_words(changes)
    say((f"{name}: {english}", f"{name}：{chinese}"))


def _not_applied(rt: Runtime, name: str) -> Said:
    last = rt.ledger.applied_plan(name)
    do: Said = (
        f"promocal plan {name}, read it, promocal apply {name} --plan CHECKSUM; or promocal serve --accept",
        f"promocal plan {name}，阅读后 promocal apply {name} --plan 校验码；或 promocal serve --accept",
    )
    if last is None:
        return f"{name} is not applied: {do[0]}", f"{name} 尚未应用：{do[1]}"
    return (
        f"{name} was changed since plan {last.checksum} was applied; what is scheduled stays: {do[0]}",
        f"{name} 在应用计划 {last.checksum} 之后有改动；已排定的保持不变：{do[1]}",
    )


def _resume(rt: Runtime, calendar_id: str, say: Tell) -> None:
    from flows.follow_up import mark_dead_runs
    from flows.looking_after import follow_up_open_runs

    for name, end in mark_dead_runs(calendar_id):
        say((f"{name} was interrupted; marked {end}", f"{name} 曾被中断；已标为 {end}"))
    for run_id, when in follow_up_open_runs(rt, calendar_id):
        say(
            (
                f"{run_id} has open jobs; continuing at {when:%H:%M} UTC",
                f"{run_id} 还有未完成的任务；将于 {when:%H:%M} UTC 继续",
            )
        )
