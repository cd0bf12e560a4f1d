"""Why a member was chosen, held out or excluded: what the decision files of the runs say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from tasks.data.members import TierByHand, ids_of_person, is_known, no_such_member, tier_by_hand
from tasks.deciding.decide import decision_path
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.decision.session import MemberDecision


@dataclass(frozen=True, slots=True)
class Explanation:
    """What runs decided about the person behind a member id, and a tier that a person had set at that moment."""

    decisions: tuple[MemberDecision, ...]
    tier_by_hand: TierByHand | None


def explain(rt: Runtime, member: str, run_id: str | None = None) -> Explanation:
    """The decisions of one run, or of all of them, under any account; moments are in the calendar's time zone.

    None where the member was in no audience. UsageError: no such run or member, or nothing was decided yet.
    """
    from warehouse.decision.session import explain_member

    record = rt.find_run(run_id) if run_id else None
    runs = [record] if record else rt.ledger.runs()
    paths = [path for run in runs if (path := decision_path(rt, run.run_id)).is_file()]
    if not paths:
        said = ("no run has decided anything yet", "尚无任何运行做出决策")
        if run_id:
            said = (f"run {run_id} has no decision file", f"运行 {run_id} 没有决策文件")
        raise UsageError(said, ("see promocal status", "见 promocal status"))
    rows = [row for name in ids_of_person(rt, member) for row in explain_member(paths, name)]
    if not rows and not is_known(rt, member):
        raise no_such_member(rt, member)
    zones = {name: _zone(rt, name) for name in {row.calendar for row in rows}}
    return Explanation(
        decisions=tuple(replace(row, occurrence_at=row.occurrence_at.astimezone(zones[row.calendar])) for row in rows),
        tier_by_hand=tier_by_hand(rt, member, record.as_of if record else rt.clock()),
    )


def _zone(rt: Runtime, calendar: str) -> tzinfo:
    """The calendar's time zone; UTC when its file has gone or changed for the worse meanwhile."""
    try:
        return rt.load_calendar(calendar).timeline.timezone
    except (UsageError, ProblemsFoundError):
        return UTC
