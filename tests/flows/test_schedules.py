"""Recurrence rules of a phase: exactly its moments, in as few rules as a person would write."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_calendars.time.timeline import Span, Sweep
from flows.schedules import expand, is_sweep, phase_schedules

ZONES = ["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/St_Johns", "UTC"]


@dataclass(frozen=True)
class Due:
    phase: str
    at: datetime


@dataclass(frozen=True)
class Clock:
    """The two things of a timeline that schedules depend on."""

    timezone: ZoneInfo
    occurrences: tuple[Due, ...]
    sweeps: tuple[Sweep, ...] = ()


def timeline(zone: str, moments: list[datetime], phase: str = "burst") -> Clock:
    tz = ZoneInfo(zone)
    return Clock(tz, tuple(Due(phase, moment.astimezone(tz)) for moment in moments))


def local(zone: str, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def fired(rrule: str, timezone: str) -> list[datetime]:
    """What Prefect's own scheduler makes of a rule."""
    from prefect.server.schemas.schedules import RRuleSchedule

    schedule = RRuleSchedule(rrule=rrule, timezone=timezone)
    start, end = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    return [d.astimezone(UTC) for d in asyncio.run(schedule.get_dates(n=1000, start=start, end=end))]


# Days around both changes of the clock in each zone, and ordinary ones.
days = st.sampled_from(
    [f"2026-{d}" for d in ("03-07", "03-08", "03-09", "03-28", "03-29", "03-30", "04-04", "04-05", "04-06")]
    + [f"2026-{d}" for d in ("10-03", "10-04", "10-05", "10-24", "10-25", "10-26", "10-31", "11-01", "11-02")]
)
times = st.sampled_from(
    ["00:00:00", "01:30:00", "01:45:00", "02:15:00", "02:30:00", "03:00:00", "10:00:00", "21:59:59"]
)


@given(zone=st.sampled_from(ZONES), walls=st.lists(st.tuples(days, times, st.booleans()), max_size=25))
@settings(max_examples=120, deadline=None)
def test_rules_expand_to_the_moments_and_nothing_else(zone: str, walls: list[tuple[str, str, bool]]) -> None:
    moments = [local(zone, f"{day}T{clock}", fold).astimezone(UTC) for day, clock, fold in walls]
    specs = phase_schedules(timeline(zone, moments), "burst")  # type: ignore[arg-type]

    by_prefect = [moment for spec in specs for moment in fired(spec.rrule, spec.timezone)]
    assert sorted(by_prefect) == sorted(set(moments))
    assert sorted(m for spec in specs for m in spec.moments) == sorted(set(moments))
    assert all(expand(spec.rrule, spec.timezone) == list(spec.moments) for spec in specs)
    assert len({spec.slug for spec in specs}) == len(specs)


@given(
    zone=st.sampled_from(ZONES),
    start=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2026, 12, 1)),
    step=st.integers(1, 9),
    count=st.integers(3, 20),
)
@settings(max_examples=80, deadline=None)
def test_a_regular_series_away_from_clock_changes_is_one_rule(
    zone: str, start: datetime, step: int, count: int
) -> None:
    first = start.replace(hour=12, microsecond=0, tzinfo=ZoneInfo(zone))
    moments = [first + timedelta(days=step * n) for n in range(count)]
    (spec,) = phase_schedules(timeline(zone, moments), "burst")  # type: ignore[arg-type]
    assert fired(spec.rrule, spec.timezone) == [m.astimezone(UTC) for m in moments]


def test_daily_series_with_an_irregular_moment_and_another_hour() -> None:
    zone = "Asia/Shanghai"
    moments = [local(zone, f"2020-03-0{day}T10:00:00") for day in (5, 6, 7, 8)]
    moments += [local(zone, "2020-03-08T20:00:00"), local(zone, "2020-03-06T10:00:00")]
    specs = phase_schedules(timeline(zone, moments), "burst")  # type: ignore[arg-type]
    assert [(s.slug, s.rrule, s.timezone) for s in specs] == [
        (
            "daily-from-2020-03-05-1000",
            "DTSTART:20200305T100000\nRRULE:FREQ=DAILY;UNTIL=20200308T100000",
            zone,
        ),
        ("once-2020-03-08-2000", "DTSTART:20200308T200000\nRRULE:FREQ=DAILY;COUNT=1", zone),
    ]


def test_every_third_day_and_two_far_days() -> None:
    zone = "Asia/Shanghai"
    thirds = [local(zone, f"2026-11-{day:02}T10:00:00") for day in (1, 4, 7, 10)]
    far = [local(zone, "2026-11-01T20:00:00"), local(zone, "2026-11-09T20:00:00")]
    specs = phase_schedules(timeline(zone, thirds + far), "burst")  # type: ignore[arg-type]
    assert [s.rrule.partition("\n")[2] for s in specs] == [
        "RRULE:FREQ=DAILY;INTERVAL=3;UNTIL=20261110T100000",
        "RRULE:FREQ=DAILY;COUNT=1",
        "RRULE:FREQ=DAILY;COUNT=1",
    ]


def test_both_passes_of_a_repeated_hour_are_two_moments() -> None:
    zone = "America/New_York"
    passes = [local(zone, "2026-11-01T01:30:00", fold) for fold in (0, 1)]
    specs = phase_schedules(timeline(zone, passes), "burst")  # type: ignore[arg-type]
    assert [(s.timezone, s.moments[0].isoformat()) for s in specs] == [
        (zone, "2026-11-01T05:30:00+00:00"),
        ("UTC", "2026-11-01T06:30:00+00:00"),
    ]


def test_only_the_asked_phase() -> None:
    moment = local("UTC", "2026-11-01T10:00:00")
    assert phase_schedules(timeline("UTC", [moment], phase="presale"), "burst") == []  # type: ignore[arg-type]


@pytest.mark.parametrize("rrule", ["RRULE:FREQ=DAILY", "DTSTART:20261101T100000Z\nRRULE:FREQ=DAILY;COUNT=2", ""])
def test_expand_leaves_rules_of_another_shape_alone(rrule: str) -> None:
    assert expand(rrule, "UTC") == []


@given(
    zone=st.sampled_from(ZONES),
    start=st.datetimes(min_value=datetime(2026, 3, 1), max_value=datetime(2026, 11, 30)),
    every=st.sampled_from([5, 7, 15, 60, 90, 1440]),
    count=st.integers(1, 90),
)
@settings(max_examples=60, deadline=None)
def test_a_sweep_is_one_rule_with_exactly_its_moments(zone: str, start: datetime, every: int, count: int) -> None:
    first = start.replace(microsecond=0, tzinfo=UTC)
    step = timedelta(minutes=every)
    span = Span(first.astimezone(ZoneInfo(zone)), (first + step * (count - 1) + timedelta(seconds=1)))
    clock = Clock(ZoneInfo(zone), (), (Sweep("c", "burst", "p", span, span.start, step),))
    (spec,) = phase_schedules(clock, "burst")  # type: ignore[arg-type]
    assert is_sweep(spec.slug)
    assert spec.moments == ()
    assert fired(spec.rrule, spec.timezone) == [first + step * n for n in range(count)]


def test_sweeps_of_a_phase_share_a_rule_and_take_planned_moments_with_them() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    start = local("Asia/Shanghai", "2026-03-05T00:00:00")
    day = Span(start, start + timedelta(days=1))
    noon = Span(start + timedelta(hours=12), start + timedelta(hours=13))
    sweeps = (
        Sweep("c", "burst", "a", day, start, timedelta(minutes=15)),
        Sweep("c", "burst", "b", noon, start, timedelta(minutes=10)),
        Sweep("c", "other", "z", day, start, timedelta(minutes=1)),
    )
    due = (Due("burst", start + timedelta(hours=10)), Due("burst", start + timedelta(hours=10, minutes=1)))
    sweep, once = phase_schedules(Clock(zone, due, sweeps), "burst")  # type: ignore[arg-type]
    assert sweep.rrule == "DTSTART:20260305T000000\nRRULE:FREQ=MINUTELY;INTERVAL=5;UNTIL=20260305T234500"
    assert sweep.timezone == "Asia/Shanghai"
    assert once.moments == ((start + timedelta(hours=10, minutes=1)).astimezone(UTC),)
