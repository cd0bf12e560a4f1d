"""Known dates of festivals; six libraries agree on the lunar ones (B5)."""

from __future__ import annotations

from datetime import date

import pytest

from campaign_calendars.model.calendar import Calendar
from campaign_calendars.time.resolving import resolve
from campaign_calendars.values.festivals import FESTIVALS, Festival

SPRING = "2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26"
QIXI = (
    "2019-08-07 2020-08-25 2021-08-14 2022-08-04 2023-08-22 2024-08-10 2025-08-29 2026-08-19 2027-08-08 2028-08-26 "
    "2029-08-16 2030-08-05"
)


@pytest.mark.parametrize(("name", "days"), [("spring-festival", SPRING), ("qixi", QIXI)])
def test_lunar_days_of_many_years(name: str, days: str) -> None:
    for text in days.split():
        assert Festival(name, int(text[:4])).day() == date.fromisoformat(text)


@pytest.mark.parametrize(
    ("name", "year", "expected"),
    [
        ("mid-autumn", 2026, "2026-09-25"),
        ("mid-autumn", 2027, "2027-09-15"),
        ("dragon-boat", 2026, "2026-06-19"),
        ("dragon-boat", 2027, "2027-06-09"),
        ("new-years-eve", 2026, "2026-02-16"),
        ("new-years-eve", 2027, "2027-02-05"),
        ("lantern", 2026, "2026-03-03"),
        ("lantern", 2027, "2027-02-20"),
        ("laba", 2025, "2026-01-26"),
        ("mothers-day", 2026, "2026-05-10"),
        ("fathers-day", 2026, "2026-06-21"),
        ("double-11", 2026, "2026-11-11"),
    ],
)
def test_known_days(name: str, year: int, expected: str) -> None:
    assert Festival(name, year).day() == date.fromisoformat(expected)


@pytest.mark.parametrize("name", sorted(FESTIVALS))
def test_every_festival_has_a_day_in_every_year_the_language_allows(name: str) -> None:
    for year in (2000, 2033, 2100):
        assert abs((Festival(name, year).day() - date(year, 6, 30)).days) < 230


def test_new_year_goods_are_counted_back_from_the_spring_festival() -> None:
    festival = {"festival": "spring-festival", "year": "2027", "offset": "-20d"}
    calendar = Calendar.model_validate(
        {
            "calendar": "goods",
            "store": "s",
            "timezone": "Asia/Shanghai",
            "day_zero": {"festival": "spring-festival", "year": "2027"},
            "phases": [{"id": "sale", "kind": "burst", "window": {"from": festival, "to": "D-7 21:59:59"}}],
        }
    )
    timeline = resolve(calendar)
    assert timeline.day_zero == date(2027, 2, 6)
    assert timeline.phases["sale"].start.date() == date(2027, 1, 17)
    assert f"{timeline.phases['sale'].last:%m-%d %H:%M:%S}" == "01-30 21:59:59"
