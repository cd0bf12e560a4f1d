"""One phase run without an orchestrator: decide, enqueue, dispatch, finish.

The Prefect flow runs the same four functions as retried steps; replay and the command line call
them here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from campaign_calendars.findings.errors import LedgerMovedError
from tasks.data.refresh import refresh, young_enough
from tasks.deciding.decide import decide, run_id, run_totals
from tasks.outreach.outreach import dispatch_run, enqueue_run
from tasks.running.guard import cancel_late, judge
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.ledger.records import RunStatus

NO_EVENTS = "no member has a fresh event"
_ATTEMPTS = 3


def run_phase(
    rt: Runtime,
    calendar_id: str,
    phase_id: str,
    as_of: datetime,
    snapshot_id: str | None = None,
    *,
    late: Collection[str] = (),
) -> dict[str, Any]:
    """Run every play of the phase due at `as_of`; safe to call again, nothing happens twice.

    Jobs of the plays in `late` are cancelled before anything is sent.
    """
    manifest = _decide_and_enqueue(rt, calendar_id, phase_id, as_of, snapshot_id)
    run = manifest["run_id"]
    if manifest.get("idle"):
        return {"run_id": run, "status": "skipped", "reason": NO_EVENTS, "plays": []}
    if late:
        cancel_late(rt, run, late)
    sent = dispatch_run(rt, run)
    return finish(rt, run, manifest["plays"], sent)


def run_if_due(rt: Runtime, calendar_id: str, phase_id: str, as_of: datetime) -> dict[str, Any]:
    """Pull the sources and run the phase, unless the moment is not planned, not here yet, or too long ago.

    A run that was enqueued in time goes on where it stopped, however late it is by now.
    """
    loaded = rt.load_calendar(calendar_id)
    verdict = judge(loaded, phase_id, as_of, rt.clock())
    started = bool(rt.ledger.job_counts(run_id=run_id(loaded.calendar.calendar, phase_id, as_of)))
    if not started and not verdict.plays:
        return {"status": "skipped", "reason": verdict.reason, "plays": []}
    snapshot_id = None if started else young_enough(rt, calendar_id, phase_id, as_of)
    if not started and snapshot_id is None:
        rt.progress(("pulling the sources", "正在拉取数据源"))
        refresh(rt, calendar_id, as_of)
    rt.progress(("deciding and dispatching", "正在决策与发送"))
    return run_phase(rt, calendar_id, phase_id, as_of, snapshot_id, late=verdict.late)


def _decide_and_enqueue(
    rt: Runtime, calendar_id: str, phase_id: str, as_of: datetime, snapshot_id: str | None
) -> dict[str, Any]:
    """Decide on the ledger's history and enqueue; when somebody enqueued in between, decide again."""
    for attempt in range(1, _ATTEMPTS + 1):
        manifest = decide(rt, calendar_id, phase_id, as_of, snapshot_id)
        if manifest.get("idle"):
            return manifest
        try:
            enqueue_run(rt, manifest["run_id"])
        except LedgerMovedError:
            if attempt == _ATTEMPTS:
                raise
        else:
            return manifest
    raise AssertionError("unreachable")


def finish(
    rt: Runtime, run: str, plays: list[dict[str, Any]], sent: dict[str, int], *, via: str = "direct"
) -> dict[str, Any]:
    """Close the run in the ledger with its counts; a run with jobs that wait for a person stays open.

    `jobs` in the summary are the run's messages by state, however often it was repeated; `dispatch`
    is what this time did, `via` who ran it: `prefect`, or promocal itself (`direct`).
    """
    jobs: Counter[str] = Counter()
    for (_, _, _, state), count in rt.ledger.job_counts(run).items():
        jobs[state] += count
    summary = {"plays": plays, "jobs": dict(sorted(jobs.items())), **run_totals(plays), "via": via}
    status: RunStatus = "awaiting_approval" if jobs["awaiting_approval"] else "finished"
    rt.ledger.finish_run(run, status, summary, rt.clock())
    return {"run_id": run, "status": status, **summary, "dispatch": sent}


def finish_again(rt: Runtime, run: str, sent: dict[str, int]) -> dict[str, Any]:
    """Close a run once more after waiting messages were let go or settled."""
    record = rt.ledger.run(run)
    told = record.summary if record else {}
    return finish(rt, run, list(told.get("plays", [])), sent, via=told.get("via", "direct"))
