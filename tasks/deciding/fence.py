"""After a ledger was restored: what may have gone out between the backup and the restore does not go out again.

The restored ledger knows nothing of that time. So a run whose moment had come by then and that is not in the outbox
does not begin any more, and an event that was due by then counts as answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.findings.said import Said
from tasks.runtime import Runtime
from warehouse.ledger.audit import AuditFilter

if TYPE_CHECKING:
    from campaign_calendars.deciding.briefs import TriggerBrief

NOTHING_SENT = "nothing was sent"
"""`value` of a restore about which somebody said that nothing had gone out since the backup."""
MAY_HAVE_RUN: Said = (
    "it may have run before the ledger was restored on {moment}",
    "在 {moment} 恢复台账之前，它可能已经运行过",
)


def restored_at(rt: Runtime) -> datetime | None:
    """When the ledger was restored last; None: never, or somebody said that nothing had gone out."""
    found = [entry.at for entry in rt.ledger.audit(AuditFilter(action="restore")) if entry.value != NOTHING_SENT]
    return max(found, default=None)


def may_have_run(rt: Runtime, as_of: datetime) -> str:
    """Why a run that is not in the outbox must not begin; empty: it may."""
    fence = restored_at(rt)
    return "" if fence is None or as_of > fence else why_not(fence)


def why_not(fence: datetime) -> str:
    return MAY_HAVE_RUN[0].format(moment=f"{fence:%Y-%m-%d %H:%MZ}")


def unanswered(rt: Runtime, briefs: Sequence[Brief], as_of: datetime) -> list[Brief]:
    """The briefs, with events that were due before the restore out of reach."""
    fence = restored_at(rt)
    if fence is None:
        return list(briefs)
    return [
        brief if brief.trigger is None else replace(brief, trigger=_since(brief.trigger, as_of - fence))
        for brief in briefs
    ]


def _since(trigger: TriggerBrief, age: timedelta) -> TriggerBrief:
    """Due at e + after, and fresh until e + within: within after + age it was due after the restore."""
    return replace(trigger, within=min(trigger.within, trigger.after + age))
