"""Groups and assistants reach who is there; an assumption stands only while the data knows nobody; measures close."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import duckdb
import pytest

from campaign_calendars.deciding.briefs import Brief, ChannelOption, HoldoutRule
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
