"""Rules about one member, in runs: each changes what is decided, planned and first come, early and late."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from campaign_calendars.checks import load_store
from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import BenefitOption, Brief, HoldoutRule
from campaign_calendars.deciding.contact import CapRule
from campaign_calendars.deciding.rules import MemberRules, PlayGate, PlayRule
from campaign_calendars.reading.loading import bind, load_calendar
from tests.drawing import drawn
from warehouse.decision import engine
from warehouse.features import history

from .cases import AT, Member, connect
from .test_planned import HOUR, brief, outcomes, plan_all

DAY = timedelta(days=1)
A, B = ("cal", "a"), ("cal", "b")
NEVER = MemberRules(
    (
        PlayRule("never a with b", "play_excluded", "closes", (A,), (B,)),
        PlayRule("never b with a", "play_excluded", "closes", (B,), (A,)),
    )
)
QUIET = MemberRules((PlayRule("no a for 2d after b", "play_too_near", "closes", (B,), (A,), 2 * DAY),))
FOLLOWS = MemberRules((PlayRule("a only after b", "not_followed", "opens", (B,), (A,), 7 * DAY),))
PAIR = MemberRules((PlayRule("at least 2 of a, b, or none", "too_few", "least", (A, B), (A, B), None, 2),))


def never(_brief: Brief) -> tuple[PlayGate, ...]:
    other = B if _brief.play == "a" else A
    return (PlayGate("play_excluded", other[1], (other,)),)


def quiet(one: Brief) -> tuple[PlayGate, ...]:
    if one.play == "a":
        return (PlayGate("play_too_near", "b", (B,), one.at - 2 * DAY, one.at),)
    soon = timedelta(microseconds=1)
    return (PlayGate("play_too_near", "a", (A,), one.at - soon, one.at + 2 * DAY - soon),)


def follows(one: Brief) -> tuple[PlayGate, ...]:
    since = one.at - 7 * DAY - timedelta(microseconds=1)
    return (PlayGate("not_followed", "b", (B,), since, one.at, wanted=True),) if one.play == "a" else ()


NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)
GATES = {id(NEVER): never, id(QUIET): quiet, id(FOLLOWS): follows}


def ruled(play: str, hours: float, priority: int, rules: MemberRules, **more: object) -> Brief:
    more.setdefault("caps", ())
    made = brief(play, hours, priority, rules=rules, **more)
    made_gates = GATES.get(id(rules))
    return dataclasses.replace(made, gates=made_gates(made)) if made_gates and "gates" not in more else made


def run(con: duckdb.DuckDBPyConnection, briefs: Sequence[Brief], *, planned: bool) -> list[int]:
    """Decide in the given order; how many each chose. The plan is that of all in order of time."""
    plan = plan_all(con, briefs, min(one.at for one in briefs)) if planned else None
    return [engine.decide_play(con, one, plan).chosen for one in briefs]


def reason(con: duckdb.DuckDBPyConnection, play: str) -> tuple[str, str]:
    row = con.execute("select coalesce(reason, status), chain from decisions where play = ?", [play]).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize(("planned", "chosen"), [(False, [1, 0]), (True, [0, 1])])
def test_nobody_gets_both(*, planned: bool, chosen: list[int]) -> None:
    """First come takes the first; a plan takes the better one, and says for what the member is kept."""
    briefs = [ruled("a", 0, 40, NEVER), ruled("b", 90, 60, NEVER)]
    con = connect([Member("m")])
    assert run(con, briefs, planned=planned) == chosen
    if planned:
        assert reason(con, "a") == ("kept_for_later", f"kept_for_later:burst/b@{briefs[1].at.isoformat()}")
    else:
        assert reason(con, "b") == ("play_excluded", "play_excluded:a")
    assert run(
        connect([Member("m")]),
        [dataclasses.replace(one, rules=MemberRules(), gates=()) for one in briefs],
        planned=planned,
    ) == [1, 1]


@pytest.mark.parametrize("planned", [False, True])
def test_a_late_run_keeps_away_from_what_was_sent_after_it(*, planned: bool) -> None:
    late = [ruled("a", 30, 40, QUIET), ruled("b", 0, 60, QUIET)]
    con = connect([Member("m")])
    assert run(con, late[:1], planned=planned) == [1]
    assert run(con, late[1:], planned=planned) == [0]
    assert reason(con, "b") == ("play_too_near", "play_too_near:a")


@pytest.mark.parametrize(("planned", "hours", "chosen"), [
    (False, 47, [1, 0]), (False, 48, [1, 1]), (True, 47, [0, 1]), (True, 48, [1, 1]),
])  # fmt: skip
def test_not_so_soon_after(*, planned: bool, hours: int, chosen: list[int]) -> None:
    """Exactly two days after it is allowed; the other way round it is no matter."""
    con = connect([Member("m")])
    assert run(con, [ruled("b", 0, 40, QUIET), ruled("a", hours, 60, QUIET)], planned=planned) == chosen
    if chosen == [1, 0]:
        assert reason(con, "a") == ("play_too_near", "play_too_near:b")
    before = connect([Member("m")])
    assert run(before, [ruled("a", 0, 60, QUIET), ruled("b", 1, 40, QUIET)], planned=planned) == [1, 1]


@pytest.mark.parametrize("planned", [False, True])
def test_at_one_moment_neither_order_gets_both(*, planned: bool) -> None:
    for order in (("a", "b"), ("b", "a")):
        con = connect([Member("m")])
        assert sum(run(con, [ruled(play, 0, 50, QUIET) for play in order], planned=planned)) == 1


@pytest.mark.parametrize("planned", [False, True])
def test_a_follow_up_needs_what_it_follows(*, planned: bool) -> None:
    briefs = [ruled("a", 0, 90, FOLLOWS), ruled("b", 24, 40, FOLLOWS), ruled("a", 30, 90, FOLLOWS)]
    con = connect([Member("m"), Member("never", tier="gold")])
    briefs[1] = dataclasses.replace(briefs[1], predicate="f.tier <> 'gold'")
    assert run(con, briefs, planned=planned) == [0, 1, 1]
    rows = con.execute("select member_id, occurrence_at, reason, chain from decisions where reason is not null")
    assert {(who, why, chain) for who, _, why, chain in rows.fetchall()} == {
        ("m", "not_followed", "not_followed:b"),
        ("never", "not_followed", "not_followed:b"),
    }
    for hours, chosen in ((24 * 7, 1), (24 * 7 + 1, 0)):  # a week after it, and no more
        late = connect([Member("m")])
        assert run(late, [ruled("b", 0, 40, FOLLOWS), ruled("a", hours, 90, FOLLOWS)], planned=planned) == [1, chosen]


def test_a_plan_sends_what_opens_a_better_one() -> None:
    """Under one message in 20 hours the small one is worth sending for what may follow it."""
    cap = (CapRule((), 1, timedelta(hours=20)),)
    briefs = [
        ruled("b", 0, 10, FOLLOWS, caps=cap),
        ruled("other", 2, 30, FOLLOWS, caps=cap, gates=()),
        ruled("a", 24, 90, FOLLOWS, caps=cap),
    ]
    con = connect([Member("m")])
    assert run(con, briefs, planned=True) == [1, 0, 1]


def test_two_or_none_planned() -> None:
    """Whom only one of them could reach gets none, and is told so; a better plan without them is not spoilt."""
    cap = (CapRule((), 1, timedelta(hours=20)),)
    briefs = [
        ruled("a", 0, 40, PAIR, caps=cap),
        ruled("b", 48, 40, PAIR, caps=cap, predicate="f.tier = 'gold'"),
    ]
    con = connect([Member("both", tier="gold"), Member("one")])
    assert run(con, briefs, planned=True) == [1, 1]
    assert outcomes(con, "a") == {"both": "chosen", "one": "too_few"}
    chain = con.execute("select chain from decisions where reason = 'too_few'").fetchone()
    assert chain == ("too_few:at least 2 of a, b, or none",)
    assert plan_all(con, briefs).certificate().rules == ("at least 2 of a, b, or none",)
    begun = connect([Member("m", tier="gold", contacts=(("sms", "a", 60),))])
    assert run(begun, briefs[1:], planned=True) == [1], "what was begun may be finished"


def test_two_or_none_first_come() -> None:
    """Without a plan the calendar says how many are left: none may begin what cannot be finished."""
    last = ruled("b", 48, 40, PAIR, gates=(PlayGate("too_few", "a,b", (A, B), wanted=True),))
    con = connect([Member("had", contacts=(("sms", "a", 1),)), Member("new")])
    assert run(con, [last], planned=False) == [1]
    assert outcomes(con, "b") == {"had": "chosen", "new": "too_few"}


@pytest.mark.parametrize("planned", [False, True])
@pytest.mark.parametrize("per", ["campaign", "phase"])
def test_money_for_one_member(per: str, *, planned: bool) -> None:
    rules = MemberRules(spend_cents=100) if per == "campaign" else MemberRules(spend_cents_per_phase=100)
    gift, tea = (BenefitOption("gift", 70),), (BenefitOption("tea", 40), BenefitOption("note", 30))
    briefs = [ruled("a", 0, 40, rules, benefits=gift), ruled("b", 24, 60, rules, benefits=tea)]
    con = connect([Member("m"), Member("rich")])
    history.load_grants(con, [("rich", "cal", "presale", "x", "y", None, AT - DAY, 60, None)])
    assert run(con, briefs, planned=planned) == ([1, 2] if per == "campaign" else [2, 2])
    given = con.execute("select member_id, benefit from decisions where play = 'b' order by all").fetchall()
    rich = "tea" if per == "campaign" else "note"
    assert given == [("m", "note"), ("rich", rich)]
    if per == "campaign":
        assert outcomes(con, "a")["rich"] == "benefit_spend"
        assert con.execute("select chain from decisions where reason is not null").fetchall() == [
            ("gift:benefit_spend",)
        ]


@pytest.mark.parametrize(("planned", "chosen"), [(False, [1, 0, 1]), (True, [0, 1, 1])])
@pytest.mark.parametrize("span", ["day", "phase", "campaign"])
def test_caps_of_a_day_a_phase_a_campaign(span: str, *, planned: bool, chosen: list[int]) -> None:
    """The third is on another day, in another phase, in another calendar: none of these counts."""
    cap = (CapRule((), 1, None, span),)
    third = {
        "day": {"hours": 14}, "phase": {"hours": 3, "phase": "after"}, "campaign": {"hours": 3, "calendar": "other"},
    }[span]  # fmt: skip
    hours = third.pop("hours")
    briefs = [brief("p1", 0, 40, caps=cap), brief("p2", 2, 60, caps=cap)]
    con = connect([Member("m")])
    made = run(con, briefs, planned=planned)
    made += run(con, [brief("p3", hours, 10, caps=cap, **third)], planned=planned)
    assert made == chosen
    told = ("p2", "cap") if not planned else ("p1", "kept_for_later")
    assert reason(con, told[0])[0] == told[1]
    late = run(con, [brief("p4", -1, 90, caps=cap)], planned=planned)
    assert late == [0], "a late run sees what was sent after it"


@pytest.mark.parametrize("planned", [False, True])
def test_one_moment_is_one_interruption(*, planned: bool) -> None:
    for package, chosen in ((True, [1, 1, 0]), (False, [1, 0, 0])):
        caps = (CapRule((), 1, timedelta(hours=20), None, package), CapRule((), 1, None, "day", package))
        con = connect([Member("m")])
        briefs = [brief("p1", 0, 60, caps=caps), brief("p2", 0, 50, caps=caps), brief("p3", 5, 40, caps=caps)]
        assert run(con, briefs, planned=planned) == chosen
    late = connect([Member("m", contacts=(("sms", "x", 0), ("sms", "y", -30)))])
    assert run(
        late, [brief("p1", 0, 60, caps=(CapRule((), 2, timedelta(hours=40), None, True),))], planned=planned
    ) == [1]


def test_a_ghost_keeps_away_in_planning_and_opens_nothing() -> None:
    """Held out of b: in planning he counts as reached by it, but no follow-up is sent to what he never got."""
    rule = (HoldoutRule("play", "s", 10_000),)
    con = connect([Member("m")])
    first = ruled("b", 0, 100, NEVER, holdouts=rule)
    assert run(con, [first], planned=True) == [0]
    again = ruled("a", 24, 50, NEVER)
    plan = plan_all(con, [again], again.at)
    assert plan.solution.value == 0
    engine.decide_play(con, again, plan)
    assert reason(con, "a")[0] == "ghost"
    follow = ruled("a", 24, 50, FOLLOWS, order_salt="x")
    assert plan_all(con, [follow], follow.at).solution.value == 0


def test_contacts_of_another_calendar_count_where_a_rule_names_it() -> None:
    other = PlayRule("never x with a", "play_excluded", "closes", (("autumn", "x"),), (A,))
    rules = MemberRules((other,))
    gates = (PlayGate("play_excluded", "x", (("autumn", "x"),)),)
    con = connect([Member("m"), Member("n")])
    history.load_contacts(con, [("m", "sms", "autumn", "p", "x", AT - 90 * DAY, None)])
    for planned in (False, True):
        one = ruled("a", 30 * planned, 50, rules, gates=gates, repeat_after=HOUR)
        assert run(con, [one], planned=planned) == [1]
    assert outcomes(con, "a") == {"m": "play_excluded", "n": "chosen"}


CALENDAR = """\
calendar: cal
store: shop
timezone: UTC
day_zero: 2026-03-08
plan: {plan}
rules:
  - {rule}
audiences: {{everybody: joined}}
benefits: {{c: {{kind: member_coupon, threshold: 199, value: 30, per_member: 2}}}}
phases:
  - id: burst
    kind: burst
    window: {{from: D-3, to: D+3}}
    plays:
      - {{id: a, audience: everybody, channels: [sms], benefits: [c], at: D-2 10:00, message: m.txt, priority: 40}}
      - {{id: b, audience: everybody, channels: [sms], benefits: [c], at: D-1 10:00, message: m.txt, priority: 60}}
"""
STORE = """\
store: shop
tiers: {window: 365d, levels: [{id: regular}]}
channels: {sms: {consent: required}}
"""
WRITTEN = {
    "never: [a, b]": ([1, 0], [0, 1], "play_excluded"),
    "{after: a, not: b, for: 2d}": ([1, 0], [0, 1], "play_too_near"),
    "{follow_up: a, of: b}": ([0, 1], [0, 1], "not_followed"),
    "{at_least: 2, of: [a, x]}": ([0, 1], [0, 1], "too_few"),
    "spend_per_member: 45.00": ([1, 0], [0, 1], "benefit_spend"),
}


@pytest.mark.parametrize("rule", WRITTEN)
@pytest.mark.parametrize("planned", [False, True])
def test_every_rule_of_a_calendar_changes_what_is_decided(rule: str, *, planned: bool) -> None:
    """Written in YAML, decided both ways; without the rule both plays reach the member."""
    first_come, best, code = WRITTEN[rule]
    store = load_store(STORE).model
    assert store is not None
    for written, chosen in ((rule, best if planned else first_come), ("never: [x/x, x/y]", [1, 1])):
        known = bind(load_calendar(CALENDAR.format(plan="planned", rule=written)), store)
        briefs = [make_brief(known.calendar, known.store, known.timeline, one) for one in known.timeline.occurrences]
        con = connect([Member("m")])
        assert run(con, briefs, planned=planned) == chosen
        reasons = con.execute("select reason from decisions where reason is not null").fetchall()
        told = {"kept_for_later"} if planned and code not in ("not_followed", "too_few") else {code}
        assert {why for (why,) in reasons} == (told if written is rule else set())


@drawn(15, phases=NO_SHRINK, suppress_health_check=[HealthCheck.too_slow])
@given(
    rules=st.sampled_from([NEVER, QUIET, FOLLOWS, PAIR]),
    ahead=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from([0, 0, 14, 30, 47, 70]), st.integers(1, 100), st.booleans()),
        min_size=1, max_size=5, unique_by=lambda one: one[:2],
    ),
    cents=st.none() | st.integers(30, 200),
    package=st.booleans(),
    stock=st.integers(0, 5),
)  # fmt: skip
def test_what_is_planned_under_rules_is_what_is_decided(
    rules: MemberRules, ahead: list[tuple[str, int, int, bool]], cents: int | None, *, package: bool, stock: int
) -> None:
    caps = (CapRule((), 1, timedelta(hours=20), None, package), CapRule((), 2, None, "campaign", package))
    gift = (BenefitOption("gift", 70, stock=stock), BenefitOption("tea", 25, per_member=2))
    both = dataclasses.replace(rules, spend_cents=cents)
    briefs = []
    for play, hours, priority, given_one in sorted(ahead, key=lambda one: (one[1], one[0])):
        made = brief(play, hours, priority, rules=both, caps=caps, benefits=gift if given_one else ())
        gates = GATES[id(rules)](made) if id(rules) in GATES and play in "ab" else ()
        briefs.append(dataclasses.replace(made, gates=gates))
    people = [Member(f"m{n}", contacts=(("sms", play, hours),) if play else ()) for n, (play, hours) in enumerate(
        [("", 0), ("a", 5), ("b", 5), ("c", 30), ("a", 60)]
    )]  # fmt: skip
    con = connect(people)
    plan = plan_all(con, briefs)
    worth = sum(engine.decide_play(con, one, plan).chosen * one.priority * 1000 for one in briefs)
    assert worth >= plan.solution.value, "nothing of the plan falls through"
    for member in people:
        rows = con.execute(
            "select play, occurrence_at, cost_cents from decisions where status = 'chosen' and member_id = ?"
            " order by occurrence_at, play",
            [member.member_id],
        ).fetchall()
        new = [(play, (at - AT.replace(tzinfo=None)) / HOUR) for play, at, _ in rows]
        _keeps(rules, [(play, -float(hours)) for _, play, hours in member.contacts], new)
        assert cents is None or sum(row[2] for row in rows) <= cents


def _keeps(rules: MemberRules, past: list[tuple[str, float]], new: list[tuple[str, float]]) -> None:
    every = [*past, *new]
    if rules is NEVER and new:
        assert not {"a", "b"} <= {play for play, _ in every} or new[0][0] == "c" == new[-1][0]
    if rules is QUIET:
        assert not [1 for one, x in every for other, y in new if (one, other) == ("b", "a") and 0 <= y - x < 48]
    if rules is FOLLOWS:
        assert all(any(one == "b" and y <= x for one, y in every) for play, x in new if play == "a")
    if rules is PAIR:
        count = sum(play in "ab" for play, _ in new)
        assert count != 1 or any(play in "ab" for play, _ in past)
