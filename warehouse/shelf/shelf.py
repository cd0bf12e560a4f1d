"""The directory of published snapshots: manifests, the pointer to the current one, pruning.

A snapshot is `<id>.duckdb` and `<id>.json`, never changed once published; `current.json` names the one of the
latest moment, of several the one published last. Every file appears by atomic rename, so a reader sees all of it or
nothing.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from campaign_calendars.findings.errors import DiskFullError, SnapshotMissingError
from campaign_calendars.findings.said import Tell
from campaign_calendars.values.json import from_json, to_json
from warehouse.shelf import archive
from warehouse.shelf.lock import FileLock
from warehouse.shelf.manifest import Manifest, Snapshot, manifest_of, snapshot_of
from warehouse.shelf.profiles import SnapshotProfile
from warehouse.shelf.room import is_full

_AHEAD = timedelta(hours=1)
"""Clocks of machines differ; a moment that is further ahead was not written by one."""
_POINTER = "current.json"
_BUILDING = ".building-"
_REJECTED = ".rejected.duckdb"
_REJECTED_KEPT = 3
_LOCK = ".refresh.lock"
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
_TEMPORARY = re.compile(r"\..+\.json-\d+")
PROFILES = "profiles"


@dataclass(frozen=True, slots=True)
class _Pointer:
    """The content of `current.json`."""

    snapshot_id: str


def list_snapshots(directory: Path) -> list[Snapshot]:
    """Published snapshots, the one published first leading."""
    found = [read_manifest(path) for path in directory.glob("*.json") if path.name != _POINTER]
    return sorted((snapshot for snapshot in found if snapshot.path.exists()), key=lambda s: s.sequence)


def current_snapshot(directory: Path) -> Snapshot:
    """The one that runs decide on and messages leave by. Raises SnapshotMissingError when there is none."""
    try:
        named = from_json(_Pointer, (directory / _POINTER).read_bytes()).snapshot_id
    except FileNotFoundError:
        raise SnapshotMissingError(
            ("no snapshot has been published yet", "尚未发布任何快照"),
            ("publish one with: promocal refresh CALENDAR", "请先发布：promocal refresh 日历"),
        ) from None
    return find_snapshot(directory, named)


def find_snapshot(directory: Path, snapshot_id: str) -> Snapshot:
    """A published snapshot by its id. Raises SnapshotMissingError when it is not there (any more)."""
    manifest = directory / f"{snapshot_id}.json"
    if not manifest.exists() or not manifest.with_suffix(".duckdb").exists():
        raise SnapshotMissingError(
            (f"there is no snapshot {snapshot_id}", f"没有快照 {snapshot_id}"),
            (
                "older snapshots are removed; refresh, or raise keep in [warehouse]",
                "较旧的快照会被清除；请重新刷新，或提高 [warehouse] 的 keep",
            ),
        )
    return read_manifest(manifest)


@contextmanager
def locked(directory: Path, report: Tell) -> Iterator[None]:
    """One build at a time: a second one waits, and then usually finds its snapshot published."""
    directory.mkdir(parents=True, exist_ok=True)
    with FileLock(directory / _LOCK) as lock:
        if not lock.take():
            report(("waiting for another refresh", "正在等待另一次刷新"))
            lock.wait()
        yield


def publish(
    built: Path,
    snapshot: Snapshot,
    parts: Iterable[Path] = (),
    profile: SnapshotProfile | None = None,
    now: datetime | None = None,
) -> None:
    """Move a closed, complete file into place, then its manifest, then the pointer; `parts` and profile before them.

    The pointer never goes back to an older moment, as `lead` says. A crash before it leaves the previous snapshot
    current; building again repairs the rest.
    """
    for part in parts:
        _sync(part)
        archive.publish_part(part)
    (snapshot.path.parent / PROFILES).mkdir(exist_ok=True)
    _write(profile_path(snapshot), profile or SnapshotProfile())
    _sync(built)
    built.replace(snapshot.path)
    _write(snapshot.path.with_suffix(".json"), manifest_of(snapshot))
    lead(snapshot, now)


def share(published: Path, built: Path) -> None:
    """Give a published file, which nobody ever changes, a second name; where the disk has no links, copy it."""
    built.unlink(missing_ok=True)
    try:
        os.link(published, built)
    except OSError as error:
        if is_full(error):
            raise
        shutil.copyfile(published, built)


def lead(snapshot: Snapshot, now: datetime | None = None) -> None:
    """Make a published snapshot the current one, unless the current one knows a later moment.

    One of a moment after `now` (default: none is) was made to look ahead, or by mistake. It is in nobody's way:
    else nothing that is known by now would become current until that moment comes.

    A run of an older moment decides on a snapshot of its own. Everybody else goes on with what is known by now: who
    would be looked at again before a message leaves, what is spent, what is on sale.
    """
    try:
        current = current_snapshot(snapshot.path.parent)
    except SnapshotMissingError:
        current = None
    if current is None or (current.snapshot_id != snapshot.snapshot_id and not holds(current, snapshot.as_of, now)):
        point_to(snapshot)


def holds(current: Snapshot, moment: datetime, now: datetime | None) -> bool:
    """Whether the current snapshot stays it beside one of that moment."""
    return current.as_of > moment and (now is None or current.as_of <= now + _AHEAD)


def point_to(snapshot: Snapshot) -> None:
    """Make a published snapshot the current one, also one of an older moment: a person wants it back."""
    _write(snapshot.path.parent / _POINTER, _Pointer(snapshot.snapshot_id))


def profile_path(snapshot: Snapshot) -> Path:
    return snapshot.path.parent / PROFILES / f"{snapshot.snapshot_id}.json"


def read_profile(snapshot: Snapshot) -> SnapshotProfile:
    """What accepted rows looked like (see `snapshots.profile`), and how far that had moved; empty when not known."""
    try:
        return from_json(SnapshotProfile, profile_path(snapshot).read_bytes())
    except (FileNotFoundError, ValueError):
        return SnapshotProfile()


def next_sequence(directory: Path) -> int:
    return max((snapshot.sequence for snapshot in list_snapshots(directory)), default=0) + 1


def prune(directory: Path, keep: int) -> list[str]:
    """Remove all but the `keep` newest; never the current one nor the one before it.

    The one before stays because a reader may have read the pointer and be about to open it. A
    reader that holds an older file open keeps its data: the file goes when the reader closes it.
    """
    snapshots = list_snapshots(directory)
    current = current_snapshot(directory).snapshot_id
    others = [snapshot for snapshot in snapshots if snapshot.snapshot_id != current]
    doomed = others[: -max(keep - 1, 1)]
    for snapshot in doomed:
        # The manifest goes first: what has none is not published.
        with suppress(PermissionError):  # Windows: still open somewhere; the next refresh tries again
            snapshot.path.with_suffix(".json").unlink(missing_ok=True)
            profile_path(snapshot).unlink(missing_ok=True)
            snapshot.path.unlink(missing_ok=True)
    archive.prune(directory, list_snapshots(directory))
    rejected = sorted(directory.glob(f"*{_REJECTED}"), key=lambda path: path.stat().st_mtime_ns)
    _discard(rejected[:-_REJECTED_KEPT])
    return [snapshot.snapshot_id for snapshot in doomed]


def workspace(directory: Path, name: str) -> Path:
    """Path of a new file to build in; first removes what crashed builds left behind."""
    directory.mkdir(parents=True, exist_ok=True)
    clear(directory)
    return directory / f"{_BUILDING}{name}-{os.getpid()}.duckdb"


def clear(directory: Path) -> None:
    """Remove what no published snapshot needs: half-written files, and those a crash kept from being published.

    For whoever holds the lock: nobody else writes here then.
    """
    _discard(path for path in directory.glob(f"{_BUILDING}*.duckdb") if not _is_open(path))
    published = {path.stem for path in directory.glob("*.json") if path.name != _POINTER}
    _discard(path for path in directory.glob("*.duckdb") if _ID.fullmatch(path.stem) and path.stem not in published)
    profiles = directory / PROFILES
    _discard(path for path in profiles.glob("*.json") if path.stem not in published)
    for folder in (directory, profiles):
        _discard(path for path in folder.glob(".*.json-*") if _TEMPORARY.fullmatch(path.name))
    archive.prune(directory, list_snapshots(directory))


@contextmanager
def with_room(directory: Path) -> Iterator[None]:
    """Build in the directory; where there is no room nothing of it stays behind. Raises DiskFullError."""
    import duckdb

    try:
        yield
    except (OSError, duckdb.Error) as error:
        if not is_full(error):
            raise
        clear(directory)
        raise DiskFullError(
            (f"there is no room left to write the snapshot in {directory}", f"{directory} 空间不足，无法写入快照"),
            (
                "make room, or set keep in [warehouse] lower, and refresh again; the current snapshot is untouched",
                "请腾出空间，或降低 [warehouse] 的 keep，然后重新刷新；当前快照未受影响",
            ),
        ) from None


def keep_rejected(built: Path, snapshot_id: str) -> Path:
    """Put a refused build aside for diagnosis."""
    target = built.parent / f"{snapshot_id}{_REJECTED}"
    built.replace(target)
    return target


def discard(built: Path, parts: Iterable[Path] = ()) -> None:
    """Remove a build and the log beside it, and parts that were not published."""
    _discard([built, *parts])


def read_manifest(path: Path) -> Snapshot:
    """The snapshot of a manifest. Raises SnapshotMissingError when it is damaged."""
    try:
        manifest = from_json(Manifest, path.read_bytes())
    except ValueError:
        raise SnapshotMissingError(
            (f"the manifest {path} cannot be read", f"快照清单 {path} 无法读取"),
            (
                f"remove it and {path.stem}.duckdb beside it, then refresh",
                f"请删除它和同目录的 {path.stem}.duckdb，然后重新 refresh",
            ),
        ) from None
    return snapshot_of(manifest, path.with_suffix(".duckdb"))


def _write(path: Path, record: object) -> None:
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    temporary.write_text(to_json(record, sort_keys=False) + "\n", "utf-8")
    _sync(temporary)
    temporary.replace(path)


def _sync(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def _is_open(path: Path) -> bool:
    """Whether some process still builds in the file: DuckDB lets one process at a time have it."""
    import duckdb

    try:
        duckdb.connect(str(path)).close()
    except duckdb.IOException as error:
        return "lock" in str(error)
    except duckdb.Error:
        return True  # another connection of this process holds it
    return False


def _discard(paths: Iterable[Path]) -> None:
    for path in paths:
        for part in (path, path.with_name(path.name + ".wal")):
            with suppress(PermissionError):
                part.unlink(missing_ok=True)
