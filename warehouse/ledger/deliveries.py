"""What the other side reports of messages after it took them: delivered, or not after all.

Reports come late, twice, in any order, and about messages that nobody knows. Whatever their order, the end is the
same: the newest tells the state of a delivery, and who was ever said to have got a message was contacted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import RLock
from typing import Literal, Protocol

from warehouse.ledger.audit import AuditEntry
from warehouse.ledger.records import Job, JobStatus
from warehouse.ledger.transitions import before

DeliveryState = Literal["delivered", "failed"]
NO_MESSAGE = "no message is known by this reference"
SEVERAL = "several messages have this receipt"
NOT_AWAY = "the message has not left"
NOT_DELIVERED = "the other side reports: not delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is said of one message, known by our key or by the receipt that the channel was given.

    `member_id` tells which, where several messages have one receipt. `code` is the provider's word for it. Whose link
    was followed (`clicked_at`) has arrived.
    """

    ref: str
    state: DeliveryState
    at: datetime
    code: str = ""
    member_id: str = ""
    clicked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """The state of a message's delivery, as of the newest report. `arrived`: some report said that it did.

    `delivered_at` and `clicked_at` are the first moments at which it is said to have arrived, and its link to have
    been followed.
    """

    state: DeliveryState
    at: datetime
    code: str
    arrived: bool
    delivered_at: datetime | None = None
    clicked_at: datetime | None = None

    @classmethod
    def first(cls, report: Report) -> Delivery:
        """What one report says by itself."""
        arrived = report.state == "delivered"
        return cls(report.state, report.at, report.code, arrived, report.at if arrived else None, report.clicked_at)

    @property
    def says(self) -> tuple[DeliveryState, str, bool, bool]:
        """What is known, whenever it was told: a list without moments says the same thing twice."""
        return (self.state, self.code, self.arrived, self.clicked_at is not None)

    def with_report(self, report: Report) -> Delivery:
        """After one more report, in whatever order they come: of one moment, that it arrived counts more."""
        newer = (report.at, report.state == "delivered", report.code) > (self.at, self.state == "delivered", self.code)
        told = (report.state, report.at, report.code) if newer else (self.state, self.at, self.code)
        one = Delivery.first(report)
        return Delivery(
            *told,
            self.arrived or one.arrived,
            _earlier(self.delivered_at, one.delivered_at),
            _earlier(self.clicked_at, one.clicked_at),
        )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A message of which something was reported: whose, by which channel, planned when, arrived and followed when."""

    intent_key: str
    member_id: str
    channel: str
    phase: str
    play: str
    planned_at: datetime
    delivered_at: datetime | None
    clicked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reported:
    """What reports came to: those that said something `new` of a message, those that did not (`known`), and those
    kept `aside`, by reason. Of the messages `sent` and `failed` were settled by them, `undelivered` left in vain."""

    new: int = 0
    known: int = 0
    aside: Mapping[str, int] = field(default_factory=dict)
    sent: int = 0
    failed: int = 0
    undelivered: int = 0


@dataclass(frozen=True, slots=True)
class Aside:
    """A report that fits no message, and how often it came."""

    ref: str
    state: DeliveryState
    at: datetime
    code: str
    reason: str
    times: int


class Deliveries(Protocol):
    """The part of the ledger that hears of messages again."""

    def report(self, reports: Iterable[Report], at: datetime, entry: AuditEntry | None = None) -> Reported:
        """Take reports. One that fits no message is kept aside and looked at again with every later call: it may be
        faster than the answer that names its receipt. `entry` is kept if any of them said something new."""

    def delivery_counts(self, run_id: str | None = None) -> dict[tuple[str, DeliveryState, str], int]:
        """(channel, state, code) → messages."""

    def receipt_rows(self, calendar: str) -> list[ReceiptRow]:
        """Messages of a calendar of which anything was reported, by intent key."""

    def reports_aside(self) -> list[Aside]:
        """Ordered by (reason, reference)."""

    def addressed(self, refs: Collection[str]) -> dict[str, tuple[str, str]]:
        """Reference → (member, channel) of the one message it is of; those of none or of several are left out."""

    def was_seen(self, digest: str) -> bool:
        """Whether a request was taken before."""

    def saw(self, digest: str, at: datetime, forget_before: datetime) -> None:
        """Remember a request that was taken; those from before `forget_before` are forgotten."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as far as reports are concerned."""

    intent_key: str
    receipt: str | None
    member_id: str
    status: JobStatus
    attempts: int
    channel: str


@dataclass
class Fold:
    """What a number of reports comes to."""

    states: dict[str, Delivery]
    changed: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    undelivered: set[str] = field(default_factory=set)
    aside: list[tuple[Report, str]] = field(default_factory=list)
    new: int = 0
    known: int = 0

    def take(self, reports: Iterable[Report], messages: Sequence[Message]) -> None:
        by_key = {one.intent_key: one for one in messages}
        by_receipt: dict[str, list[Message]] = {}
        for one in messages:
            if one.receipt is not None:
                by_receipt.setdefault(one.receipt, []).append(one)
        for report in reports:
            found = [by_key[report.ref]] if report.ref in by_key else by_receipt.get(report.ref, [])
            if report.member_id:
                found = [one for one in found if one.member_id == report.member_id]
            self._take_one(report, found)

    def _take_one(self, report: Report, found: Sequence[Message]) -> None:
        if len(found) != 1:
            self.aside.append((report, SEVERAL if found else NO_MESSAGE))
            return
        message = found[0]
        key, status = message.intent_key, message.status
        if status not in before("report") or (status == "pending" and not message.attempts):
            self.aside.append((report, NOT_AWAY))
            return
        known = self.states.get(key)
        told = Delivery.first(report)
        now = told if known is None else known.with_report(report)
        if known is not None and now.says == known.says:
            self.known += 1
        else:
            self.new += 1
        if now != known:
            self.states[key] = now
            self.changed.add(key)
            self._settle(key, status, now)

    def _settle(self, key: str, status: JobStatus, now: Delivery) -> None:
        for kept in (self.sent, self.failed, self.undelivered):
            kept.discard(key)
        if now.arrived:
            if status in before("report", "sent") and status != "sent":
                self.sent.add(key)
        elif status in before("report", "failed"):
            self.failed.add(key)
        if now.state == "failed" and (status == "sent" or key in self.sent):
            self.undelivered.add(key)


def _of(job: Job) -> Message:
    return Message(job.intent_key, job.receipt, job.member_id, job.status, job.attempts, job.channel)


def the_one(messages: Sequence[Message], refs: Collection[str]) -> dict[str, tuple[str, str]]:
    found: dict[str, set[tuple[str, str]]] = {}
    for one in messages:
        for ref in {one.intent_key, one.receipt}:
            if ref is not None:
                found.setdefault(ref, set()).add((one.member_id, one.channel))
    return {ref: next(iter(found[ref])) for ref in refs if len(found.get(ref, ())) == 1}


def added(one: Reported, other: Reported) -> Reported:
    return Reported(
        one.new + other.new,
        one.known + other.known,
        dict(Counter(one.aside) + Counter(other.aside)),
        one.sent + other.sent,
        one.failed + other.failed,
        one.undelivered + other.undelivered,
    )


class MemoryDeliveries:
    """`Deliveries` that forgets with the process."""

    _lock: RLock
    _jobs: dict[str, Job]
    _audit: list[AuditEntry]

    def __init__(self) -> None:
        self._deliveries: dict[str, Delivery] = {}
        self._aside: dict[tuple[str, str, str], tuple[Report, str, int]] = {}
        self._seen: dict[str, datetime] = {}

    def report(self, reports: Iterable[Report], at: datetime, entry: AuditEntry | None = None) -> Reported:
        with self._lock:
            fold = self._folded(list(reports))
            found = self._settle(fold, at)
            for report, reason in fold.aside:
                key = (report.ref, report.state, report.member_id)
                before_it, _, times = self._aside.get(key, (report, reason, 0))
                clicked = _earlier(before_it.clicked_at, report.clicked_at)
                self._aside[key] = (replace(report, clicked_at=clicked), reason, times + 1)
            again = self._folded([report for report, _, _ in self._aside.values()])
            still = {(report.ref, report.state, report.member_id) for report, _ in again.aside}
            self._aside = {key: row for key, row in self._aside.items() if key in still}
            again.aside.clear()
            found = added(found, self._settle(again, at))
            if entry is not None and found.new:
                self._audit.append(replace(entry, count=found.new))
            return found

    def _folded(self, reports: list[Report]) -> Fold:
        refs = {report.ref for report in reports}
        fold = Fold(dict(self._deliveries))
        messages = [_of(job) for job in self._jobs.values() if job.intent_key in refs or job.receipt in refs]
        fold.take(reports, messages)
        return fold

    def _settle(self, fold: Fold, at: datetime) -> Reported:
        self._deliveries = dict(fold.states)
        for key in fold.sent:
            about = {"error": None, "sent_at": at, "in_doubt": False, "not_before": None}
            self._jobs[key] = replace(self._jobs[key], status="sent", **about)  # type: ignore[arg-type]
        for key in fold.failed:
            self._jobs[key] = replace(
                self._jobs[key], status="failed", error=NOT_DELIVERED, in_doubt=False, not_before=None
            )
        counts = Counter(reason for _, reason in fold.aside)
        return Reported(fold.new, fold.known, counts, len(fold.sent), len(fold.failed), len(fold.undelivered))

    def delivery_counts(self, run_id: str | None = None) -> dict[tuple[str, DeliveryState, str], int]:
        with self._lock:
            found: Counter[tuple[str, DeliveryState, str]] = Counter()
            for key, one in self._deliveries.items():
                if run_id in (None, self._jobs[key].run_id):
                    found[self._jobs[key].channel, one.state, one.code] += 1
            return dict(sorted(found.items()))

    def receipt_rows(self, calendar: str) -> list[ReceiptRow]:
        with self._lock:
            found = [(self._jobs[key], one) for key, one in sorted(self._deliveries.items())]
        return [
            ReceiptRow(
                job.intent_key, job.member_id, job.channel, job.phase, job.play, job.occurrence_at,
                one.delivered_at, one.clicked_at,
            )
            for job, one in found
            if job.calendar == calendar
        ]  # fmt: skip

    def reports_aside(self) -> list[Aside]:
        with self._lock:
            rows = [Aside(r.ref, r.state, r.at, r.code, reason, n) for r, reason, n in self._aside.values()]
        return sorted(rows, key=lambda row: (row.reason, row.ref, row.state))

    def addressed(self, refs: Collection[str]) -> dict[str, tuple[str, str]]:
        with self._lock:
            return the_one([_of(job) for job in self._jobs.values()], refs)

    def was_seen(self, digest: str) -> bool:
        return digest in self._seen

    def saw(self, digest: str, at: datetime, forget_before: datetime) -> None:
        with self._lock:
            self._seen = {known: when for known, when in self._seen.items() if when >= forget_before}
            self._seen.setdefault(digest, at)
