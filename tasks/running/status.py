"""Where things stand: the published snapshot, the runs, and what became of their messages."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from campaign_calendars.findings.errors import SnapshotMissingError
from tasks.runtime import Runtime


def status(rt: Runtime, calendar: str | None = None) -> dict[str, Any]:
    """Ids and counts only; `unknown` counts messages that a person has to settle, `stopped` says why jobs were
    cancelled."""
    try:
        found = rt.current_snapshot()
        snapshot = {"snapshot_id": found.snapshot_id, "as_of": found.as_of.isoformat()}
    except SnapshotMissingError:
        snapshot = None
    runs = []
    totals: Counter[str] = Counter()
    for run in rt.ledger.runs(calendar):
        jobs: dict[str, int] = defaultdict(int)
        for (_, _, _, state), count in rt.ledger.job_counts(run_id=run.run_id).items():
            jobs[state] += count
        totals.update(jobs)
        runs.append(
            {
                "run_id": run.run_id,
                "phase": run.phase,
                "as_of": run.as_of.isoformat(),
                "status": run.status,
                "snapshot_id": run.snapshot_id,
                "chosen": sum(play["chosen"] for play in run.summary.get("plays", [])),
                "jobs": dict(jobs),
                "stopped": rt.ledger.stopped(run.run_id) if jobs["cancelled"] else {},
            }
        )
    return {"snapshot": snapshot, "runs": runs, "jobs": dict(totals), "unknown": totals["unknown"]}
