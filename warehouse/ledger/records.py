"""What the ledger keeps, as records that nobody changes. Moments are aware UTC, money is integer cents.

What is read by the hundred thousand is a named tuple, which costs a fraction of what a frozen dataclass does.
No record holds a name, a phone number or an address: a member is known by `member_id` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from campaign_calendars.deciding.blocks import Block
from campaign_calendars.deciding.runs import RunSummary

JobStatus = Literal[
    "awaiting_approval",  # enqueued, but a person has to agree before it may leave
    "pending",  # may leave as soon as a worker claims it and `not_before` has passed
    "sending",  # claimed by a worker, and handed over or not; committed before anything leaves, so a crash is visible
    "sent",  # the channel confirmed it; final
    "failed",  # the channel refused it, it certainly did not arrive; final, its grant is released
    "to_do",  # handed to people on a work-list; only a person (`settle`) ends this
    "unknown",  # it may or may not have left; only a person (`settle`) or a late receipt ends this
    "cancelled",  # stopped before it left, with the reason in `error`; final, its grant is released
]
OutcomeStatus = Literal["sent", "failed", "unknown", "pending", "cancelled", "to_do"]
RunStatus = Literal[
    "started",  # being decided; nothing is in the outbox yet
    "awaiting_approval",  # in the outbox, some jobs wait for a person
    "enqueued",  # in the outbox, free to be dispatched
    "finished",  # dispatched and summed up
    "skipped",  # came too late and was dropped on purpose
    "failed",  # stopped with an error; may be started again
]


DECIDED: tuple[RunStatus, ...] = ("awaiting_approval", "enqueued", "finished")
"""Runs that reached the outbox, be it with nobody: their decision is never made a second time."""


@dataclass(frozen=True, slots=True)
class Run:
    """One phase run: all plays of a phase that are due at `as_of`. `summary` holds counts only.

    `decision_sha` is the checksum of the rows it was decided by.
    """

    run_id: str
    calendar: str
    phase: str
    as_of: datetime
    snapshot_id: str
    decision_sha: str
    status: RunStatus
    summary: RunSummary
    started_at: datetime
    finished_at: datetime | None = None


# Not frozen, which takes five times as long to make: a run makes several for each message. Nobody changes one.
@dataclass(slots=True, unsafe_hash=True)
class Job:
    """One message to one member on one channel. `message` names a template, never holds a text.

    `in_doubt`: an earlier attempt may have arrived. Where the channel honours our key a repeat is
    harmless, so the job may be pending again; it can no longer be cancelled, only become unknown.
    `arm`: which text of a test it is; one that waits for the best has neither arm nor message.
    `cost_cents`: what it cost when it was last handed over; None: it was not, or by a release that did not keep it.
    """

    intent_key: str
    run_id: str
    calendar: str
    phase: str
    play: str
    occurrence_at: datetime
    member_id: str
    channel: str
    benefit: str | None = None
    message: str | None = None
    status: JobStatus = "pending"
    attempts: int = 0
    not_before: datetime | None = None
    expires_at: datetime | None = None
    receipt: str | None = None
    error: str | None = None
    sent_at: datetime | None = None
    in_doubt: bool = False
    arm: str | None = None
    cost_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A benefit given together with a job: `cost_cents` it reserves of the budget, `points` it asks of the member.

    It can be used until just before `valid_until` (None: without an end), once for each of `use_costs`: what these
    uses cost, the dearest first, whatever the calendar says later (none: what it says then).
    """

    intent_key: str
    calendar: str
    phase: str
    play: str
    member_id: str
    benefit: str
    pool: str | None
    cost_cents: int
    granted_at: datetime
    points: int = 0
    valid_until: datetime | None = None
    use_costs: tuple[int, ...] = ()


# As little as a job is.
@dataclass(slots=True, unsafe_hash=True)
class Outcome:
    """What became of one claimed job.

    With "pending": `retry_after` counts from the moment of recording; `in_doubt` says that the
    message may have arrived all the same. `refuses_contact`: nothing may go to the member on this channel any more;
    the dispatcher keeps it as a suppression.
    """

    intent_key: str
    status: OutcomeStatus
    receipt: str | None = None
    error: str | None = None
    retry_after: timedelta | None = None
    in_doubt: bool = False
    refuses_contact: bool = False


@dataclass(frozen=True, slots=True)
class Enqueued:
    """What one enqueue changed; `position` is the ledger's position afterwards."""

    new_jobs: int
    existing_jobs: int
    new_grants: int
    position: int


@dataclass(frozen=True, slots=True)
class Recovered:
    """Jobs found in `sending` past their lease: sent again, unknown, or free again because nothing of them left."""

    resent: int
    unknown: int
    untouched: int = 0


@dataclass(frozen=True, slots=True)
class OpenJobs:
    """Jobs of a run in one state that is not their last: how many, the earliest start and the last chance.

    A moment is given only if every one of them has one.
    """

    jobs: int
    not_before: datetime | None = None
    expires_at: datetime | None = None


class ContactRow(NamedTuple):
    """A live job as a contact of its member; `at` is the planned moment, so a rerun sees the same. Of those asked for
    as sent it is the moment at which the message left. `cost_cents` as in `Job`.
    """

    member_id: str
    channel: str
    calendar: str
    phase: str
    play: str
    at: datetime
    benefit: str | None
    cost_cents: int | None = None

    def paid_cents(self, prices: Mapping[str, int]) -> int:
        """What it cost; where nobody kept that, one part at what `prices` (channel → cents) say now."""
        return prices.get(self.channel, 0) if self.cost_cents is None else self.cost_cents


class GrantRow(NamedTuple):
    """A grant: what it reserved, what of that it still holds (owed, or spent), and from when on it can be used no more
    (None: it can)."""

    member_id: str
    benefit: str
    play: str
    phase: str
    granted_at: datetime
    cost_cents: int
    calendar: str = ""
    points: int = 0
    held_cents: int = 0
    valid_until: datetime | None = None
    used_at: datetime | None = None
    usable_until: datetime | None = None

    @property
    def standing(self) -> tuple[datetime, int, datetime | None]:
        """When it was given, what of the budget it holds, and from when on it can be used no more."""
        return (self.granted_at, self.held_cents, self.usable_until)

    def is_open(self, at: datetime) -> bool:
        """Whether it is still an offer: neither used nor over."""
        return self.used_at is None and (self.valid_until is None or self.valid_until > at)


class GrantState(NamedTuple):
    """What became of a grant, as far as data tell: `open_cents` may still be claimed, `spent_cents` its uses cost.

    `assumed`: it is over, and nobody can see whether it was used. With a `release` it holds nothing any more.
    """

    intent_key: str
    open_cents: int
    spent_cents: int = 0
    used_at: datetime | None = None
    assumed: bool = False
    release: Literal["expired", "refunded"] | None = None


class GivenRow(NamedTuple):
    """A grant whose message was not stopped, with what is known of it so far."""

    member_id: str
    benefit: str
    granted_at: datetime
    valid_until: datetime | None
    cost_cents: int
    state: GrantState
    sent: bool
    """Whether its message left, or may have: until then nobody has it, and it does not end."""
    sent_at: datetime | None
    calendar: str = ""
    phase: str = ""
    use_costs: tuple[int, ...] = ()
    play: str = ""


@dataclass(frozen=True, slots=True)
class StrayUses:
    """Uses of one benefit that belong to no grant, and what they cost.

    `outside` of them are of members who hold the benefit, at a moment when it could not be used: too early, too late,
    on another day.
    """

    pieces: int
    cents: int
    outside: int = 0
    outside_cents: int = 0


@dataclass(frozen=True, slots=True)
class Books:
    """Of which moment the grants of a calendar are told, and from which data and rules (`basis`).

    `strays`: uses of its benefits that belong to no grant, by benefit. `blocks`: what is set aside for benefits that
    apply themselves.
    """

    known_at: datetime
    basis: str
    strays: Mapping[str, StrayUses]
    blocks: tuple[Block, ...] = ()


AccountState = Literal[
    "planned",  # set aside for a benefit that applies itself and is not online yet
    "reserved",  # decided, not out yet
    "open",  # sent, may still be used
    "spent",  # used
    "assumed",  # over, and nobody can see whether it was used: counted as used
    "stopped",  # its message was cancelled or failed
    "expired",  # not used in time
    "refunded",  # used on an order that was closed or refunded as a whole, and over by now
    "difference",  # reserved above what its uses cost in the end; below zero: they cost more
]
RETURNED: tuple[AccountState, ...] = ("stopped", "expired", "refunded", "difference")
"""What holds neither stock nor money."""


@dataclass(frozen=True, slots=True)
class GrantSum:
    """How much of what was given by a phase of a benefit is in which state; all states sum to what was given."""

    phase: str
    benefit: str
    pool: str | None
    state: AccountState
    pieces: int
    cents: int


NUMBER = "number#"
"""Before the digest of a telephone number, where a suppression otherwise has a member's id."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """Never contact this member on this channel (None: on any channel).

    `member_id` may also be `NUMBER` and the digest of a telephone number: the refusal
    holds for whoever has it, now or later.
    """

    member_id: str
    channel: str | None
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TierOverride:
    """A tier a person set for a member (A6): it holds from `set_at` to before `until` (None: no end)."""

    member_id: str
    tier: str
    set_at: datetime
    until: datetime | None
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Draw:
    """How a control group of a calendar is drawn, since `run_id`.

    `name` is `global`, `campaign` or `phase/play`; who is held out of nothing has the salt "".
    """

    calendar: str
    name: str
    salt: str
    share_bp: int
    run_id: str


@dataclass(frozen=True, slots=True)
class DutyTick:
    """A duty of a calendar that is done, and who did it."""

    calendar: str
    duty: str
    by: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class PlatformId:
    """What the platform calls a benefit, or a part of it (a coupon of a pack, the rung of a tier); "" is the whole."""

    calendar: str
    benefit: str
    part: str
    platform_id: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A partner's code that a message has, known by its digest, and how far that message is."""

    digest: str
    calendar: str
    benefit: str | None
    status: JobStatus
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    snapshot_id: str
    as_of: datetime
    fingerprint: str
    counts: Mapping[str, Any]
