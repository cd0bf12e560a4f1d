"""Sequences as written, and the plays they become."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.deciding.briefing import make_brief, play_salt
from campaign_calendars.model.sequences import Offset, parse_offset
from campaign_calendars.model.unfolding import StepPlay, steps_of, unfold
from campaign_calendars.reading.loading import Loaded, LoadedCalendar, bind, load_calendar
from campaign_calendars.values.scalars import UnfitError

STORE = """\
store: s
tiers: {window: 365d, levels: [{id: basic}]}
channels: {push: {consent: implied}, phone: {kind: phone, consent: implied}}
"""


def calendar(sequence: str) -> Loaded:
    return load_calendar(
        f"""\
calendar: c
store: s
timezone: Asia/Shanghai
audiences: {{everybody: joined}}
phases:
  - id: year
    kind: daily
    window: {{from: 2026-03-01 00:00, to: 2026-03-31 23:59:59}}
    plays: []
sequences:
  - id: newcomer
    {sequence}
"""
    )


def bound(sequence: str) -> LoadedCalendar:
    loaded, store = calendar(sequence), load_store(STORE)
    assert store.model is not None, store.problems
    assert loaded.model is not None, loaded.problems
    return bind(loaded, store.model)


SEQUENCE = """\
start: joined
    audience: everybody
    channels: [push]
    owner: Li Wei
    holdout: 10%
    goal: {on: [bought, answered], tag: served}
    steps:
      - {at: +2h, message: m.txt}
      - {at: +3d, message: m.txt, title: Tips}
      - {at: +7d 20:30, message: m.txt, channels: [phone], lane: human, owner: Zhao}
"""


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("+2h", Offset(timedelta(hours=2))),
        ("+45m", Offset(timedelta(minutes=45))),
        ("+0d 20:00", Offset(timedelta(), time(20))),
        ("+3d", Offset(timedelta(days=3), time(10))),
        ("+3d 9:05", Offset(timedelta(days=3), time(9, 5))),
    ],
)
def test_offsets_as_they_are_written(text: str, offset: Offset) -> None:
    assert parse_offset(text) == offset
    assert parse_offset(str(offset)) == offset


@pytest.mark.parametrize("text", ["3d", "+3", "+3w", "+2h 10:00", "+400d", "+1d 25:00", "", "-1d"])
def test_what_is_no_offset(text: str) -> None:
    with pytest.raises(UnfitError):
        parse_offset(text)


def test_steps_become_plays_that_keep_their_names() -> None:
    loaded = bound(SEQUENCE)
    steps = steps_of(loaded.calendar, "newcomer")
    assert [play.id for play in steps] == ["newcomer-2h", "newcomer-3d-1000", "newcomer-7d-2030"]
    assert [(play.trigger.event, play.by_day) for play in steps if play.trigger] == [
        ("join", False),
        ("join", True),
        ("join", True),
    ]
    last = steps[-1]
    assert (last.lane, last.owner.get(), last.channels) == ("human", "Zhao", ["phone"])
    assert (steps[0].lane, steps[0].owner.get(), steps[1].title.get()) == ("system", "Li Wei", "Tips")
    assert unfold(loaded.calendar) is loaded.calendar, "a second time changes nothing"
    assert [(o.play, f"{o.at:%d %H:%M}") for o in loaded.timeline.occurrences[:3]] == [
        ("newcomer-3d-1000", "01 10:00"),
        ("newcomer-7d-2030", "01 20:30"),
        ("newcomer-3d-1000", "02 10:00"),
    ]
    assert [sweep.play for sweep in loaded.timeline.sweeps] == ["newcomer-2h"]


def test_all_steps_hold_back_the_same_members() -> None:
    loaded = bound(SEQUENCE)
    salts = {play_salt(loaded.calendar, "year", play) for play in steps_of(loaded.calendar, "newcomer")}
    assert salts == {"c:year/newcomer"}


def test_a_brief_of_a_step_knows_its_goal_and_writes_once() -> None:
    loaded = bound(SEQUENCE)
    brief = make_brief(loaded.calendar, loaded.store, loaded.timeline, loaded.timeline.occurrences[0])
    assert brief.trigger is not None
    assert brief.trigger.step is not None
    assert brief.trigger.step.goal_events == ("order_paid", "consult", "interact", "review")
    assert brief.trigger.step.goal_tag == "served"
    assert brief.again is None, "a member gets a step once, however often he begins"
    assert brief.trigger.memory > brief.trigger.within, "steps that were missed are still told of"


def test_findings_of_a_step_stand_where_it_is_written() -> None:
    from campaign_calendars.checks import check

    loaded = bound(SEQUENCE.replace("channels: [phone], lane: human", "channels: [fax], lane: human"))
    places = {problem.code: problem.location.line for problem in check(loaded)}
    assert places["C122"] == 21


@pytest.mark.parametrize(
    "sequence",
    [
        "of: group\n    audience: everybody\n    channels: [push]\n    holdout: 10%\n    steps: [{at: +2h}]",
        "of: group\n    start: joined\n    audience: everybody\n    steps: [{at: +2h}]",
        "audience: everybody\n    channels: [push]\n    steps: [{at: +2h}]",
        "start: joined\n    audience: everybody\n    steps: []",
        "start: joined\n    audience: everybody\n    goal: {}\n    steps: [{at: +2h}]",
    ],
)
def test_sequences_that_mean_nothing_are_located(sequence: str) -> None:
    loaded = calendar(sequence)
    assert loaded.model is None
    assert all(problem.location.line > 1 and problem.zh for problem in loaded.problems)


def test_an_ordinary_play_is_none_of_a_sequence() -> None:
    loaded = bound(SEQUENCE)
    assert all(isinstance(play, StepPlay) for phase in loaded.calendar.phases for play in phase.plays)


WHOLE = """start: joined
    title: {zh: 新客, en: newcomers}
    phase: year
    priority: 70
    audience: everybody
    channels: [push]
    steps: [{id: hello, at: +2h, message: m.txt, benefits: [c]}]
"""


def written(sequence: str = WHOLE, name: str = "newcomer") -> list[object]:
    """The plays a calendar with two phases has after its sequences became plays, with their phase."""
    text = f"""\
calendar: c
store: s
timezone: Asia/Shanghai
audiences: {{everybody: joined}}
benefits: {{c: {{kind: member_coupon, value: 5}}, d: {{kind: member_coupon, value: 6}}}}
phases:
  - {{id: year, kind: daily, window: {{from: 2026-03-01, to: 2026-03-31}}}}
  - {{id: spring, kind: daily, window: {{from: 2026-04-01, to: 2026-04-30}}}}
sequences:
  - id: {name}
    {sequence}"""
    loaded = load_calendar(text)
    assert loaded.model is not None, [str(problem) for problem in loaded.problems]
    return [(phase.id, play) for phase in unfold(loaded.model).phases for play in phase.plays]


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("title", "en: newcomers", "en: beginners"),
        ("phase", "phase: year", "phase: spring"),
        ("priority", "priority: 70", "priority: 60"),
        ("id", "id: hello", "id: welcome"),
        ("message", "message: m.txt", "message: n.txt"),
        ("benefits", "benefits: [c]", "benefits: [d]"),
    ],
)
def test_a_key_of_a_sequence_stands_in_the_plays_it_becomes(key: str, old: str, new: str) -> None:
    assert WHOLE.count(old) == 1
    assert key in old or key == "title"
    assert written() == written() != written(WHOLE.replace(old, new))
    assert written(name="beginner") != written()
