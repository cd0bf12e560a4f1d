"""Tasks that nobody writes: positions that have to go up, groups that are missing."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.duties.derived import Standing, derived_ids, group_states, position_states
from campaign_calendars.duties.states import DutyState, Tick
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.time.resolving import resolve

CALENDAR = """\
calendar: sale
store: shop
timezone: Asia/Shanghai
audiences: {all: joined}
phases:
  - id: burst
    kind: burst
    window: {from: 2026-03-05, to: 2026-03-08}
    sub_phases: [{id: late, window: {from: 2026-03-07, to: 2026-03-08}}]
    plays:
      - {id: p, title: {zh: 好礼, en: gifts}, audience: all, positions: [card]}
      - {id: q, audience: all, during: late, positions: [card, tab], displays: {tab: {copy: {zh: 入会, en: join}}}}
"""
STORE = """\
store: shop
tiers: {window: 365d, levels: [{id: basic}]}
channels: {fans: {title: {zh: 粉丝群, en: fans}, kind: group, consent: implied, group: {kind: member, count: 12}}}
positions: {card: {title: {zh: 卡片, en: Card}, owner: Li}, tab: {}}
"""
NOW = datetime(2026, 3, 6, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def states(there: dict[str, int], *ticked: str, store: str = STORE) -> dict[str, DutyState]:
    loaded, shop = load_calendar(CALENDAR, "c.yaml"), load_store(store)
    assert loaded.model is not None
    assert shop.model is not None
    timeline, standing = resolve(loaded.model), Standing({one: Tick(one, "Li", NOW) for one in ticked}, NOW)
    assert set(ticked) <= set(derived_ids(loaded.model, shop.model))
    found = (
        *position_states(loaded.model, shop.model, timeline, standing),
        *group_states(loaded.model, shop.model, timeline, there, standing),
    )
    return {one.duty: one for one in found}


def test_each_position_of_a_phase_is_up_when_its_first_play_is_online() -> None:
    found = states({}, "burst/tab")
    assert [(name, one.state, one.owner.get(), one.due_at.day) for name, one in found.items()] == [
        ("burst/card", "overdue", "Li", 5),
        ("burst/tab", "done", "", 7),
    ]
    assert found["burst/card"].text.en == "put up at Card: gifts; q"
    assert found["burst/tab"].text.zh == "上线阵地 tab：入会"


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ({"fans": 12}, None),
        ({"fans": 9}, "open 3 more groups of fans: there are 9 of 12"),
        ({}, None),
    ],
)
def test_groups_that_are_missing_by_the_data_are_an_open_duty(there: dict[str, int], said: str | None) -> None:
    found = states(there).get("groups/fans")
    assert (found and found.text.en) == said
    assert "groups/fans" not in states(there, store=STORE.replace("count: 12", "capacity: 12"))
