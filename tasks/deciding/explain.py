"""Why a member was chosen, held out or excluded: what the decision files of the runs say."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Any

from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from tasks.data.members import ids_of_person, is_known, no_such_member, tier_by_hand
from tasks.deciding.decide import decision_path
from tasks.runtime import Runtime


def explain(rt: Runtime, member: str, run_id: str | None = None) -> dict[str, Any]:
    """The decisions of one run, or of all of them, about the person behind a member id, and a tier set by hand.

    `at` holds the moment of each row in the time zone of its calendar. UsageError: there is no decision file,
    or nobody knows the member.
    """
    from warehouse.decision.session import explain_member

    runs = [run_id] if run_id else [run.run_id for run in rt.ledger.runs()]
    paths = [path for run in runs if (path := decision_path(rt, run)).is_file()]
    if not paths:
        said = ("no run has decided anything yet", "尚无任何运行做出决策")
        if run_id:
            said = (f"run {run_id} has no decision file", f"运行 {run_id} 没有决策文件")
        raise UsageError(said, ("see promocal status", "见 promocal status"))
    rows = [row for name in ids_of_person(rt, member) for row in explain_member(paths, name)]
    if not rows and not is_known(rt, member):
        raise no_such_member(member)
    zones = {name: _zone(rt, name) for name in {row["calendar"] for row in rows}}
    record = rt.ledger.run(run_id) if run_id else None
    moment = record.as_of if record else None if run_id else rt.clock()
    return {
        "rows": rows,
        "at": [row["occurrence_at"].astimezone(zones[row["calendar"]]) for row in rows],
        "tier_by_hand": tier_by_hand(rt, member, moment) if moment else None,
    }


def _zone(rt: Runtime, calendar: str) -> tzinfo:
    """The calendar's time zone; UTC when its file has gone or changed for the worse meanwhile."""
    try:
        return rt.load_calendar(calendar).timeline.timezone
    except (UsageError, ProblemsFoundError):
        return UTC
