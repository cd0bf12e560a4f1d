"""Who gets the last pieces: by lot, or higher tiers first, with a plan and without one."""

from __future__ import annotations

import dataclasses

import pytest

from campaign_calendars.deciding.briefs import BenefitOption, ChannelOption
from warehouse.decision import engine
from warehouse.decision.consents import forget_consents

from .cases import BRIEF, Member, brief_with, connect, decide, decided
from .test_planned import brief, outcomes, plan_all

TURN = ("diamond", "gold", "silver")
GIFT = BenefitOption("gift", 100, stock=3)
BY_TIER = dataclasses.replace(GIFT, turn=TURN)
PEOPLE = [
    *(Member(f"s{n}", tier="silver") for n in range(4)),
    *(Member(f"g{n}", tier="gold") for n in range(2)),
    Member("d", tier="diamond"),
    Member("none", tier=""),
]


def test_the_last_pieces_go_to_higher_tiers() -> None:
    """`order: tier` of a benefit is a turn by tier; without it the lot decides."""
    found = decide(PEOPLE, brief_with(BY_TIER))
    assert {name for name, row in found.items() if row[0] == "chosen"} == {"d", "g0", "g1"}
    by_lot = decide(PEOPLE, brief_with(GIFT))
    assert sum(row[0] == "chosen" for row in by_lot.values()) == 3
    assert {name for name, row in by_lot.items() if row[0] == "chosen"} != {"d", "g0", "g1"}


def test_the_chain_says_that_higher_tiers_came_first() -> None:
    con = connect(PEOPLE)
    engine.decide_play(con, brief_with(BY_TIER))
    rows = con.execute("select reason, chain from decisions where status = 'excluded'").fetchall()
    assert set(rows) == {("benefit_stock", "gift:by_tier:benefit_stock")}
    assert len(rows) == 5


@pytest.mark.parametrize("stock", [0, 1, 2, 3, 4, 7, 8])
def test_with_and_without_a_plan_the_same_tiers_are_served(stock: int) -> None:
    gift = dataclasses.replace(BY_TIER, stock=stock)
    one = brief("now", 0, 100, benefits=(gift,))
    con = connect(PEOPLE)
    assert engine.decide_play(con, one, plan_all(con, [one])).chosen == stock
    tiers = con.execute(
        "select coalesce(list_position($1, tier), 9) from decisions where status = 'chosen'", [list(TURN)]
    )
    in_order = sorted([1, 2, 2, 3, 3, 3, 3, 9])
    assert sorted(rank for (rank,) in tiers.fetchall()) == in_order[:stock]


def test_a_plan_keeps_a_piece_for_later_and_gives_the_others_by_tier() -> None:
    """Two of three are worth more later: the one of now is the diamond's, though the plan does not tell tiers apart."""
    gift = (dataclasses.replace(BY_TIER, stock=3),)
    now = brief("now", 0, 40, benefits=gift, predicate="f.wanted")
    later = brief("later", 72, 90, benefits=gift, predicate="f.wanted and f.member_id in ('s0', 's1')")
    con = connect(PEOPLE)
    plan = plan_all(con, [now, later])
    assert [engine.decide_play(con, one, plan).chosen for one in (now, later)] == [1, 2]
    assert outcomes(con, "now")["d"] == "chosen"


def test_members_of_a_higher_tier_the_plan_did_not_see_come_first_too() -> None:
    one = brief("now", 0, 100, benefits=(dataclasses.replace(BY_TIER, stock=1),))
    con = connect([Member("a", tier="silver")])
    plan = plan_all(con, [one])
    con.execute("insert into member_features values ('new', true, true, false, 30, 'diamond')")
    con.execute(
        "insert into snap.stg_contact_points values ('new', 'sms', null, '2026-01-01', null, false, null, null)"
    )
    forget_consents(con)
    assert engine.decide_play(con, one, plan).chosen == 1
    assert outcomes(con, "now") == {"a": "benefit_stock", "new": "chosen"}


def test_who_gives_way_has_what_the_other_would_have_had() -> None:
    """The highest tier has the first of two scarce benefits, the next the other, whatever the plan had for whom."""
    small = BenefitOption("small", 10, stock=1, turn=TURN)
    people = [Member("s", tier="silver"), Member("g", tier="gold"), Member("d", tier="diamond")]
    one = brief("now", 0, 100, benefits=(dataclasses.replace(BY_TIER, stock=1), small))
    con = connect(people)
    engine.decide_play(con, one, plan_all(con, [one]))
    assert {name: row[4] for name, row in decided(con).items()} == {"s": None, "g": "small", "d": "gift"}


def test_tiers_on_several_channels_share_one_order() -> None:
    channels = (*BRIEF.channels, ChannelOption("push", consent_required=False, quiet=False))
    people = [
        Member("s", tier="silver", points=(("push", True, False),)),
        Member("g", tier="gold"),
        Member("d", tier="diamond", points=(("push", True, False),)),
    ]
    one = brief("now", 0, 100, benefits=(dataclasses.replace(BY_TIER, stock=2),), channels=channels)
    con = connect(people)
    engine.decide_play(con, one, plan_all(con, [one]))
    assert {name for name, row in decided(con).items() if row[0] == "chosen"} == {"g", "d"}


def test_held_out_members_take_no_turn() -> None:
    """The arm is drawn before anything scarce: a tier never moves anybody into or out of it."""
    arms = {}
    for benefit in (GIFT, BY_TIER):
        held = dataclasses.replace(brief_with(benefit), holdouts=(), play="recall")
        arms[benefit.turn] = {name: row[1] for name, row in decide(PEOPLE, held).items()}
    assert arms[()] == arms[TURN]
