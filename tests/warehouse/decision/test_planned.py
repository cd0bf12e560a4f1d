"""The plan of everything to come, joined back to members: what is decided is what was planned."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from campaign_calendars.deciding.briefs import BenefitOption, Brief, BudgetLimits, ChannelOption, HoldoutRule
from campaign_calendars.deciding.contact import CapRule
from campaign_calendars.time.resolving import Span
from tests.drawing import drawn
from warehouse.decision import engine
from warehouse.decision.consents import forget_consents
from warehouse.decision.outlook import Lookout
from warehouse.decision.planned import PlanAhead
from warehouse.features import history

from .cases import AT, BRIEF, Member, connect

HOUR = timedelta(hours=1)
CAP = (CapRule((), 1, timedelta(hours=20)),)


def brief(play: str, hours: float, priority: int, **more: object) -> Brief:
    at = AT + hours * HOUR
    day = Span(at.replace(hour=0), at.replace(hour=0) + timedelta(days=1))
    made = dataclasses.replace(
        BRIEF, play=play, at=at, day=day, priority=priority, order_salt=f"cal/burst/{play}@{hours}", caps=CAP
    )
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def plan_all(con: duckdb.DuckDBPyConnection, briefs: Sequence[Brief], at: datetime = AT) -> PlanAhead:
    lookout = Lookout(con, briefs)
    lookout.look(lookout.briefs)
    return PlanAhead.of(con, lookout.outlook(at), briefs)


def outcomes(con: duckdb.DuckDBPyConnection, play: str) -> dict[str, str]:
    rows = con.execute("select member_id, coalesce(reason, status), chain from decisions where play = ?", [play])
    return {member: reason for member, reason, _ in rows.fetchall()}


def test_a_list_in_the_morning_leaves_the_burst_its_members() -> None:
    """The fault that the plan is for: under one message per 20 h, what comes first took everybody."""
    briefs = [brief("list", 0, 30), brief("burst", 10, 100, predicate="f.wanted and f.tier = 'gold'")]
    con = connect([Member("a", tier="gold"), Member("b", tier="gold"), Member("c")])
    plan = plan_all(con, briefs)
    counts = [engine.decide_play(con, one, plan) for one in briefs]
    assert [made.chosen for made in counts] == [1, 2]
    assert outcomes(con, "list") == {"a": "kept_for_later", "b": "kept_for_later", "c": "chosen"}
    chain = con.execute("select distinct chain from decisions where reason = 'kept_for_later'").fetchall()
    assert chain == [(f"kept_for_later:burst/burst@{briefs[1].at.isoformat()}",)]
    certificate = plan.certificate(baselines=True)
    assert (certificate.value, certificate.bound, certificate.gap) == (230, 230, 0)
    assert {one.name: one.value for one in certificate.baselines} == {"first_come": 90, "nightly": 230}


def test_a_contact_point_or_an_assumption_is_a_way_to_a_member() -> None:
    """Looked ahead, whom a channel reaches is what its gates will say."""
    sms = ChannelOption("sms", consent_required=True, quiet=False)
    app = ChannelOption("app", consent_required=False, quiet=False, implied_bp=10_000)
    both = (("sms", True, False), ("app", False, False))
    members = [
        Member("both", points=both),
        Member("assumed", points=()),
        Member("not asked", points=(("sms", False, False),)),
        Member("withdrawn", points=(("sms", True, False), ("app", True, True))),
        Member("refused", points=both, suppressed=("app",)),
        Member("guest", joined=False, points=(("sms", True, False),)),
        Member("nowhere", joined=False, points=()),
    ]
    con = connect(members)
    plan_all(con, [brief("list", 0, 30, channels=(sms, app)), brief("more", 24, 30, channels=(sms, app))])
    reached = dict(con.execute("select member_id, channels from ahead").fetchall())
    assert reached == {"both": 3, "assumed": 2, "not asked": 2, "withdrawn": 1, "refused": 1, "guest": 1}


def test_stock_is_kept_for_where_it_is_worth_most() -> None:
    gift = (BenefitOption("gift", 100, stock=2),)
    briefs = [brief("early", 0, 40, benefits=gift), brief("late", 72, 90, benefits=gift)]
    con = connect([Member("a"), Member("b"), Member("c")])
    plan = plan_all(con, briefs)
    early, late = (engine.decide_play(con, one, plan) for one in briefs)
    assert (early.chosen, late.chosen) == (0, 2)
    assert late.excluded == {"benefit_stock": 1}
    (row,) = plan.certificate().rows
    assert (row.name, row.capacity, row.used) == ("stock gift", 2, 2)
    assert row.price > 0


def test_past_contacts_stand_in_the_plan() -> None:
    """A contact 19 h before closes the occurrence of now, not the one two hours later (20 h exactly is allowed)."""
    briefs = [brief("now", 0, 100), brief("later", 1, 40)]
    con = connect([Member("fresh"), Member("tired", contacts=(("sms", "other", 19),))])
    plan = plan_all(con, briefs)
    now, later = (engine.decide_play(con, one, plan) for one in briefs)
    assert (now.chosen, now.excluded) == (1, {"cap": 1})
    assert (later.chosen, later.excluded) == (1, {"cap": 1})


def test_members_that_the_plan_did_not_see_are_decided_in_turn() -> None:
    briefs = [brief("now", 0, 100), brief("later", 30, 40)]
    con = connect([Member("a")])
    plan = plan_all(con, briefs)
    con.execute("insert into member_features values ('new', true, true, false, 30, 'regular')")
    con.execute(
        "insert into snap.stg_contact_points values ('new', 'sms', null, '2026-01-01', null, false, null, null)"
    )
    forget_consents(con)  # as a session does that is given another snapshot
    assert engine.decide_play(con, briefs[0], plan).chosen == 2


members = st.lists(
    st.builds(
        Member,
        member_id=st.just("?"),
        joined=st.booleans(),
        tier=st.sampled_from(["regular", "gold"]),
        points=st.lists(
            st.tuples(st.sampled_from(["sms", "push"]), st.booleans(), st.booleans()),
            max_size=2,
            unique_by=lambda p: p[0],
        ).map(tuple),
        contacts=st.lists(
            st.tuples(st.sampled_from(["sms", "push"]), st.sampled_from(["p1", "other"]), st.integers(1, 60)),
            max_size=3,
        ).map(tuple),
        suppressed=st.lists(st.sampled_from([None, "sms", "push"]), max_size=1).map(tuple),
    ),
    min_size=1,
    max_size=9,
)
occurrences = st.lists(
    st.tuples(
        st.sampled_from(["p1", "p2", "p3"]),
        st.sampled_from([0, 1, 14, 20, 30, 47, 70]),
        st.integers(1, 100),
        st.sampled_from(["f.wanted", "f.tier = 'gold'", "f.joined"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda o: o[:2],
)


@drawn(50, suppress_health_check=[HealthCheck.too_slow])
@given(people=members, ahead=occurrences, stock=st.integers(0, 4), capacity=st.none() | st.integers(0, 3))
def test_what_is_decided_is_what_was_planned(
    people: list[Member], ahead: list[tuple[str, int, int, str, bool]], stock: int, capacity: int | None
) -> None:
    for number, member in enumerate(people):
        member.member_id = f"m{number}"
    channels = (
        ChannelOption("sms", consent_required=True, quiet=False, capacity=capacity),
        ChannelOption("push", consent_required=False, quiet=False),
    )
    caps = (*CAP, CapRule(("sms",), 2, timedelta(days=3)))
    gift = (BenefitOption("gift", 70, stock=stock, pool="pool", tiers=("gold",)), BenefitOption("tea", 20))
    budget = BudgetLimits(None, {"pool": 200})
    briefs = [
        brief(
            play, hours, priority, predicate=predicate, channels=channels, caps=caps, budget=budget,
            benefits=gift if given else (),
        )
        for play, hours, priority, predicate, given in sorted(ahead, key=lambda o: (o[1], o[0]))
    ]  # fmt: skip
    con = connect(people)
    plan = plan_all(con, briefs)
    realised, sent = 0, Counter[str]()
    for one in briefs:
        realised += engine.decide_play(con, one, plan).chosen * one.priority * 1000
    assert realised >= plan.solution.value, "nothing of the plan falls through"
    rows = con.execute("select member_id, occurrence_at, channel from decisions where status = 'chosen'").fetchall()
    past = [(m.member_id, AT.replace(tzinfo=None) - h * HOUR, c) for m in people for c, _, h in m.contacts]
    for member in people:
        moments = [(at, channel) for who, at, channel in [*rows, *past] if who == member.member_id]
        for who, at, channel in rows:
            if who != member.member_id:
                continue
            for cap in caps:
                if cap.covers(channel):
                    for end, _ in moments:
                        held = [t for t, c in moments if end - cap.per < t <= end and cap.covers(c)]
                        assert at not in held or len(held) <= cap.max
    sent.update(channel for _, _, channel in rows)
    assert con.execute("select count(*) from grants where benefit = 'gift'").fetchone()[0] <= min(stock, 2)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_plan_does_not_depend_on_threads_or_order(threads: int) -> None:
    people = [Member(f"m{i}", tier="gold" if i % 3 else "regular") for i in range(200)]
    gift = (BenefitOption("gift", 100, stock=37),)
    briefs = [brief("p1", 0, 40, benefits=gift), brief("p2", 14, 60), brief("p3", 30, 50, benefits=gift)]

    def decided(rows: list[Member]) -> list[tuple[object, ...]]:
        con = connect(rows, threads)
        plan = plan_all(con, briefs)
        for one in briefs:
            engine.decide_play(con, one, plan)
        return con.execute("select * from decisions order by all").fetchall()

    assert decided(people) == decided(list(reversed(people)))


def test_a_held_out_member_follows_the_plan_as_a_ghost() -> None:
    """He is recorded with what he would have had, counts for no stock, and is kept from the list like the others."""
    rule = (HoldoutRule("play", "s", 5000),)
    gift = (BenefitOption("gift", 100, stock=40),)
    briefs = [brief("burst", 0, 100, benefits=gift, holdouts=rule), brief("list", 2, 30)]
    con = connect([Member(f"m{i}") for i in range(40)])
    plan = plan_all(con, briefs)
    burst, later = (engine.decide_play(con, one, plan) for one in briefs)
    held = burst.held_out["play"]
    ghosts = con.execute(
        "select ghost_channel, ghost_benefit, count(*) from decisions where arm = 'play_control' group by all"
    )
    assert ghosts.fetchall() == [("sms", "gift", held)]
    assert burst.benefits["gift"].granted == 40 - held
    assert (later.chosen, later.excluded) == (0, {"cap": 40 - held, "ghost": held}), "both arms get the same other mail"
    assert con.execute("select count(*) from ghosts").fetchone() == (held,)
    solved_again = plan_all(con, [brief("list", 3, 30)], AT + 3 * HOUR)
    assert solved_again.solution.value == 0, "planning later, a ghost is kept from the list as a treated member is"


def test_points_promised_already_are_no_choice_of_the_plan() -> None:
    """Who has promised his points away is planned for nothing that asks for them, and keeps no place from others."""
    con = connect([Member("rich"), Member("spent")])
    con.execute("alter table member_features add column points_balance bigint")
    con.execute("update member_features set points_balance = 200")
    con.execute('create table snap.stg_points (member_id varchar, kind varchar, points bigint, "at" timestamp)')
    con.execute('insert into snap.stg_points ("at") values (?)', [(AT - 9 * HOUR).replace(tzinfo=None)])
    history.load_points_granted(con, [("spent", AT - HOUR, 150, None)])
    mug = (BenefitOption("mug", 0, points=100, stock=1),)
    plan = plan_all(con, [brief("now", 0, 40, benefits=mug)])
    assert plan.solution.value == 40_000
    assert engine.decide_play(con, brief("now", 0, 40, benefits=mug), plan).chosen == 1
    assert outcomes(con, "now") == {"rich": "chosen", "spent": "benefit_points"}
    assert [sum(row) for row in plan.outlook.patterns.open.tolist()].count(1) == 1


def test_who_joined_since_the_plan_stands_behind_everybody_it_saw() -> None:
    """With two members in one place nothing that runs out between them can be given to either."""
    coupon = BenefitOption("c", 100, stock=25)
    gold = "f.wanted and f.tier = 'gold'"
    briefs = [brief("list", 0, 30, benefits=(coupon,)), brief("burst", 10, 100, predicate=gold)]
    con = connect([Member(f"g{n}", tier="gold") for n in range(30)] + [Member(f"m{n}") for n in range(10)])
    plan = plan_all(con, briefs)
    con.execute(
        "insert into member_features select 'new' || n, true, true, false, 30, 'regular' from range(40) as t(n)"
    )
    con.execute(
        "insert into snap.stg_contact_points"
        " (member_id, channel, address, consented_at, withdrawn_at, withdrawal_unread)"
        " select 'new' || n, 'sms', null, '2026-01-01', null, false from range(40) as t(n)"
    )
    forget_consents(con)
    assert engine.decide_play(con, briefs[0], plan).chosen == 25
    places = dict(con.execute("select member_id, place from options").fetchall())
    assert len(set(places.values())) == len(places) == 50
    assert max(place for member, place in places.items() if member[0] == "m") < min(
        place for member, place in places.items() if member[0] == "n"
    )


@pytest.mark.parametrize("shut", ["restricted", "ended"])
def test_nobody_is_kept_for_a_play_whose_channel_is_closed_then(shut: str) -> None:
    sms = BRIEF.channels[0]
    closed = (dataclasses.replace(sms, **{shut: True}),)
    for channels, told in ((BRIEF.channels, 0), (closed, 2)):
        con = connect([Member("a"), Member("b")])
        briefs = [brief("list", 0, 30), brief("burst", 10, 100, channels=channels)]
        assert engine.decide_play(con, briefs[0], plan_all(con, briefs)).chosen == told


def test_nobody_is_kept_for_a_group_he_is_not_in() -> None:
    group = (ChannelOption("group", consent_required=False, quiet=False, bound=True, implied_bp=0),)
    con = connect([Member("in"), Member("out")])
    con.execute("insert into snap.stg_contact_points values ('in', 'group', null, null, null, false, null, null)")
    briefs = [brief("list", 0, 30), brief("burst", 10, 100, channels=group)]
    plan = plan_all(con, briefs)
    assert engine.decide_play(con, briefs[0], plan).channels == {"sms": 1}
    assert outcomes(con, "list") == {"in": "kept_for_later", "out": "chosen"}
