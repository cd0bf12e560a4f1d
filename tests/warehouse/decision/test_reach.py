"""Groups and assistants reach who is there; an assumption stands only while the data knows nobody; measures close."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import duckdb
import pytest
import yaml

from campaign_calendars.deciding.briefs import Brief, ChannelOption, HoldoutRule
from campaign_calendars.model.store import Channel
from tests.looking_up import lookup
from tests.warehouse.decision.cases import AT, BRIEF, Member, connect, decided
from warehouse.decision import engine

GROUP = ChannelOption("group", consent_required=False, quiet=False, bound=True, implied_bp=0)
SMS = ChannelOption("sms", consent_required=True, quiet=False)
NOW = AT.replace(tzinfo=None)
HOUR = timedelta(hours=1)


def brief(*channels: ChannelOption) -> Brief:
    return dataclasses.replace(BRIEF, channels=channels)


def bind(
    con: duckdb.DuckDBPyConnection, member: str, since: datetime | None, until: datetime | None = None, group: str = ""
) -> None:
    con.execute(
        "insert into snap.stg_contact_points values (?, 'group', ?, null, null, false, ?, ?)",
        [member, group or None, since, until],
    )


def test_only_who_is_in_the_group_at_the_moment_is_reached() -> None:
    names = ("in", "joined-shop", "left", "later", "leaves-later", "second-group", "to-the-second")
    con = connect([Member(name, points=()) for name in names])
    bind(con, "in", NOW)
    bind(con, "left", NOW - 48 * HOUR, NOW)
    bind(con, "later", NOW + HOUR)
    bind(con, "leaves-later", None, NOW + HOUR)
    bind(con, "second-group", NOW - HOUR, NOW - HOUR, "g1")
    bind(con, "second-group", NOW - HOUR, None, "g2")
    bind(con, "to-the-second", NOW - HOUR, NOW + timedelta(microseconds=1))
    counts = engine.decide_play(con, brief(GROUP))
    outcome = decided(con)
    assert {name for name, row in outcome.items() if row[0] == "chosen"} == {
        "in", "leaves-later", "second-group", "to-the-second",
    }  # fmt: skip
    assert counts.excluded == {"no_contact_point": 3}
    assert counts.assumed == {}


@pytest.mark.parametrize("bound", [{}, {"m0"}])
def test_an_assumed_share_is_told_and_ends_with_the_first_fact(bound: set[str]) -> None:
    members = [Member(f"m{n}", points=()) for n in range(400)] + [Member("guest", joined=False, points=())]
    con = connect(members)
    for name in bound:
        bind(con, name, None)
    counts = engine.decide_play(con, brief(dataclasses.replace(GROUP, implied_bp=3_000)))
    if bound:
        assert (counts.channels, counts.assumed) == ({"group": 1}, {})
        return
    # 400 draws of 30 %: five standard deviations are 46.
    assert abs(counts.chosen - 120) <= 46
    assert counts.assumed == counts.channels == {"group": counts.chosen}
    assert decided(con)["guest"][2] == "no_contact_point"
    again = connect(members, threads=1)
    engine.decide_play(again, brief(dataclasses.replace(GROUP, implied_bp=3_000)))
    assert decided(again) == decided(con)
    wider = connect(members)
    engine.decide_play(wider, brief(dataclasses.replace(GROUP, implied_bp=6_000)))
    few, many = ({name for name, row in decided(c).items() if row[0] == "chosen"} for c in (con, wider))
    assert few < many, "who is assumed at 30 % is assumed at 60 % as well"


def test_a_dissolved_group_reaches_nobody() -> None:
    con = connect([Member("in", points=())])
    bind(con, "in", None)
    assert engine.decide_play(con, brief(dataclasses.replace(GROUP, ended=True))).excluded == {"no_contact_point": 1}


def test_a_closed_channel_gives_way_to_the_next_and_holds_who_has_no_other() -> None:
    closed = dataclasses.replace(SMS, restricted=True)
    con = connect([Member("both"), Member("sms-only"), Member("capped", suppressed=("sms",))])
    bind(con, "both", None)
    counts = engine.decide_play(con, brief(closed, GROUP))
    assert counts.channels == {"group": 1}
    assert {name: row[2] for name, row in decided(con).items()} == {
        "both": None, "sms-only": "restricted", "capped": "no_contact_point",
    }  # fmt: skip


def test_a_measure_is_no_matter_of_the_hold_out() -> None:
    con = connect([Member(f"m{n}") for n in range(40)])
    closed = dataclasses.replace(
        brief(dataclasses.replace(SMS, restricted=True)), holdouts=(HoldoutRule("play", "salt", 5_000),)
    )
    counts = engine.decide_play(con, closed)
    assert counts.held_out["play"] + counts.excluded["restricted"] == 40
    assert 8 <= counts.held_out["play"] <= 32


CHAT = ChannelOption("chat", consent_required=False, quiet=False, bound=True, implied_bp=0, talks=True)
SECOND = timedelta(seconds=1)
LIMIT = timedelta(hours=30 * 24)


def talking(*rows: tuple[str, str, datetime | None]) -> duckdb.DuckDBPyConnection:
    """Members with a contact point of a channel, and when they last talked there."""
    con = connect(
        [Member(name, points=()) for name in dict.fromkeys(row[0] for row in rows)] + [Member("none", points=())]
    )
    con.execute("alter table snap.stg_contact_points add column last_talk_at timestamp")
    con.execute(
        "alter table snap.stg_members add column name varchar;"
        " alter table snap.stg_members add column left_at timestamp"
    )
    for row in rows:
        con.execute(
            "insert into snap.stg_contact_points by name select $1 as member_id, $2 as channel, $3 as last_talk_at", row
        )
    return con


def test_an_ordinary_chat_reaches_whoever_talked_within_30_times_24_hours() -> None:
    rows = (
        ("now", "chat", NOW),
        ("edge", "chat", NOW - LIMIT),
        ("second-more", "chat", NOW - LIMIT - SECOND),
        ("tomorrow", "chat", NOW + HOUR),
        ("silent", "chat", None),
        ("elsewhere", "agent", NOW),
    )
    con = talking(*rows)
    engine.decide_play(con, brief(CHAT))
    outcome = decided(con)
    assert {name for name, row in outcome.items() if row[0] == "chosen"} == {"now", "edge"}
    assert {row[2] for row in outcome.values()} == {None, "no_contact_point"}
    without = talking(*rows)
    engine.decide_play(without, brief(dataclasses.replace(CHAT, channel="agent", talks=False)))
    assert decided(without)["elsewhere"][0] == "chosen", "the assistant has no such limit"
    for moment, reached in ((AT, {"now", "edge"}), (AT + SECOND, {"now"})):
        found = lookup(con, [row[0] for row in rows], "chat", moment, bound=True, talks=True)
        assert {name for name, one in found.items() if not one.unbound} == reached, "as the message leaves"


def test_joining_binds_only_where_the_store_says_so() -> None:
    """By `bound_on_join` of the channel."""
    agent = dataclasses.replace(CHAT, channel="agent", talks=False)
    rows = (("bound", "agent", NOW), ("left", "agent", NOW))
    for written, reached in (("", {"bound"}), (", bound_on_join: true", {"bound", "none"})):
        channel = yaml.safe_load(f"{{kind: dedicated_service, consent: implied{written}}}")
        on_join = Channel.model_validate(channel).bound_on_join
        con = talking(*rows)
        con.execute("update snap.stg_contact_points set unbound_at = $1 where member_id = 'left'", [NOW])
        con.execute(
            "insert into member_features"
            " select * replace ('guest' as member_id, false as joined) from member_features limit 1"
        )
        con.execute("insert into snap.stg_members (member_id) values ('guest')")
        counts = engine.decide_play(con, brief(dataclasses.replace(agent, on_join=on_join)))
        assert {name for name, row in decided(con).items() if row[0] == "chosen"} == reached
        assert counts.assumed == {}, "a rule of the store, no assumption"
        found = lookup(con, ["bound", "left", "none"], "agent", AT, bound=True, on_join=on_join)
        assert {name for name, one in found.items() if not one.unbound} == reached
