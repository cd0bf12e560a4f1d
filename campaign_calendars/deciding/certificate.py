"""What a plan can prove about itself: its value, the bound no plan can pass, and what is scarce."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaign_calendars.deciding.expecting import Objective
from campaign_calendars.deciding.limits import LimitKind
from campaign_calendars.values.scalars import Text
from campaign_calendars.values.units import Ratio


@dataclass(frozen=True, slots=True)
class RowOfPlan:
    """Something all members share: a stock, a daily cap, a pool, the budget, a channel on a day, a limit."""

    name: str
    """`stock NAME`, `daily NAME DAY`, `pool NAME`, `budget`, `channel NAME DAY`; `limit ID`, with its phase or day."""
    capacity: int | None
    """What the ledger left of it: pieces, messages or cents. Of a limit the figure that stands in the calendar:
    messages, basis points of a share, cents of an average or of what 1.00 has to return; null: it is only reported."""
    used: int
    """What the plan uses of it, each use as likely as it is to come; of a limit what it comes to with what was done."""
    price: float
    """Shadow price: what one unit more would add, in the unit of the plan's value; of a least number, what its last
    member costs; of a share, what one message more of its kind would add; of an average, one cent more in all;
    of a return, 1.00 of value less that is asked."""
    kind: LimitKind = "at_most"
    """What is asked of it."""
    short: int = 0
    """How far the plan stays away from what is asked, where no plan can reach it."""
    kept_free: int = 0
    """What is kept for events to come, beside `capacity`."""
    title: Text = field(default_factory=Text)
    """What the calendar calls a limit."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Another way to decide the same calendar, for comparison."""

    name: str
    """`first_come`: by time, as without a plan; `nightly`: priorities decide inside each day. Of one occurrence:
    `by_class`, as the plan with its classes of baskets has it; `greedy`, the dearest member and option first."""
    value: float
    """In the unit of the plan's value."""
    breaks: tuple[str, ...] = ()
    """Limits that it does not keep."""


@dataclass(frozen=True, slots=True)
class EventsAhead:
    """A play that answers events: what stock and channels keep free for it."""

    phase: str
    """Phase id."""
    play: str
    """Play id."""
    members_a_day: float
    """Members in its audience who had such an event, a day of the last 28; 0: none is known, nothing is kept free."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The plan of everything to come: what it is worth, and how far from the best it can be at most."""

    value: float
    """Of all contacts, each times the chance that it comes about: priority points, or the currency (`objective`)."""
    bound: float
    """What no plan can pass."""
    gap: Ratio
    """The share of the bound that the plan may fall short of the best, at most."""
    members: int
    """Members whom anything to come may reach."""
    patterns: int
    """Kinds of members that are alike to everything to come."""
    contacts: int
    """Messages in the plan."""
    rows: tuple[RowOfPlan, ...] = ()
    """What is shared, in the order in which the calendar uses it."""
    baselines: tuple[Baseline, ...] = ()
    """Other ways beside it, on the same members."""
    objective: Objective = "priority"
    """`money`: every play has expected responses, and values are in the currency; else `priority` points."""
    rests_on: Mapping[str, float] = field(default_factory=dict)
    """With money: `assumed`, `observational`, `experimental` → how much of the value rests on such figures."""
    events: tuple[EventsAhead, ...] = ()
    """Plays that answer events, for which stock and channels keep something free."""
    beside: tuple[str, ...] = ()
    """Other calendars of the store that are planned together with it: value and messages are of all of them."""
    rules: tuple[str, ...] = ()
    """Rules about one member that every member's plan keeps, e.g. `never teaser with recall`."""


@dataclass(frozen=True, slots=True)
class Starved:
    """An occurrence that reaches nobody, or under a tenth of its audience: what stops most of them."""

    reason: str
    """The commonest reason; for an empty audience `empty`, or `empty_yet` if purchases to come may fill it."""
    members: int
    """Members it stops."""
    by: str | None = None
    """The occurrence that took them, or for which they are kept: `phase/play@moment`."""
    by_members: int = 0
    """How many of them."""
    without: tuple[str, ...] = ()
    """Of an empty audience: datasets it reads of which the snapshot has not one row."""
