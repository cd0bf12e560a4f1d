"""What decided plays came to: counts and costs, never members.

These records are the JSON of plans, decision files, the ledger and the command line. The text directly
below a field says what it holds; costs are integer cents, moments are aware.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any


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
    """What the messages cost, in cents."""
    needs_approval: bool
    """Whether a person has to agree before anything is sent."""


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
    """What the messages cost, in cents."""


def fields_of(record: PlayCounts | Totals) -> Mapping[str, Any]:
    """A record's fields by name, for a record that has them beside others."""
    return {each.name: getattr(record, each.name) for each in fields(record)}


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
    )
