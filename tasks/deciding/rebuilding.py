"""Decision files that are gone, made again from the ledger and the snapshot, or said to be gone for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from campaign_calendars.deciding.runs import PhaseDecision
from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.said import Said
from tasks.deciding.decide import briefs_of, decide_on, sha_of
from tasks.deciding.decisions import is_decided, keep_rows, read_decision, rows_of
from tasks.deciding.known import to_decide
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.ledger.records import Run

OTHER_CALENDAR: Said = ("the calendar has been changed since", "此后日历已修改")
OTHER_HISTORY: Said = (
    "decided again it comes out otherwise: refusals, other runs or another release came in between",
    "重新决策的结果不同：期间有新的拒收、其他运行或版本变化",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFile:
    """The file with the rows of one decided run."""

    run_id: str
    """Run id."""
    decision_sha: str
    """SHA-256 of its rows, as the ledger knows it."""
    state: Literal["there", "rebuilt", "gone"]
    """`there`; `rebuilt` just now, byte for byte; `gone`: it cannot be made again, `reason` says why."""
    reason: str = ""
    """Why it is gone; what is about its members cannot be explained or measured any more."""
    reason_zh: str = ""
    """The same in Chinese."""


def decision_files(rt: Runtime, run_id: str | None = None) -> tuple[DecisionFile, ...]:
    """The decision files of one run, or of all that reached the outbox; those that are missing are made again.

    A file is put in its place only with the checksum that stands in the ledger. UsageError: no such run.
    """
    runs = rt.ledger.runs() if run_id is None else [rt.find_run(run_id)]
    return tuple(_file(rt, run) for run in runs if is_decided(rt, run))


def _file(rt: Runtime, run: Run) -> DecisionFile:
    if rows_of(rt, run) is not None:
        return DecisionFile(run_id=run.run_id, decision_sha=run.decision_sha, state="there")
    try:
        why = _rebuild(rt, run)
    except PromocalError as error:
        why = error.said
    if why is None:
        return DecisionFile(run_id=run.run_id, decision_sha=run.decision_sha, state="rebuilt")
    english, chinese = why
    return DecisionFile(
        run_id=run.run_id, decision_sha=run.decision_sha, state="gone", reason=english, reason_zh=chinese
    )


def _rebuild(rt: Runtime, run: Run) -> Said | None:
    """None: the rows are in their place again; otherwise why they cannot be."""
    from warehouse.decision.session import RunKey

    kept = read_decision(rt, run.run_id)
    loaded = rt.load_calendar(run.calendar)
    if kept is not None and kept.calendar_sha and kept.calendar_sha != sha_of(loaded):
        return OTHER_CALENDAR
    snapshot = rt.find_snapshot(run.snapshot_id)
    loaded = to_decide(rt, loaded, snapshot)
    rows = rt.decisions_dir / f"{run.run_id}.{uuid4().hex[:12]}.rows"
    key, briefs = RunKey(run.run_id, run.phase, run.as_of), briefs_of(rt, loaded, run.phase, run.as_of)
    again: PhaseDecision | None = decide_on(rt, loaded, snapshot, key, briefs, rows=rows, known=True)
    if again is None or again.decision_sha != run.decision_sha:
        rows.unlink(missing_ok=True)
        return OTHER_HISTORY
    keep_rows(rt, kept or again, rows)
    return None
