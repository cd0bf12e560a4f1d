"""Persons in plans: who gets what, and what changed from one plan to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """One message of a plan to one member."""

    at: datetime
    """The planned moment."""
    member: str
    """The member; masked wherever it is shown."""
    channel: str
    """Channel of the store."""
    benefit: str | None
    """Benefit that comes with it."""


@dataclass(frozen=True, slots=True)
class PeopleChange:
    """One play in two plans, by person and moment."""

    phase: str
    """Phase id."""
    play: str
    """Play id."""
    added: int
    """Persons who get it in the later plan only."""
    removed: int
    """Persons who get it in the earlier plan only."""
    changed: int
    """Persons who get it on another channel or with another benefit."""
    cents: int
    """What its benefits reserve more, in cents; below zero: less."""
    reason: str | None
    """The commonest reason of those removed: a code, or `not in the audience`."""
