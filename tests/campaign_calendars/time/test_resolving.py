"""Moments on the clock: windows, anchors, occurrences, clock changes, cycles."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from campaign_calendars.model.calendar import Calendar
from campaign_calendars.time.resolving import Timeline, local_day, resolve
from campaign_calendars.values.moments import parse_moment, parse_schedule


def phase(name: str, start: object, end: object, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": "custom", "window": {"from": start, "to": end}, **more}


def calendar(*phases: dict[str, Any], zone: str = "Asia/Shanghai", **more: Any) -> Calendar:
    return Calendar.model_validate(
        {"calendar": "c", "store": "s", "timezone": zone, "day_zero": "2026-03-08", "phases": list(phases), **more}
    )


def play(at: object, **more: Any) -> dict[str, Any]:
    return {"id": "p", "audience": "all", "at": at, **more}


def shown(timeline: Timeline, name: str) -> tuple[str, str]:
    span = timeline.phases[name]
    return f"{span.start:%m-%d %H:%M:%S}", f"{span.last:%m-%d %H:%M:%S}"


def moments(timeline: Timeline) -> list[str]:
    return [f"{o.at:%m-%d %H:%M}" for o in timeline.occurrences]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("D-3", "D+0", ("03-05 00:00:00", "03-08 23:59:59")),
        ("2026-03-05 20:00", "D+0 21:59:59", ("03-05 20:00:00", "03-08 21:59:59")),
        ("D-13", "2026-02-24 10:00:01", ("02-23 00:00:00", "02-24 10:00:01")),
        ({"festival": "lantern", "year": "2026"}, "D", ("03-03 00:00:00", "03-08 23:59:59")),
    ],
)
def test_window_ends_with_the_last_second_written(start: object, end: object, expected: tuple[str, str]) -> None:
    timeline = resolve(calendar(phase("a", start, end)))
    assert timeline.findings == ()
    assert shown(timeline, "a") == expected


def test_leap_day_belongs_to_the_window_that_spans_it() -> None:
    spans = {
        year: resolve(calendar(phase("presale", f"{year}-02-24", f"{year}-03-01"))).phases["presale"]
        for year in (2020, 2021)
    }
    assert (spans[2020].end - spans[2020].start).days == 7
    assert (spans[2021].end - spans[2021].start).days == 6


def test_anchors_count_from_other_windows_in_any_order() -> None:
    timeline = resolve(
        calendar(
            phase("care", "burst end + 1s", "burst end + 8d"),
            phase("burst", "wave-1 start", "wave-1 end"),
            phase("recall", "burst end - 1d 10:00", "care start + 90m"),
            waves=[{"id": "wave-1", "window": {"from": "D-3", "to": "D+0"}}],
        )
    )
    assert timeline.findings == ()
    assert shown(timeline, "care") == ("03-09 00:00:00", "03-16 23:59:59")
    assert shown(timeline, "recall") == ("03-07 10:00:00", "03-09 01:30:00")
    assert timeline.campaign.start == timeline.phases["burst"].start
    assert timeline.campaign.end == timeline.phases["care"].end


def test_windows_that_wait_for_each_other_are_reported_once_each_way() -> None:
    timeline = resolve(calendar(phase("a", "b end + 1s", "D+1"), phase("b", "D-5", "a start"), phase("c", "D", "D+1")))
    assert set(timeline.phases) == {"c"}
    assert [(f.code, f.path) for f in timeline.findings] == [("C103", ("phases", 1, "window", "to"))]
    assert "a → b → a" in timeline.findings[0].message


def test_unknown_anchor_missing_day_zero_and_inverted_window() -> None:
    broken = Calendar.model_validate(
        {
            "calendar": "c",
            "store": "s",
            "timezone": "Asia/Shanghai",
            "phases": [
                phase("a", "bursd start", "2026-01-02"),
                phase("burst", "D-1", "2026-01-02"),
                phase("x", "2026-01-03", "2026-01-02"),
                phase("far", "2016-01-03", "2026-01-02"),
            ],
        }
    )
    found = {f.code: f for f in resolve(broken).findings}
    assert set(found) == {"C100", "C102", "C104", "C106"}
    assert found["C102"].hint == "Did you mean 'burst'?"
    assert found["C100"].path == ("phases", 2, "window", "to")


def test_day_zero_cannot_count_from_itself() -> None:
    for text in ("D-1", "a start"):
        timeline = resolve(calendar(phase("a", "D-1", "D"), day_zero=text))
        assert "C103" in {f.code for f in timeline.findings}, text
        assert timeline.phases == {}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("D-2 10:00", ["03-06 10:00"]),
        (["D-2 10:00", "D+0 09:00", "D-2 10:00"], ["03-06 10:00", "03-08 09:00"]),
        ("daily 10:00", ["03-05 10:00", "03-06 10:00", "03-07 10:00", "03-08 10:00"]),
        ("daily 10:00,20:30", [f"03-0{d} {t}" for d in (5, 6, 7, 8) for t in ("10:00", "20:30")]),
        ("every 2d 09:00", ["03-05 09:00", "03-07 09:00"]),
        ("weekly sun,fri 09:00", ["03-06 09:00", "03-08 09:00"]),
        ("monthly 8 10:00", ["03-08 10:00"]),
        ("start + 2h", ["03-05 02:00"]),
        ("end - 1d 10:00", ["03-07 10:00"]),
    ],
)
def test_schedules_inside_the_window(at: object, expected: list[str]) -> None:
    timeline = resolve(calendar(phase("burst", "D-3", "D+0", plays=[play(at)])))
    assert timeline.findings == ()
    assert moments(timeline) == expected


def test_monthly_last_day_knows_february() -> None:
    timeline = resolve(calendar(phase("daily", "2028-01-15", "2028-03-31", plays=[play("monthly last 10:00")])))
    assert moments(timeline) == ["01-31 10:00", "02-29 10:00", "03-31 10:00"]


def test_occurrences_stay_inside_the_sub_phase_and_have_stable_keys() -> None:
    sub = [{"id": "slump", "window": {"from": "D-2 12:00", "to": "D-1 11:00"}}]
    timeline = resolve(
        calendar(phase("burst", "D-3", "D+0", sub_phases=sub, plays=[play("daily 10:00", during="slump")]))
    )
    assert [o.key for o in timeline.occurrences] == ["burst/p/20260307T020000Z"]


@pytest.mark.parametrize("at", ["D-4 10:00", "D+1 00:00", ["D-2 10:00", "D+9 10:00"], "weekly mon 10:00"])
def test_moment_outside_the_window_is_found_where_it_is_written(at: object) -> None:
    timeline = resolve(calendar(phase("burst", "D-3", "D+0", plays=[play(at)])))
    (finding,) = timeline.findings
    assert finding.code == "C107"
    expected = ("phases", 0, "plays", 0, "at") + ((1,) if isinstance(at, list) else ())
    assert finding.path == expected


def test_skipped_local_time_moves_behind_the_gap() -> None:
    timeline = resolve(
        calendar(phase("a", "2026-03-07", "2026-03-09", plays=[play("daily 02:30")]), zone="America/New_York")
    )
    assert [o.at.astimezone(UTC).strftime("%d %H:%M") for o in timeline.occurrences] == [
        "07 07:30",
        "08 07:30",
        "09 06:30",
    ]
    assert [f"{o.at:%H:%M}" for o in timeline.occurrences] == ["02:30", "03:30", "02:30"]


def test_repeated_local_time_is_the_first_but_a_window_ends_with_the_second() -> None:
    timeline = resolve(
        calendar(
            phase("a", "2026-11-01 01:30", "2026-11-01 01:30", plays=[play("daily 01:30")]), zone="America/New_York"
        )
    )
    span = timeline.phases["a"]
    assert span.end.astimezone(UTC) - span.start.astimezone(UTC) == timedelta(hours=1, seconds=1)
    assert [o.at.astimezone(UTC).hour for o in timeline.occurrences] == [5]


def test_days_of_an_offset_keep_the_wall_clock_and_hours_elapse() -> None:
    timeline = resolve(
        calendar(
            phase("a", "2026-03-07 12:00", "2026-03-07 13:00"),
            phase("days", "a start + 1d", "2026-03-10"),
            phase("hours", "a start + 24h", "2026-03-10"),
            zone="America/New_York",
        )
    )
    assert shown(timeline, "days")[0] == "03-08 12:00:00"
    assert shown(timeline, "hours")[0] == "03-08 13:00:00"


@pytest.mark.parametrize(("day", "hours"), [(7, 24), (8, 23), (31 + 1, 24)])
def test_local_day_has_the_length_of_the_day(day: int, hours: int) -> None:
    zone = ZoneInfo("America/New_York")
    moment = datetime(2026, 3, 1, 12, tzinfo=zone) + timedelta(days=day - 1)
    span = local_day(moment, zone)
    assert (span.end.astimezone(UTC) - span.start.astimezone(UTC)) == timedelta(hours=hours)
    assert span.contains(moment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "22:30",
        "D-",
        "D+99999",
        "2026-02-30",
        "1999-01-01",
        "9999-01-01",
        "D-3 25:00",
        "burst",
        "burst end + ",
        "2026-3",
        "D-3 10",
    ],
)
def test_moment_that_is_none_says_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|did you mean|lies|names|time of day"):
        parse_moment(text)


@pytest.mark.parametrize(
    "text", ["daily", "D-3", "every 0d 10:00", "weekly xxx 10:00", "monthly 31 10:00", "daily 10", "hourly", []]
)
def test_schedule_that_is_none_says_what_to_write(text: object) -> None:
    with pytest.raises(ValueError, match=r"write|no time of day|empty|weekday|day of the month"):
        parse_schedule(text)


@pytest.mark.parametrize("zone", ["Asia/Shangai", "", "../etc/passwd", "/etc/passwd", "Asia"])
def test_unknown_time_zone_is_one_finding(zone: str) -> None:
    with pytest.raises(ValidationError, match="is not a time zone"):
        calendar(phase("a", "D", "D"), zone=zone)


def test_offset_chain_beyond_the_years_is_a_finding() -> None:
    chain = [phase("a0", "2099-01-01", "2099-01-02")]
    chain += [phase(f"a{n}", f"a{n - 1} start + 14285w", f"a{n - 1} end + 14285w") for n in range(1, 40)]
    found = resolve(calendar(*chain)).findings
    assert {f.code for f in found} == {"C105"}


@given(
    start=st.integers(-400, 400),
    length=st.integers(0, 60),
    at=st.times(),
    every=st.integers(1, 9),
    zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Havana", "UTC"]),
)
def test_occurrences_are_sorted_unique_and_inside(start: int, length: int, at: time, every: int, zone: str) -> None:
    schedule = f"every {every}d {at:%H:%M}"
    timeline = resolve(calendar(phase("a", f"D{start:+d}", f"D{start + length:+d}", plays=[play(schedule)]), zone=zone))
    span = timeline.phases["a"]
    found = [o.at.astimezone(UTC) for o in timeline.occurrences]
    assert found == sorted(set(found))
    assert all(span.contains(moment) for moment in found)
    assert len(found) == length // every + 1
    assert span.start.date() == date(2026, 3, 8) + timedelta(days=start)
