"""Why a member was chosen, held out or excluded: what the decision files of the runs say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from tasks.data.members import TierByHand, ids_of_person, is_known, no_such_member, tier_by_hand
from tasks.deciding.decisions import decision_path, is_decided, rows_needed
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.decision.files import MemberDecision


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a run decided about the person behind a member id, and a tier that a person had set at that moment."""

    decisions: tuple[MemberDecision, ...]
    tier_by_hand: TierByHand | None


def explain(rt: Runtime, member: str, run_id: str) -> Explanation:
    """The decisions of one run under any account of the person; moments are in the calendar's time zone.

    None where the member was in no audience. UsageError: no such run or member, or nothing was decided yet.
    """
    record = rt.find_run(run_id)
    path = decision_path(rt, record.run_id)
    if not path.is_file() and not is_decided(rt, record):
        raise UsageError(
            (f"run {run_id} has no decision file", f"运行 {run_id} 没有决策文件"),
            ("see promocal status", "见 promocal status"),
        )
    path = rows_needed(rt, record)
    rows = decisions_of(rt, ids_of_person(rt, member), [path])
    if not rows and not is_known(rt, member):
        raise no_such_member(rt, member)
    return Explanation(rows, tier_by_hand(rt, member, record.as_of))


def decisions_of(rt: Runtime, names: Sequence[str], paths: Sequence[Path] | None = None) -> tuple[MemberDecision, ...]:
    """What decision files (None: those of all runs) say about any of these ids, moments in the calendar's time zone."""
    from warehouse.decision.files import explain_member

    if paths is None:
        paths = [path for run in rt.ledger.runs() if (path := decision_path(rt, run.run_id)).is_file()]
    rows = [row for name in names for row in explain_member(paths, name)] if paths else []
    zones = {name: _zone(rt, name) for name in {row.calendar for row in rows}}
    return tuple(replace(row, occurrence_at=row.occurrence_at.astimezone(zones[row.calendar])) for row in rows)


def _zone(rt: Runtime, calendar: str) -> tzinfo:
    """The calendar's time zone; UTC when its file has gone or changed for the worse meanwhile."""
    try:
        return rt.load_calendar(calendar).timeline.timezone
    except (UsageError, ProblemsFoundError):
        return UTC
