"""Was it worth it: differences between arms, with their uncertainty.

Analysis is by assignment (intention to treat): a member counts in the arm it was drawn into,
whatever happened afterwards. A rate always carries its numerator and denominator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import exp, log, sqrt
from statistics import NormalDist
from typing import Literal

from campaign_calendars.measuring.drawn import as_drawn, sample_ratio
from campaign_calendars.measuring.regions import RegionUnits
from campaign_calendars.values.units import Ratio

MIN_ARM = 30
"""Members an arm needs before a verdict is given; in money, buyers."""
ALPHA = 0.05
"""How often a difference is claimed where there is none."""

Verdict = Literal[
    "higher",
    "lower",
    "cannot conclude",
    "too few members",
    "too few buyers",
    "all paid the same",
    "not as drawn",
    "nothing sent",
    "in two arms",
    "members unknown",
    "too few regions",
]


@dataclass(frozen=True, slots=True)
class Sums:
    """What means, their errors and ratios of an arm are made of, over its members; money in cents, exact integers."""

    orders: int = 0
    """Paid orders after assignment."""
    orders_squares: int = 0
    """Sum of their squares by member."""
    spend_squares: int = 0
    """Sum of the squares of what each member paid."""
    spend_orders: int = 0
    """Sum of what each member paid times his orders."""
    before_cents: int = 0
    """What they paid in an equally long time before assignment."""
    before_squares: int = 0
    """Sum of its squares by member."""
    spend_before: int = 0
    """Sum of what each member paid times what he paid before."""
    cost_cents: int = 0
    """What they cost: benefits used, and messages."""
    cost_squares: int = 0
    """Sum of its squares by member."""
    spend_cost: int = 0
    """Sum of what each member paid times what he cost."""
    buyers_cost: int = 0
    """What those cost who bought."""
    orders_cost: int = 0
    """Sum of each member's orders times what he cost."""
    buyers_before: int = 0
    """Members who paid something in an equally long time before assignment."""

    def without_orders(self) -> Sums:
        """The same where it is known who bought, and not how often."""
        return replace(self, orders=0, orders_squares=0, spend_orders=0, orders_cost=0)


@dataclass(frozen=True, slots=True)
class Arm:
    """Outcome sums of one arm of an experiment."""

    members: int
    """Members assigned to the arm."""
    buyers: int
    """Of them, those who bought after they were assigned."""
    spend_cents: int = 0
    """What they paid, net of refunds; 0 where only conversion is compared."""
    contacted: int = 0
    """Of the members, those to whom a message went out; of a control group, those who should have got none."""
    joined: int = 0
    """Of the members, persons of whom accounts were joined that had each been assigned."""
    sums: Sums | None = None
    """What is added for money; null where only conversion is compared."""
    rate: Ratio | None = field(init=False)
    """`buyers` / `members`; null for an arm without members."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", self.buyers / self.members if self.members else None)


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two means with its interval."""

    estimate: float
    """Treated minus control."""
    low: float
    """Lower end of the interval, 95 %."""
    high: float
    """Upper end."""
    p: Ratio
    """How likely a difference as large is where there is none."""
    error: float
    """Its standard error."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How many times what it would have been: 0.4 says 40 % more."""

    estimate: float
    """Treated over control, less one."""
    low: float
    """Lower end of the interval, 95 %."""
    high: float
    """Upper end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one more of something cost, in cents."""

    estimate: float
    """Added cost over what was added."""
    low: float
    """Lower end of the interval, 95 %."""
    high: float
    """Upper end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What the programme earned: margin of what it added, less what it cost; in cents for one treated member."""

    margin: Ratio
    """Share of the sales that is left before benefits, as the calendar or its store states it."""
    cost_cents: float
    """What one treated member cost more than one held out: benefits used, and messages."""
    profit: Difference
    """Margin of the added sales, less that cost."""
    per_cost: Growth | None
    """Profit for each unit of cost (incremental ROI); null where nothing was spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyContrast:
    """Treated minus control in what a member paid, in cents, with its interval."""

    method: str
    """How the error was computed: `pooled` while the smaller arm has less than 500 buyers, else `Welch`."""
    difference: Difference | None
    """Paid by a treated member minus paid by one held out; null for too few buyers."""
    growth: Growth | None
    """The same as a share of what the held-out paid; null where they paid nothing."""
    adjusted: Difference | None
    """The difference less what spending before explains (CUPED); null where nobody spent before."""
    explained: Ratio | None
    """Share of the variance that spending before explains (R²)."""
    order_value: Difference | None
    """Difference of the average order, among buyers; it describes and proves nothing. Null without orders."""
    returned: Return | None
    """What is left after cost; null where no margin is stated, and for a single play."""
    per_buyer: Price | None = None
    """What one buyer more cost (interval after Fieller 1954); null where it cannot be said: nothing was spent on the
    treated, or it is not sure that there were more buyers."""
    per_order: Price | None = None
    """What one order more cost, likewise."""
    verdict: Verdict
    """What may be said of the money."""
    while_running: tuple[float, float] | None = None
    """Ends of the difference that hold at all looks together while the campaign goes on; null once it is over."""
    p_of_all: Ratio | None = None
    """How likely such a difference is where there is none, were all contrasts of its kind asked at once (Holm); null
    for the programme."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """Treated minus control in conversion rate, with its interval."""

    treated: Arm
    """Members who were to get the play."""
    control: Arm
    """Members who were held out for comparison."""
    difference: Ratio | None
    """Rate of the treated minus rate of the control; null for too few members. Of regions, less what the same regions
    did before, where that explains enough (`regions.adjusted`)."""
    interval: tuple[Ratio, Ratio] | None
    """Lower and upper end of the difference; null for too few members."""
    verdict: Verdict
    """What may be said: the interval lies above zero, below it, or holds it."""
    method: str = "Newcombe hybrid score interval, 95 %"
    """How the interval was computed."""
    growth: Growth | None = None
    """The same as a share of the control's rate; null where nobody of one arm bought."""
    p: Ratio | None = None
    """How likely a difference as large is where there is none (score test)."""
    p_of_all: Ratio | None = None
    """The same, were all plays with a control group asked at once (Holm); null for the programme."""
    sample_ratio_p: Ratio | None = None
    """How likely arms of these sizes are as they were drawn; null where no share is known."""
    money: MoneyContrast | None = None
    """The same in money; null where only conversion is compared."""
    while_running: tuple[Ratio, Ratio] | None = None
    """Ends of the difference that hold at all looks together, by which it is judged while it goes on; else null."""
    regions: RegionUnits | None = None
    """The regions, where whole regions were drawn instead of members; else null."""


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


def score_p(treated: Arm, control: Arm) -> float:
    """Two-sided score test of two proportions. Known answer: 120 and 100 of 1,000 give z = 1.429301, p = .152918."""
    members, buyers = treated.members + control.members, treated.buyers + control.buyers
    if buyers in (0, members):
        return 1.0
    pooled = buyers / members
    error = sqrt(pooled * (1 - pooled) * (1 / treated.members + 1 / control.members))
    z = abs(treated.buyers / treated.members - control.buyers / control.members) / error
    return 2 * NormalDist().cdf(-z)


def conversion_growth(treated: Arm, control: Arm) -> Growth | None:
    """Ratio of two proportions less one, by the delta method on its logarithm; None where an arm has no buyer."""
    if not treated.buyers or not control.buyers:
        return None
    ratio = log(treated.buyers / treated.members) - log(control.buyers / control.members)
    variance = 1 / treated.buyers - 1 / treated.members + 1 / control.buyers - 1 / control.members
    reach = NormalDist().inv_cdf(1 - ALPHA / 2) * sqrt(variance)
    return Growth(exp(ratio) - 1, exp(ratio - reach) - 1, exp(ratio + reach) - 1)


def contrast(treated: Arm, control: Arm) -> Contrast:
    """Compare two arms; a small or empty arm gives no verdict rather than a bold one."""
    if min(treated.members, control.members) < MIN_ARM:
        return Contrast(treated, control, None, None, "too few members")
    low, high = newcombe(treated, control)
    return Contrast(
        treated,
        control,
        treated.buyers / treated.members - control.buyers / control.members,
        (low, high),
        verdict_of(low, high),
        growth=conversion_growth(treated, control),
        p=score_p(treated, control),
    )


def verdict_of(low: float, high: float) -> Verdict:
    """What an interval says."""
    return "higher" if low > 0 else "lower" if high < 0 else "cannot conclude"


def no_money(method: str, why: Verdict) -> MoneyContrast:
    """No figure in money, and the reason as its verdict."""
    return MoneyContrast(
        method=method,
        difference=None,
        growth=None,
        adjusted=None,
        explained=None,
        order_value=None,
        returned=None,
        verdict=why,
    )


def withheld(found: Contrast, why: Verdict) -> Contrast:
    """A contrast whose figures would mislead: no difference and no interval, and the reason as its verdict."""
    money = found.money and no_money(found.money.method, why)
    return replace(
        found, difference=None, interval=None, growth=None, p=None, verdict=why, money=money, while_running=None
    )


def checked(found: Contrast, sample_ratio_p: float | None) -> Contrast:
    """The contrast with the likelihood of its arms; where they cannot be chance, it says nothing else."""
    told = replace(found, sample_ratio_p=sample_ratio_p)
    return told if as_drawn(sample_ratio_p) else withheld(told, "not as drawn")


def has_joined_unevenly(found: Contrast) -> bool:
    """Whether persons whose accounts were joined lie more often in one arm than its size allows for by chance."""
    sizes = {"treated": found.treated.members, "control": found.control.members}
    joined = {"treated": found.treated.joined, "control": found.control.joined}
    return all(sizes.values()) and not as_drawn(sample_ratio(joined, sizes))


def holm(values: Sequence[float]) -> list[float]:
    """Step-down p values of several questions asked at once (Holm 1979).

    Known answer: .001, .012, .014, .04, .2 give .005, .048, .048, .08, .2.
    """
    adjusted, highest = [0.0] * len(values), 0.0
    for rank, index in enumerate(sorted(range(len(values)), key=lambda n: (values[n], n))):
        highest = max(highest, min(1.0, (len(values) - rank) * values[index]))
        adjusted[index] = highest
    return adjusted


def of_all_plays(found: Sequence[Contrast | None]) -> list[Contrast | None]:
    """Contrasts that are asked at once, such as all plays with a control group: what only one of many can show is no
    finding. Conversion and money are two families.
    """
    given: list[Contrast | None] = list(found)
    for n, p in _adjusted([one.p if one is not None else None for one in given]):
        if (one := given[n]) is not None:
            given[n] = replace(one, p_of_all=p, verdict=one.verdict if p <= ALPHA else "cannot conclude")
    for n, p in _adjusted([_money_p(one) for one in given]):
        if (one := given[n]) is not None and (money := one.money) is not None:
            verdict: Verdict = money.verdict if p <= ALPHA else "cannot conclude"
            given[n] = replace(one, money=replace(money, p_of_all=p, verdict=verdict))
    return given


def _money_p(found: Contrast | None) -> float | None:
    return None if found is None or found.money is None or found.money.difference is None else found.money.difference.p


def _adjusted(values: Sequence[float | None]) -> list[tuple[int, float]]:
    """Place and step-down p value of those that have one."""
    asked = [n for n, p in enumerate(values) if p is not None]
    return list(zip(asked, holm([p for p in values if p is not None]), strict=True))
