"""Working days: the published ones exactly, later ones as estimates that say so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_calendars.checks import check, load_store
from campaign_calendars.findings.problem import Problem
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import bind, load_calendar
from campaign_calendars.time.resolving import resolve
from campaign_calendars.time.working_days import count_working_days, is_working_day
from campaign_calendars.values.moments import parse_moment
from campaign_calendars.writing.moving import move_calendar

STORE = "store: shop\ntiers: {window: 365d, levels: [{id: basic}]}\nchannels: {calls: {consent: implied}}\n"


def calendar(day: str, at: str = "workdays 10:00", due: str = "D-15wd") -> str:
    return f"""\
calendar: calls-{day[:4]}
store: shop
timezone: Asia/Shanghai
day_zero: {day}
audiences: {{everybody: joined}}
phases:
  - id: burst
    kind: burst
    window: {{from: D-9, to: D}}
    duties: [{{text: {{zh: 申请签名, en: apply for the signature}}, due: {due}}}]
    plays: [{{id: call, audience: everybody, channels: [calls], at: {at}, message: m.txt}}]
"""


def read(text: str) -> Calendar:
    loaded = load_calendar(text, "c.yaml")
    assert loaded.model is not None, loaded.problems
    return loaded.model


def problems(text: str) -> list[Problem]:
    loaded, store = load_calendar(text, "c.yaml"), load_store(STORE)
    assert store.model is not None
    return [p for p in check(bind(loaded, store.model)) if p.code == "C113"]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-14", True),  # a Saturday worked for the Spring Festival of 2026
        ("2026-02-16", False),  # New Year's Eve, a Monday
        ("2026-02-23", False),
        ("2026-02-28", True),
        ("2026-10-10", True),
        ("2021-02-20", True),
        ("2020-01-31", False),  # lengthened in the year of the epidemic
        ("2024-05-01", False),
    ],
)
def test_published_years_are_exact(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) == (works, False)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2031-01-01", False),
        ("2027-02-05", False),  # New Year's Eve
        ("2027-02-08", False),  # third day of the Spring Festival, a Monday
        ("2027-02-09", True),  # probably off, by a swap nobody has announced
        ("2027-04-05", False),  # Qingming
        ("2027-06-09", False),  # Dragon Boat
        ("2027-09-15", False),  # Mid-Autumn
        ("2027-10-09", False),  # a Saturday, perhaps worked
    ],
)
def test_later_years_know_the_statutory_days_only(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) == (works, True)


def test_counting_over_the_spring_festival_of_2026() -> None:
    assert count_working_days(date(2026, 2, 9), 15).day == date(2026, 3, 6)
    assert count_working_days(date(2026, 3, 6), -15).day == date(2026, 2, 9)
    assert count_working_days(date(2026, 2, 15), 0).day == date(2026, 2, 15)
    over = count_working_days(date(2026, 12, 31), 3)
    assert (over.day, over.estimated) == (date(2027, 1, 6), True)


@given(st.dates(date(2005, 1, 1), date(2040, 12, 31)), st.integers(1, 60))
def test_forth_and_back_ends_on_a_day_that_is_not_later(start: date, days: int) -> None:
    there = count_working_days(start, days)
    assert is_working_day(there.day)[0]
    back = count_working_days(there.day, -days).day
    assert back <= start
    assert not any(is_working_day(back + timedelta(days=n))[0] for n in range(1, (start - back).days + 1))


@pytest.mark.parametrize("text", ["D-15wd", "D - 15 wd 10:00", "presale start - 10wd", "presale end + 2wd 10:00"])
def test_moments_in_working_days(text: str) -> None:
    assert parse_moment(text).working_days != 0


@pytest.mark.parametrize("text", ["D-999wd", "presale end + 2d 3wd", "{festival: x}"])
def test_too_many_or_mixed_working_days_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"count in days|is not a moment"):
        parse_moment(text)


def test_moments_on_the_clock() -> None:
    timeline = resolve(read(calendar("2026-03-02", at="[start + 1wd 10:00, end - 1wd 9:00]")))
    assert f"{timeline.due['burst', 0]:%Y-%m-%d}" == "2026-02-03"
    assert [f"{o.at:%m-%d %H:%M}" for o in timeline.occurrences] == ["02-24 10:00", "02-28 09:00"]
    festival = parse_moment({"festival": "spring-festival", "year": 2026, "offset": "-5wd"})
    assert (festival.text, festival.working_days) == ("spring-festival 2026 -5wd", -5)


def test_workdays_skip_the_festival_and_include_the_saturdays_worked_for_it() -> None:
    timeline = resolve(read(calendar("2026-02-24", due="D")))
    assert [f"{o.at:%m-%d}" for o in timeline.occurrences] == ["02-24"]
    timeline = resolve(read(calendar("2026-02-16", due="D")))
    assert [f"{o.at:%m-%d}" for o in timeline.occurrences] == ["02-09", "02-10", "02-11", "02-12", "02-13", "02-14"]
    assert problems(calendar("2026-03-02")) == []


def test_estimates_are_said_once_at_each_place_in_both_languages() -> None:
    due, at = problems(calendar("2031-03-08"))
    assert (due.location.line, at.location.line) == (10, 11)
    assert "'D-15wd' (2031-02-17) is estimated" in due.message
    assert "估算" in due.zh
    assert "workdays (2031-02-27 …)" in at.message
    assert problems(calendar("2031-03-08") + "accept: {C113: dates are looked at in December}\n")[0].severity == "info"


def test_moving_a_calendar_says_that_its_working_days_become_estimates() -> None:
    moved = move_calendar(calendar("2026-03-02"), 2031)
    assert [p.code for p in moved.problems if p.code == "C186"] == ["C186", "C186"]
    assert "C186" not in {p.code for p in move_calendar(calendar("2026-03-02"), 2025).problems}
