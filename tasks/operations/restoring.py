"""The way back from a backup, sending nothing twice.

What was there is set aside. The ledger comes last and in one step: with what may have gone out since held back in it.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import DiskFullError, UsageError
from tasks.deciding.fence import NOTHING_SENT, why_not
from tasks.journal import note
from tasks.operations.backups import FOLDERS, Backup, check_backup
from tasks.operations.blocked import BlockedAgain, block_again, read_blocked
from tasks.operations.serving import require_nobody_serves
from tasks.runtime import Runtime
from warehouse.ledger import audit, copies
from warehouse.ledger.health import look_at
from warehouse.ledger.records import Outcome
from warehouse.shelf.room import is_full, no_room

if TYPE_CHECKING:
    from warehouse.ledger.records import Job

_ASIDE = "before-restore"
_STAGED = ".to-restore"
_WORKER = "restore"
_AT_ONCE = 5_000
_SOON = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """`promocal restore`: what is there again, and what is held back because it may have gone out since."""

    made_at: datetime
    """The moment of the backup."""
    restored_at: datetime
    """When it was put back; empty of meaning with `--check`."""
    files: int
    """How many files it has."""
    runs: int
    """Runs the ledger knows again."""
    aside: Path | None
    """Where what was there before has been put; null: nothing was."""
    doubtful: int
    """Messages that may have left since the backup: they wait for a person (`promocal settle`)."""
    asked_again: int
    """Messages that may have left and go out again, since their channel honours our key."""
    approval: int
    """Messages that wait for approval: were they approved since the backup, they have left."""
    not_begun: int
    """Runs that were due and not in the outbox: they do not begin any more."""
    erased_again: int
    """Members who were erased since the backup and are taken out again."""
    refusals_again: int
    """Refusals since the backup that hold again."""
    blocks_known: bool
    """Whether the ledger that was there said who was erased and who refused since; else a person has to."""


def restore(
    rt: Runtime, folder: Path, *, by: str, reason: str = "", replace: bool = False, nothing_sent: bool = False
) -> Restored:
    """Put a backup into the project, and hold back what may have gone out since it was made.

    What was there is set aside, with `replace`; UsageError without it, and where somebody serves the project or has its
    ledger open. `nothing_sent` is a person's word that nothing went out since the backup: then everything goes on as if
    it had been the present. DiskFullError: there is no room. Whatever breaks it off leaves what was there.
    """
    held = check_backup(folder)
    now = rt.clock().astimezone(UTC)
    url = rt.settings.ledger_url()
    source = next(folder / file.path for file in held.files if file.path.startswith("ledger."))
    copies.require_fitting(url, source)
    require_nobody_serves(rt.settings.state)
    _require_room(rt.settings.state, held)
    blocked = read_blocked(rt)
    aside = _set_aside(rt, now, url, replace=replace)
    try:
        _put_files(rt.settings.state, folder, held)
        with _ledger_of(rt, source, url) as inside:
            value = NOTHING_SENT if nothing_sent else ""
            moment = f"{held.made_at:%Y-%m-%d %H:%MZ}"
            inside.ledger.note(audit.restored(folder.name, moment, reason, by, now, value=value))
            again = BlockedAgain(erased=0, refusals=0)
            if blocked is not None:
                again = block_again(inside, blocked, by=by, at=now)
            found = _held_back(inside, held, now, nothing_sent=nothing_sent)
    except BaseException as error:
        _as_before(rt, aside, url)
        if is_full(error):
            raise no_room(error) from None
        raise
    note("restored", folder=folder.name, counts={"doubtful": found.doubtful, "asked_again": found.asked_again})
    return dataclasses.replace(
        found,
        aside=aside,
        erased_again=again.erased,
        refusals_again=again.refusals,
        blocks_known=blocked is not None,
    )


def _held_back(inside: Runtime, held: Backup, now: datetime, *, nothing_sent: bool) -> Restored:
    """What the ledger that is put back knows, and what of it may have gone out: that waits from here on."""
    doubtful, asked_again = (0, 0) if nothing_sent else _doubt(inside, now)
    return Restored(
        made_at=held.made_at,
        restored_at=now,
        files=len(held.files),
        runs=len(inside.ledger.runs()),
        aside=None,
        doubtful=doubtful,
        asked_again=asked_again,
        approval=sum(1 for _ in inside.ledger.jobs(status="awaiting_approval")),
        not_begun=0 if nothing_sent else _end_due(inside, now),
        erased_again=0,
        refusals_again=0,
        blocks_known=False,
    )


def _put_files(state: Path, folder: Path, held: Backup) -> None:
    for file in held.files:
        if file.path.partition("/")[0] in FOLDERS:
            place = state / file.path
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copy2(folder / file.path, place)


@contextmanager
def _ledger_of(rt: Runtime, source: Path, url: str) -> Iterator[Runtime]:
    """A runtime on the ledger of the backup, which becomes that of the project at the end of the block.

    On SQLite that is one step: nobody ever finds a ledger that is empty, or that holds nothing back yet. On PostgreSQL
    it is there from the beginning of the block.
    """
    if not url.startswith("sqlite"):
        copies.put_back(url, source)
        yield rt
        return
    staged = rt.settings.state / _STAGED / copies.file_name(url)
    shutil.rmtree(staged.parent, ignore_errors=True)
    try:
        staged.parent.mkdir(mode=0o700)
        shutil.copyfile(source, staged)
        environment = {**rt.settings.environment, "PROMOCAL_LEDGER_URL": f"sqlite:///{staged}"}
        with dataclasses.replace(rt, settings=rt.settings.model_copy(update={"environment": environment})) as inside:
            yield inside
        copies.put_back(url, staged)
    finally:
        shutil.rmtree(staged.parent, ignore_errors=True)


def _require_room(state: Path, held: Backup) -> None:
    """DiskFullError before anything is changed: the backup does not fit beside what is set aside."""
    place = next(each for each in (state, *state.parents) if each.exists())
    need, free = sum(file.bytes for file in held.files), shutil.disk_usage(place).free
    if free < need:
        raise DiskFullError(
            (f"there is no room for the backup: {need / 1e6:,.1f} MB, and {free / 1e6:,.1f} MB are free at {place}",
             f"空间不足以恢复备份：需要 {need / 1e6:,.1f} MB，{place} 仅剩 {free / 1e6:,.1f} MB"),
            ("make room, and restore again; nothing was changed", "请腾出空间后重新恢复；没有改动任何内容"),
        )  # fmt: skip


def _as_before(rt: Runtime, aside: Path | None, url: str) -> None:
    """A restore that broke off: what was set aside is back. A ledger on SQLite never went."""
    rt.close()
    if aside is not None and (dump := aside / copies.file_name(url)).exists() and not url.startswith("sqlite"):
        copies.put_back(url, dump)
    for name in FOLDERS:
        shutil.rmtree(rt.settings.state / name, ignore_errors=True)
        if aside is not None and (aside / name).exists():
            (aside / name).replace(rt.settings.state / name)
    if aside is not None:
        shutil.rmtree(aside, ignore_errors=True)


def _set_aside(rt: Runtime, now: datetime, url: str, *, replace: bool) -> Path | None:
    """What a restore would replace, moved into a folder of its own; a PostgreSQL ledger is copied there."""
    state = rt.settings.state
    there = [*copies.sqlite_files(url), *(path for name in FOLDERS if (path := state / name).exists())]
    on_server = not url.startswith("sqlite") and look_at(url).version > 0
    if not there and not on_server:
        return None
    if not replace:
        raise UsageError(
            (f"{state} has a ledger or snapshots of its own", f"{state} 已有台账或快照"),
            (
                "add --replace: what is there is set aside, not removed",
                "请加 --replace：现有内容会移到一旁，不会删除",
            ),
        )
    rt.close()
    if copies.is_in_use(url):
        raise _ledger_in_use(copies.sqlite_files(url)[0])
    aside = state / _ASIDE / f"{now:%Y%m%dT%H%M%SZ}"
    aside.mkdir(parents=True, mode=0o700)
    if on_server:
        copies.copy_ledger(url, aside / copies.file_name(url))
    for path in there:
        if path.is_dir():
            path.replace(aside / path.name)
        else:  # the ledger stays as well, until another one takes its place
            _link_or_copy(path, aside / path.name)
    return aside


def _ledger_in_use(place: Path) -> UsageError:
    """A run that sends by the ledger of now would know nothing of what is put back, and go on."""
    return UsageError(
        (f"another process has the ledger {place} open", f"另有进程正在使用台账 {place}"),
        (
            f"stop runs, promocal watch and every worker of the project first; see which: lsof '{place}'",
            f"请先停止本项目的运行、promocal watch 和所有工作进程；查看是哪些：lsof '{place}'",
        ),
    )


def _link_or_copy(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:  # a file system without links
        shutil.copy2(path, target)


def _doubt(rt: Runtime, now: datetime) -> tuple[int, int]:
    """Messages that could have left since the backup: (in doubt, asked again by their key)."""
    keyed = {name for name, channel in rt.channels.items() if channel.honours_key}
    counts = {False: 0, True: 0}
    for channel in sorted({channel for _, _, channel, _ in rt.ledger.job_counts()}):
        again = channel in keyed
        held = [job for job in rt.ledger.jobs(status="sending") if job.channel == channel]
        while held or (held := rt.ledger.claim(None, channel, _AT_ONCE, _WORKER, now)):
            rt.ledger.record([_outcome(job, again=again) for job in held], now)
            counts[again] += len(held)
            held = []
    return counts[False], counts[True]


def _outcome(job: Job, *, again: bool) -> Outcome:
    said = "may have left before the ledger was restored"
    if again:
        return Outcome(job.intent_key, "pending", error=said, retry_after=_SOON, in_doubt=True)
    return Outcome(job.intent_key, "unknown", error=said)


def _end_due(rt: Runtime, now: datetime) -> int:
    """Runs that were expected by now and have nothing in the outbox end as skipped, with the reason."""
    due: Sequence[str] = list(dict.fromkeys(row.run_id for row in rt.ledger.expected(state="due") if row.at <= now))
    without = [run for run in due if not rt.ledger.job_counts(run)]
    for run in without:
        rt.ledger.end_expected(run, "skipped", why_not(now), now)
    return len(without)
