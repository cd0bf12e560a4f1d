"""What was decided of a run, and the file with its rows. The ledger says which decision it is; files never do.

`var/decisions/RUN.parquet` has a row for every member of an audience. Its checksum stands in the ledger with the run,
and so does all that is not about members; a file with another checksum is another decision's and is not read.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from campaign_calendars.deciding.runs import PhaseDecision
from campaign_calendars.findings.errors import LedgerError, LedgerMovedError
from campaign_calendars.findings.said import Said
from campaign_calendars.values.json import from_json, to_json
from tasks.runtime import Runtime
from warehouse.ledger.records import DECIDED, Run

REBUILD: Said = ("make it again: promocal decisions {run}", "重新生成：promocal decisions {run}")


def decision_path(rt: Runtime, run: str) -> Path:
    return rt.decisions_dir / f"{run}.parquet"


def is_decided(rt: Runtime, run: Run) -> bool:
    """Whether the run reached the outbox, be it with nobody. Nothing decides it a second time, on whatever machine."""
    return run.status in DECIDED or bool(rt.ledger.job_counts(run.run_id))


def read_decision(rt: Runtime, run_id: str) -> PhaseDecision | None:
    """What was decided of a run, as the ledger knows it; None: it is not decided.

    Of a run of an earlier release the file is asked, where it has the checksum in the ledger; what it does not say
    any more is left empty.
    """
    run = rt.ledger.run(run_id)
    if run is None:
        return None
    found = rt.ledger.decision(run_id) or _from_file(rt, run)
    if found is not None or not is_decided(rt, run):
        return found
    about = (run.run_id, run.calendar, run.phase, run.as_of, run.snapshot_id)
    names = ("run_id", "calendar", "phase", "as_of", "snapshot_id")
    rest = {"calendar_sha": "", "decision_sha": run.decision_sha, "position": 0, "members": 0}
    return PhaseDecision(**dict(zip(names, about, strict=True)), **rest, plays=run.summary.plays)  # type: ignore[arg-type]


def _from_file(rt: Runtime, run: Run) -> PhaseDecision | None:
    path = rt.decisions_dir / f"{run.run_id}.json"
    try:
        found = from_json(PhaseDecision, path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if found.decision_sha == run.decision_sha else None


def rows_of(rt: Runtime, run: Run) -> Path | None:
    """The file with the rows of the run's decision; None where it is gone, or another decision's."""
    path = decision_path(rt, run.run_id)
    return path if path.is_file() and checksum(path) == run.decision_sha else None


def checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows_to_enqueue(rt: Runtime, run: Run) -> Path:
    """The rows of a run that is not in the outbox yet. LedgerMovedError: there are none, decide again."""
    path = rows_of(rt, run)
    if path is None:
        raise LedgerMovedError(
            (
                f"the rows of run {run.run_id} are not those of its decision {run.decision_sha[:12]}, or gone",
                f"运行 {run.run_id} 的明细文件已丢失，或不属于其决策 {run.decision_sha[:12]}",
            ),
            (
                "nothing is in the outbox yet; decide it again: promocal run",
                "发件箱中尚无内容；请重新决策：promocal run",
            ),
        )
    return path


def rows_needed(rt: Runtime, run: Run) -> Path:
    """The rows of a decided run, for what cannot do without. LedgerError: they are gone."""
    path = rows_of(rt, run)
    if path is None:
        raise LedgerError(
            (
                f"the rows of run {run.run_id} are gone, or those of another decision than {run.decision_sha[:12]}",
                f"运行 {run.run_id} 的明细文件已丢失，或属于另一次决策而不是 {run.decision_sha[:12]}",
            ),
            (REBUILD[0].format(run=run.run_id), REBUILD[1].format(run=run.run_id)),
        )
    return path


def keep_rows(rt: Runtime, decision: PhaseDecision, written: Path) -> None:
    """Put the rows and the record of a decision, which the ledger knows by now, in their place."""
    written.replace(decision_path(rt, decision.run_id))
    path = rt.decisions_dir / f"{decision.run_id}.json"
    partial = path.with_suffix(f".{decision.decision_sha[:12]}.partial")
    partial.write_text(to_json(decision), "utf-8")
    partial.replace(path)
