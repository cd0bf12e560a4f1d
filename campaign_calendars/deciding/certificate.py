"""What a plan can prove about itself: its value, the bound no plan can pass, and what is scarce."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaign_calendars.deciding.expecting import Objective
from campaign_calendars.values.units import Ratio


@dataclass(frozen=True, slots=True)
class RowOfPlan:
    """Something all members share: a stock, a daily cap, a pool, the budget, a channel on a day."""

    name: str
    """`stock NAME`, `daily NAME DAY`, `pool NAME`, `budget` or `channel NAME DAY`."""
    capacity: int
    """What the ledger left of it: pieces, messages or cents."""
    used: int
    """What the plan uses of it, each use as likely as it is to come."""
    price: float
    """Shadow price: what one unit more would add, in the unit of the plan's value."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Another way to decide the same calendar, for comparison."""

    name: str
    """`first_come`: by time, as without a plan; `nightly`: priorities decide inside each day."""
    value: float
    """In the unit of the plan's value."""


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
