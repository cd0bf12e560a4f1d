"""Named assistants: members are reached through their own only, each takes so many a day, the chain says whose."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta

import duckdb

from campaign_calendars.deciding.briefs import AgentOption, ChannelOption
from campaign_calendars.model.store import Channel, capacity_on
from warehouse.decision import engine

from .cases import AT, BRIEF, Member, connect, decided
from .test_planned import brief, plan_all

WECOM = ChannelOption("wecom", consent_required=False, quiet=False)


def served(*agents: AgentOption, total: int | None = None) -> tuple[ChannelOption, ...]:
    return tuple(dataclasses.replace(WECOM, agent=agent, capacity=total) for agent in agents)


LI, WANG = AgentOption("li", "guide-li", 2), AgentOption("wang", "guide-wang", 1)


def world(owners: dict[str, str | None], **contacts: int) -> duckdb.DuckDBPyConnection:
    told = {name: (("wecom", "other", hours),) for name, hours in contacts.items()}
    con = connect([Member(name, points=(), contacts=told.get(name, ())) for name in owners])
    con.execute('create table snap.stg_tags (member_id varchar, tag varchar, "at" timestamp, until timestamp)')
    for name, tag in owners.items():
        if tag is not None:
            con.execute("insert into snap.stg_tags values (?, ?, ?, null)", [name, tag, datetime(2026, 1, 1)])
    return con


OWNERS = {"a": "guide-li", "b": "guide-li", "c": "guide-li", "d": "guide-wang", "e": "guide-wang", "f": None}


def test_each_assistant_writes_to_her_own_members_until_her_day_is_full() -> None:
    con = world(OWNERS)
    counts = engine.decide_play(con, dataclasses.replace(BRIEF, channels=served(LI, WANG)))
    assert (counts.chosen, counts.channels) == (3, {"wecom": 3})
    assert counts.excluded == {"capacity": 2, "no_contact_point": 1}
    chains = con.execute("select member_id, chain from decisions where status = 'excluded'").fetchall()
    told = dict(chains)
    assert told.pop("f") == "wecom/li:no_contact_point"
    assert sorted(told.values()) == ["capacity:wecom/li", "capacity:wecom/wang"]


def test_contacts_of_the_day_and_the_channel_as_a_whole_count() -> None:
    con = world(OWNERS, a=1)
    counts = engine.decide_play(con, dataclasses.replace(BRIEF, channels=served(LI, WANG, total=3)))
    assert counts.chosen == 2
    assert {member for member, row in decided(con).items() if row[0] == "chosen"} & {"d", "e"}


def test_a_tag_that_is_over_or_to_come_owns_nobody() -> None:
    con = world({"a": "guide-li", "b": "guide-li"})
    con.execute("update snap.stg_tags set until = '2026-02-01' where member_id = 'a'")
    con.execute("update snap.stg_tags set \"at\" = '2026-04-01' where member_id = 'b'")
    assert engine.decide_play(con, dataclasses.replace(BRIEF, channels=served(LI))).chosen == 0


def test_the_plan_keeps_an_assistant_for_what_is_worth_more_and_another_channel_helps_out() -> None:
    briefs = [
        brief("list", 0, 30, channels=served(LI, WANG)),
        brief("burst", 2, 100, channels=(*served(LI, WANG), ChannelOption("sms", consent_required=False, quiet=False))),
    ]
    con = world(OWNERS)
    plan = plan_all(con, [dataclasses.replace(one, caps=()) for one in briefs])
    early, late = (engine.decide_play(con, dataclasses.replace(one, caps=()), plan) for one in briefs)
    assert (early.chosen, late.chosen, late.channels) == (3, 6, {"sms": 6})
    rows = {row.name: (row.capacity, row.used) for row in plan.certificate().rows}
    day = AT.date().isoformat()
    assert rows == {f"channel wecom/li {day}": (2, 2), f"channel wecom/wang {day}": (1, 1)}
    con = world(OWNERS)
    alone = [dataclasses.replace(one, caps=(), channels=served(LI, WANG)) for one in briefs]
    plan = plan_all(con, alone)
    assert [engine.decide_play(con, one, plan).chosen for one in alone] == [0, 3]
    kept = con.execute("select chain from decisions where play = 'list' and reason = 'kept_for_later'").fetchall()
    assert {chain.split("@")[0] for (chain,) in kept} == {
        f"kept_for_later:channel wecom/{name} {day}" for name in ("li", "wang")
    }


def test_a_capacity_of_a_single_day() -> None:
    channel = Channel.model_validate({
        "consent": "implied", "capacity_per_day": 8, "capacity_on": {"2026-03-08": 0},
        "agents": {"li": {"capacity_on": {"2026-03-08": 5}}},
    })  # fmt: skip
    eighth = date(2026, 3, 8)
    assert [capacity_on(channel, day) for day in (eighth, eighth + timedelta(days=1))] == [0, 8]
    assert [capacity_on(channel.agents["li"], day) for day in (eighth, eighth + timedelta(days=1))] == [5, None]
