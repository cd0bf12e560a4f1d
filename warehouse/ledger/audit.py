"""What was done by hand, and who did it: one kind of entry, whatever was done.

`SqlLedger` and `MemoryLedger` keep what is made here, each in one place, in the transaction of the deed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Literal

from warehouse.ledger.records import DutyTick, Job, JobStatus, TierOverride

AuditAction = Literal[
    "adopt",
    "apply",
    "approve",
    "ask_again",
    "cancel",
    "clear_tier",
    "correct",
    "duty_done",
    "duty_undone",
    "erase",
    "forget",
    "halt",
    "pause",
    "platform_ids",
    "receipts",
    "redraw",
    "reject",
    "restore",
    "resume",
    "rollback",
    "set_tier",
    "settle",
    "suppress",
    "text",
    "unmask",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what, to what, and why. `by` is a person's name, or that of the program."""

    at: datetime
    by: str
    action: AuditAction
    subject: str  # what it was done to: a run, a message, a plan, a calendar, a member, a snapshot, a file
    calendar: str | None = None
    run_id: str | None = None
    count: int | None = None  # messages, or refusals that were new
    value: str = ""  # what it was set to: a status, a tier, the snapshot that was left
    detail: str = ""  # why, in the words of who did it


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted: those that fit everything that is not None. `since` is part of it, `until` is not."""

    subject: str | None = None
    calendar: str | None = None
    run_id: str | None = None
    by: str | None = None
    action: AuditAction | None = None
    since: datetime | None = None
    until: datetime | None = None

    def equal(self) -> dict[str, str]:
        """Field of an entry → the value it has to have."""
        names = ("subject", "calendar", "run_id", "by", "action")
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    def takes(self, entry: AuditEntry) -> bool:
        """Whether an entry is wanted."""
        return (
            all(getattr(entry, name) == value for name, value in self.equal().items())
            and (self.since is None or entry.at >= self.since)
            and (self.until is None or entry.at < self.until)
        )


EVERYTHING = AuditFilter()


def approved(
    run_id: str, calendar: str, jobs: int, by: str, at: datetime, *, plays: Collection[str] | None, reason: str
) -> AuditEntry:
    """`value`: the plays it was about; empty: all that waited."""
    return AuditEntry(
        at=at,
        by=by,
        action="approve",
        subject=run_id,
        calendar=calendar,
        run_id=run_id,
        count=jobs,
        value=", ".join(plays or ()),
        detail=reason,
    )


def rejected(
    run_id: str, calendar: str, jobs: int, by: str, at: datetime, *, plays: Collection[str] | None, reason: str
) -> AuditEntry:
    return replace(approved(run_id, calendar, jobs, by, at, plays=plays, reason=reason), action="reject")


def asked_again(run_id: str, calendar: str, jobs: int, at: datetime, *, play: str, why: str) -> AuditEntry:
    """By nobody: whoever sends found that what was agreed to is not what would leave. `value`: the play."""
    return AuditEntry(
        at=at,
        by="promocal",
        action="ask_again",
        subject=run_id,
        calendar=calendar,
        run_id=run_id,
        count=jobs,
        value=play,
        detail=why,
    )


def cancelled(run_id: str, calendar: str, jobs: int, *, reason: str, by: str, at: datetime) -> AuditEntry:
    return AuditEntry(
        at=at, by=by, action="cancel", subject=run_id, calendar=calendar, run_id=run_id, count=jobs, detail=reason
    )


def settled(jobs: Iterable[Job], as_status: JobStatus, by: str, at: datetime) -> Iterator[AuditEntry]:
    """An entry for each run; about a message by itself it names the message."""
    for run_id, group in groupby(sorted(jobs, key=lambda job: job.run_id), key=lambda job: job.run_id):
        first, *others = group
        yield AuditEntry(
            at=at,
            by=by,
            action="settle",
            subject=run_id if others else first.intent_key,
            calendar=first.calendar,
            run_id=run_id,
            count=1 + len(others),
            value=as_status,
        )


def corrected(job: Job, before: str, by: str, at: datetime) -> AuditEntry:
    return AuditEntry(
        at=at,
        by=by,
        action="correct",
        subject=job.intent_key,
        calendar=job.calendar,
        run_id=job.run_id,
        count=1,
        value=f"{before} → {job.status}",
    )


def applied(subject: str, calendar: str, by: str, at: datetime, *, forced: str = "", detail: str = "") -> AuditEntry:
    """`subject`: the checksum of the plan that was agreed to; the calendar itself, where nobody named one.

    `forced`: limits that were passed, by name; `detail`: what it changed.
    """
    return AuditEntry(at=at, by=by, action="apply", subject=subject, calendar=calendar, value=forced, detail=detail)


def adopted(calendar: str, project: str, by: str, at: datetime) -> AuditEntry:
    """`project`: the directory its runs are of from now on."""
    return AuditEntry(at=at, by=by, action="adopt", subject=calendar, calendar=calendar, value=project)


def tier_set(override: TierOverride) -> AuditEntry:
    until = f" → {override.until:%Y-%m-%d %H:%MZ}" if override.until else ""
    return AuditEntry(
        at=override.set_at,
        by=override.by,
        action="set_tier",
        subject=override.member_id,
        value=override.tier + until,
        detail=override.reason,
    )


def tier_cleared(member_id: str, reason: str, by: str, at: datetime) -> AuditEntry:
    return AuditEntry(at=at, by=by, action="clear_tier", subject=member_id, detail=reason)


def forgot(before: str, by: str, at: datetime) -> AuditEntry:
    """`before`: the day before which members were forgotten."""
    return AuditEntry(at=at, by=by, action="forget", subject=before)


def unmasked(question: str, by: str, at: datetime) -> AuditEntry:
    """Somebody saw personal data as they are; `question`: what was asked, without numbers and addresses."""
    return AuditEntry(at=at, by=by, action="unmask", subject="sql", detail=question)


def redrawn(calendar: str, groups: str, reason: str, by: str, at: datetime) -> AuditEntry:
    """`groups`: how they are drawn from now on."""
    return AuditEntry(at=at, by=by, action="redraw", subject=calendar, calendar=calendar, value=groups, detail=reason)


def duty_done(tick: DutyTick, detail: str = "") -> AuditEntry:
    return AuditEntry(
        at=tick.done_at, by=tick.by, action="duty_done", subject=tick.duty, calendar=tick.calendar, detail=detail
    )


def duty_undone(calendar: str, duty: str, reason: str, by: str, at: datetime) -> AuditEntry:
    return AuditEntry(at=at, by=by, action="duty_undone", subject=duty, calendar=calendar, detail=reason)


def platform_ids_read(calendar: str, file: str, changed: int, by: str, at: datetime) -> AuditEntry:
    """`changed`: ids of the sheet that were not known, or were others."""
    return AuditEntry(at=at, by=by, action="platform_ids", subject=file, calendar=calendar, count=changed)


def text_chosen(run_id: str, calendar: str, play: str, arm: str, *, why: str, at: datetime) -> AuditEntry:
    """`why`: what each text of the test came to."""
    return AuditEntry(
        at=at, by="promocal", action="text", subject=play, calendar=calendar, run_id=run_id, value=arm, detail=why
    )


def receipts_taken(source: str, by: str, at: datetime) -> AuditEntry:
    """`source`: the file, or the endpoint. How many said something new is counted when they are taken."""
    return AuditEntry(at=at, by=by, action="receipts", subject=source)


def suppressed(file: str, new: int, by: str, at: datetime) -> AuditEntry:
    """`new`: refusals of the list that were not known before."""
    return AuditEntry(at=at, by=by, action="suppress", subject=file, count=new)


def rolled_back(snapshot_id: str, before: str | None, reason: str, by: str, at: datetime) -> AuditEntry:
    return AuditEntry(at=at, by=by, action="rollback", subject=snapshot_id, value=before or "", detail=reason)


def halted(scope: str, name: str, reason: str, by: str, at: datetime) -> AuditEntry:
    """`scope` as in `warehouse.ledger.guarding.Hold`; of a play it is a pause."""
    run_id, calendar = _place(scope, name)
    return AuditEntry(
        at=at,
        by=by,
        action="pause" if scope == "play" else "halt",
        subject=name or scope,
        calendar=calendar,
        run_id=run_id,
        value=scope,
        detail=reason,
    )


def resumed(scope: str, name: str, reason: str, by: str, at: datetime) -> AuditEntry:
    run_id, calendar = _place(scope, name)
    return AuditEntry(
        at=at,
        by=by,
        action="resume",
        subject=name or scope,
        calendar=calendar,
        run_id=run_id,
        value=scope,
        detail=reason,
    )


def erased(reason: str, by: str, at: datetime) -> AuditEntry:
    """The ledger fills in who it was about, as he is called from now on, and how many rows were his."""
    return AuditEntry(at=at, by=by, action="erase", subject="", detail=reason)


def _place(scope: str, name: str) -> tuple[str | None, str | None]:
    """The run and the calendar that a hold is about."""
    run_id = name.partition("@")[0] if scope == "run" else None
    return run_id, name.partition("/")[0] if scope in ("calendar", "play") else None


def restored(backup: str, made_at: str, reason: str, by: str, at: datetime, *, value: str = "") -> AuditEntry:
    """`value`: what somebody said about the time since the backup, see `tasks.deciding.fence`."""
    detail = f"{reason} ({made_at})".strip()
    return AuditEntry(at=at, by=by, action="restore", subject=backup, value=value, detail=detail)
