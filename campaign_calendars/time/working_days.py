"""Working days in mainland China: exact where the State Council has published them, else estimated.

`chinese_calendar` knows the days off and the weekends worked instead for the published years (2004
to 2026). Beyond them only the statutory holidays are certain (fixed dates, Qingming, lunar days);
which weekends are worked instead is announced each autumn for the next year. Both libraries are
imported only when a day is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from campaign_calendars.values.festivals import FESTIVALS

_DAY = timedelta(days=1)
_FRIDAY = 4
# The thirteen statutory days in force since 2025: a festival and how many days around it are off.
_FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
_LUNAR: Mapping[str, tuple[int, ...]] = {"spring-festival": (-1, 0, 1, 2), "dragon-boat": (0,), "mid-autumn": (0,)}


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A day found by counting working days; `estimated` when a day of an unpublished year was counted."""

    day: date
    estimated: bool


def is_working_day(day: date) -> tuple[bool, bool]:
    """(whether people work on `day`, whether that is an estimate)."""
    from chinese_calendar import is_workday

    try:
        return bool(is_workday(day)), False
    except NotImplementedError:
        return day.weekday() <= _FRIDAY and day not in _statutory(day.year), True


def count_working_days(start: date, days: int) -> CountedDay:
    """The day `days` working days after `start`, before it when negative; `start` itself is not counted.

    OverflowError beyond the years a date can have.
    """
    step = _DAY if days > 0 else -_DAY
    day, estimated = start, False
    for _ in range(abs(days)):
        works = False
        while not works:
            day += step
            works, guessed = is_working_day(day)
            estimated |= guessed
    return CountedDay(day, estimated)


@cache
def _statutory(year: int) -> frozenset[date]:
    """The statutory holidays of a year, without the weekends moved around them."""
    days = {date(year, month, day) for month, day in _FIXED}
    for name, offsets in _LUNAR.items():
        days.update(FESTIVALS[name](year) + timedelta(days=offset) for offset in offsets)
    return frozenset(days | {_qingming(year)})


def _qingming(year: int) -> date:
    from lunar_python import Lunar

    found = Lunar.fromYmd(year, 1, 1).getJieQiTable()["清明"]
    return date(found.getYear(), found.getMonth(), found.getDay())
