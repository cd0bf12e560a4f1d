"""What is scarce, given in turn: against a plain loop over members, and the faults of first drafts."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import timedelta

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from campaign_calendars.deciding.briefs import BenefitOption, Brief, BudgetLimits, ChannelOption
from campaign_calendars.deciding.contact import CapRule
from campaign_calendars.deciding.runs import Granted
from tests.drawing import drawn
from warehouse.decision import engine
from warehouse.features import history

from .cases import AT, BRIEF, Member, connect, decided

HOUR = timedelta(hours=1)
TWO_CHANNELS = (
    ChannelOption("sms", consent_required=True, quiet=False, capacity=4),
    ChannelOption("push", consent_required=False, quiet=False, capacity=3),
)


def test_a_place_on_a_channel_is_taken_only_with_a_benefit() -> None:
    """36 of 40 members are not of the tier: the channel's four places go to those who are."""
    brief = dataclasses.replace(
        BRIEF, channels=TWO_CHANNELS[:1], benefits=(BenefitOption("gift", 100, stock=10, tiers=("gold",)),)
    )
    members = [Member(f"m{i:02}", tier="gold" if i % 10 == 0 else "regular") for i in range(40)]
    counts = engine.decide_play(connect(members), brief)
    assert (counts.chosen, counts.excluded) == (4, {"benefit_tier": 36})


def test_an_unknown_tier_is_told_as_such_and_not_as_stock() -> None:
    brief = dataclasses.replace(BRIEF, benefits=(BenefitOption("gift", 100, stock=0, tiers=("gold",)),))
    con = connect([Member("unranked"), Member("ranked", tier="gold")])
    con.execute("update member_features set tier = null where member_id = 'unranked'")
    engine.decide_play(con, brief)
    outcome = decided(con)
    assert outcome["unranked"][2] == "benefit_tier"
    assert outcome["ranked"][2] == "benefit_stock"


def test_a_late_run_keeps_the_cap_with_what_was_sent_after_it() -> None:
    cap = (CapRule((), 1, timedelta(hours=20)),)
    first = dataclasses.replace(BRIEF, play="first", caps=cap)
    second = dataclasses.replace(BRIEF, play="second", caps=cap, at=AT + HOUR)
    for order in ((first, second), (second, first)):
        con = connect([Member("a"), Member("b")])
        counts = [engine.decide_play(con, brief) for brief in order]
        assert [made.chosen for made in counts] == [2, 0]
        assert counts[1].excluded == {"cap": 2}
    exactly = dataclasses.replace(second, at=AT + timedelta(hours=20))
    con = connect([Member("a")])
    assert [engine.decide_play(con, brief).chosen for brief in (exactly, first)] == [1, 1], "20 h apart is allowed"


def test_a_late_run_stands_in_windows_that_end_later() -> None:
    """Two in any 24 h: contacts at +1 h and +23 h leave no place at 0 h, at +1 h and +25 h they do."""
    cap = (CapRule((), 2, timedelta(hours=24)),)
    for last, chosen in ((23, 0), (25, 1)):
        con = connect([Member("a", contacts=(("sms", "x", -1), ("sms", "y", -last)))])
        assert engine.decide_play(con, dataclasses.replace(BRIEF, caps=cap)).chosen == chosen


def test_a_late_run_neither_reaches_twice_nor_gives_what_a_later_run_gave() -> None:
    con = connect([Member("a"), Member("b")])
    gift = dataclasses.replace(BRIEF, benefits=(BenefitOption("gift", 100, stock=1),))
    assert engine.decide_play(con, dataclasses.replace(gift, at=AT + HOUR)).chosen == 1
    late = engine.decide_play(con, dataclasses.replace(gift, at=AT - 30 * HOUR))
    assert late.excluded == {"already_reached": 1, "benefit_stock": 1}
    again = dataclasses.replace(gift, repeat_after=timedelta(days=1), benefits=())
    made = engine.decide_play(con, dataclasses.replace(again, at=AT - 22 * HOUR))
    assert (made.chosen, made.excluded) == (1, {"already_reached": 1}), "less than a day before the later one"


@drawn(60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_giving_in_turn_is_what_a_plain_loop_gives(data: st.DataObject) -> None:
    members = [
        Member(
            f"m{i}",
            tier=data.draw(st.sampled_from(["regular", "gold"])),
            points=data.draw(
                st.sampled_from([(("sms", True, False),), (("push", True, False),), (("sms", True, True),)])
            ),
        )
        for i in range(data.draw(st.integers(1, 14)))
    ]
    room = st.none() | st.integers(0, 6)
    benefits = tuple(
        BenefitOption(
            name,
            data.draw(st.integers(0, 40)),
            stock=data.draw(room),
            daily_cap=data.draw(room),
            pool=data.draw(st.sampled_from([None, "pool"])),
            tiers=data.draw(st.sampled_from([(), ("gold",)])),
        )
        for name in ("a", "b", "c")[: data.draw(st.integers(0, 3))]
    )
    channels = tuple(dataclasses.replace(option, capacity=data.draw(room)) for option in TWO_CHANNELS)
    budget = BudgetLimits(data.draw(st.none() | st.integers(0, 200)), {"pool": data.draw(st.integers(0, 150))})
    brief = dataclasses.replace(BRIEF, channels=channels, benefits=benefits, budget=budget)
    con = connect(members)
    engine.decide_play(con, brief)
    found = {member: (row[3], row[4]) for member, row in decided(con).items() if row[0] == "chosen"}
    assert found == _in_turn(members, brief)


def _in_turn(members: list[Member], brief: Brief) -> dict[str, tuple[str, str | None]]:
    """The rule member by member: the first channel and the first benefit that are left, both or none."""
    left = {f"channel {c.channel}": c.capacity for c in brief.channels}
    for b in brief.benefits:
        left |= {f"stock {b.benefit}": b.stock, f"today {b.benefit}": b.daily_cap}
    left |= {"total": brief.budget.total_cents, "pool": brief.budget.pools["pool"]}

    def fits(needs: dict[str, int]) -> bool:
        return all(left[name] is None or left[name] >= need for name, need in needs.items() if need)

    given: dict[str, tuple[str, str | None]] = {}
    for m in sorted(members, key=lambda m: hashlib.md5(f"{brief.order_salt}:{m.member_id}".encode()).hexdigest()):
        open_to = [c.channel for c in brief.channels if _reachable(m, c.channel)]
        channel = next((name for name in open_to if fits({f"channel {name}": 1})), None)
        chosen: BenefitOption | None = None
        needs: dict[str, int] = {}
        for b in brief.benefits:
            asks = {f"stock {b.benefit}": 1, f"today {b.benefit}": 1, "total": b.cost_cents}
            asks["pool"] = b.cost_cents if b.pool else 0
            if (not b.tiers or m.tier in b.tiers) and fits(asks):
                chosen, needs = b, asks
                break
        if channel is None or (brief.benefits and chosen is None):
            continue
        for name, need in {**needs, f"channel {channel}": 1}.items():
            if left[name] is not None:
                left[name] -= need
        given[m.member_id] = (channel, chosen.benefit if chosen else None)
    return given


def _reachable(m: Member, channel: str) -> bool:
    point = next((p for p in m.points if p[0] == channel), None)
    if point is not None:
        return not point[2] and (channel != "sms" or point[1])
    return channel == "push"


def test_points_promised_by_a_later_run_are_gone_for_a_late_one() -> None:
    con = connect([Member("a")])
    con.execute("alter table member_features add column points_balance bigint")
    con.execute("update member_features set points_balance = 200")
    con.execute('create table snap.stg_points (member_id varchar, kind varchar, points bigint, "at" timestamp)')
    con.execute('insert into snap.stg_points ("at") values (?)', [(AT - 9 * HOUR).replace(tzinfo=None)])
    history.load_points_granted(con, [("a", AT + HOUR, 150, None)])
    mug = dataclasses.replace(BRIEF, benefits=(BenefitOption("mug", 0, points=100),))
    assert engine.decide_play(con, mug).excluded == {"benefit_points": 1}


def test_a_limit_lowered_below_its_use_stops_what_would_go_beyond_it_and_nothing_else() -> None:
    con = connect([Member("a"), Member("b"), Member("c")])
    gift, tea = BenefitOption("gift", 100, stock=2, pool="pool"), BenefitOption("tea", 0)
    full = dataclasses.replace(BRIEF, benefits=(gift,), budget=BudgetLimits(500, {"pool": 500}))
    assert engine.decide_play(con, full).chosen == 2
    less = (dataclasses.replace(gift, stock=1), tea)
    lowered = dataclasses.replace(
        full, play="next", at=AT + HOUR, benefits=less, budget=BudgetLimits(100, {"pool": 100}),
        channels=(dataclasses.replace(BRIEF.channels[0], capacity=1), TWO_CHANNELS[1]),
    )  # fmt: skip
    counts = engine.decide_play(con, lowered)
    assert (counts.channels, counts.benefits) == ({"push": 3}, {"tea": Granted(granted=3, cost_cents=0)}), (
        "sms and the gift are used up"
    )
