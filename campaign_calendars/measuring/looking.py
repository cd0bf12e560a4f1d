"""Reading a campaign every day while it goes on: intervals that hold at all looks together, not at one.

Who looks daily at ordinary intervals sees a success in one of five campaigns that do nothing, within 14 days.
"""

from __future__ import annotations

from dataclasses import replace
from math import log, sqrt
from statistics import NormalDist

from campaign_calendars.measuring.lift import ALPHA, Arm, Contrast, MoneyContrast, verdict_of


def half_width(error: float, error_at_end: float) -> float:
    """Half of the interval of a difference whose standard error is `error` today and `error_at_end` at the end.

    Confidence sequence of the normal mixture (Robbins 1970), asymptotic, narrowest at the end. Known answers: .60,
    .90, 1.20 with the last at the end give 1.958576, 2.761141, 3.642251.
    """
    mixing = (-2 * log(ALPHA) + log(1 - 2 * log(ALPHA))) / error_at_end**2
    scaled = error**2 * mixing + 1
    return sqrt(scaled / mixing * log(scaled / ALPHA**2))


def so_far(found: Contrast, elapsed: float) -> Contrast:
    """The contrast as it may be read today: `elapsed` is the share of the time that is over, above 0 to below 1.

    Everybody is assigned near the beginning and outcomes add up, so the variance of a difference grows with time.
    What is said of growth and of profit has to wait for the end.
    """
    if found.difference is None:
        return found
    error, units = _error(found.treated, found.control), found.regions
    if units is not None and found.interval is not None:
        error = _as_normal(found.interval, units.error or 0.0)
    money = found.money and _money_so_far(found.money, elapsed, few=units is not None)
    if error == 0:
        return replace(found, growth=None, money=money)
    reach = half_width(error, error / sqrt(elapsed))
    band = (found.difference - reach, found.difference + reach)
    return replace(found, growth=None, while_running=band, verdict=verdict_of(*band), money=money)


def _error(treated: Arm, control: Arm) -> float:
    """Standard error of the difference of two rates: of the arms apart or of both as one, whichever is larger.

    A hold-out in which few have bought so far, or nobody, has no variance of its own that could be believed: apart, it
    makes a success of every fifth campaign that does nothing (1 % buyers, 1,000 against 100 members).
    """
    members, buyers = treated.members + control.members, treated.buyers + control.buyers
    together = _variance(buyers, members) * (1 / treated.members + 1 / control.members)
    apart = sum(_variance(arm.buyers, arm.members) / arm.members for arm in (treated, control))
    return sqrt(max(together, apart))


def _variance(buyers: int, members: int) -> float:
    rate = buyers / members
    return rate * (1 - rate)


def _as_normal(ends: tuple[float, float], error: float) -> float:
    """The error with which a normal interval is as wide as this one: the mixture knows nothing of few regions."""
    return max((ends[1] - ends[0]) / 2 / NormalDist().inv_cdf(1 - ALPHA / 2), error)


def _money_so_far(money: MoneyContrast, elapsed: float, *, few: bool) -> MoneyContrast:
    difference = money.difference
    if difference is None:
        return money
    error = _as_normal((difference.low, difference.high), difference.error) if few else difference.error
    reach = half_width(error, error / sqrt(elapsed))
    band = (difference.estimate - reach, difference.estimate + reach)
    return replace(money, growth=None, returned=None, while_running=band, verdict=verdict_of(*band))
