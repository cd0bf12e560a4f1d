"""Was it worth it: differences between arms, with their uncertainty.

Analysis is by assignment (intention to treat): a member counts in the arm it was drawn into,
whatever happened afterwards. A rate always carries its numerator and denominator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from statistics import NormalDist
from typing import Literal

from campaign_calendars.values.units import Ratio

MIN_ARM = 30
"""Members an arm needs before a verdict is given."""

Verdict = Literal["higher", "lower", "cannot conclude", "too few members"]


@dataclass(frozen=True, slots=True)
class Arm:
    """Outcome sums of one arm of an experiment."""

    members: int
    """Members assigned to the arm."""
    buyers: int
    """Of them, those who bought after they were assigned."""
    spend_cents: int = 0
    """What they paid, net of refunds; 0 where only conversion is compared."""
    rate: Ratio | None = field(init=False)
    """`buyers` / `members`; null for an arm without members."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", self.buyers / self.members if self.members else None)


@dataclass(frozen=True, slots=True)
class Contrast:
    """Treated minus control in conversion rate, with its interval."""

    treated: Arm
    """Members who were to get the play."""
    control: Arm
    """Members who were held out for comparison."""
    difference: Ratio | None
    """Rate of the treated minus rate of the control; null for too few members."""
    interval: tuple[Ratio, Ratio] | None
    """Lower and upper end of the difference; null for too few members."""
    verdict: Verdict
    """What may be said: the interval lies above zero, below it, or holds it."""
    method: str = "Newcombe hybrid score interval, 95 %"
    """How the interval was computed."""


def wilson(successes: int, trials: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a proportion; trials must be positive."""
    if trials <= 0:
        raise ValueError("an interval needs at least one trial")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    rate, square = successes / trials, z * z
    centre = rate + square / (2 * trials)
    spread = z * sqrt(rate * (1 - rate) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def newcombe(treated: Arm, control: Arm, *, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of the difference of two proportions (Newcombe 1998, method 10).

    Known answer: 120 of 1,000 against 100 of 1,000 gives [-.007492, .047551].
    """
    first, second = treated.buyers / treated.members, control.buyers / control.members
    low_1, high_1 = wilson(treated.buyers, treated.members, confidence=confidence)
    low_2, high_2 = wilson(control.buyers, control.members, confidence=confidence)
    difference = first - second
    low = difference - sqrt((first - low_1) ** 2 + (high_2 - second) ** 2)
    high = difference + sqrt((high_1 - first) ** 2 + (second - low_2) ** 2)
    return low, high


def contrast(treated: Arm, control: Arm) -> Contrast:
    """Compare two arms; a small or empty arm gives no verdict rather than a bold one."""
    if min(treated.members, control.members) < MIN_ARM:
        return Contrast(treated, control, None, None, "too few members")
    low, high = newcombe(treated, control)
    verdict: Verdict = "higher" if low > 0 else "lower" if high < 0 else "cannot conclude"
    difference = treated.buyers / treated.members - control.buyers / control.members
    return Contrast(treated, control, difference, (low, high), verdict)
