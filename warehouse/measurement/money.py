"""Differences in money between two arms, from sums alone: what was added for each member, and what is left of it.

Spending is skewed and hold-outs are small: below 500 buyers in the smaller arm the two variances are pooled, above they
stand apart (Welch). With them apart at 200 against 1,800 members, 12 % of programmes that did nothing would be called
a success.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Literal

from campaign_calendars.measuring.lift import (
    MIN_ARM,
    Arm,
    Difference,
    Growth,
    MoneyContrast,
    Price,
    Return,
    Sums,
    no_money,
    verdict_of,
)
from warehouse.measurement.errors import StandardError, ratio

POOLED_BELOW = 500
"""Buyers of the smaller arm from which on its variance stands for itself."""


@dataclass(frozen=True, slots=True)
class _Moments:
    """Means and unbiased variances of an arm; y: spending, x: before, c: cost, o: orders."""

    n: int
    y: float
    yy: float
    x: float
    xx: float
    xy: float
    c: float
    cc: float
    yc: float
    orders: int
    value: float
    """Average order, 0 without orders."""
    value_variance: float
    """Variance of that ratio for one member (delta method)."""

    @classmethod
    def of(cls, arm: Arm) -> _Moments:
        n, s = arm.members, arm.sums or Sums()
        y, o = arm.spend_cents, s.orders
        yy, oo, yo = (
            _spread(n, y, y, s.spend_squares),
            _spread(n, o, o, s.orders_squares),
            _spread(n, y, o, s.spend_orders),
        )
        value = y / o if o else 0.0
        return cls(
            n=n,
            y=y / n,
            yy=yy,
            x=s.before_cents / n,
            xx=_spread(n, s.before_cents, s.before_cents, s.before_squares),
            xy=_spread(n, y, s.before_cents, s.spend_before),
            c=s.cost_cents / n,
            cc=_spread(n, s.cost_cents, s.cost_cents, s.cost_squares),
            yc=_spread(n, y, s.cost_cents, s.spend_cost),
            orders=o,
            value=value,
            value_variance=(yy - 2 * value * yo + value * value * oo) / (o / n) ** 2 if o else 0.0,
        )


def _spread(n: int, first: int, second: int, products: int) -> float:
    """Unbiased covariance from exact sums; whole numbers until the last division, so nothing cancels."""
    return (n * products - first * second) / (n * (n - 1))


def compare_money(treated: Arm, control: Arm, *, margin: float | None = None) -> MoneyContrast:
    """What treated members paid more than those held out, in cents; `margin` (0 to 1) makes profit of it.

    Arms with less than 30 members or 30 buyers, and arms in which everybody paid the same, give no interval.
    """
    smaller = min(treated.buyers, control.buyers)
    pooled = smaller < POOLED_BELOW
    if min(treated.members, control.members) < MIN_ARM:
        return no_money(_method(pooled), "too few members")
    if smaller < MIN_ARM:
        return no_money(_method(pooled), "too few buyers")
    a, b = _Moments.of(treated), _Moments.of(control)
    error = StandardError.of(a.yy, a.n, b.yy, b.n, pooled=pooled)
    if error.se == 0:
        return no_money(_method(pooled), "all paid the same")
    difference = error.around(a.y - b.y)
    adjusted, explained = _adjusted(treated, control, a, b, pooled=pooled)
    return MoneyContrast(
        method=_method(pooled),
        difference=difference,
        growth=_growth(a, b),
        adjusted=adjusted,
        explained=explained,
        order_value=_order_value(a, b, pooled=pooled),
        returned=_returned(a, b, error.se, margin) if margin is not None else None,
        per_buyer=_price(a, b, treated, control, "buyers"),
        per_order=_price(a, b, treated, control, "orders"),
        verdict=verdict_of(difference.low, difference.high),
    )


def _method(pooled: bool) -> str:
    return "pooled t interval, 95 %" if pooled else "Welch t interval, 95 %"


def _growth(a: _Moments, b: _Moments) -> Growth | None:
    """Ratio of the means less one, on the log scale; variances apart (pooled they miss 9 % of true effects)."""
    if a.y <= 0 or b.y <= 0:
        return None
    error = StandardError.of(a.yy / a.y**2, a.n, b.yy / b.y**2, b.n, pooled=False)
    centre, reach = log(a.y) - log(b.y), error.reach()
    return Growth(exp(centre) - 1, exp(centre - reach) - 1, exp(centre + reach) - 1)


def _adjusted(
    treated: Arm, control: Arm, a: _Moments, b: _Moments, *, pooled: bool
) -> tuple[Difference | None, float | None]:
    """CUPED (Deng et al. 2013): the difference less what spending before the assignment explains, both arms as one."""
    both = _Moments.of(_together(treated, control))
    if both.xx <= 0 or both.yy <= 0:
        return None, None
    slope = both.xy / both.xx
    first, second = (m.yy - 2 * slope * m.xy + slope * slope * m.xx for m in (a, b))
    error = StandardError.of(first, a.n, second, b.n, pooled=pooled)
    if error.se == 0:
        return None, None
    return error.around(a.y - b.y - slope * (a.x - b.x)), both.xy**2 / (both.xx * both.yy)


def _together(treated: Arm, control: Arm) -> Arm:
    s, t = treated.sums or Sums(), control.sums or Sums()
    return Arm(
        treated.members + control.members,
        treated.buyers + control.buyers,
        treated.spend_cents + control.spend_cents,
        sums=Sums(
            before_cents=s.before_cents + t.before_cents,
            before_squares=s.before_squares + t.before_squares,
            spend_before=s.spend_before + t.spend_before,
            spend_squares=s.spend_squares + t.spend_squares,
        ),
    )


def _order_value(a: _Moments, b: _Moments, *, pooled: bool) -> Difference | None:
    if not a.orders or not b.orders:
        return None
    error = StandardError.of(a.value_variance, a.n, b.value_variance, b.n, pooled=pooled)
    return error.around(a.value - b.value) if error.se > 0 else None


def _returned(a: _Moments, b: _Moments, se: float, margin: float) -> Return:
    """Margin of what was added, less cost. Costs vary with what members pay, in both arms: what applies itself costs
    those held out, too. Where it cannot be said that more was spent on the treated, nothing is told for a unit of it.
    """
    added, cost = a.y - b.y, a.c - b.c
    variance, cost_variance, shared = se * se, a.cc / a.n + b.cc / b.n, a.yc / a.n + b.yc / b.n
    cost_reach = StandardError(sqrt(cost_variance), float("inf")).reach()
    normal = StandardError(sqrt(max(margin**2 * variance - 2 * margin * shared + cost_variance, 0.0)), float("inf"))
    per_cost = None
    if cost > cost_reach:
        times = margin * added / cost
        spread = margin**2 * variance - 2 * times * margin * shared + times**2 * cost_variance
        reach = StandardError(sqrt(max(spread, 0.0)) / cost, float("inf")).reach()
        per_cost = Growth(times - 1, times - 1 - reach, times - 1 + reach)
    return Return(margin=margin, cost_cents=cost, profit=normal.around(margin * added - cost), per_cost=per_cost)


def _price(a: _Moments, b: _Moments, treated: Arm, control: Arm, of: Literal["buyers", "orders"]) -> Price | None:
    """Added cost for each buyer or order that was added, with the interval of a ratio after Fieller (1954).

    None where no more was spent on the treated than chance, or where more buyers than chance were not seen: the
    ratio has no bounded interval then, and any number would only look right.
    """
    cost, cost_variance = a.c - b.c, a.cc / a.n + b.cc / b.n
    more, variance, shared = 0.0, 0.0, 0.0
    for sign, arm in ((1, treated), (-1, control)):
        n, s = arm.members, arm.sums or Sums()
        count, squares = (arm.buyers, arm.buyers) if of == "buyers" else (s.orders, s.orders_squares)
        more += sign * count / n
        variance += _spread(n, count, count, squares) / n
        shared += _spread(n, count, s.cost_cents, s.buyers_cost if of == "buyers" else s.orders_cost) / n
    return ratio(cost, cost_variance, more, variance, shared, StandardError(1.0, float("inf")).reach())
