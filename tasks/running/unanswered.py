"""Requests nobody answered in time: what waited is cancelled, and its occurrence is skipped for that reason."""

from __future__ import annotations

from campaign_calendars.findings.said import Said
from campaign_calendars.time.timeline import utc
from tasks.alerts import alert
from tasks.journal import note
from tasks.runtime import Runtime
from warehouse.ledger.approvals import ApprovalRequest

APPROVAL_EXPIRED = "approval_expired"


def expire_requests(rt: Runtime, run_id: str | None = None, *, calendar: str | None = None) -> list[ApprovalRequest]:
    """End what was not answered until its moment: of a run, of a calendar, or of all; returns what was ended."""
    now = utc(rt.clock())
    over = [row for row in rt.ledger.approval_requests(run_id, calendar=calendar) if row.until <= now]
    for row in over:
        waiting = [
            job.intent_key for job in rt.ledger.jobs(row.run_id, status="awaiting_approval") if job.play == row.play
        ]
        stopped = rt.ledger.cancel(waiting, APPROVAL_EXPIRED, now)
        rt.ledger.end_expected(row.run_id, "skipped", APPROVAL_EXPIRED, now, plays=[row.play])
        note("approval_expired", run_id=row.run_id, play=row.play, messages=stopped)
        alert(rt.settings, "approval", _told(row, stopped))
    return over


def _told(row: ApprovalRequest, stopped: int) -> Said:
    return (
        f"{row.run_id} / {row.play}: unanswered until {row.until:%m-%d %H:%M} UTC; {stopped:,} message(s) cancelled",
        f"{row.run_id} / {row.play}：到 {row.until:%m-%d %H:%M} UTC 无人审批；已取消 {stopped:,} 条消息",
    )
