"""Occurrences decided member by member: against the plan by classes, against the joint optimum, beside what is kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from itertools import product

import duckdb
import numpy as np
import pytest
from scipy import optimize

from campaign_calendars.deciding.briefs import BenefitOption, Brief, BudgetLimits, ChannelOption, HoldoutRule
from campaign_calendars.deciding.contact import CapRule
from campaign_calendars.deciding.limits import LimitRule
from campaign_calendars.deciding.runs import PlayCounts
from warehouse.decision import engine
from warehouse.decision.outlook import Lookout
from warehouse.decision.planned import PlanAhead

from .cases import AT, Member, connect
from .test_worths import GOLD, brief, expected

COUPON, GIFT = BenefitOption("coupon", 3000, pool="coupons"), BenefitOption("gift", 800)
HOURS = timedelta(hours=1)


def shop(members: int, seed: int = 1) -> tuple[duckdb.DuckDBPyConnection, dict[str, tuple[str, int]]]:
    """Members with a tier and a basket of their own, as shops have them: a few spend very much."""
    rng = np.random.default_rng(seed)
    people = {
        f"m{n:04d}": ("gold" if rng.random() < 0.3 else "regular", int(rng.lognormal(9.6, 0.9))) for n in range(members)
    }
    con = connect([Member(name, tier=tier) for name, (tier, _) in people.items()])
    con.execute("alter table member_features add column avg_order bigint")
    for name, (_, basket) in people.items():
        con.execute("update member_features set avg_order = ? where member_id = ?", [basket, name])
    return con, people


def decided(con: duckdb.DuckDBPyConnection, briefs: Sequence[Brief]) -> list[PlayCounts]:
    """Each occurrence at its moment, with a plan of its own of what is still to come."""
    found = []
    for number, one in enumerate(briefs):
        lookout = Lookout(con, briefs[number:])
        lookout.look(lookout.briefs)
        found.append(engine.decide_play(con, one, PlanAhead.of(con, lookout.outlook(one.at), [one])))
    return found


def given(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    sql = "select play, member_id, coalesce(benefit, 'message') from decisions where status = 'chosen' order by all"
    return con.execute(sql).fetchall()


def worth(one: Brief, person: tuple[str, int], benefit: str | None) -> int:
    """In 1/1000 of the currency, told from the member's own basket."""
    assert one.expectation is not None
    tier, basket = person
    fits = (r for r in one.expectation.responses if r.benefit == benefit and (r.segment is None or tier == "gold"))
    return one.expectation.value(next(fits), basket, 0)


def test_who_is_worth_most_inside_a_class_gets_what_is_scarce() -> None:
    """Classes hold five members each; two messages go to the two largest baskets of all."""
    con = connect([Member(f"m{n:02d}") for n in range(40)])
    con.execute("alter table member_features add column avg_order bigint")
    con.execute("update member_features set avg_order = 1000 + substr(member_id, 2)::bigint * 1000")
    sms = ChannelOption("sms", consent_required=True, quiet=False, capacity=2)
    (counts,) = decided(con, [brief(expected(None, 3), field="avg_order", channels=(sms,))])
    assert given(con) == [("recall", "m38", "message"), ("recall", "m39", "message")]
    told = counts.allocation
    assert told is not None
    assert (told.value, told.bound, told.contacts, told.gap) == (7.9, 7.9, 2, 0)
    (row,) = told.rows
    assert (row.name, row.capacity, row.used) == ("channel sms 2026-03-05", 2, 2)
    assert 3.8 <= row.price <= 3.9, "one message more would go to the next"
    assert {other.name: other.value for other in told.baselines} == {"greedy": 7.9, "by_class": 7.9}
    reasons = con.execute("select reason, count(*) from decisions where status = 'excluded' group by all").fetchall()
    assert reasons == [("capacity", 38)]


def test_nothing_is_allocated_where_members_of_a_pattern_are_worth_the_same() -> None:
    con, _ = shop(20)
    (counts,) = decided(con, [brief(expected(None, 3))])
    assert counts.allocation is None


def test_a_loss_at_the_own_basket_is_sent_to_nobody() -> None:
    """2% x 50% of the basket against a message of 0.50: below 50.00 it costs more than it brings."""
    con, people = shop(60)
    sms = ChannelOption("sms", consent_required=True, quiet=False, message_cost_cents=50)
    decided(con, [brief(expected(None, 3), field="avg_order", channels=(sms,))])
    reached = {member for _, member, _ in given(con)}
    reasons = dict(con.execute("select member_id, reason from decisions where status = 'excluded'").fetchall())
    assert reached <= {name for name, (_, basket) in people.items() if basket > 5_000}
    assert set(reasons.values()) == {"no_value"}


FACES = {"c5": 500, "c10": 1000, "c20": 2000, "c30": 3000}
"""Coupons and what one costs, in cents; they share a pool."""


def two_occurrences(stock: int, pool: int) -> tuple[Brief, Brief]:
    """A coupon ladder and a gift, twice; a member gets one message in 48 hours, and gold members move more later."""
    coupons = tuple(BenefitOption(name, cost, pool="coupons") for name, cost in FACES.items())

    def made(play: str, hours: int, gold: float, all_others: float) -> Brief:
        told = [expected("gift", 3, cost=800)]
        for name, cost in FACES.items():
            reach = (cost / 100) ** 0.6
            told += [
                expected(name, 1 + gold * reach, segment=GOLD, cost=cost),
                expected(name, 1 + all_others * reach, cost=cost),
            ]
        return brief(
            *told,
            play=play,
            hours=hours,
            field="avg_order",
            benefits=(*coupons, dataclasses.replace(GIFT, stock=stock)),
            budget=BudgetLimits(None, {"coupons": pool}),
            caps=(CapRule((), 1, timedelta(hours=48)),),
        )

    return made("early", 0, 0.5, 0.4), made("late", 30, 0.9, 0.4)


def joint_optimum(briefs: Sequence[Brief], people: dict[str, tuple[str, int]], stock: int, pool: int) -> float:
    """Both occurrences at once, member by member, as whole numbers: at most one contact of a member (48 hours)."""
    cells = list(product(range(len(people)), range(len(briefs)), (*FACES, "gift")))
    told = list(people.values())
    value = np.array([worth(briefs[b], told[m], option) for m, b, option in cells], np.float64)
    one = np.zeros((len(people), len(cells)))
    one[[m for m, _, _ in cells], np.arange(len(cells))] = 1
    gifts = np.array([option == "gift" for _, _, option in cells], np.float64)
    rows = np.vstack([one, gifts, [FACES.get(option, 0) for *_, option in cells]])
    limit = np.concatenate([np.ones(len(people)), [stock, pool]])
    shared = optimize.LinearConstraint(rows, -np.inf, limit)
    found = optimize.milp(-value, constraints=shared, bounds=(0, 1), integrality=np.ones(len(value)))
    return -float(found.fun)


def in_turns(seed: int, members: int) -> tuple[float, list[PlayCounts]]:
    """What plan and allocation in turns come to, as a share of the joint optimum."""
    stock, pool = members // 8, members * 300
    con, people = shop(members, seed)
    briefs = two_occurrences(stock, pool)
    counts = decided(con, briefs)
    value, got = {one.play: one for one in briefs}, given(con)
    assert sum(what == "gift" for _, _, what in got) <= stock
    assert sum(FACES.get(what, 0) for _, _, what in got) <= pool
    assert len({member for _, member, _ in got}) == len(got), "the cap holds over both"
    ours = sum(worth(value[play], people[member], what) for play, member, what in got)
    return ours / joint_optimum(briefs, people, stock, pool), counts


@pytest.mark.parametrize("seed", range(3))
def test_in_turns_comes_near_the_joint_optimum(seed: int) -> None:
    """The plan decides by classes who is kept for what, the allocation by member who gets what."""
    share, counts = in_turns(seed, members=120)
    assert 0.97 < share <= 1 + 1e-9
    for one in counts:
        assert one.allocation is not None
        assert {b.name: b.value for b in one.allocation.baselines}["by_class"] <= one.allocation.value


@pytest.mark.parametrize("name", ["campaign", "play"])
def test_ghosts_follow_the_prices_and_use_nothing_up(name: str) -> None:
    """Whoever is held out would have had what those of the same segment and a basket like his have."""
    con, people = shop(400)
    rule = (HoldoutRule(name, "s", 4000),)
    one = dataclasses.replace(two_occurrences(stock=30, pool=60_000)[0], holdouts=rule)
    decided(con, [one])
    sql = "select member_id, benefit, ghost_benefit, status = 'held_out' from decisions where status <> 'excluded'"
    rows = con.execute(sql).fetchall()
    treated = {member: what for member, what, _, held in rows if not held}
    ghosts = {member: what for member, _, what, held in rows if held}
    assert sum(what == "gift" for what in treated.values()) <= 30
    assert 0 < len(treated) < len(people)

    def share(found: dict[str, str | None], what: str) -> float:
        return sum(got == what for got in found.values()) / len(found)

    held = set(ghosts)
    everybody = {member: treated.get(member) for member in people if member not in held}
    for what in (*FACES, "gift"):
        assert share(ghosts, what) == pytest.approx(share(everybody, what), abs=0.08)
    for tier in ("gold", "regular"):
        like = [(people[m][1], w) for m, w in ghosts.items() if w in FACES and people[m][0] == tier]
        own = [(people[m][1], w) for m, w in treated.items() if w in FACES and people[m][0] == tier]
        for face in FACES:
            spans = [[basket for basket, what in told if what == face] for told in (like, own)]
            if all(len(span) > 3 for span in spans):
                assert max(spans[0]) >= min(spans[1])
                assert max(spans[1]) >= min(spans[0]), "a face goes to one span of baskets"


def test_threads_and_the_order_of_rows_change_nothing() -> None:
    one = two_occurrences(stock=30, pool=60_000)[0]
    found = []
    for threads, order in ((1, "member_id"), (2, "member_id desc"), (2, "hash(member_id)")):
        con, _ = shop(300)
        con.execute(f"set threads = {threads}")
        con.execute(f"create or replace table member_features as select * from member_features order by {order}")
        decided(con, [one])
        found.append(given(con))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) > 30


def returned(con: duckdb.DuckDBPyConnection, one: Brief, people: dict[str, tuple[str, int]]) -> float:
    """What an occurrence's messages are worth at their members' own baskets, for each 1.00 their benefits reserve."""
    got = given(con)
    value = sum(worth(one, people[member], what) for _, member, what in got) / 1000
    return value / (sum(FACES.get(what, 800) for _, _, what in got) / 100)


def test_a_return_is_kept_by_the_plan_and_by_members_own_baskets() -> None:
    """Who brings in more makes up for who brings in less, until together it is 0.25 for each 1.00 reserved."""
    one = two_occurrences(stock=60, pool=10**9)[0]
    con, people = shop(120)
    decided(con, [one])
    assert returned(con, one, people) < 0.25
    messages = len(given(con))
    con, people = shop(120)
    asked = dataclasses.replace(one, limits=(LimitRule("roi", "return_at_least", 25),))
    lookout = Lookout(con, [asked])
    lookout.look(lookout.briefs)
    plan = PlanAhead.of(con, lookout.outlook(AT), [asked])
    told = engine.decide_play(con, asked, plan).allocation
    assert 0.25 <= returned(con, asked, people) < 0.26
    assert len(given(con)) < messages
    (row,) = (row for row in plan.certificate().rows if row.name == "limit roi")
    assert (row.kind, row.capacity) == ("return_at_least", 25)
    assert row.used >= 25
    assert row.price > 0
    assert told is not None
    beside = {other.name: other for other in told.baselines}
    assert told.gap < 1e-3
    assert beside["by_class"].value < told.value
    assert beside["greedy"].breaks == ("limit roi",)
    left_out = con.execute("select distinct reason, chain from decisions where status = 'excluded' order by all")
    assert left_out.fetchall() == [("limit", "limit:roi"), ("no_value", "no_value")]
