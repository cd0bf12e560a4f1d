"""What a plan can prove about itself: its value, the bound no plan can pass, and what is scarce."""

from __future__ import annotations

from dataclasses import dataclass

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
    """Shadow price: priority points that one unit more would add."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Another way to decide the same calendar, for comparison."""

    name: str
    """`first_come`: by time, as without a plan; `nightly`: priorities decide inside each day."""
    value: float
    """Priority points."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The plan of everything to come: what it is worth, and how far from the best it can be at most."""

    value: float
    """Priority points: a contact counts the priority of its play times the chance that it comes about."""
    bound: float
    """Priority points that no plan can pass."""
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
    rules: tuple[str, ...] = ()
    """Rules about one member that every member's plan keeps, e.g. `never teaser with recall`."""


@dataclass(frozen=True, slots=True)
class Starved:
    """An occurrence that reaches nobody, or under a tenth of its audience: what stops most of them."""

    reason: str
    """The commonest reason; `empty` where nobody is in the audience."""
    members: int
    """Members it stops."""
    by: str | None = None
    """The occurrence that took them, or for which they are kept: `phase/play@moment`."""
    by_members: int = 0
    """How many of them."""
