"""Expected values in money: who gets what, who gets nothing, and what the plan rests on."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import timedelta

import duckdb
import pytest

from campaign_calendars.deciding.briefs import BenefitOption, Brief, ChannelOption, HoldoutRule
from campaign_calendars.deciding.certificate import Certificate
from campaign_calendars.deciding.expecting import Expectation, Expected
from campaign_calendars.model.expected import Provenance
from campaign_calendars.time.resolving import Span
from warehouse.decision import engine
from warehouse.decision.outlook import Lookout
from warehouse.decision.planned import PlanAhead

from .cases import AT, BRIEF, Member, connect

DAY = timedelta(days=1)
GOLD = "f.tier = 'gold'"
COUPON, GIFT = BenefitOption("coupon", 1000), BenefitOption("gift", 100)


def expected(
    benefit: str | None, percent: float, *, segment: str | None = None, cost: int = 0, source: Provenance = "assumed"
) -> Expected:
    columns = frozenset({"tier"} if segment else ())
    return Expected(benefit, segment, columns, round(percent * 10_000), 10_000, cost, source)


def brief(
    *responses: Expected, play: str = "recall", hours: int = 0, field: str | None = None, **more: object
) -> Brief:
    at = AT + hours * timedelta(hours=1)
    day = Span(at.replace(hour=0), at.replace(hour=0) + timedelta(days=1))
    made = dataclasses.replace(
        BRIEF, play=play, at=at, day=day, order_salt=play, expectation=Expectation(5_000, 20_000, field, responses)
    )
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def decided(con: duckdb.DuckDBPyConnection, briefs: Sequence[Brief]) -> tuple[dict[str, str], Certificate]:
    lookout = Lookout(con, briefs)
    lookout.look(lookout.briefs)
    plan = PlanAhead.of(con, lookout.outlook(AT), briefs)
    for one in briefs:
        engine.decide_play(con, one, plan)
    rows = con.execute("select play, member_id, coalesce(reason, benefit, 'message') from decisions order by all")
    return {f"{play}/{member}": got for play, member, got in rows.fetchall()}, plan.certificate(baselines=True)


def test_a_contact_is_worth_what_it_brings_less_what_it_costs() -> None:
    """(3% - 1%) x 200.00 x 50% = 2.00, less 3% x 10.00 for the coupon and 0.05 for the message: 1.65."""
    one = brief(expected("coupon", 3, cost=1000))
    expectation = one.expectation
    assert expectation is not None
    assert expectation.value(expectation.responses[0], 20_000, 5) == 1_650
    channel = ChannelOption("sms", consent_required=True, quiet=False, message_cost_cents=5)
    got, certificate = decided(
        connect([Member("a"), Member("b")]), [dataclasses.replace(one, benefits=(COUPON,), channels=(channel,))]
    )
    assert got == {"recall/a": "coupon", "recall/b": "coupon"}
    assert (certificate.objective, certificate.value, certificate.bound) == ("money", 3.3, 3.3)
    assert certificate.rests_on == {"assumed": 3.3}


def test_segments_get_the_benefit_that_is_worth_most_to_them() -> None:
    """The first fitting response counts: the coupon moves gold members, the others like the gift better."""
    responses = (
        expected("coupon", 8, segment=GOLD, cost=1000, source="experimental"),
        expected("coupon", 2, cost=1000),
        expected("gift", 3, cost=100),
    )
    people = [Member("gold", tier="gold"), Member("plain")]
    got, certificate = decided(connect(people), [brief(*responses, benefits=(COUPON, GIFT))])
    assert got == {"recall/gold": "coupon", "recall/plain": "gift"}
    assert certificate.rests_on == {"assumed": 1.97, "experimental": 6.2}
    first = (expected("coupon", 8, cost=1000), *responses[1:])
    assert decided(connect(people), [brief(*first, benefits=(COUPON, GIFT))])[0]["recall/plain"] == "coupon"


def test_nobody_gets_what_loses_money_not_even_from_what_is_left() -> None:
    """1.05% x 10.00 for the coupon is more than 0.05% x 200.00 x 50%; the gold members' 3% is worth it."""
    responses = (expected("coupon", 3, segment=GOLD, cost=1000), expected("coupon", 1.05, cost=1000))
    people = [Member("gold", tier="gold"), Member("plain")]
    con = connect(people)
    got, _ = decided(con, [brief(*responses, benefits=(COUPON,))])
    assert got == {"recall/gold": "coupon", "recall/plain": "no_value"}
    assert con.execute("select chain from decisions where reason = 'no_value'").fetchone() == ("no_value",)
    gift = dataclasses.replace(GIFT, stock=1)
    two = (*responses, expected("gift", 2, cost=100))
    got, _ = decided(connect([*people, Member("other")]), [brief(*two, benefits=(gift, COUPON))])
    assert sorted(got.values()) == ["benefit_stock", "coupon", "gift"], "what ran out is not made up for by a loss"


def test_a_channel_that_costs_more_than_it_brings_is_left_out() -> None:
    dear = ChannelOption("sms", consent_required=True, quiet=False, message_cost_cents=500)
    free = ChannelOption("push", consent_required=True, quiet=False)
    both = (("sms", True, False), ("push", True, False))
    people = [Member("both", points=both), Member("sms")]
    con = connect(people)
    got, _ = decided(con, [brief(expected(None, 3), channels=(dear, free))])
    assert got == {"recall/both": "message", "recall/sms": "no_value"}
    assert con.execute("select channel from decisions where status = 'chosen'").fetchall() == [("push",)]


def test_baskets_of_members_in_eight_classes_of_their_middles() -> None:
    """One message is scarce: it goes to the member with the largest basket; who has none counts with `basket`."""
    con = connect([Member(f"m{n:02d}") for n in range(40)])
    con.execute("alter table member_features add column avg_order bigint")
    con.execute("update member_features set avg_order = nullif(substr(member_id, 2)::bigint * 1000, 0)")
    sms = ChannelOption("sms", consent_required=True, quiet=False, capacity=4)
    one = brief(expected(None, 3), field="avg_order", channels=(sms,))
    got, certificate = decided(con, [one])
    chosen = {member for member, what in got.items() if what == "message"}
    assert chosen == {f"recall/m{n}" for n in range(36, 40)}, "the class of the largest baskets"
    assert certificate.value == 4 * 0.02 * 370 * 0.5, "its middle"
    assert one.expectation is not None
    dear = dataclasses.replace(one, expectation=dataclasses.replace(one.expectation, basket_cents=99_000))
    got, _ = decided(con, [dataclasses.replace(dear, play="other", day=Span(AT + DAY, AT + 2 * DAY))])
    assert got["other/m00"] == "message", "`basket` stands for who has none"


def test_money_is_kept_for_where_it_brings_most() -> None:
    caps = connect([Member("a", tier="gold"), Member("b")])
    gift = dataclasses.replace(GIFT, stock=1)
    early = brief(expected("gift", 2, cost=100), play="early", benefits=(gift,))
    late = brief(expected("gift", 4, segment=GOLD, cost=100), expected("gift", 1.2, cost=100), play="late", hours=30,
                 benefits=(gift,))  # fmt: skip
    got, certificate = decided(caps, [early, late])
    assert got["late/a"] == "gift"
    assert certificate.value == 2.96
    (row,) = certificate.rows
    assert (row.name, row.used) == ("stock gift", 1)


def test_priorities_count_where_one_occurrence_has_no_figures() -> None:
    briefs = [brief(expected(None, 3)), dataclasses.replace(BRIEF, play="list", at=AT + timedelta(hours=1))]
    _, certificate = decided(connect([Member("a")]), briefs)
    assert (certificate.objective, certificate.value, certificate.rests_on) == ("priority", 200, {})


def test_a_drawn_share_gets_a_random_option_and_the_chance_is_kept() -> None:
    """Of 400 members about a fifth explores: half of those draw the gift that the plan never gives."""
    responses = (expected("coupon", 5, cost=100), expected("gift", 4, cost=100))
    one = brief(*responses, benefits=(COUPON, GIFT), explore_bp=2000, order_salt="s")
    people = [Member(f"m{n}", tier="gold" if n % 2 else "regular") for n in range(400)]

    def rows(asked: Brief) -> list[tuple[object, ...]]:
        con = connect(people)
        decided(con, [asked])
        sql = "select benefit, explored, propensity, count(*) from decisions group by all order by all"
        return con.execute(sql).fetchall()

    found = {(benefit, explored): (chance, count) for benefit, explored, chance, count in rows(one)}
    assert {key: round(float(chance), 9) for key, (chance, _) in found.items()} == {  # type: ignore[arg-type]
        ("coupon", False): 0.9,
        ("coupon", True): 0.9,
        ("gift", True): 0.1,
    }
    drawn = found["coupon", True][1] + found["gift", True][1]  # type: ignore[operator]
    assert 50 < drawn < 110
    assert 20 < found["gift", True][1] < 60  # type: ignore[operator]
    assert rows(one) == rows(one)
    assert rows(dataclasses.replace(one, explore_bp=0)) == [("coupon", False, 1.0, 400)]


def test_exploring_tries_nothing_that_loses_money_or_is_not_left() -> None:
    responses = (expected("coupon", 1.05, cost=1000), expected("gift", 4, cost=100))
    gift = dataclasses.replace(GIFT, stock=30)
    one = brief(*responses, benefits=(COUPON, gift), explore_bp=10_000)
    con = connect([Member(f"m{n}") for n in range(40)])
    decided(con, [one])
    got = con.execute("select coalesce(benefit, reason), explored, propensity, count(*) from decisions group by all")
    assert sorted(got.fetchall()) == [("benefit_stock", True, None, 10), ("gift", True, 1.0, 30)]


@pytest.mark.parametrize("name", ["global", "campaign", "play"])
def test_every_hold_out_is_recorded_with_the_benefit_it_would_have_had(name: str) -> None:
    """By segment, as the treated ones: what a benefit does is told by those who got it against those who would have."""
    responses = (expected("coupon", 8, segment=GOLD, cost=100), expected("coupon", 2, cost=100), expected("gift", 3))
    rule = (HoldoutRule(name, "s", 5000),)
    con = connect([Member(f"m{n}", tier="gold" if n % 2 else "regular") for n in range(60)])
    decided(con, [brief(*responses, benefits=(COUPON, GIFT), holdouts=rule)])
    sql = "select distinct tier, coalesce(benefit, ghost_benefit), arm is not null from decisions order by all"
    assert con.execute(sql).fetchall() == [("gold", "coupon", True), ("regular", "gift", True)]
    held = con.execute("select count(*) from decisions where status = 'held_out' and ghost_benefit is not null")
    assert held.fetchone()[0] > 15  # type: ignore[index]
