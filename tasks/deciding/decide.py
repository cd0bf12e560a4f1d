"""Decide a phase run: every play due at a moment, written as one decision file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.runs import PhaseDecision, PlayCounts, PlayDecision, RunSummary, fields_of
from campaign_calendars.findings.errors import LedgerError, UsageError
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Occurrence
from campaign_calendars.values.json import from_json, to_json
from tasks.accounting.books import keep_books
from tasks.accounting.using_up import used_up
from tasks.data.freshness import require_fresh
from tasks.deciding.ahead import move_and_plan
from tasks.deciding.beside import neighbours
from tasks.deciding.draws import require_same_draws
from tasks.deciding.measures import with_measures
from tasks.deciding.sessions import session_for
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.shelf.manifest import Snapshot


def run_id(calendar_id: str, phase_id: str, as_of: datetime) -> str:
    """The id of a phase run: the same moment is always the same run."""
    return f"{calendar_id}.{phase_id}.{as_of.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def due(loaded: LoadedCalendar, phase_id: str, as_of: datetime) -> list[Occurrence]:
    """What the phase has to do at exactly this moment, in the order of its plays."""
    order = {play.id: number for p in loaded.calendar.phases if p.id == phase_id for number, play in enumerate(p.plays)}
    return sorted(loaded.timeline.planned_at(phase_id, as_of), key=lambda o: order[o.play])


def decide(
    rt: Runtime, calendar_id: str, phase_id: str, as_of: datetime, snapshot_id: str | None = None
) -> PhaseDecision | None:
    """Decide every play due; ids and counts, never members.

    The decision is a function of snapshot, calendar, `as_of` and the ledger's history up to it. A
    run that is already enqueued keeps its decision: history has moved on, the answer has not. None,
    and nothing is recorded, where only triggers are due and no member has a fresh event. UsageError where
    control groups are drawn otherwise than by earlier runs.
    """
    loaded = rt.load_calendar(calendar_id)
    calendar_id = rt.id_of(loaded)
    occurrences = _require_due(loaded, calendar_id, phase_id, as_of)
    run = run_id(calendar_id, phase_id, as_of)
    stored, record = read_decision(rt, run), rt.ledger.run(run)
    if stored is not None and record is not None and record.status != "started":
        return stored
    require_same_draws(rt, loaded)
    snapshot = _known_by(rt, loaded, as_of, snapshot_id)
    loaded = with_measures(loaded, snapshot)
    position = rt.ledger.position()
    from warehouse.decision.session import RunKey

    briefs = _briefs(rt, loaded, occurrences)
    with session_for(rt, loaded, snapshot, RunKey(run, phase_id, as_of), briefs) as session:
        if record is None and not session.has_work(briefs):
            return None
        others = neighbours(rt, loaded, as_of, briefs, strict=False)
        plan = move_and_plan(session, loaded, as_of, briefs, others)
        plays = tuple(_with_instructions(session.decide(brief, plan), brief) for brief in briefs)
        digest = session.write(decision_path(rt, run))
        members = session.members()
        certificate = plan.certificate(baselines=True) if plan is not None else None
    decision = PhaseDecision(
        run_id=run,
        calendar=calendar_id,
        phase=phase_id,
        as_of=as_of,
        snapshot_id=snapshot.snapshot_id,
        calendar_sha=_sha(loaded),
        decision_sha=digest,
        position=position,
        members=members,
        plays=plays,
        certificate=certificate,
        beside={other.loaded.calendar.calendar: _sha(other.loaded) for other in others},
    )
    _write_decision(rt, decision)
    _begin(rt, decision)
    return decision


def _briefs(rt: Runtime, loaded: LoadedCalendar, occurrences: Iterable[Occurrence]) -> list[Brief]:
    gone = used_up(rt, loaded)
    return [make_brief(loaded.calendar, loaded.store, loaded.timeline, each, gone) for each in occurrences]


def _known_by(rt: Runtime, loaded: LoadedCalendar, as_of: datetime, snapshot_id: str | None) -> Snapshot:
    """The snapshot to decide on, which has to be fresh; the calendar's books tell what it knows."""
    snapshot = rt.current_snapshot() if snapshot_id is None else rt.find_snapshot(snapshot_id)
    require_fresh(rt, loaded, snapshot, as_of)
    keep_books(rt, loaded, snapshot)
    return snapshot


def _sha(loaded: LoadedCalendar) -> str:
    return hashlib.sha256(loaded.text.encode()).hexdigest()


def _require_due(loaded: LoadedCalendar, calendar_id: str, phase_id: str, as_of: datetime) -> list[Occurrence]:
    if occurrences := due(loaded, phase_id, as_of):
        return occurrences
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


def _begin(rt: Runtime, decision: PhaseDecision) -> None:
    from warehouse.ledger.records import Run

    rt.ledger.begin_run(
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
        )
    )


def decision_path(rt: Runtime, run: str) -> Path:
    return rt.decisions_dir / f"{run}.parquet"


def read_decision(rt: Runtime, run: str) -> PhaseDecision | None:
    """What was decided of a run. LedgerError when the file is damaged or of another release."""
    path = rt.decisions_dir / f"{run}.json"
    if not path.is_file():
        return None
    try:
        return from_json(PhaseDecision, path.read_bytes())
    except ValueError:
        raise LedgerError(
            (f"{path} cannot be read", f"{path} 无法读取"),
            (
                "It is damaged, or another release of promocal wrote it: remove it and run the phase again.",
                "它已损坏，或由其他版本的 promocal 写入：请删除后重新运行该阶段。",
            ),
        ) from None


def _write_decision(rt: Runtime, decision: PhaseDecision) -> None:
    path = rt.decisions_dir / f"{decision.run_id}.json"
    partial = path.with_suffix(".partial")
    partial.write_text(to_json(decision), "utf-8")
    partial.replace(path)
