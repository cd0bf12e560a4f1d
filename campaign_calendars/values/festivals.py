"""Festivals a calendar can count from: fixed dates, nth weekdays, Chinese lunar days (B5).

Lunar days come from lunar-python, imported only when one is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Festival:
    """A festival of one year; for lunar festivals the solar year in which the lunar year begins."""

    name: str
    year: int

    def day(self) -> date:
        """Its date; KeyError for a name outside `FESTIVALS`."""
        return FESTIVALS[self.name](self.year)


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _nth_weekday(month: int, weekday: int, nth: int) -> Callable[[int], date]:
    def day(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))

    return day


def _lunar(month: int, day: int, offset: int = 0) -> Callable[[int], date]:
    """The ordinary (never the leap) lunar month; `offset` days later."""

    def solar(year: int) -> date:
        from lunar_python import Lunar

        found = Lunar.fromYmd(year, month, day).getSolar()
        return date(found.getYear(), found.getMonth(), found.getDay()) + timedelta(days=offset)

    return solar


FESTIVALS: dict[str, Callable[[int], date]] = {
    "new-year": _fixed(1, 1),
    "queens-day": _fixed(3, 8),
    "520": _fixed(5, 20),
    "618": _fixed(6, 18),
    "88": _fixed(8, 8),
    "99": _fixed(9, 9),
    "double-11": _fixed(11, 11),
    "double-12": _fixed(12, 12),
    "mothers-day": _nth_weekday(5, 6, 2),
    "fathers-day": _nth_weekday(6, 6, 3),
    "spring-festival": _lunar(1, 1),
    "new-years-eve": _lunar(1, 1, offset=-1),
    "lantern": _lunar(1, 15),
    "dragon-boat": _lunar(5, 5),
    "qixi": _lunar(7, 7),
    "mid-autumn": _lunar(8, 15),
    "laba": _lunar(12, 8),
}
