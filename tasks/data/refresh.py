"""Pull the sources into a new snapshot, validate it and publish it (write, audit, publish)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from campaign_calendars.findings.errors import SnapshotMissingError, SnapshotRejectedError
from campaign_calendars.findings.problem import Problem, Severity
from campaign_calendars.values.json import to_plain
from tasks.data.freshness import stale_now
from tasks.private import rights_problems
from tasks.runtime import Runtime, feature_params
from warehouse.shelf.manifest import DatasetCounts, Mode

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar
    from warehouse.engines.port import Engine
    from warehouse.shelf.manifest import Snapshot


@dataclass(frozen=True, slots=True)
class FindingNote:
    """A finding of a refresh; it names rules, counts and places, never members."""

    code: str
    """Stable, e.g. `S111`; `promocal explain` says what it means."""
    severity: Severity
    """Errors keep a snapshot from being published, warnings and remarks do not."""
    message: str
    """What was found."""
    examples: tuple[str, ...] = ()
    """A few of the rows: where they stand and what is written there, masked where personal."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A snapshot that was published."""

    snapshot_id: str
    """Id of the snapshot."""
    as_of: datetime
    """The moment it knows everything up to."""
    mode: Mode
    """Built in full or from its parent."""
    reason: str
    """Why."""
    parent: str | None
    """The snapshot it was built from; null when in full."""
    datasets: Mapping[str, DatasetCounts]
    """Dataset → its account."""
    findings: tuple[FindingNote, ...]
    """What was found, in file order."""
    current: bool = True
    """Whether runs decide on it from now on; false where the current snapshot knows a later moment."""


def refresh(
    rt: Runtime,
    calendar_id: str,
    as_of: datetime,
    *,
    full: bool = False,
    engine: Literal["duckdb", "spark"] | None = None,
    lang: str = "en",
) -> Refreshed:
    """Build and publish the snapshot of `as_of`; names and counts only, reason and findings in `lang`.

    One of an older moment than the current one does not become the current one.
    Only what is new is read, unless `full`, or unless something else changed; `reason` says which.
    `engine` computes the models instead of the one in `promocal.toml`; the snapshot is the same.

    Raises SnapshotRejectedError when validation closes the gate: nothing is published then and the
    rejected rows stay on disk for a look.
    """
    loaded = rt.load_calendar(calendar_id)
    try:
        with _engine(rt, engine) as computing:
            snapshot = _build(rt, loaded, as_of, computing, full=full)
    except SnapshotRejectedError as error:
        rt.progress((f"snapshot rejected: {error.message}", f"快照未通过：{error.text('zh')}"))
        raise
    rt.ledger.record_snapshot(snapshot.snapshot_id, as_of, snapshot.fingerprint, to_plain(snapshot.counts))
    return Refreshed(
        snapshot_id=snapshot.snapshot_id,
        as_of=as_of,
        mode=snapshot.build.mode,
        reason=snapshot.build.reason_zh if lang == "zh" else snapshot.build.reason,
        parent=snapshot.build.parent,
        datasets=snapshot.counts,
        findings=finding_notes(
            [*snapshot.findings, *stale_now(loaded, snapshot), *rights_problems(rt.settings.state)], lang
        ),
        current=rt.current_snapshot().as_of <= snapshot.as_of,
    )


def _engine(rt: Runtime, engine: Literal["duckdb", "spark"] | None) -> AbstractContextManager[Engine | None]:
    """What computes the models: the one asked for, else that of `promocal.toml`."""
    from warehouse.engines import open_engine

    warehouse = rt.settings.warehouse
    exchange = rt.settings.root / warehouse.spark_exchange if warehouse.spark_exchange else rt.warehouse_dir
    return open_engine(
        engine or warehouse.engine, url=warehouse.spark_url, exchange=exchange, memory_limit=warehouse.memory_limit
    )


def _build(rt: Runtime, loaded: LoadedCalendar, as_of: datetime, computing: Engine | None, *, full: bool) -> Snapshot:
    from warehouse.snapshots.drift import DriftLimits
    from warehouse.snapshots.snapshot import build_snapshot

    warehouse = rt.settings.warehouse
    return build_snapshot(
        rt.sources(),
        base_dir=rt.settings.root,
        directory=rt.warehouse_dir,
        as_of=as_of,
        params=feature_params(loaded),
        threads=warehouse.threads,
        memory_limit=warehouse.memory_limit,
        keep=warehouse.keep,
        full=full,
        drift=DriftLimits(**warehouse.drift.shares()),
        progress=rt.progress,
        engine=computing,
        erased=_erased(rt),
        now=rt.clock(),
    )


def _erased(rt: Runtime) -> list[str]:
    """Digests of those who were erased. A ledger that is not there yet knows nobody, and is not made for asking."""
    url = rt.settings.ledger_url()
    fresh = url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists()
    return [] if fresh else list(rt.ledger.erasures())


def young_enough(rt: Runtime, calendar_id: str, phase_id: str, as_of: datetime) -> str | None:
    """The published snapshot's id, if only sweeps are due and the sources cannot have brought much since.

    Pulling everything every few minutes would cost more than it finds: a snapshot of the store's
    `data_every` before the moment will do. What it does not hold yet fires at a later sweep.
    """
    loaded = rt.load_calendar(calendar_id)
    swept = {sweep.play for sweep in loaded.timeline.sweeps if sweep.phase == phase_id}
    if any(o.play not in swept for o in loaded.timeline.planned_at(phase_id, as_of)):
        return None
    try:
        snapshot = rt.current_snapshot()
    except SnapshotMissingError:
        return None
    age = as_of - snapshot.as_of
    return snapshot.snapshot_id if timedelta() <= age < loaded.store.contact_policy.data_every else None


def finding_notes(findings: Iterable[Problem], lang: str = "en") -> tuple[FindingNote, ...]:
    """Findings as code, severity and message, in one language."""
    return tuple(FindingNote(f.code, f.severity, f.text(lang), f.examples) for f in findings)
