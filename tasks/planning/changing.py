"""What a plan changes against the one that was applied last, as records; the text below a field says what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from campaign_calendars.values.scalars import Text

LimitName = Literal["members", "budget", "past", "running"]
What = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChange:
    """A phase or play that is new, gone, or planned otherwise."""

    what: What
    """What became of it."""
    phase: str
    """Phase id."""
    play: str = ""
    """Play id; empty: the phase itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentChange:
    """A planned moment that is new or gone."""

    phase: str
    """Phase id."""
    play: str
    """Play id."""
    at: datetime
    """Its moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadChange:
    """A figure of both plans."""

    name: str
    """`messages`, `benefits` and `message_costs` in cents, or the channel."""
    before: int
    """In the plan that was applied."""
    after: int
    """In the plan of now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedLimit:
    """A limit that the change passes; `apply` refuses it unless it is named."""

    name: LimitName
    """`members`, `budget`, `past` or `running`; `apply --force NAME` passes it."""
    text: Text
    """What passes it, in both languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceApplied:
    """What a plan changes against the one that was applied last."""

    plan: str
    """Checksum of the plan that was applied."""
    applied_at: datetime | None
    """When it was applied."""
    applied_by: str
    """By whom."""
    parts: tuple[PartChange, ...]
    """Phases and plays that are new, gone, or planned otherwise."""
    differences: tuple[Text, ...]
    """What is written otherwise in the calendar, in both languages."""
    added: tuple[MomentChange, ...]
    """Moments that are new."""
    dropped: tuple[MomentChange, ...]
    """Moments to come that are gone."""
    persons: int | None
    """Persons who get something else at moments to come; null: the names of an earlier plan are not there any more."""
    members: int
    """Members of the snapshot."""
    money: tuple[LoadChange, ...]
    """Messages, and what benefits and messages cost, where they differ."""
    channels: tuple[LoadChange, ...]
    """Messages of each channel, where they differ."""
    passed: tuple[PassedLimit, ...]
    """Limits of `[apply]` that it passes."""

    @property
    def any(self) -> bool:
        """Whether anything is otherwise."""
        return bool(self.parts or self.differences or self.added or self.dropped or self.persons or self.money)
