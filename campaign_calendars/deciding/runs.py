"""A phase run and what its decision came to: counts, costs, and what the messages need. Never members.

These records are the JSON of plans, decision files, the ledger and the command line. The text directly
below a field says what it holds; costs are integer cents, moments are aware.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from campaign_calendars.deciding.certificate import Certificate

Via = Literal["prefect", "direct"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What one play gives of one benefit."""

    granted: int
    """Members who get it."""
    cost_cents: int
    """What it reserves, in cents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayCounts:
    """What one occurrence came to; `candidates` = `chosen` + all of `held_out` + all of `excluded`."""

    play: str
    """Play id."""
    at: datetime
    """The planned moment."""
    candidates: int
    """Members in the audience."""
    chosen: int
    """Members who get the message."""
    held_out: Mapping[str, int]
    """Control group (`global`, `campaign`, `play`) → members."""
    excluded: Mapping[str, int]
    """Deciding reason (a code of `campaign_calendars/deciding/contact.py`) → members."""
    channels: Mapping[str, int]
    """Channel → messages."""
    benefits: Mapping[str, Granted]
    """Benefit → what of it is given."""
    benefit_cost_cents: int
    """What the benefits reserve, in cents."""
    message_cost_cents: int
    """The most that the messages cost, in cents: the price of each part their texts may take."""
    needs_approval: bool
    """Whether a person has to agree before anything is sent."""
    allocation: Certificate | None = None
    """Where baskets differ from member to member: who gets what at this occurrence, beside what the plan keeps for
    later (rows have what is left without it). Null: the plan's own certificate says it all."""
    assumed: Mapping[str, int] = field(default_factory=dict)
    """Channel → those of its messages for which the store only assumes that the member is there."""
    exposed: int = 0
    """Of a post: members who are in its groups at that moment; `candidates`, `chosen` and `excluded` count groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayDecision(PlayCounts):
    """A decided occurrence with what its messages need beside the rows; the same for every member."""

    expires_at: datetime | None
    """From this moment on the message must not leave any more."""
    pools: Mapping[str, str | None]
    """Benefit → budget pool that pays for it."""
    points: Mapping[str, int] = field(default_factory=dict)
    """Benefit → points the member pays for it; only where it costs points."""
    stock: Mapping[str, int | None]
    """Benefit → how many there are in all; null: no limit."""
    audience_sql: str
    """The audience as a predicate over the member features."""
    lane: str
    """Who does it: `system` or `human`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseDecision:
    """A decided run: what it was decided on, and its plays. The content of `var/decisions/<run>.json`."""

    run_id: str
    """Run id."""
    calendar: str
    """Calendar id."""
    phase: str
    """Phase id."""
    as_of: datetime
    """The moment of the run."""
    snapshot_id: str
    """The snapshot it was decided on."""
    calendar_sha: str
    """SHA-256 of the calendar file."""
    decision_sha: str
    """SHA-256 of the decision file's rows."""
    position: int
    """The ledger's position the decision knew; enqueue refuses it when the ledger has moved on."""
    members: int
    """Members known at that moment."""
    plays: tuple[PlayDecision, ...]
    """Plays due, in the order of the calendar."""
    certificate: Certificate | None = None
    """Of the plan from this moment on; null where the calendar plans nothing, or only events are answered."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """Other calendars that were planned with it → SHA-256 of their files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What the ledger keeps of a run beside its jobs."""

    plays: tuple[PlayDecision, ...] = ()
    """Plays of the run, as decided."""
    jobs: Mapping[str, int] = field(default_factory=dict)
    """State → messages, when the run was last closed."""
    via: Via = "direct"
    """Who ran it: `prefect`, or promocal itself (`direct`)."""
    ended: str = ""
    """State in which the orchestrator ended a run that never reached the outbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over plays or occurrences; a member in two of them counts twice."""

    candidates: int = 0
    """Members in the audiences."""
    chosen: int = 0
    """Members who get a message."""
    held_out: int = 0
    """Members in control groups."""
    excluded: int = 0
    """Members whom a gate stopped."""
    benefit_cost_cents: int = 0
    """What the benefits reserve, in cents."""
    message_cost_cents: int = 0
    """The most that the messages cost, in cents: the price of each part their texts may take."""
    assumed: int = 0
    """Of the messages, those of channels whose reach is assumed (`assumed_reach`)."""


def fields_of(record: PlayCounts | Totals) -> Mapping[str, Any]:
    """A record's fields by name, for a record that has them beside others."""
    return {each.name: getattr(record, each.name) for each in fields(record)}


def counts_of(play: PlayCounts) -> Mapping[str, Any]:
    """What a play came to by name, without what else its record holds."""
    return {each.name: getattr(play, each.name) for each in fields(PlayCounts)}


def nothing(play: str, at: datetime) -> PlayCounts:
    """An occurrence that reaches nobody because it is not decided at all."""
    return PlayCounts(
        play=play, at=at, candidates=0, chosen=0, held_out={}, excluded={}, channels={}, benefits={},
        benefit_cost_cents=0, message_cost_cents=0, needs_approval=False,
    )  # fmt: skip


def totals(plays: Iterable[PlayCounts]) -> Totals:
    """The sums of plays."""
    rows = list(plays)
    return Totals(
        candidates=sum(row.candidates for row in rows),
        chosen=sum(row.chosen for row in rows),
        held_out=sum(sum(row.held_out.values()) for row in rows),
        excluded=sum(sum(row.excluded.values()) for row in rows),
        benefit_cost_cents=sum(row.benefit_cost_cents for row in rows),
        message_cost_cents=sum(row.message_cost_cents for row in rows),
        assumed=sum(sum(row.assumed.values()) for row in rows),
    )
