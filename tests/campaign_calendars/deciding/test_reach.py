"""What a channel may do at a moment: measures of the platform, groups that end, reach that is assumed."""

from __future__ import annotations

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import ChannelOption
from campaign_calendars.reading.loading import bind, load_calendar

CALENDAR = """\
calendar: spring
store: shop
timezone: Asia/Shanghai
day_zero: 2026-03-08
audiences: {everybody: joined, new: not joined}
benefits:
  c: {kind: member_coupon, threshold: 199, value: 30}
  w: {kind: new_member_coupon, value: 5}
phases:
  - id: burst
    kind: burst
    window: {from: D-5, to: D+1}
    plays:
      - {id: told, audience: everybody, channels: [sms, push, chat, agent, group, ads], benefits: [c], at: [D 00:00, D+1 09:00]}
      - {id: news, audience: everybody, channels: [agent], at: D 12:00}
      - {id: invite, audience: new, channels: [sms, push, chat, agent, group, ads], benefits: [w], at: D 10:00}
      - {id: told-of-joining, audience: new, channels: [sms, push, chat, agent, group, ads], announces: [w], at: D 11:00}
"""  # noqa: E501
STORE = """\
store: shop
tiers: {{window: 365d, levels: [{{id: basic}}]}}
channels:
  sms: {{kind: sms, consent: required{sms}}}
  push: {{kind: push, consent: implied}}
  chat: {{kind: chat, consent: implied}}
  agent: {{kind: dedicated_service, consent: implied, assumed_reach: 12.5%{agent}}}
  group: {{kind: group, consent: implied, group: {{kind: flash, ends_on: 2026-03-08}}}}
  ads: {{kind: other, consent: implied, domain: public}}
restrictions: {restrictions}
"""


def options(
    restrictions: str = "[]", sms: str = "", agent: str = ""
) -> dict[tuple[str, int], dict[str, ChannelOption]]:
    """(play, day of March) → channel → what it may do."""
    store = load_store(STORE.format(restrictions=restrictions, sms=sms, agent=agent))
    calendar = load_calendar(CALENDAR, "calendar.yaml")
    assert store.model is not None, store.problems
    assert calendar.model is not None, calendar.problems
    known = bind(calendar, store.model)
    briefs = [make_brief(known.calendar, known.store, known.timeline, one) for one in known.timeline.occurrences]
    zone = known.timeline.timezone
    return {
        (brief.play, brief.at.astimezone(zone).day): {option.channel: option for option in brief.channels}
        for brief in briefs
    }


ALL = {"sms", "push", "chat", "agent", "group", "ads"}


@pytest.mark.parametrize(
    ("measure", "closed"),
    [
        ("kind: messages", {"push"}),
        ("kind: chat", {"chat", "agent"}),
        ("kind: community", {"group"}),
        ("kind: hidden", {"ads"}),
        ("kind: closed", ALL),
        ("kind: recruiting", set()),
        ("channels: [sms, ads]", {"sms", "ads"}),
        ("kind: closed, channels: [sms]", {"sms"}),
    ],
)
def test_a_measure_closes_what_it_names_on_its_days(measure: str, closed: set[str]) -> None:
    made = options(f"[{{{measure}, from: 2026-03-08, to: 2026-03-08}}]")
    assert {name for name, option in made["told", 8].items() if option.restricted} == closed
    assert not any(option.restricted for option in made["told", 9].values()), "the day after runs"
    before = options(f"[{{{measure}, from: 2026-03-01, to: 2026-03-07}}]")
    assert not any(option.restricted for option in before["told", 8].values()), "midnight is of the local day"


def test_lost_recruiting_stops_plays_for_new_members_only() -> None:
    made = options("[{kind: recruiting, from: 2026-03-01, to: 2026-03-31}]")
    for play in ("invite", "told-of-joining"):
        assert {name for name, option in made[play, 8].items() if option.restricted} == ALL
    assert not any(option.restricted for option in made["told", 8].values())


def test_reach_without_facts_is_what_the_store_assumes() -> None:
    told = options()["told", 8]
    assert {name: (option.bound, option.joined_bp) for name, option in told.items()} == {
        "sms": (False, 0),
        "push": (False, 10_000),
        "chat": (True, 0),
        "agent": (True, 1_250),
        "group": (True, 0),
        "ads": (False, 10_000),
    }


def test_a_flash_group_ends_with_its_last_day() -> None:
    made = options()
    assert (made["told", 8]["group"].ended, made["told", 9]["group"].ended) == (False, True)
    assert made["told", 9]["group"].closed


def test_an_assistant_below_level_3_tells_but_gives_nothing_until_the_level_is_reached() -> None:
    made = options(agent=", level: 2, level_from: {2026-03-09: 3}")
    assert [made["told", day]["agent"].restricted for day in (8, 9)] == [True, False]
    assert not made["news", 8]["agent"].restricted, "a message without a benefit may always be sent"


def test_a_channel_is_closed_before_it_is_ready() -> None:
    made = options(sms=", ready_from: 2026-03-09")
    assert [made["told", day]["sms"].restricted for day in (8, 9)] == [True, False]


@pytest.mark.parametrize(
    "channel",
    ["{kind: sms, consent: implied, assumed_reach: 10%}", "{kind: wecom, consent: required, assumed_reach: 10%}"],
)
def test_an_assumption_is_for_groups_and_assistants_of_implied_consent(channel: str) -> None:
    text = STORE.format(restrictions="[]", sms="", agent="").replace("{kind: push, consent: implied}", channel)
    assert any("assumed_reach" in problem.message for problem in load_store(text).problems)


def test_a_measure_says_its_kind_or_its_channels() -> None:
    text = STORE.format(restrictions="[{from: 2026-03-01, to: 2026-03-02}]", sms="", agent="")
    assert any("`kind` or the `channels`" in problem.message for problem in load_store(text).problems)
