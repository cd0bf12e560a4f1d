"""Backups of what cannot be computed again: ledger, snapshots, decisions. The way back is `tasks.operations.restoring`.

A backup is a folder that appears by rename when it is whole. The ledger is copied first: every run it knows then
has its decision and its snapshot among what is copied after it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from campaign_calendars.findings.errors import PromocalError, UsageError
from campaign_calendars.values.json import from_json, to_json
from tasks.journal import note
from tasks.runtime import Runtime
from warehouse.ledger import copies
from warehouse.shelf.room import is_full, no_room

MANIFEST = "backup.json"
FOLDER = "backups"
"""Below the project's state: where they lie, named by their moment."""
_FORMAT = 1
FOLDERS = ("warehouse", "decisions", "plans", "outcomes", "results")
_UNFINISHED = (".", "~")


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
        for name in FOLDERS:
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
    except BaseException as error:
        shutil.rmtree(building, ignore_errors=True)
        if is_full(error):
            raise no_room(error) from None
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


# --- reading one -----------------------------------------------------------------------------


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
