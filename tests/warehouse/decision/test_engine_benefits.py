"""Benefits within money, stock, tiers and points."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest

from campaign_calendars.deciding.briefs import BenefitOption, BudgetLimits
from campaign_calendars.deciding.runs import PlayCounts
from warehouse.decision import engine
from warehouse.features import history

from .cases import AT, BRIEF, Member, connect


def given(counts: PlayCounts) -> dict[str, tuple[int, int]]:
    """Benefit → (granted, reserved cents)."""
    return {name: (row.granted, row.cost_cents) for name, row in counts.benefits.items()}


def test_benefits_are_given_in_listed_order_within_money_stock_and_tiers() -> None:
    benefits = (
        BenefitOption("gift", 500, stock=3, tiers=("gold",)),
        BenefitOption("coupon", 1000, pool="coupons"),
        BenefitOption("points", 0, daily_cap=2),
    )
    brief = dataclasses.replace(BRIEF, benefits=benefits, budget=BudgetLimits(100_000, {"coupons": 4_999}))
    members = [Member(f"g{i}", tier="gold") for i in range(5)] + [Member(f"r{i}") for i in range(7)]
    con = connect(members)
    counts = engine.decide_play(con, brief)
    assert given(counts) == {"gift": (3, 1500), "coupon": (4, 4000), "points": (2, 0)}
    assert counts.chosen == 9
    assert counts.excluded == {"benefit_budget": 1, "benefit_daily_cap": 2} or sum(counts.excluded.values()) == 3
    given_gifts = con.execute("select member_id from decisions where benefit = 'gift'").fetchall()
    assert all(row[0].startswith("g") for row in given_gifts)
    again = engine.decide_play(con, dataclasses.replace(brief, play="next", at=AT + timedelta(hours=1)))
    assert again.benefits == {}, "what was given before counts"


def test_a_benefit_paid_in_points_needs_the_balance() -> None:
    brief = dataclasses.replace(BRIEF, benefits=(BenefitOption("mug", 0, points=200),))
    for recorded, excluded in ((True, {"benefit_points": 1}), (False, {})):
        con = connect([Member("rich"), Member("poor")])
        con.execute("alter table member_features add column points_balance bigint")
        con.execute("update member_features set points_balance = case member_id when 'rich' then 200 else 199 end")
        con.execute('create table snap.stg_points (member_id varchar, kind varchar, points bigint, "at" timestamp)')
        if recorded:
            con.execute("insert into snap.stg_points (\"at\") values ('2026-03-05')")
        counts = engine.decide_play(con, brief)
        assert counts.excluded == excluded, "without a points source nobody's balance is known"
        assert counts.chosen == 2 - len(excluded)


def test_the_same_points_are_not_promised_twice_before_the_source_tells() -> None:
    mug, tea = BenefitOption("mug", 0, points=200), BenefitOption("tea", 0, points=150)
    con = connect([Member("rich"), Member("poor"), Member("other")])
    con.execute("alter table member_features add column points_balance bigint")
    con.execute("update member_features set points_balance = case member_id when 'rich' then 350 else 200 end")
    con.execute('create table snap.stg_points (member_id varchar, kind varchar, points bigint, "at" timestamp)')
    hour = timedelta(hours=1)
    newest = (AT - 10 * hour).replace(tzinfo=None)
    con.execute("insert into snap.stg_points values ('rich', 'redeem', -900, ?)", [newest])
    # From another calendar: `other` has 200, less 60 of an open offer; the source tells that `rich` used his.
    history.load_points_granted(con, [("other", AT - 9 * hour, 60, None), ("rich", AT - 11 * hour, 900, None)])

    def offered(play: str, option: BenefitOption, at: datetime) -> set[str]:
        engine.decide_play(con, dataclasses.replace(BRIEF, play=play, benefits=(option,), at=at))
        rows = con.execute("select member_id from decisions where play = ? and status = 'chosen'", [play])
        return {row[0] for row in rows.fetchall()}

    assert offered("first", mug, AT) == {"rich", "poor"}
    assert offered("second", tea, AT + hour / 2) == {"rich"}
    assert con.execute("select reason from decisions where play = 'second' and member_id = 'poor'").fetchone() == (
        "benefit_points",
    )
    assert offered("third", tea, AT + hour / 2) == set()
    # A newer entry of the source about something else ends no offer.
    assert offered("fourth", BenefitOption("cup", 0, points=150), AT + 2 * hour) == set()


def test_total_budget_binds_over_benefits() -> None:
    benefits = (BenefitOption("a", 300, stock=2), BenefitOption("b", 300))
    brief = dataclasses.replace(BRIEF, benefits=benefits, budget=BudgetLimits(1_000))
    counts = engine.decide_play(connect([Member(f"m{i}") for i in range(9)]), brief)
    assert given(counts) == {"a": (2, 600), "b": (1, 300)}


@pytest.mark.parametrize(("used", "ended", "left"), [(0, 0, 100), (0, 1, 500), (1, 0, 500), (1, 1, 500), (2, 0, 900)])
def test_open_offers_leave_the_balance_until_they_are_used_or_over(used: int, ended: int, left: int) -> None:
    """A balance of 900 with two open offers of 400 leaves 100 (R5): the third is refused until one of them ends."""
    con = connect([Member("a")])
    con.execute("alter table member_features add column points_balance bigint")
    con.execute("update member_features set points_balance = 900")
    con.execute('create table snap.stg_points (member_id varchar, kind varchar, points bigint, "at" timestamp)')
    con.execute(
        "insert into snap.stg_points values ('a', 'earn', 900, ?)", [(AT - timedelta(days=9)).replace(tzinfo=None)]
    )
    for _ in range(used):
        con.execute(
            "insert into snap.stg_points values ('a', 'redeem', -400, ?)",
            [(AT - timedelta(hours=2)).replace(tzinfo=None)],
        )
    offers = [
        ("a", AT - timedelta(days=3), 400, AT if number < ended else AT + timedelta(seconds=1)) for number in range(2)
    ]
    history.load_points_granted(con, offers)
    for asked, chosen in ((left + 1, 0), (left, 1)):
        brief = dataclasses.replace(BRIEF, play=f"p{asked}", benefits=(BenefitOption("mug", 0, points=asked),))
        assert engine.decide_play(con, brief).chosen == chosen
