"""Decide a phase run: every play due at a moment, written as one decision file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.intent import run_id
from campaign_calendars.deciding.runs import PhaseDecision, PlayCounts, PlayDecision, RunSummary, fields_of
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Occurrence
from tasks.accounting.books import keep_books
from tasks.accounting.using_up import used_up
from tasks.data.freshness import require_fresh
from tasks.deciding.ahead import move_and_plan
from tasks.deciding.beside import neighbours
from tasks.deciding.decisions import is_decided, keep_rows, read_decision
from tasks.deciding.draws import require_same_draws
from tasks.deciding.fence import unanswered
from tasks.deciding.known import to_decide
from tasks.deciding.sessions import session_for
from tasks.runtime import Runtime
from warehouse.ledger.records import Run

if TYPE_CHECKING:
    from warehouse.decision.session import RunKey
    from warehouse.shelf.manifest import Snapshot


def due(loaded: LoadedCalendar, phase_id: str, as_of: datetime) -> list[Occurrence]:
    """What the phase has to do at exactly this moment, in the order of its plays."""
    order = {play.id: number for p in loaded.calendar.phases if p.id == phase_id for number, play in enumerate(p.plays)}
    return sorted(loaded.timeline.planned_at(phase_id, as_of), key=lambda o: order[o.play])


def decide(
    rt: Runtime, calendar_id: str, phase_id: str, as_of: datetime, snapshot_id: str | None = None
) -> PhaseDecision | None:
    """Decide every play due; ids and counts, never members.

    The decision is a function of snapshot, calendar, `as_of` and the ledger's history up to it. A
    run that reached the outbox keeps the decision that stands in the ledger, whatever files there are: history has
    moved on, the answer has not. None,
    and nothing is recorded, where only triggers are due and no member has a fresh event. UsageError where
    control groups are drawn otherwise than by earlier runs.
    """
    loaded = rt.load_calendar(calendar_id)
    calendar_id = rt.id_of(loaded)
    _require_due(loaded, calendar_id, phase_id, as_of)
    run = run_id(calendar_id, phase_id, as_of)
    record = rt.ledger.run(run)
    if record is not None and is_decided(rt, record):
        return read_decision(rt, run)
    require_same_draws(rt, loaded)
    from warehouse.decision.session import RunKey

    snapshot = _known_by(rt, loaded, as_of, snapshot_id)
    loaded = to_decide(rt, loaded, snapshot)
    key, briefs = RunKey(run, phase_id, as_of), briefs_of(rt, loaded, phase_id, as_of)
    rows = rt.decisions_dir / f"{run}.{uuid4().hex[:12]}.rows"
    decision = decide_on(rt, loaded, snapshot, key, briefs, rows=rows, known=record is not None)
    if decision is None:
        return None
    if _begin(rt, decision).decision_sha != decision.decision_sha:
        rows.unlink()
        return read_decision(rt, run)
    keep_rows(rt, decision, rows)
    return decision


def decide_on(
    rt: Runtime,
    loaded: LoadedCalendar,
    snapshot: Snapshot,
    key: RunKey,
    briefs: Sequence[Brief],
    *,
    rows: Path,
    known: bool,
) -> PhaseDecision | None:
    """Decide on a snapshot, with the ledger's history up to the run, and write its rows; nothing else is changed.

    None where the run is not `known` and no member has a fresh event.
    """
    position = rt.ledger.position()
    with session_for(rt, loaded, snapshot, key, briefs) as session:
        if not known and not session.has_work(briefs):
            return None
        others = neighbours(rt, loaded, snapshot, key.at, briefs, strict=False)
        plan = move_and_plan(session, loaded, key.at, briefs, others)
        plays = tuple(_with_instructions(session.decide(brief, plan), brief) for brief in briefs)
        digest = session.write(rows)
        members = session.members()
        certificate = plan.certificate(baselines=True) if plan is not None else None
    return PhaseDecision(
        run_id=key.run_id,
        calendar=rt.id_of(loaded),
        phase=key.phase,
        as_of=key.at,
        snapshot_id=snapshot.snapshot_id,
        calendar_sha=sha_of(loaded),
        decision_sha=digest,
        position=position,
        members=members,
        plays=plays,
        certificate=certificate,
        beside={other.loaded.calendar.calendar: sha_of(other.loaded) for other in others},
    )


def briefs_of(rt: Runtime, loaded: LoadedCalendar, phase_id: str, as_of: datetime) -> list[Brief]:
    """What the plays due at a moment ask for, in the order of the phase."""
    gone = used_up(rt, loaded, phase_id)
    briefs = [
        make_brief(loaded.calendar, loaded.store, loaded.timeline, each, gone, parts=loaded.parts)
        for each in due(loaded, phase_id, as_of)
    ]
    return unanswered(rt, briefs, as_of)


def _known_by(rt: Runtime, loaded: LoadedCalendar, as_of: datetime, snapshot_id: str | None) -> Snapshot:
    """The snapshot to decide on, which has to be fresh; the calendar's books tell what it knows."""
    snapshot = rt.current_snapshot() if snapshot_id is None else rt.find_snapshot(snapshot_id)
    require_fresh(rt, loaded, snapshot, as_of)
    keep_books(rt, loaded, snapshot)
    return snapshot


def sha_of(loaded: LoadedCalendar) -> str:
    return hashlib.sha256(loaded.text.encode()).hexdigest()


def _require_due(loaded: LoadedCalendar, calendar_id: str, phase_id: str, as_of: datetime) -> None:
    if due(loaded, phase_id, as_of):
        return
    raise UsageError(
        (
            f"phase {phase_id} of {calendar_id} has no play at {as_of.isoformat()}",
            f"{calendar_id} 的阶段 {phase_id} 在 {as_of.isoformat()} 没有玩法",
        ),
        ("see: promocal plan " + calendar_id, "见：promocal plan " + calendar_id),
    )


def _with_instructions(counts: PlayCounts, brief: Brief) -> PlayDecision:
    return PlayDecision(
        **fields_of(counts),
        expires_at=brief.expires_at,
        pools={option.benefit: option.pool for option in brief.benefits},
        points={option.benefit: option.points for option in brief.benefits if option.points},
        stock={option.benefit: option.stock for option in brief.benefits},
        audience_sql=brief.predicate,
        lane=brief.lane,
    )


def _begin(rt: Runtime, decision: PhaseDecision) -> Run:
    """The run as the ledger knows it from now on: decided like this, or by somebody who was quicker."""
    return rt.ledger.begin_run(
        Run(
            run_id=decision.run_id,
            calendar=decision.calendar,
            phase=decision.phase,
            as_of=decision.as_of,
            snapshot_id=decision.snapshot_id,
            decision_sha=decision.decision_sha,
            status="started",
            summary=RunSummary(plays=decision.plays),
            started_at=rt.clock(),
            finished_at=None,
        ),
        decision,
    )
