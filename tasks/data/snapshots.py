"""Published snapshots: what is there, what changed between two, and pointing back to an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import SnapshotMissingError, UsageError
from campaign_calendars.findings.problem import SaidProblem
from tasks.runtime import Runtime
from warehouse.shelf.manifest import BuildRecord, DatasetCounts, Mode

if TYPE_CHECKING:
    from warehouse.shelf.manifest import Snapshot
    from warehouse.snapshots.compare import SnapshotChanges


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A published snapshot."""

    snapshot_id: str
    """Id of the snapshot."""
    as_of: datetime
    """The moment it knows everything up to, in UTC."""
    sequence: int
    """Counts publications in the directory."""
    mode: Mode
    """Built in full or from its parent."""
    parent: str | None
    """The snapshot it was built from; null when in full."""
    rows: int
    """Accepted rows of all datasets."""
    quarantined: int
    """Rows that break a rule."""
    bytes: int
    """Size of its file."""
    current: bool
    """Whether runs decide on it."""


@dataclass(frozen=True, slots=True)
class SnapshotList:
    """What `promocal snapshots` lists."""

    snapshots: tuple[SnapshotRow, ...]
    """The newest last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotShown(BuildRecord):
    """The manifest of one snapshot."""

    snapshot_id: str
    """Id of the snapshot."""
    as_of: datetime
    """The moment it knows everything up to, in UTC."""
    fingerprint: str
    """A digest of all that the snapshot depends on."""
    sequence: int
    """Counts publications in the directory."""
    current: bool
    """Whether runs decide on it."""
    datasets: Mapping[str, DatasetCounts]
    """Dataset → its account."""
    findings: tuple[SaidProblem, ...]
    """What was found, in English."""


@dataclass(frozen=True, slots=True)
class RolledBack:
    """An earlier snapshot that is current again."""

    snapshot_id: str
    """The snapshot that is current now."""
    before: str | None
    """The one that was."""
    by: str
    """Who decided it."""
    reason: str
    """Why."""


def list_all(rt: Runtime) -> tuple[SnapshotRow, ...]:
    """Every published snapshot, the newest last; `current` is the one that runs decide on."""
    from warehouse.shelf.shelf import list_snapshots

    current = _current_id(rt)
    return tuple(
        SnapshotRow(
            snapshot_id=snapshot.snapshot_id,
            as_of=snapshot.as_of,
            sequence=snapshot.sequence,
            mode=snapshot.build.mode,
            parent=snapshot.build.parent,
            rows=sum(counts.accepted for counts in snapshot.counts.values()),
            quarantined=sum(counts.quarantined for counts in snapshot.counts.values()),
            bytes=snapshot.path.stat().st_size,
            current=snapshot.snapshot_id == current,
        )
        for snapshot in list_snapshots(rt.warehouse_dir)
    )


def show(rt: Runtime, name: str, lang: str = "en") -> SnapshotShown:
    """The whole manifest of one snapshot, its findings in `lang`."""
    snapshot = find(rt, name)
    return SnapshotShown(
        snapshot_id=snapshot.snapshot_id,
        as_of=snapshot.as_of,
        fingerprint=snapshot.fingerprint,
        sequence=snapshot.sequence,
        current=snapshot.snapshot_id == _current_id(rt),
        datasets=snapshot.counts,
        findings=tuple(problem.said(lang) for problem in snapshot.findings),
        **{each.name: getattr(snapshot.build, each.name) for each in fields(BuildRecord)},
    )


def diff(rt: Runtime, old: str, new: str) -> SnapshotChanges:
    """What changed from `old` to `new`: counts per table, members and refunds, never a value."""
    from warehouse.snapshots.compare import compare_snapshots

    warehouse = rt.settings.warehouse
    return compare_snapshots(
        find(rt, old), find(rt, new), threads=warehouse.threads, memory_limit=warehouse.memory_limit
    )


def rollback(rt: Runtime, name: str, *, by: str, reason: str) -> RolledBack:
    """Make an earlier snapshot the current one; the ledger's audit keeps who did it and why.

    Waits for a refresh that is under way. Nothing is deleted: refreshing again publishes a newer one, built on the one
    pointed to.
    """
    from warehouse.ledger.audit import rolled_back
    from warehouse.shelf.shelf import locked, point_to

    if not by.strip() or not reason.strip():
        raise UsageError(
            ("a rollback needs a person and a reason", "回退须写明何人与原因"),
            ('add --by NAME --reason "…"', '请添加 --by 姓名 --reason "…"'),
        )
    find(rt, name)  # a name that nothing has is told at once
    with locked(rt.warehouse_dir, rt.progress):  # else a refresh that is under way would point to its own behind us
        snapshot, before = find(rt, name), _current_id(rt)
        # The note comes first: a pointer without a note would be a change nobody can explain.
        rt.ledger.note(rolled_back(snapshot.snapshot_id, before, reason, by, rt.clock()))
        point_to(snapshot)
    return RolledBack(snapshot.snapshot_id, before, by, reason)


def find(rt: Runtime, name: str) -> Snapshot:
    """A snapshot by its id, by the beginning of one that no other shares, or `current`."""
    from warehouse.shelf.shelf import list_snapshots

    if name == "current":
        return rt.current_snapshot()
    ids = [snapshot.snapshot_id for snapshot in list_snapshots(rt.warehouse_dir)]
    matching = [name] if name in ids else [each for each in ids if each.startswith(name)]
    if len(matching) > 1:
        raise UsageError(
            (f"{name} may be any of {', '.join(matching)}", f"{name} 可能是 {', '.join(matching)} 中的任何一个"),
            ("write more of the id", "请多写几位编号"),
        )
    return rt.find_snapshot(matching[0] if matching else name)


def _current_id(rt: Runtime) -> str | None:
    try:
        return rt.current_snapshot().snapshot_id
    except SnapshotMissingError:
        return None
