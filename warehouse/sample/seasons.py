"""When a Chinese food shop sells: weekdays, months, shopping festivals, hours of the day.

The shapes are made up but follow the public calendar: quiet days around the Spring Festival,
peaks on the shopping festivals that domain row B5 lists, evenings busier than mornings.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np

from warehouse.sample.draws import Floats, Ints

EPOCH = date(1970, 1, 1)
DAY = 86_400

_WEEKDAY = (0.96, 0.94, 0.95, 0.97, 1.02, 1.09, 1.07)
_MONTH = (1.12, 0.82, 0.96, 0.94, 0.98, 1.04, 0.92, 0.94, 1.00, 1.02, 1.16, 1.10)
# (month, day) -> (days before, days after, factor on those days)
_PEAKS = {
    (3, 8): (3, 0, 1.9),
    (6, 18): (2, 0, 2.4),
    (9, 9): (1, 0, 1.5),
    (11, 11): (10, 0, 1.5),
    (12, 12): (1, 0, 1.7),
}
_DOUBLE_ELEVEN = 4.0
# Days from the Spring Festival -> factor: provisions before it, nothing delivered during it.
_NEW_YEAR = {(-25, -5): 1.25, (-4, 6): 0.45}
# Share of a day's orders in each hour from midnight, local time.
_HOURS = (18, 10, 6, 4, 3, 5, 12, 24, 38, 50, 62, 60, 54, 52, 52, 52, 50, 48, 52, 66, 84, 92, 72, 34)


@cache
def _spring_festival(year: int) -> date:
    from lunar_python import Lunar

    solar = Lunar.fromYmd(year, 1, 1).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def season(day: date) -> float:
    """Weekday, month and Spring Festival; about 1 on average."""
    factor = _WEEKDAY[day.weekday()] * _MONTH[day.month - 1]
    from_new_year = (day - _spring_festival(day.year)).days
    for (first, last), around in _NEW_YEAR.items():
        if first <= from_new_year <= last:
            factor *= around
    return factor


def festival(day: date) -> float:
    """The factor of the shopping festivals, 1 on ordinary days."""
    if (day.month, day.day) == (11, 11):
        return _DOUBLE_ELEVEN
    best = 1.0
    for (month, number), (before, after, factor) in _PEAKS.items():
        distance = (day - date(day.year, month, number)).days
        if -before <= distance <= after:
            best = max(best, factor)
    return best


def intensities(first_day: int, days: int) -> Floats:
    """Expected orders relative to an average day, for `days` days from `first_day` (days since 1970)."""
    dates = [EPOCH + timedelta(days=first_day + offset) for offset in range(days)]
    return np.array([season(day) * festival(day) for day in dates])


def seconds_of_day(uniform: Floats) -> Ints:
    """Seconds since local midnight, by the shop's hours: the inverse of the hourly distribution."""
    cumulative = np.concatenate(([0.0], np.cumsum(_HOURS))) / sum(_HOURS)
    seconds: Ints = np.interp(uniform, cumulative, np.arange(25) * 3_600.0).astype(np.int64)
    return np.minimum(seconds, DAY - 1)
