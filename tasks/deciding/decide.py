"""Decide a phase run: every play due at a moment, written as one decision file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Occurrence
from tasks.data.freshness import require_fresh
from tasks.deciding.sessions import session_for
from tasks.runtime import Runtime, feature_params


def run_id(calendar_id: str, phase_id: str, as_of: datetime) -> str:
    """The id of a phase run: the same moment is always the same run."""
    return f"{calendar_id}.{phase_id}.{as_of.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def due(loaded: LoadedCalendar, phase_id: str, as_of: datetime) -> list[Occurrence]:
    """What the phase has to do at exactly this moment, in the order of its plays."""
    order = {play.id: number for p in loaded.calendar.phases if p.id == phase_id for number, play in enumerate(p.plays)}
    return sorted(loaded.timeline.planned_at(phase_id, as_of), key=lambda o: order[o.play])


def decide(
    rt: Runtime, calendar_id: str, phase_id: str, as_of: datetime, snapshot_id: str | None = None
) -> dict[str, Any]:
    """Decide every play due; returns ids and counts, never members.

    The decision is a function of snapshot, calendar, `as_of` and the ledger's history up to it. A
    run that is already enqueued keeps its decision: history has moved on, the answer has not. Where
    only triggers are due and no member has a fresh event, nothing is recorded: `idle` is true then.
    """
    loaded = rt.load_calendar(calendar_id)
    occurrences = due(loaded, phase_id, as_of)
    if not occurrences:
        raise UsageError(
            (
                f"phase {phase_id} of {calendar_id} has no play at {as_of.isoformat()}",
                f"{calendar_id} 的阶段 {phase_id} 在 {as_of.isoformat()} 没有玩法",
            ),
            ("see: promocal plan " + calendar_id, "见：promocal plan " + calendar_id),
        )
    run = run_id(calendar_id, phase_id, as_of)
    stored = read_manifest(rt, run)
    record = rt.ledger.run(run)
    if stored is not None and record is not None and record.status != "started":
        return stored
    snapshot = rt.current_snapshot() if snapshot_id is None else rt.find_snapshot(snapshot_id)
    require_fresh(rt, loaded, snapshot, as_of)
    position = rt.ledger.position()
    from warehouse.decision.session import RunKey

    briefs = [make_brief(loaded.calendar, loaded.store, loaded.timeline, o) for o in occurrences]
    with session_for(rt, loaded, snapshot, RunKey(run, phase_id, as_of), briefs) as session:
        if record is None and not session.has_work(briefs):
            return {"run_id": run, "idle": True, "plays": []}
        session.move_to(as_of, feature_params(loaded), briefs)
        plays = [(brief, session.decide(brief)) for brief in briefs]
        digest = session.write(decision_path(rt, run))
        members = session.members()
    manifest = {
        "run_id": run,
        "calendar": calendar_id,
        "phase": phase_id,
        "as_of": as_of.isoformat(),
        "snapshot_id": snapshot.snapshot_id,
        "calendar_sha": hashlib.sha256(loaded.text.encode()).hexdigest(),
        "decision_sha": digest,
        "position": position,
        "members": members,
        "plays": [{**counts.as_dict(), **_instructions(brief)} for brief, counts in plays],
    }
    _write_manifest(rt, run, manifest)
    _begin(rt, manifest, as_of)
    return manifest


def _instructions(brief: Brief) -> dict[str, Any]:
    """What enqueue needs beyond the rows; the same for every member of the play."""
    return {
        "message": brief.message,
        "expires_at": brief.expires_at.isoformat() if brief.expires_at else None,
        "pools": {option.benefit: option.pool for option in brief.benefits},
        "points": {option.benefit: option.points for option in brief.benefits if option.points},
        "stock": {option.benefit: option.stock for option in brief.benefits},
        "audience_sql": brief.predicate,
        "lane": brief.lane,
    }


def _begin(rt: Runtime, manifest: dict[str, Any], as_of: datetime) -> None:
    from warehouse.ledger.records import Run

    rt.ledger.begin_run(
        Run(
            run_id=manifest["run_id"],
            calendar=manifest["calendar"],
            phase=manifest["phase"],
            as_of=as_of,
            snapshot_id=manifest["snapshot_id"],
            decision_sha=manifest["decision_sha"],
            status="started",
            summary={"plays": manifest["plays"], "members": manifest["members"]},
            started_at=rt.clock(),
            finished_at=None,
        )
    )


def decision_path(rt: Runtime, run: str) -> Path:
    return rt.decisions_dir / f"{run}.parquet"


def read_manifest(rt: Runtime, run: str) -> dict[str, Any] | None:
    path = rt.decisions_dir / f"{run}.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def _write_manifest(rt: Runtime, run: str, manifest: dict[str, Any]) -> None:
    path = rt.decisions_dir / f"{run}.json"
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")
    partial.replace(path)


def run_totals(plays: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Sums over the plays of a run."""
    return {
        "candidates": sum(play["candidates"] for play in plays),
        "chosen": sum(play["chosen"] for play in plays),
        "held_out": sum(sum(play["held_out"].values()) for play in plays),
        "excluded": sum(sum(play["excluded"].values()) for play in plays),
        "benefit_cost_cents": sum(play["benefit_cost_cents"] for play in plays),
        "message_cost_cents": sum(play["message_cost_cents"] for play in plays),
    }
