"""What people did by hand: approvals, cancellations, refusals, tiers, plans, rollbacks; who, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.values.masking import masked_id, masked_words
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.ledger.audit import AuditEntry, AuditFilter

_ABOUT_MEMBERS = ("set_tier", "clear_tier")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """Something that was done by hand. Members are masked, and so are numbers and addresses in a reason."""

    at: datetime
    """When."""
    by: str
    """Who, as given with `--by`; `promocal` stopped late jobs by itself."""
    action: str
    """`apply`, `approve`, `reject`, `cancel`, `clear_tier`, `rollback`, `set_tier`, `settle`, `suppress` …"""
    subject: str
    """What it was done to: id of a run or message, checksum of a plan, calendar, member, snapshot, or file."""
    calendar: str | None
    """Calendar it belongs to; none for members, snapshots and lists of refusals."""
    run_id: str | None
    """Run it belongs to."""
    count: int | None
    """Messages, or refusals that were new."""
    value: str
    """What it was set to: the state of messages, a tier and until when, the snapshot that was left; of an answer the
    plays it was about, where it was not about all; else empty."""
    detail: str
    """Why, in the words of who did it."""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The audit log, newest first."""

    entries: tuple[AuditLine, ...]
    """The newest that fit the filters, as many as asked for."""
    total: int
    """How many fit."""


def audit(rt: Runtime, wanted: AuditFilter, most: int) -> AuditPage:
    """The newest `most` entries that fit a filter."""
    found = rt.ledger.audit(wanted)
    return AuditPage(tuple(_line(entry) for entry in found[:most]), len(found))


def _line(entry: AuditEntry) -> AuditLine:
    return AuditLine(
        at=entry.at,
        by=masked_words(entry.by),
        action=entry.action,
        subject=masked_id(entry.subject) if entry.action in _ABOUT_MEMBERS else entry.subject,
        calendar=entry.calendar,
        run_id=entry.run_id,
        count=entry.count,
        value=entry.value,
        detail=masked_words(entry.detail),
    )
