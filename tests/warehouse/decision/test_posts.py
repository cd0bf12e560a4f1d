"""Posts in groups: one job for each group, exposure by who is there, caps of the group and nobody else's."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest

from campaign_calendars.deciding.briefs import Brief, ChannelOption, Invitation, StepBrief, TriggerBrief
from campaign_calendars.deciding.contact import CapRule
from campaign_calendars.deciding.runs import PlayCounts
from tests.warehouse.decision.cases import AT, BRIEF, Member, connect
from warehouse.decision import engine
from warehouse.features import history

FANS = ChannelOption("fans", consent_required=False, quiet=False, bound=True, implied_bp=0)
SMS = ChannelOption("sms", consent_required=False, quiet=False)
NOW = AT.replace(tzinfo=None)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    made = connect([Member("a", points=())])
    made.execute("alter table snap.stg_contact_points add column group_id varchar")
    yield made
    made.close()


def bind(
    con: duckdb.DuckDBPyConnection, group: str, members: int, since: datetime = NOW - DAY, until: datetime | None = None
) -> None:
    con.execute(
        "insert into snap.stg_contact_points by name select $1 || '-' || n as member_id, 'fans' as channel,"
        " $1 as group_id, $3::timestamp as bound_at, $4::timestamp as unbound_at from range($2::bigint) as r(n)",
        [group, members, since, until],
    )


def post(*channels: ChannelOption, **changes: Any) -> Brief:
    return dataclasses.replace(BRIEF, channels=channels or (FANS,), post=True, **changes)


def decide(con: duckdb.DuckDBPyConnection, brief: Brief) -> PlayCounts:
    return engine.decide_play(con, brief)


def test_three_groups_of_11_000_are_three_posts(con: duckdb.DuckDBPyConnection) -> None:
    for group, members in (("g1", 5_000), ("g2", 4_000), ("g3", 2_000)):
        bind(con, group, members)
    counts = decide(con, post(caps=(CapRule((), 1, DAY),)))
    assert (counts.chosen, counts.exposed, counts.channels, counts.excluded) == (3, 11_000, {"fans": 3}, {})
    rows = con.execute("select member_id, channel, arm from decisions order by all").fetchall()
    assert rows == [(f"group:fans:g{n}", "fans", None) for n in (1, 2, 3)]
    assert con.execute("select count(*) from contacts where not starts_with(member_id, 'group:')").fetchone() == (0,)


def test_who_left_sees_nothing_and_a_group_without_anybody_gets_no_post(con: duckdb.DuckDBPyConnection) -> None:
    bind(con, "g1", 3)
    bind(con, "g1", 2, NOW - 2 * DAY, NOW - DAY)
    bind(con, "left", 5, NOW - 2 * DAY, NOW - HOUR)
    bind(con, "later", 5, NOW + HOUR)
    counts = decide(con, post())
    assert (counts.chosen, counts.exposed, counts.excluded) == (1, 3, {"no_contact_point": 1})


def test_a_group_has_a_cap_of_its_own(con: duckdb.DuckDBPyConnection) -> None:
    bind(con, "g1", 3)
    bind(con, "g2", 3)
    history.load_contacts(con, [("group:fans:g1", "fans", "other", "x", "news", AT - HOUR, None)])
    twice = dataclasses.replace(FANS, posts_per_day=1)
    counts = decide(con, post(twice))
    assert (counts.chosen, counts.excluded) == (1, {"cap": 1})
    again = decide(con, post(twice, at=AT + HOUR, play="second"))
    assert (again.chosen, again.excluded) == (0, {"cap": 2}), "what was just decided counts"


@pytest.mark.parametrize(
    ("channel", "reason"),
    [({"ended": True}, "no_contact_point"), ({"quiet": True}, "quiet_hours"), ({"restricted": True}, "restricted")],
)
def test_what_closes_a_channel_closes_its_posts(
    con: duckdb.DuckDBPyConnection, channel: dict[str, bool], reason: str
) -> None:
    bind(con, "g1", 3)
    counts = decide(con, post(dataclasses.replace(FANS, **channel)))
    assert (counts.chosen, counts.exposed, counts.excluded) == (0, 0, {reason: 1})


def test_a_group_nobody_has_data_of_is_posted_to_with_unknown_reach(con: duckdb.DuckDBPyConnection) -> None:
    counts = decide(con, post())
    assert (counts.chosen, counts.exposed) == (1, 0)
    assert con.execute("select member_id from decisions").fetchall() == [("group:fans:",)]


def test_a_post_leaves_once_unless_it_may_be_repeated(con: duckdb.DuckDBPyConnection) -> None:
    bind(con, "g1", 3)
    assert decide(con, post()).chosen == 1
    assert decide(con, post(at=AT + DAY)).excluded == {"already_reached": 1}
    assert decide(con, post(at=AT + 2 * DAY, repeat_after=DAY)).chosen == 1


def test_steps_of_a_group_count_from_its_first_member(con: duckdb.DuckDBPyConnection) -> None:
    bind(con, "g1", 3, NOW - 3 * HOUR)
    bind(con, "g1", 5, NOW - HOUR)
    bind(con, "g2", 3, NOW - HOUR)
    bind(con, "old", 3, NOW - 20 * HOUR)
    step = StepBrief("opening", by_day=False, since=AT - 30 * DAY)
    trigger = TriggerBrief("group_opened", 2 * HOUR, 14 * HOUR, "Asia/Shanghai", channels=("fans",), step=step)
    counts = decide(con, post(trigger=trigger))
    assert (counts.chosen, counts.exposed, counts.excluded) == (1, 5, {"step_late": 1})
    assert decide(con, post(trigger=trigger, at=AT + 30 * timedelta(minutes=1))).candidates == 0
    assert decide(con, post(trigger=trigger, at=AT + HOUR)).chosen == 1, "the second group two hours after it opened"


def test_groups_that_are_there_before_may_begin_with_the_phase(con: duckdb.DuckDBPyConnection) -> None:
    bind(con, "old", 3, NOW - 90 * DAY)
    bind(con, "new", 3, NOW - HOUR)
    step = StepBrief("quarter", by_day=False, since=AT - 2 * HOUR)
    trigger = TriggerBrief("group_in_phase", 2 * HOUR, 14 * HOUR, "Asia/Shanghai", channels=("fans",), step=step)
    assert decide(con, post(trigger=trigger)).chosen == 1
    assert con.execute("select member_id from decisions").fetchall() == [("group:fans:old",)]
    assert decide(con, post(trigger=trigger, at=AT + HOUR)).chosen == 1


@pytest.mark.parametrize(
    ("invitation", "reason"),
    [
        (Invitation("fans", seats=3), None),
        (Invitation("fans", seats=2), "group_full"),
        (Invitation("fans", seats=2, groups=2), None),
        (Invitation("fans"), None),
        (Invitation("fans", ended=True), "group_full"),
    ],
)
def test_nobody_is_invited_into_a_full_group(
    con: duckdb.DuckDBPyConnection, invitation: Invitation, reason: str | None
) -> None:
    """`invites_to` of a play becomes the invitation of its brief."""
    bind(con, "g1", 2)
    bind(con, "g1", 9, NOW - 2 * DAY, NOW - DAY)
    counts = decide(con, dataclasses.replace(BRIEF, channels=(SMS,), invitation=invitation))
    assert counts.excluded == ({reason: 1} if reason else {})


def test_who_is_in_the_group_is_not_invited(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "insert into snap.stg_contact_points by name"
        " select 'a' as member_id, 'fans' as channel, 'g1' as group_id, $1::timestamp as bound_at",
        [NOW - DAY],
    )
    invitation = dataclasses.replace(BRIEF, channels=(SMS,), invitation=Invitation("fans", seats=100))
    assert decide(con, invitation).candidates == 0
