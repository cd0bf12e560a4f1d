"""Two ways through the same time, held beside each other: who was reached, how often, over what, for how much money.

A side is a replay, or what really ran. Persons are counted once, whatever accounts they have; nothing here says what
anybody bought because of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from campaign_calendars.values.scalars import Text

SideName = Literal["a", "b"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A figure of both sides."""

    a: int
    """Of the first side."""
    b: int
    """Of the second side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons:
    """Persons reached by each side, told apart by whether the other side reached them too."""

    both: int
    """Reached by both."""
    only_a: int
    """Reached by the first side only."""
    only_b: int
    """Reached by the second side only."""

    @property
    def a(self) -> int:
        return self.both + self.only_a

    @property
    def b(self) -> int:
        return self.both + self.only_b


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What the members of a generated store did on a side: simulated, every figure of it."""

    buyers: int
    """Persons who bought in the campaign, each once."""
    sales_cents: int
    """What all orders of the campaign came to, in cents."""
    added_orders: int | None
    """Orders that came because of its messages; null where no play had messages."""
    added_cents: int | None
    """What these added to payments, net of coupons and refunds, in cents; null where no play had messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side: what it is, and what stands behind its figures."""

    calendar: str
    """Calendar id."""
    changes: tuple[str, ...]
    """Figures tried in place of the calendar's (`--what-if`)."""
    ran: bool
    """Whether it really ran; else it is a replay."""
    title: Text
    """Title of the calendar."""
    starts_at: datetime
    """The calendar's first moment."""
    ends_at: datetime
    """Its last moment, or up to when the replay went."""
    snapshot_id: str
    """Snapshot whose accounts were joined to persons."""
    unsent: Mapping[str, int]
    """State → messages that did not leave, or (`sending`, `unknown`) of which nobody knows whether they did."""
    response: Response | None
    """What members did; null unless the response was simulated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideTotals:
    """All plays of both sides."""

    persons: Persons
    """Persons with at least one message that left."""
    messages: Pair
    """Messages that left, one for each member and moment."""
    posts: Pair
    """Posts to groups that left; whom they reach is not counted."""
    message_cents: Pair
    """What messages and posts cost by the store's prices of now, in cents."""
    granted: Pair
    """Benefits given: their messages left, or may have."""
    benefit_cents: Pair
    """What these reserve of the budget, in cents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaySides:
    """One play on both sides; plays of the same phase and id belong together."""

    phase: str
    """Phase id."""
    play: str
    """Play id."""
    persons: Persons
    """Persons it reached."""
    messages: Pair
    """Messages and posts that left."""
    message_cents: Pair
    """What they cost, in cents."""
    granted: Pair
    """Benefits given."""
    benefit_cents: Pair
    """What these reserve, in cents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSides:
    """One channel on both sides."""

    channel: str
    """Channel of the store."""
    persons: Persons
    """Persons reached over it."""
    messages: Pair
    """Messages and posts that left."""
    message_cents: Pair
    """What they cost, in cents."""
    busiest: Pair
    """Most messages of one local day."""
    busiest_on_a: date | None
    """The first such day of the first side; null without messages."""
    busiest_on_b: date | None
    """The first such day of the second side; null without messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySides:
    """One local day of one channel."""

    day: date
    """The day in the calendar's time zone."""
    channel: str
    """Channel of the store."""
    messages: Pair
    """Messages and posts that left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitSides:
    """One benefit on both sides."""

    benefit: str
    """Benefit id."""
    granted: Pair
    """How many were given."""
    benefit_cents: Pair
    """What these reserve, in cents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSided:
    """Persons whom a play reached on one side only, by what the other side decided about them."""

    phase: str
    """Phase id."""
    play: str
    """Play id."""
    on: SideName
    """The side that reached them."""
    reason: str
    """What the other side decided last of that play: a reason, `held_out`, `not_sent`, `not in the audience`, `no such
    play`, or `not known` where its decisions are not kept."""
    persons: int
    """How many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSidedPerson:
    """A person whom one side reached and the other did not, by none of its plays."""

    on: SideName
    """The side that reached him."""
    member: str
    """Id of the person, masked."""
    messages: int
    """How many messages he got."""
    phase: str
    """Phase of the first of them."""
    play: str
    """Its play."""
    channel: str
    """Its channel."""
    at: datetime
    """When it left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Both sides by everything they can be told apart by."""

    totals: SideTotals
    """All plays together."""
    plays: tuple[PlaySides, ...]
    """By phase and play, in the order in which their messages began."""
    channels: tuple[ChannelSides, ...]
    """By channel."""
    days: tuple[DaySides, ...]
    """By local day and channel, days with messages only."""
    benefits: tuple[BenefitSides, ...]
    """By benefit."""
    one_sided: tuple[OneSided, ...]
    """Why persons of a play were reached on one side only."""
    samples: tuple[OneSidedPerson, ...]
    """Some persons whom one side alone reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide(Compared):
    """Two sides beside each other, with what they are."""

    a: Side
    """The first side: the calendar's replay."""
    b: Side
    """The second side."""
    simulated: bool
    """Whether the response of members was simulated: then no figure about buying is real."""
    timezone: str
    """Zone of the days."""
    currency: str
    """Currency of all amounts."""
