"""Limits of the whole plan, joined back to members: each kind changes who gets what, and is told in the certificate."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from campaign_calendars.deciding.briefs import BenefitOption, Brief, ChannelOption
from campaign_calendars.deciding.certificate import RowOfPlan
from campaign_calendars.deciding.limits import LimitRule
from campaign_calendars.findings.errors import UsageError
from warehouse.decision import engine
from warehouse.decision.planned import PlanAhead

from .cases import AT, Member, connect
from .test_planned import brief, outcomes, plan_all

SMS, PUSH = (ChannelOption(name, consent_required=True, quiet=False) for name in ("sms", "push"))
BOTH = (("sms", True, False), ("push", True, False))


def limited(briefs: list[Brief], *rules: LimitRule) -> list[Brief]:
    return [dataclasses.replace(one, limits=rules) for one in briefs]


def row_of(plan: PlanAhead, name: str) -> RowOfPlan:
    return next(row for row in plan.certificate(baselines=True).rows if row.name == name)


def test_at_least_takes_members_from_what_is_worth_more() -> None:
    briefs = limited(
        [brief("list", 0, 30), brief("burst", 10, 100)], LimitRule("lists", "at_least", 2, plays=("list",))
    )
    con = connect([Member(name) for name in "abcd"])
    plan = plan_all(con, briefs)
    assert [engine.decide_play(con, one, plan).chosen for one in briefs] == [2, 2]
    row = row_of(plan, "limit lists")
    assert (row.kind, row.capacity, row.used, row.short, row.price) == ("at_least", 2, 2, 0, 70)


def test_at_least_so_many_members_of_a_tier() -> None:
    gift = (BenefitOption("gift", 100, stock=2),)
    # Priorities alone give both gifts to the later play, which asks for no tier.
    briefs = [
        brief("early", 0, 30, benefits=gift),
        brief("late", 48, 90, benefits=gift, predicate="f.tier = 'regular'"),
    ]
    members = [Member("a", tier="gold"), Member("b", tier="gold"), Member("c"), Member("d")]
    free = plan_all(connect(members), briefs)
    assert {plan for plan in free.solution.columns.plan if plan} == {(1,)}
    con = connect(members)
    briefs = limited(briefs, LimitRule("gold-gifts", "at_least", 1, benefits=("gift",), tiers=("gold", "diamond")))
    plan = plan_all(con, briefs)
    assert [engine.decide_play(con, one, plan).chosen for one in briefs] == [1, 1]
    chosen = con.execute("select member_id from decisions where play = 'early' and status = 'chosen'").fetchone()
    assert chosen is not None
    assert chosen[0] in ("a", "b")


def test_a_share_of_the_messages_counts_those_sent_before_and_nobody_breaks_it_in_turn() -> None:
    briefs = [brief("list", 0, 30, channels=(SMS,)), brief("news", 30, 30, channels=(PUSH,))]
    rule = LimitRule("texts", "share_at_most", 2500, channels=("sms",))
    con = connect([Member(name, points=BOTH) for name in "abcdef"])
    plan = plan_all(con, limited(briefs, rule))
    assert [engine.decide_play(con, one, plan).chosen for one in limited(briefs, rule)] == [2, 6]
    assert sorted(outcomes(con, "list").values()) == ["chosen"] * 2 + ["limit"] * 4
    chain = con.execute("select distinct chain from decisions where reason = 'limit'").fetchall()
    assert chain == [("limit:texts",)]
    row = row_of(plan, "limit texts")
    assert (row.kind, row.capacity, row.used) == ("share_at_most", 2500, 2500)
    assert row.price > 0
    # One more was sent by text already: of eight, two may be.
    con = connect(
        [Member(name, points=BOTH) for name in "abcdef"] + [Member("z", wanted=False, contacts=(("sms", "x", 9),))]
    )
    plan = plan_all(con, limited(briefs, rule))
    assert engine.decide_play(con, limited(briefs, rule)[0], plan).chosen == 1


def test_an_average_cost_mixes_dear_and_cheap_benefits() -> None:
    dear, cheap = BenefitOption("dear", 3000), BenefitOption("cheap", 500)
    briefs = [brief("dear", 0, 100, benefits=(dear,)), brief("cheap", 30, 20, benefits=(cheap,))]
    rule = LimitRule("average", "average_cost_at_most", 1000, benefits=("dear", "cheap"))
    con = connect([Member(f"m{number}") for number in range(8)])
    plan = plan_all(con, limited(briefs, rule))
    assert [engine.decide_play(con, one, plan).chosen for one in limited(briefs, rule)] == [2, 8]
    row = row_of(plan, "limit average")
    assert (row.capacity, row.used) == (1000, 1000)


def test_most_in_each_phase_or_day_and_a_row_that_is_only_reported() -> None:
    briefs = [brief("a", 0, 30), brief("b", 24, 30)]
    for per, chosen in (("day", [3, 3]), ("phase", [3, 0]), ("campaign", [3, 0])):
        rules = (LimitRule("most", "at_most", 3, per=per), LimitRule("told", "reported"))  # type: ignore[arg-type]
        con = connect([Member(name) for name in "abcde"])
        plan = plan_all(con, limited(briefs, *rules))
        made = [engine.decide_play(con, one, plan).chosen for one in limited(briefs, *rules)]
        assert sum(made) == sum(chosen)
        assert len([row for row in plan.certificate().rows if row.name.startswith("limit most")]) == (
            2 if per == "day" else 1
        )
        told = row_of(plan, "limit told")
        assert (told.kind, told.capacity, told.used, told.price) == ("reported", None, sum(made), 0)


def test_limits_that_cannot_be_kept_stop_a_plan_and_not_a_run() -> None:
    briefs = limited(
        [brief("list", 0, 30), brief("burst", 10, 100)], LimitRule("lists", "at_least", 9, plays=("list",))
    )
    con = connect([Member(name) for name in "abcd"])
    from warehouse.decision.outlook import Lookout

    lookout = Lookout(con, briefs)
    lookout.look(lookout.briefs)
    outlook = lookout.outlook(AT)
    with pytest.raises(UsageError, match=r"limit lists \(at least 9\); limit lists is missed by 5") as raised:
        PlanAhead.of(con, outlook, briefs, strict=True)
    assert "限制 lists（至少 9）" in raised.value.text("zh")
    plan = PlanAhead.of(con, outlook, briefs)
    assert engine.decide_play(con, briefs[0], plan).chosen == 4
    row = row_of(plan, "limit lists")
    assert (row.used, row.capacity, row.short) == (4, 9, 5)
    baselines = {one.name: one.breaks for one in plan.certificate(baselines=True).baselines}
    assert baselines == {"first_come": (), "nightly": ("limit lists",)}


def test_what_was_done_counts_towards_a_minimum() -> None:
    sent = [Member(f"s{number}", contacts=(("sms", "list", 30),)) for number in range(3)]
    rule = LimitRule("lists", "at_least", 4, plays=("list",))
    briefs = limited([brief("list", 0, 30), brief("burst", 10, 100)], rule)
    con = connect([*sent, Member("a"), Member("b")])
    plan = plan_all(con, briefs)
    assert engine.decide_play(con, briefs[0], plan).chosen == 1
    assert row_of(plan, "limit lists").used == 4
    assert briefs[1].at - briefs[0].at < timedelta(hours=20)
