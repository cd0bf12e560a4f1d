"""promocal backup and promocal restore."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import PromocalError, UsageError
from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.opening import opened
from promocal.cli.options import By, FormatOption, OutputFormat, Project
from promocal.cli.pauses import pause_of

if TYPE_CHECKING:
    from tasks.operations.backups import BackupMade
    from tasks.operations.restoring import Restored

_SHORTEST = "1m"


def backup(
    folder: Annotated[Path | None, typer.Argument(help="Where to write it; default var/backups/MOMENT.")] = None,
    project: Project = Path(),
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="Remove all of var/backups but so many of the newest.")
    ] = None,
    every: Annotated[
        str | None, typer.Option("--every", help="Make one each time so long has passed, e.g. 6h, until Ctrl-C.")
    ] = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """Copy ledger, snapshots and decisions into a folder while runs go on; it holds personal data."""
    if folder is not None and (keep is not None or every is not None):
        raise UsageError(
            (
                "--keep and --every are for var/backups, not for a folder of a name",
                "--keep 与 --every 只用于 var/backups",
            ),
            ("leave out the folder", "请去掉目录"),
        )
    if every is not None:
        pause = pause_of("--every", every, least=_SHORTEST, like=("6h", "1d"), in_zh="1 分钟")
        _again_and_again(project, pause, keep, format)
    else:
        _back_up(project, folder, keep, format)


def _back_up(project: Path, folder: Path | None, keep: int | None, format: OutputFormat) -> None:
    """The staff is told of one that fails: nobody looks at a timer until its backup is needed."""
    from tasks.alerts import told_when_failing
    from tasks.operations.backups import back_up
    from tasks.operations.keeping import drop_old

    with opened(project, quiet=format is OutputFormat.json) as rt, told_when_failing(rt.settings, "promocal backup"):
        made = back_up(rt, folder)
        gone = [] if keep is None else drop_old(rt.settings.state, keep, rt.clock())
    if format is OutputFormat.json:
        output.print_json(made)
        return
    _print_made(made)
    for old in gone:
        output.say(either("{folder}: removed", "{folder}：已删除", folder=old))


def _again_and_again(project: Path, pause: timedelta, keep: int | None, format: OutputFormat) -> None:
    """Until somebody stops it; one that fails is said and told, and the next one is made in its time."""
    from flows.stopping import stoppable
    from tasks.operations.keeping import next_due

    with stoppable(threading.Event()) as stopping:
        with opened(project, quiet=True) as rt:
            state, clock = rt.settings.state, rt.clock
            due = next_due(state, pause, clock())
        while not stopping.asked.wait(max((due - clock()).total_seconds(), 0.0)):
            try:
                _back_up(project, None, keep, format)
            except PromocalError as error:
                output.print_failure(error)
            except OSError as error:  # a full disk, a folder that is away: by the next time somebody has been told
                why = error.strerror or type(error).__name__
                output.print_failure(PromocalError((f"no backup was made: {why}", f"没有生成备份：{why}")))
            due = max(due + pause, clock())


def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that promocal backup made.")],
    project: Project = Path(),
    by: By = "",
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit log.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Set aside what is there.")] = False,
    nothing_sent: Annotated[
        bool, typer.Option("--nothing-sent", help="Nothing went out since the backup: hold nothing back.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Only look whether the backup is whole.")] = False,
    format: FormatOption = OutputFormat.text,
) -> None:
    """Put a backup back. What may have gone out since it was made is held back, so that nothing is sent twice."""
    from tasks.operations.backups import check_backup
    from tasks.operations.restoring import restore as put_back

    if check:
        held = check_backup(folder)
        if format is OutputFormat.json:
            output.print_json(held)
        else:
            at = f"{held.made_at:%Y-%m-%d %H:%MZ}"
            files = len(held.files)
            output.say(
                either(
                    "The backup of {at} is whole: {files:,} files.",
                    "{at} 的备份完整：{files:,} 个文件。",
                    at=at,
                    files=files,
                )
            )
        return
    if not by.strip():
        raise UsageError(
            ("a backup is restored by somebody", "恢复备份须写明由谁"), ("add --by NAME", "请添加 --by 姓名")
        )
    with opened(project, quiet=format is OutputFormat.json) as rt:
        done = put_back(rt, folder, by=by, reason=reason, replace=replace, nothing_sent=nothing_sent)
    if format is OutputFormat.json:
        output.print_json(done)
    else:
        _print_restored(done)


def _print_made(made: BackupMade) -> None:
    output.say(
        either(
            "{folder}: {files:,} files, {size:,.1f} MB, {runs:,} runs, {snapshots:,} snapshots",
            "{folder}：{files:,} 个文件，{size:,.1f} MB，{runs:,} 次运行，{snapshots:,} 个快照",
            folder=made.folder,
            files=made.files,
            size=made.bytes / 1e6,
            runs=made.runs,
            snapshots=len(made.snapshots),
        )
    )


def _print_restored(done: Restored) -> None:
    output.say(
        either(
            "Restored as of {at}: {runs:,} runs, {files:,} files.",
            "已恢复到 {at}：{runs:,} 次运行，{files:,} 个文件。",
            at=f"{done.made_at:%Y-%m-%d %H:%MZ}",
            runs=done.runs,
            files=done.files,
        )
    )
    if done.aside is not None:
        output.say(either("What was there is in {place}.", "原有内容在 {place}。", place=done.aside))
    if done.not_begun:
        output.say(
            either(
                "{n:,} run(s) that were due do not begin: they may have run since the backup.",
                "{n:,} 次到期的运行不再开始：它们可能在备份之后已经运行过。",
                n=done.not_begun,
            )
        )
    if done.erased_again or done.refusals_again:
        output.say(
            either(
                "Since the backup {erased:,} member(s) were erased and {refusals:,} refusal(s) came: both hold again.",
                "备份之后删除了 {erased:,} 名会员、新增 {refusals:,} 条拒收：均已重新生效。",
                erased=done.erased_again,
                refusals=done.refusals_again,
            )
        )
    _print_to_do(done)


def _print_to_do(done: Restored) -> None:
    """What a person has to look at before anything is sent again."""
    if not done.blocks_known:
        output.say(
            either(
                "No ledger was here: erase and suppress again who asked for it since {at}.",
                "此处原先没有台账：{at} 之后要求删除或拒收的会员，请重新处理。",
                at=f"{done.made_at:%Y-%m-%d %H:%MZ}",
            )
        )
    if done.doubtful:
        output.say(
            either(
                "{n:,} message(s) may have left since; ask the provider, then promocal settle RUN --as …",
                "{n:,} 条消息可能在此后已发出；请向服务商核实后运行 promocal settle 运行 --as …",
                n=done.doubtful,
            )
        )
    if done.asked_again:
        output.say(
            either(
                "{n:,} message(s) go out again under their key: who has them gets them no second time.",
                "{n:,} 条消息将按原键重发：已收到者不会再次收到。",
                n=done.asked_again,
            )
        )
    if done.approval:
        output.say(
            either(
                "{n:,} message(s) wait for approval; do not approve what was approved since the backup.",
                "{n:,} 条消息等待审批；备份之后已审批过的请勿再次审批。",
                n=done.approval,
            )
        )
