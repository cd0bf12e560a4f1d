"""Backups of what cannot be computed again: ledger, snapshots, decisions; and the way back, sending nothing twice.

A backup is a folder that appears by rename when it is whole. The ledger is copied first: every run it knows then
has its decision and its snapshot among what is copied after it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import PromocalError, UsageError
from campaign_calendars.values.json import from_json, to_json
from tasks.deciding.fence import NOTHING_SENT, why_not
from tasks.journal import note
from tasks.operations.blocked import BlockedAgain, block_again, read_blocked
from tasks.operations.serving import require_nobody_serves
from tasks.runtime import Runtime
from warehouse.ledger import audit, copies
from warehouse.ledger.records import Outcome

if TYPE_CHECKING:
    from warehouse.ledger.records import Job

MANIFEST = "backup.json"
FOLDER = "backups"
"""Below the project's state: where they lie, named by their moment."""
_FORMAT = 1
_FOLDERS = ("warehouse", "decisions", "plans", "outcomes", "results")
_UNFINISHED = (".", "~")
_ASIDE = "before-restore"
_WORKER = "restore"
_AT_ONCE = 5_000
_SOON = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUpFile:
    """One file of a backup."""

    path: str
    """Where it lies in the backup."""
    bytes: int
    """Its size."""
    sha256: str
    """Its digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """`backup.json`: what a backup holds."""

    format: int
    """Version of this record."""
    made_at: datetime
    """The moment of the ledger's copy, or a little before."""
    ledger_version: int
    """Version of the ledger's schema."""
    runs: int
    """Runs the ledger knows."""
    snapshots: tuple[str, ...]
    """Published snapshots in it."""
    files: tuple[BackedUpFile, ...]
    """Every file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMade:
    """`promocal backup`: what was written where."""

    folder: Path
    """The backup."""
    made_at: datetime
    """The moment it stands for."""
    files: int
    """How many files it has."""
    bytes: int
    """How large they are together."""
    runs: int
    """Runs the ledger knows."""
    snapshots: tuple[str, ...]
    """Published snapshots in it."""


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


# --- making one ------------------------------------------------------------------------------


def back_up(rt: Runtime, target: Path | None = None) -> BackupMade:
    """Copy ledger, snapshots and decisions while everything goes on. UsageError: the target is there already."""
    moment = rt.clock().astimezone(UTC)
    folder = target or rt.settings.state / FOLDER / f"{moment:%Y%m%dT%H%M%SZ}"
    if folder.exists():
        raise _there_already(folder)
    building = folder.with_name(f".{folder.name}-{os.getpid()}")
    try:
        building.mkdir(parents=True, mode=0o700)
    except FileExistsError:  # two of one moment, each in a container where it is the first process
        raise _there_already(folder) from None
    try:
        url = rt.settings.ledger_url()
        runs, version = rt.ledger.runs(), _version(url)
        rt.progress(("copying the ledger", "正在复制台账"))
        copies.copy_ledger(url, building / copies.file_name(url))
        for name in _FOLDERS:
            rt.progress((f"copying {name}", f"正在复制 {name}"))
            _copy_tree(rt.settings.state / name, building / name)
        files = tuple(_files(building))
        made = Backup(
            format=_FORMAT,
            made_at=moment,
            ledger_version=version,
            runs=len(runs),
            snapshots=tuple(sorted(_snapshots(building / "warehouse"))),
            files=files,
        )
        (building / MANIFEST).write_text(to_json(made) + "\n", "utf-8")
        try:
            building.replace(folder)
        except OSError:
            if folder.exists():  # another one of this moment was faster
                raise _there_already(folder) from None
            raise
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    note("backed_up", folder=str(folder), counts={"files": len(files), "runs": made.runs})
    return BackupMade(
        folder=folder,
        made_at=moment,
        files=len(files),
        bytes=sum(file.bytes for file in files),
        runs=made.runs,
        snapshots=made.snapshots,
    )


def _there_already(folder: Path) -> UsageError:
    return UsageError(
        (f"{folder} is there already", f"{folder} 已存在"),
        ("name another folder, or wait a second", "请换一个目录，或稍等一秒再试"),
    )


def _version(url: str) -> int:
    from warehouse.ledger.health import look_at

    return look_at(url).version


def _copy_tree(source: Path, target: Path) -> None:
    """Every finished file; one that goes meanwhile (an old snapshot) is no loss, and half a snapshot is none."""
    for file in _finished(source):
        place = target / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileNotFoundError):
            shutil.copy2(file, place)
    if source.name == "warehouse":
        for manifest in _manifests(target):
            if not manifest.with_suffix(".duckdb").exists():
                manifest.unlink()


def _finished(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(_UNFINISHED))
        for name in sorted(names):
            if not name.startswith(_UNFINISHED) and not name.endswith((".wal", ".rejected.duckdb", ".partial")):
                yield Path(place, name)


def _manifests(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.json") if path.name != "current.json"]


def _snapshots(folder: Path) -> Iterator[str]:
    return (path.stem for path in _manifests(folder))


def _files(folder: Path) -> Iterator[BackedUpFile]:
    for place, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            path = Path(place, name)
            yield BackedUpFile(
                path=path.relative_to(folder).as_posix(), bytes=path.stat().st_size, sha256=_digest(path)
            )


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# --- and back --------------------------------------------------------------------------------


def check_backup(folder: Path) -> Backup:
    """Read a backup and look at every file. PromocalError: it is not whole."""
    try:
        held = from_json(Backup, (folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise UsageError(
            (f"{folder} is no backup: it has no {MANIFEST}", f"{folder} 不是备份：没有 {MANIFEST}"),
            ("name a folder that promocal backup made", "请给出 promocal backup 生成的目录"),
        ) from None
    except ValueError:
        raise _damaged(folder, MANIFEST) from None
    if held.format != _FORMAT:
        raise UsageError(
            (f"{folder} was made by another release", f"{folder} 由其他版本生成"),
            ("restore it with the release that made it", "请用生成它的版本恢复"),
        )
    for file in held.files:
        if not _is_inside(file.path):
            raise _damaged(folder, MANIFEST)
        path = folder / file.path
        if path.is_symlink() or not path.is_file() or path.stat().st_size != file.bytes or _digest(path) != file.sha256:
            raise _damaged(folder, file.path)
    if not any(file.path.startswith("ledger.") for file in held.files):
        raise _damaged(folder, "ledger")
    return held


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and ".." not in parts and not path.startswith("/") and "\\" not in path and "\0" not in path


def _damaged(folder: Path, name: str) -> PromocalError:
    return PromocalError(
        (f"the backup {folder} is damaged: {name}", f"备份 {folder} 已损坏：{name}"),
        ("take another one; nothing was changed", "请换用另一个备份；没有改动任何内容"),
    )


def restore(
    rt: Runtime, folder: Path, *, by: str, reason: str = "", replace: bool = False, nothing_sent: bool = False
) -> Restored:
    """Put a backup into the project, and hold back what may have gone out since it was made.

    What was there is set aside, with `replace`; UsageError without it. `nothing_sent` is a person's word that nothing
    went out since the backup: then everything goes on as if it had been the present.
    """
    held = check_backup(folder)
    now = rt.clock().astimezone(UTC)
    url = rt.settings.ledger_url()
    require_nobody_serves(rt.settings.state)
    blocked = read_blocked(rt)
    aside = _set_aside(rt, now, url, replace=replace)
    source = next(folder / file.path for file in held.files if file.path.startswith("ledger."))
    for file in held.files:
        if file.path.partition("/")[0] in _FOLDERS:
            place = rt.settings.state / file.path
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copy2(folder / file.path, place)
    # The ledger last: until it is there the project has no run that could find half of its files.
    copies.put_back(url, source)
    rt.close()
    value = NOTHING_SENT if nothing_sent else ""
    rt.ledger.note(audit.restored(folder.name, f"{held.made_at:%Y-%m-%d %H:%MZ}", reason, by, now, value=value))
    again = BlockedAgain(erased=0, refusals=0) if blocked is None else block_again(rt, blocked, by=by, at=now)
    doubtful, asked_again = (0, 0) if nothing_sent else _doubt(rt, now)
    note("restored", folder=folder.name, counts={"doubtful": doubtful, "asked_again": asked_again})
    return Restored(
        made_at=held.made_at,
        restored_at=now,
        files=len(held.files),
        runs=len(rt.ledger.runs()),
        aside=aside,
        doubtful=doubtful,
        asked_again=asked_again,
        approval=sum(1 for _ in rt.ledger.jobs(status="awaiting_approval")),
        not_begun=0 if nothing_sent else _end_due(rt, now),
        erased_again=again.erased,
        refusals_again=again.refusals,
        blocks_known=blocked is not None,
    )


def _set_aside(rt: Runtime, now: datetime, url: str, *, replace: bool) -> Path | None:
    """What a restore would overwrite, moved into a folder of its own; a PostgreSQL ledger is copied there."""
    state = rt.settings.state
    there = [*copies.sqlite_files(url), *(path for name in _FOLDERS if (path := state / name).exists())]
    on_server = not url.startswith("sqlite") and _version(url) > 0
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
    aside = state / _ASIDE / f"{now:%Y%m%dT%H%M%SZ}"
    aside.mkdir(parents=True, mode=0o700)
    if on_server:
        copies.copy_ledger(url, aside / copies.file_name(url))
    for path in there:
        path.replace(aside / path.name)
    return aside


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
