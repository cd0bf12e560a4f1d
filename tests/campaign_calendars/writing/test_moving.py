"""Moving a calendar: only the dates change, the result checks clean, every consequence is said."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_calendars.checks import check, load_store
from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from campaign_calendars.findings.problem import has_errors
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import bind, load_calendar
from campaign_calendars.time.resolving import resolve
from campaign_calendars.time.timeline import Timeline
from campaign_calendars.writing.moving import Moved, calendar_year, move_calendar

LIBRARY = files("campaign_calendars") / "library"
SHIPPED = {"queens-day-2020": 2020, "double-11-2021": 2021}
YEARS = st.integers(min_value=2019, max_value=2030)

SMALL = """\
calendar: qixi-2020
store: shop
timezone: Asia/Shanghai
day_zero: {festival: qixi, year: 2020}   # moves
phases:
  - {id: burst, kind: burst, window: {from: D-3, to: D}}
"""
LEAP = """\
calendar: "spring"   # no year in the id
store: shop
timezone: Asia/Shanghai
verified: 'true'
audiences:
  young: joined_at >= '2020-02-29' and joined_at < '2020-03-05'
  same: {where: "joined_at > '2019-12-31'"}
waves:
  - {id: wave, window: {from: 2020-02-24, to: 2020-03-01}}
phases:
  - id: a
    kind: presale
    window: {from: 2020-2-24, to: 2020-02-29}
    plays:
      - {id: p, audience: young, at: [2020-02-28 10:00, 2020-02-29 10:00], channels: [sms], message: m.txt}
      - {id: q, audience: young, at: weekly sat 10:00, channels: [sms], message: m.txt}
  - {id: b, kind: burst, window: {from: 2020-02-29 20:00, to: 2020-03-01}}
  - {id: c, kind: burst, window: {from: 2020-02-29 20:00, to: 2020-02-29 23:59:59}}
  - {id: over, kind: custom, window: {from: 2019-12-31, to: 2020-01-02}}
"""


@cache
def shipped(name: str) -> str:
    return (LIBRARY / f"{name}.yaml").read_text("utf-8")


def model(text: str) -> Calendar:
    loaded = load_calendar(text)
    assert loaded.model is not None, loaded.problems
    return loaded.model


def timeline(text: str) -> Timeline:
    return resolve(model(text))


def said(moved: Moved) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for problem in moved.problems:
        found.setdefault(problem.code, []).append(problem.message)
    return found


@given(name=st.sampled_from(sorted(SHIPPED)), year=YEARS)
@settings(max_examples=40, deadline=None)
def test_a_shipped_calendar_in_any_year_checks_clean_and_keeps_its_layout(name: str, year: int) -> None:
    text = shipped(name)
    if year == SHIPPED[name]:
        return
    moved = move_calendar(text, year, "m.yaml")
    loaded = load_calendar(moved.text, "m.yaml")
    assert loaded.model is not None
    assert calendar_year(loaded.model) == year
    assert moved.calendar == loaded.model.calendar == name[:-4] + str(year)
    assert not loaded.model.verified
    assert loaded.model.source.endswith(f"moved from {name}")
    store = load_store((LIBRARY / "stores" / f"{loaded.model.store}.yaml").read_text("utf-8")).model
    assert store is not None
    assert not has_errors(check(bind(loaded, store)))
    old_lines, new_lines = text.splitlines(), moved.text.splitlines()
    assert len(old_lines) == len(new_lines)
    digits = re.compile(r"\d{4}")
    for old, new in zip(old_lines, new_lines, strict=True):
        assert digits.sub("", new.replace(f"; moved from {name}", "")) == digits.sub("", old)
        assert old.partition(" #")[2] == new.partition(" #")[2]
    assert all(p.location.line and p.zh != p.message for p in moved.problems)


@pytest.mark.parametrize("name", sorted(e.name for e in LIBRARY.iterdir() if e.name.endswith(".yaml")))
def test_every_shipped_calendar_moves_without_an_error(name: str) -> None:
    text = (LIBRARY / name).read_text("utf-8")
    moved = move_calendar(text, calendar_year(model(text)) + 3)
    loaded = load_calendar(moved.text)
    assert loaded.model is not None, loaded.problems
    store = load_store((LIBRARY / "stores" / f"{loaded.model.store}.yaml").read_text("utf-8")).model
    assert store is not None
    assert not has_errors(check(bind(loaded, store)))


def test_past_prices_are_facts_and_stay() -> None:
    text = shipped("queens-day-2020")
    assert "{on: 2020-02-20," in text
    assert "{on: 2020-02-20," in move_calendar(text, 2026).text


@given(name=st.sampled_from(sorted(SHIPPED)), year=YEARS)
@settings(max_examples=20, deadline=None)
def test_there_and_back_is_the_same_timeline(name: str, year: int) -> None:
    if year == SHIPPED[name]:
        return
    back = move_calendar(move_calendar(shipped(name), year).text, SHIPPED[name])
    assert back.calendar == name
    assert timeline(back.text) == timeline(shipped(name))


def test_a_phase_counted_from_d_says_that_its_first_day_moves() -> None:
    found = said(move_calendar(shipped("queens-day-2020"), 2026))
    assert "reservoir starts on 2026-01-31; it started on 2020-02-01" in found["C182"]
    assert "presale starts on 2026-02-23; it started on 2020-02-24" in found["C182"]
    assert "C181" not in found
    assert found["C185"][0].startswith("comments or texts still name 2020: line 4, 5,")


def test_a_presale_written_with_dates_loses_the_leap_day() -> None:
    text = shipped("queens-day-2020").replace("{from: D-13, to: D-7}", "{from: 2020-02-24, to: 2020-03-01}")
    found = said(move_calendar(text, 2026))
    assert found["C181"] == ["presale loses a day: 2020-02-29 does not exist in 2026"]
    back = said(move_calendar(move_calendar(text, 2026).text, 2028))
    assert back["C181"] == ["presale gains a day: 2028-02-29 did not exist in 2026"]


def test_festivals_get_their_year_and_fall_where_they_fall() -> None:
    moved = move_calendar(SMALL, 2026)
    assert "day_zero: {festival: qixi, year: 2026}   # moves\n" in moved.text
    assert "store: shop" in moved.text
    assert "calendar: qixi-2026\nsource: moved from qixi-2020\n" in moved.text
    assert str(timeline(moved.text).day_zero) == "2026-08-19"
    assert said(moved)["C182"][0] == "D is Wednesday, 2026-08-19; it was Tuesday, 2020-08-25"
    assert timeline(moved.text).campaign.end - timeline(moved.text).campaign.start == timedelta(days=4)


def test_a_date_beside_a_festival_is_said_to_stay_behind() -> None:
    text = SMALL + "  - {id: late, kind: custom, window: {from: 2020-08-26, to: D+9}}\n"
    assert said(move_calendar(text, 2026))["C184"] == [
        "2026-08-26 keeps its day of the year, but D moved from 08-25 to 08-19"
    ]


def test_the_leap_day_gives_way_everywhere() -> None:
    moved = move_calendar(LEAP, 2026)
    assert moved.calendar == "spring-2026"
    assert 'calendar: "spring-2026"   # no year in the id\nsource: moved from spring\n' in moved.text
    assert "verified: 'false'" in moved.text
    calendar = model(moved.text)
    windows = {phase.id: (str(phase.window.from_), str(phase.window.to)) for phase in calendar.phases}
    assert windows == {
        "a": ("2026-2-24", "2026-02-28"),
        "b": ("2026-03-01 20:00", "2026-03-01"),
        "c": ("2026-02-28 20:00", "2026-02-28 23:59:59"),
        "over": ("2025-12-31", "2026-01-02"),
    }
    assert str(calendar.phases[0].plays[0].at) == "2026-02-28 10:00, 2026-02-28 10:00"
    assert calendar.audiences["young"].where == "joined_at >= '2026-02-28' and joined_at < '2026-03-05'"
    assert calendar.audiences["same"].where == "joined_at > '2025-12-31'"
    found = said(moved)
    assert len(found["C180"]) == 6
    assert "wave loses a day: 2020-02-29 does not exist in 2026" in found["C181"]
    assert "p happens 1 times; it happened 2 times" in found["C183"]


def test_one_line_calendars_and_windows_line_ends_move_too() -> None:
    flow = (
        "{calendar: x-2025, store: s, timezone: UTC, phases: "
        "[{id: a, kind: burst, window: {from: 2025-01-01, to: 2025-01-02}}]}\n"
    )
    assert model(move_calendar(flow, 2026).text).source == "moved from x-2025"
    assert model(move_calendar("\ufeff" + LEAP.replace("\n", "\r\n"), 2027).text).calendar == "spring-2027"


def test_what_cannot_be_moved_is_said() -> None:
    with pytest.raises(UsageError, match="of 2020 already"):
        move_calendar(SMALL, 2020)
    with pytest.raises(UsageError, match="between 2000 and 2100"):
        move_calendar(SMALL, 1999)
    with pytest.raises(ProblemsFoundError):
        move_calendar("calendar: [", 2026)
    with pytest.raises(ProblemsFoundError) as raised:
        move_calendar(LEAP, 2000)  # `over` would start in 1999
    assert {problem.code for problem in raised.value.problems} >= {"C022"}
