"""Triggers as written and on the clock, and the rule by which an event is answered once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_calendars.deciding.briefing import trigger_brief
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.triggers import Earlier, answers, event_in_words
from campaign_calendars.reading.loading import Loaded, load_calendar
from campaign_calendars.time.resolving import resolve
from campaign_calendars.time.timeline import Span, Sweep, utc

T0 = datetime(2026, 3, 5, 10, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def calendar(play: str, window: str = "{from: 2026-03-01 00:00, to: 2026-03-02 23:59:59}") -> Loaded[Calendar]:
    return load_calendar(
        f"""\
calendar: c
store: s
timezone: Asia/Shanghai
audiences: {{everybody: joined}}
phases:
  - id: year
    kind: daily
    window: {window}
    sub_phases: [{{id: noon, window: {{from: 2026-03-01 11:50, to: 2026-03-01 12:10}}}}]
    plays: [{{id: p, audience: everybody, channels: [push], {play}}}]
"""
    )


def model(play: str, window: str = "{from: 2026-03-01 00:00, to: 2026-03-02 23:59:59}") -> Calendar:
    loaded = calendar(play, window)
    assert loaded.model is not None, loaded.problems
    return loaded.model


# after 10m, within 2h; the event at T0
@pytest.mark.parametrize(
    ("minutes", "sent", "earlier", "retry", "fires"),
    [
        (9, [], [], True, False),  # not yet
        (10, [], [], True, True),  # the first moment
        (119, [], [], True, True),  # the last minute
        (120, [], [], True, False),  # too old
        (30, [10], [], True, False),  # answered at its first moment
        (30, [9], [], True, True),  # that message was for something else
        (30, [40], [], True, False),  # a later sweep answered it: a late one does not write twice
        (30, [], [(20, False)], True, False),  # held out, or shut out for good
        (30, [], [(20, True)], True, True),  # a passing gate, and this sweep looks again
        (30, [], [(20, True)], False, False),  # this one does not
        (30, [], [(5, False)], False, True),  # decided before the event was due
        (30, [], [(30, False)], False, True),  # its own decision, being made again
    ],
)
def test_when_an_event_fires(
    minutes: int, sent: list[int], earlier: list[tuple[int, bool]], retry: bool, fires: bool
) -> None:
    at = [T0 + MINUTE * m for m in sent]
    before = [Earlier(T0 + MINUTE * m, again) for m, again in earlier]
    now = T0 + MINUTE * minutes
    assert answers(T0, now, 10 * MINUTE, 2 * HOUR, at, before, retry=retry) is fires


@given(
    events=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 500)), max_size=8),
    every=st.integers(1, 60),
    offset=st.integers(0, 59),
    after=st.integers(0, 120),
    lasts=st.integers(0, 300),
)
@settings(max_examples=300, deadline=None)
def test_every_event_is_answered_exactly_once(
    events: list[tuple[int, int]], every: int, offset: int, after: int, lasts: int
) -> None:
    """Whatever the sweeps and however late the data: once if a sweep can see it in time, and never twice."""
    wait, within = after * MINUTE, (after + lasts) * MINUTE
    arrivals = [(T0 + MINUTE * at, T0 + MINUTE * (at + delay)) for at, delay in events]
    grid = [T0 + MINUTE * m for m in range(offset, 1600, every)]
    sent: list[datetime] = []
    for now in grid:
        known = [at for at, arrived in arrivals if arrived < now]
        if any(answers(at, now, wait, within, sent) for at in known):
            sent.append(now)
    for at, arrived in arrivals:
        chances = [now for now in grid if arrived < now and at + wait <= now < at + within]
        answered = [now for now in sent if at + wait <= now < at + within]
        assert bool(answered) or not chances
    for number, now in enumerate(sent):
        alone = [at for at, arrived in arrivals if arrived < now and answers(at, now, wait, within, sent[:number])]
        assert alone, "a message that answers nothing new"
    assert len(sent) <= len(set(events))


def test_sweeps_count_from_the_phase_and_end_with_it() -> None:
    (sweep,) = resolve(model("trigger: {event: join}")).sweeps
    assert (sweep.count, sweep.every) == (192, 15 * MINUTE)
    assert sweep.first == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert sweep.next_from(datetime(2026, 3, 1, 0, 1, tzinfo=UTC)) == datetime(2026, 3, 1, 0, 15, tzinfo=UTC)
    assert sweep.next_from(datetime(2026, 3, 2, 15, 45, tzinfo=UTC)) == datetime(2026, 3, 2, 15, 45, tzinfo=UTC)
    assert sweep.next_from(datetime(2026, 3, 2, 15, 46, tzinfo=UTC)) is None


def test_a_sub_phase_shares_the_phases_grid() -> None:
    timeline = resolve(model("trigger: {event: join, every: 7m}, during: noon"))
    (sweep,) = timeline.sweeps
    moments = [sweep.first]
    while (at := sweep.next_from((moments[-1] or T0) + MINUTE)) is not None:
        moments.append(at)
    assert len(moments) == sweep.count == 3
    assert all(at is not None and not (at - utc(sweep.origin)) % (7 * MINUTE) for at in moments)
    assert [o.play for at in moments if at for o in timeline.planned_at("year", at)] == ["p"] * 3
    assert not timeline.planned_at("year", moments[0] - MINUTE if moments[0] else T0)


@given(every=st.integers(1, 180), start=st.integers(0, 100), length=st.integers(1, 5000), at=st.integers(0, 6000))
@settings(max_examples=200, deadline=None)
def test_next_and_count_agree_with_a_list(every: int, start: int, length: int, at: int) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    origin = T0.astimezone(zone)
    span = Span(origin + MINUTE * start, origin + MINUTE * (start + length))
    sweep = Sweep("c", "year", "p", span, origin, MINUTE * every)
    listed = [T0 + MINUTE * m for m in range(0, start + length, every) if m >= start]
    assert sweep.count == len(listed)
    assert sweep.next_from(T0 + MINUTE * at) == next((m for m in listed if m >= T0 + MINUTE * at), None)
    assert all(sweep.contains(moment) for moment in listed)
    retries = [m for m in listed if sweep.is_retry(m)]
    assert sweep.next_retry(T0 + MINUTE * at) == next((m for m in retries if m > T0 + MINUTE * at), None)


def test_the_store_says_how_often_by_default() -> None:
    (sweep,) = resolve(model("trigger: {event: join}"), sweep_every=HOUR).sweeps
    assert sweep.every == HOUR
    (sweep,) = resolve(model("trigger: {event: join, every: 5m}"), sweep_every=HOUR).sweeps
    assert sweep.every == 5 * MINUTE


@pytest.mark.parametrize(
    ("trigger", "times"),
    [
        ("{event: birthday}", ["10:00", "10:00"]),
        ('{event: birthday, at: "08:30", before: 3d}', ["08:30", "08:30"]),
        ('{event: join, at: "21:00"}', ["21:00", "21:00"]),
    ],
)
def test_a_trigger_with_a_time_of_day_is_planned_daily(trigger: str, times: list[str]) -> None:
    timeline = resolve(model(f"trigger: {trigger}"))
    assert not timeline.sweeps
    assert [f"{o.at:%H:%M}" for o in timeline.occurrences] == times


@pytest.mark.parametrize(
    "trigger",
    [
        '{event: join, at: "10:00", every: 5m}',
        "{event: birthday, after: 1h}",
        "{event: birthday, every: 1h}",
        "{event: birthday, before: 3h}",
        "{event: join, before: 3d}",
        "{event: join, every: 30s}",
        "{event: order_paid, streak: 3}",
        "{event: sign_in, streak: 1}",
        "{event: 入会}",
        "{after: 10m}",
    ],
)
def test_triggers_that_mean_nothing_are_located(trigger: str) -> None:
    loaded = calendar(f"trigger: {trigger}")
    assert loaded.model is None
    assert all(problem.location.line == 10 for problem in loaded.problems)
    assert all(problem.message and problem.zh for problem in loaded.problems)


def test_a_play_without_a_trigger_has_no_brief() -> None:
    made = model("at: start + 1h, message: m.txt")
    assert trigger_brief.__doc__
    assert made.phases[0].plays[0].trigger is None


def test_events_that_the_warehouse_knows_are_told_in_words() -> None:
    assert event_in_words("join") == ("joined the programme", "入会")
    assert event_in_words("live_enter") == ("live_enter", "live_enter")
