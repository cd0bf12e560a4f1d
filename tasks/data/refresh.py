"""Pull the sources into a new snapshot, validate it and publish it (write, audit, publish)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Literal

from campaign_calendars.findings.errors import SnapshotMissingError, SnapshotRejectedError
from campaign_calendars.findings.problem import Problem
from tasks.runtime import Runtime, feature_params


def refresh(
    rt: Runtime,
    calendar_id: str,
    as_of: datetime,
    *,
    full: bool = False,
    engine: Literal["duckdb", "spark"] | None = None,
    lang: str = "en",
) -> dict[str, Any]:
    """Build and publish the snapshot of `as_of`; names and counts only, reason and findings in `lang`.

    Only what is new is read, unless `full`, or unless something else changed; `reason` says which.
    `engine` computes the models instead of the one in `promocal.toml`; the snapshot is the same.

    Raises SnapshotRejectedError when validation closes the gate: nothing is published then and the
    rejected rows stay on disk for a look.
    """
    from warehouse.engines import open_engine
    from warehouse.snapshots.drift import DriftLimits
    from warehouse.snapshots.snapshot import build_snapshot

    loaded = rt.load_calendar(calendar_id)
    warehouse = rt.settings.warehouse
    exchange = rt.settings.root / warehouse.spark_exchange if warehouse.spark_exchange else rt.warehouse_dir
    chosen = open_engine(
        engine or warehouse.engine, url=warehouse.spark_url, exchange=exchange, memory_limit=warehouse.memory_limit
    )
    try:
        with chosen as computing:
            snapshot = build_snapshot(
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
            )
    except SnapshotRejectedError as error:
        rt.progress((f"snapshot rejected: {error.message}", f"快照未通过：{error.text('zh')}"))
        raise
    counts = {name: asdict(account) for name, account in snapshot.counts.items()}
    rt.ledger.record_snapshot(snapshot.snapshot_id, as_of, snapshot.fingerprint, counts)
    return {
        "snapshot_id": snapshot.snapshot_id,
        "as_of": as_of.isoformat(),
        "mode": snapshot.build.mode,
        "reason": snapshot.build.reason_zh if lang == "zh" else snapshot.build.reason,
        "parent": snapshot.build.parent,
        "datasets": counts,
        "findings": finding_counts(snapshot.findings, lang),
    }


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


def finding_counts(findings: tuple[Problem, ...], lang: str = "en") -> list[dict[str, Any]]:
    """Findings as code, severity and message; messages name rules and counts, never members."""
    return [{"code": f.code, "severity": f.severity, "message": f.text(lang)} for f in findings]
