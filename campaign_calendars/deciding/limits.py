"""Limits of a whole plan, resolved: which messages count, for how much, and in which stretch of the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from campaign_calendars.deciding.expecting import MILLS
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.limits import FIGURES, SharedLimit
from campaign_calendars.values.scalars import FULL_SHARE, Text

LimitKind = Literal[
    "at_least", "at_most", "share_at_least", "share_at_most", "average_cost_at_most", "return_at_least", "reported"
]
PREFIX = "limit"
"""A row of a plan that stands for such a limit is named `limit ID`, `limit ID PHASE` or `limit ID DAY`."""
PART, WHOLE = "part", "whole"
"""Rows beside those of a share, an average or a return, only reported: what the figure is a fraction of."""
EACH = 100
"""A return is told for so many cents."""


@dataclass(frozen=True, slots=True)
class LimitRule:
    """One limit; empty tuples: all of them. `figure` is members, basis points or cents (for each 1.00)."""

    name: str
    kind: LimitKind
    figure: int = 0
    per: Literal["campaign", "phase", "day"] = "campaign"
    phases: tuple[str, ...] = ()
    plays: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    benefits: tuple[str, ...] | None = None
    tiers: tuple[str, ...] = ()
    title: Text = field(default_factory=Text)

    def row_name(self, phase: str, day: str) -> str:
        """The row in which an occurrence counts."""
        within = {"campaign": "", "phase": f" {phase}", "day": f" {day}"}[self.per]
        return f"{PREFIX} {self.name}{within}"

    def counts(self, phase: str, play: str, channel: str, benefit: str | None) -> bool:
        """Whether a message is of those that the limit is about, whoever gets it."""
        return (
            (not self.phases or phase in self.phases)
            and (not self.plays or play in self.plays)
            and (not self.channels or channel in self.channels)
            and (self.benefits is None or benefit in self.benefits)
            and (self.kind != "average_cost_at_most" or benefit is not None)
        )

    @property
    def of_all(self) -> bool:
        """Whether the messages that it is not about count as well."""
        return self.kind in ("share_at_least", "share_at_most")

    @property
    def signed(self) -> bool:
        """Whether amounts below zero may be in it."""
        return self.kind not in ("at_most", "reported")

    def amount(self, *, counts: bool, cost_cents: int, value: float = 0) -> float:
        """What one message adds to its row, which may come to `capacity`; `value` in 1/1000 of the currency."""
        match self.kind:
            case "at_least":
                return -int(counts)
            case "share_at_most":
                return (FULL_SHARE if counts else 0) - self.figure
            case "share_at_least":
                return self.figure - (FULL_SHARE if counts else 0)
            case "average_cost_at_most":
                return (cost_cents - self.figure) if counts else 0
            case "return_at_least":
                return (cost_cents * self.figure * MILLS / EACH - value) if counts else 0
            case _:
                return int(counts)

    @property
    def measured(self) -> bool:
        """Whether what it comes to is a fraction."""
        return self.of_all or self.kind in ("average_cost_at_most", "return_at_least")

    def measure(self, *, counts: bool, cost_cents: int, value: float = 0) -> tuple[float, int]:
        """What one message adds to both sides of the fraction."""
        if self.of_all:
            return int(counts), 1
        if self.kind == "return_at_least":
            return (value / MILLS, cost_cents) if counts else (0, 0)
        return (cost_cents, 1) if counts else (0, 0)

    @property
    def capacity(self) -> int | None:
        """What a row may come to when nothing was done yet; None: it is only reported."""
        match self.kind:
            case "reported":
                return None
            case "at_most":
                return self.figure
            case "at_least":
                return -self.figure
            case _:
                return 0


@dataclass(frozen=True, slots=True)
class Done:
    """What was done already: messages of a stretch, those that a limit is about, and what their benefits reserve."""

    messages: int = 0
    counting: int = 0
    cost_cents: int = 0

    def total(self, rule: LimitRule) -> int:
        """What it adds up to in the limit's row."""
        if rule.kind == "average_cost_at_most":
            return self.cost_cents - rule.figure * self.counting
        if rule.kind == "return_at_least":
            return 0  # what was sent is worth what it turns out to be worth; the limit is about what is to come
        yes, no = rule.amount(counts=True, cost_cents=0), rule.amount(counts=False, cost_cents=0)
        return round(yes * self.counting + no * (self.messages - self.counting))

    def measure(self, rule: LimitRule) -> tuple[int, int]:
        """Both sides of the fraction."""
        if rule.kind == "return_at_least":
            return 0, 0
        return (self.counting, self.messages) if rule.of_all else (self.cost_cents, self.counting)


def limits_of(calendar: Calendar) -> tuple[LimitRule, ...]:
    """The limits of a calendar, in its order."""
    return tuple(_rule(calendar, limit) for limit in calendar.limits)


def rows_of(calendar: Calendar, days: int) -> int:
    """How many rows its limits are at most."""
    times = {"campaign": 1, "phase": len(calendar.phases), "day": days}
    return sum(times[limit.per] for limit in calendar.limits)


def tier_classes(rules: Iterable[LimitRule]) -> tuple[tuple[str, ...], ...]:
    """Tiers that no limit tells apart, together; () stands for all others. Empty where limits ask for no tier."""
    asked = list(dict.fromkeys(rule.tiers for rule in rules if rule.tiers))
    alike: dict[tuple[bool, ...], list[str]] = {}
    for tier in dict.fromkeys(tier for tiers in asked for tier in tiers):
        alike.setdefault(tuple(tier in tiers for tiers in asked), []).append(tier)
    return (*(tuple(tiers) for tiers in alike.values()), ()) if alike else ()


def _rule(calendar: Calendar, limit: SharedLimit) -> LimitRule:
    kind: LimitKind = next((name for name in FIGURES if getattr(limit, name) is not None), "reported")
    of = limit.of
    benefits: tuple[str, ...] | None = None
    if of.benefits or of.pools:
        benefits = tuple(
            name
            for name, benefit in calendar.benefits.items()
            if (not of.benefits or name in of.benefits) and (not of.pools or benefit.pool in of.pools)
        )
    return LimitRule(
        name=limit.id,
        kind=kind,
        figure=0 if kind == "reported" else getattr(limit, kind),
        per=limit.per,
        phases=tuple(of.phases),
        plays=tuple(of.plays),
        channels=tuple(of.channels),
        benefits=benefits,
        tiers=tuple(of.tiers),
        title=limit.title,
    )
