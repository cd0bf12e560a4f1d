"""The decision engine against a slow, plain Python reading of the same rules."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from campaign_calendars.deciding.briefs import BenefitOption, Brief, ChannelOption, HoldoutRule
from campaign_calendars.deciding.contact import REASONS, CapRule
from tests.drawing import drawn
from tests.warehouse.buckets import bucket
from warehouse.decision import engine

from .cases import AT, BRIEF, Member, connect, decide


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (Member("a", has_left=True), "left"),
        (Member("a", age=17), "under_age"),
        (Member("a", suppressed=(None,)), "suppressed"),
        (Member("a", suppressed=("sms",)), "suppressed"),
        (Member("a", points=()), "no_contact_point"),
        (Member("a", points=(("sms", False, False),)), "no_consent"),
        (Member("a", points=(("sms", True, True),)), "no_consent"),
        (Member("a", contacts=(("sms", "recall", 500),)), "already_reached"),
        (Member("a", age=12, has_left=True), "left"),
    ],
)
def test_each_gate_names_its_reason(member: Member, reason: str) -> None:
    status, _, deciding, channel, _ = decide([member])["a"]
    assert (status, deciding, channel) == ("excluded", reason, None)


def test_unknown_age_and_outsiders_pass() -> None:
    outcome = decide([Member("a", age=None), Member("b", wanted=False)])
    assert outcome["a"][0] == "chosen"
    assert "b" not in outcome


def test_implied_consent_reaches_joined_members_only() -> None:
    group = dataclasses.replace(BRIEF, channels=(ChannelOption("group", consent_required=False, quiet=False),))
    members = [
        Member("joined", points=()),
        Member("prospect", joined=False, points=()),
        Member("prospect-with-row", joined=False, points=(("group", False, False),)),
        Member("withdrew", points=(("group", True, True),)),
    ]
    outcome = decide(members, group)
    assert outcome["joined"][0] == "chosen"
    assert outcome["prospect"][2] == "no_contact_point"
    assert outcome["prospect-with-row"][0] == "chosen"
    assert outcome["withdrew"][2] == "no_consent"


@pytest.mark.parametrize(
    ("said", "member", "outcome"),
    [
        ([("2026-01-05", "2026-02-01")], Member("m"), "no_consent"),
        ([("2026-01-05", "2026-02-01"), ("2026-02-02", None)], Member("m"), None),
        ([("2025-12-01", "2025-12-15")], Member("m"), None),  # the contact point's consent of 1 January is newer
        ([("2026-01-05", "2099-01-01")], Member("m"), None),
        ([("2026-01-05", None)], Member("m", points=(("sms", False, False),)), None),
        ([("2099-01-05", None)], Member("m", points=(("sms", False, False),)), "no_consent"),
    ],
)
def test_the_consent_ledger_is_heard(said: list[tuple[str, str | None]], member: Member, outcome: str | None) -> None:
    con = connect([member])
    con.executemany(
        "insert into snap.stg_consents values ('m', 'sms', 'marketing', ?, ?, false)",
        said,
    )
    engine.decide_play(con, BRIEF)
    assert con.execute("select reason from decisions").fetchone() == (outcome,)


@pytest.mark.parametrize(("again", "outcome"), [(None, "no_consent"), ("2026-02-02", None)])
def test_a_withdrawal_nobody_can_read_is_ended_by_the_ledger_alone(again: str | None, outcome: str | None) -> None:
    """The contact point's consent of 1 January may be older than it."""
    con = connect([Member("m")])
    con.execute("insert into snap.stg_consents values ('m', 'sms', 'marketing', '2025-12-01', '2025-12-01', true)")
    if again:
        con.execute("insert into snap.stg_consents values ('m', 'sms', 'marketing', ?, null, false)", [again])
    engine.decide_play(con, BRIEF)
    assert con.execute("select reason from decisions").fetchone() == (outcome,)


def test_first_allowed_channel_wins_and_nearest_miss_decides() -> None:
    channels = (
        ChannelOption("sms", consent_required=True, quiet=True),
        ChannelOption("push", consent_required=False, quiet=False),
    )
    caps = (CapRule(("push",), 1, timedelta(days=1)),)
    brief = dataclasses.replace(BRIEF, channels=channels, caps=caps)
    free = Member("free")
    capped = Member("capped", contacts=(("push", "other", 23),))
    aged = Member("aged", contacts=(("push", "other", 24),))
    outcome = decide([free, capped, aged], brief)
    assert outcome["free"][3] == "push"
    assert outcome["capped"][2] == "cap"
    assert outcome["aged"][0] == "chosen", "a contact exactly one span ago no longer counts"
    con = connect([capped])
    engine.decide_play(con, brief)
    assert con.execute("select chain from decisions").fetchone() == ("sms:quiet_hours > push:cap",)


def test_a_cap_over_several_channels_counts_them_together() -> None:
    caps = (CapRule(("sms", "push"), 2, timedelta(days=7)), CapRule((), 9, timedelta(days=7)))
    brief = dataclasses.replace(BRIEF, caps=caps)
    two = Member("two", contacts=(("sms", "x", 2), ("push", "y", 3)))
    one = Member("one", contacts=(("sms", "x", 2), ("wecom", "y", 3)))
    outcome = decide([two, one], brief)
    assert outcome["two"][2] == "cap"
    assert outcome["one"][0] == "chosen"


def test_repeat_after_lets_a_member_come_again() -> None:
    brief = dataclasses.replace(BRIEF, repeat_after=timedelta(days=3))
    outcome = decide(
        [Member("soon", contacts=(("sms", "recall", 71),)), Member("later", contacts=(("sms", "recall", 72),))], brief
    )
    assert outcome["soon"][2] == "already_reached"
    assert outcome["later"][0] == "chosen"


def test_holdouts_follow_the_published_buckets_and_widest_wins() -> None:
    members = [Member(f"m{i}") for i in range(400)]
    rules = (HoldoutRule("campaign", "camp", 1500), HoldoutRule("play", "camp:burst/recall", 2000))
    outcome = decide(members, dataclasses.replace(BRIEF, holdouts=rules))
    for member in members:
        expected = (
            "campaign_control"
            if bucket("camp", member.member_id) < 1500
            else "play_control"
            if bucket("camp:burst/recall", member.member_id) < 2000
            else "treated"
        )
        assert outcome[member.member_id][1] == expected
        assert outcome[member.member_id][0] == ("chosen" if expected == "treated" else "held_out")


def test_arm_does_not_depend_on_treatment() -> None:
    rules = (HoldoutRule("play", "s", 5000),)
    fresh = decide([Member(f"m{i}") for i in range(60)], dataclasses.replace(BRIEF, holdouts=rules))
    tired = decide(
        [Member(f"m{i}", contacts=(("sms", "recall", 9),)) for i in range(60)],
        dataclasses.replace(BRIEF, holdouts=rules, caps=(CapRule((), 1, timedelta(days=9)),)),
    )
    assert {key: row[1] for key, row in fresh.items()} == {key: row[1] for key, row in tired.items()}


def test_capacity_of_the_day_is_shared_and_falls_through_to_the_next_channel() -> None:
    channels = (
        ChannelOption("sms", consent_required=True, quiet=False, capacity=3, message_cost_cents=5),
        ChannelOption("push", consent_required=False, quiet=False, capacity=4),
    )
    brief = dataclasses.replace(BRIEF, channels=channels)
    con = connect([Member(f"m{i}") for i in range(10)])
    counts = engine.decide_play(con, brief)
    assert counts.channels == {"sms": 3, "push": 4}
    assert counts.excluded == {"capacity": 3}
    assert counts.message_cost_cents == 15
    later = engine.decide_play(con, dataclasses.replace(brief, play="second", at=AT + timedelta(hours=2)))
    assert later.channels == {}


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_bytes_on_any_number_of_threads(tmp_path: Path, threads: int) -> None:
    members = [Member(f"m{i}", tier=("gold" if i % 3 else "regular")) for i in range(500)]
    brief = dataclasses.replace(BRIEF, benefits=(BenefitOption("gift", 7, stock=100), BenefitOption("b", 3, stock=50)))
    con = connect(members, threads)
    engine.decide_play(con, brief)
    target = tmp_path / "decisions.parquet"
    con.execute(f"copy (select * from decisions order by member_id) to '{target}' (format parquet)")
    assert hashlib.sha256(target.read_bytes()).hexdigest() == _reference(tmp_path, members, brief)


def _reference(tmp_path: Path, members: list[Member], brief: Brief) -> str:
    con = connect(list(reversed(members)), 1)
    engine.decide_play(con, brief)
    target = tmp_path / "reference.parquet"
    con.execute(f"copy (select * from decisions order by member_id) to '{target}' (format parquet)")
    return hashlib.sha256(target.read_bytes()).hexdigest()


member_strategy = st.builds(
    Member,
    member_id=st.just("?"),
    wanted=st.booleans(),
    joined=st.booleans(),
    has_left=st.booleans(),
    age=st.none() | st.integers(10, 30),
    tier=st.sampled_from(["regular", "gold"]),
    points=st.lists(
        st.tuples(st.sampled_from(["sms", "push"]), st.booleans(), st.booleans()), max_size=2, unique_by=lambda p: p[0]
    ).map(tuple),
    contacts=st.lists(
        st.tuples(st.sampled_from(["sms", "push"]), st.sampled_from(["recall", "other"]), st.integers(1, 60)),
        max_size=3,
    ).map(tuple),
    suppressed=st.lists(st.sampled_from([None, "sms", "push"]), max_size=1).map(tuple),
)


def _expected_reason(m: Member, brief: Brief) -> str | None:
    """The rules once more, member by member, without capacity and benefits."""
    if m.has_left:
        return "left"
    if m.age is not None and m.age < brief.min_age:
        return "under_age"
    if None in m.suppressed:
        return "suppressed"
    held = []
    for option in brief.channels:
        point = next((p for p in m.points if p[0] == option.channel), None)
        capped = any(
            sum(1 for c in m.contacts if c[2] < cap.per.total_seconds() / 3600 and cap.covers(c[0])) >= cap.max
            for cap in brief.caps
            if cap.covers(option.channel)
        )
        held.append(
            "suppressed"
            if option.channel in m.suppressed
            else "no_consent"
            if point and point[2]
            else "no_contact_point"
            if point is None and (option.consent_required or not m.joined)
            else "no_consent"
            if option.consent_required and point and not point[1]
            else "quiet_hours"
            if option.quiet
            else "cap"
            if capped
            else None
        )
    stage = max((REASONS[h].stage if h else 99 for h in held), default=0)
    if stage <= 5:
        return next(h for h in held if h and REASONS[h].stage == stage)
    if any(c[1] == "recall" for c in m.contacts):
        return "already_reached"
    return None if stage == 99 else next(h for h in held if h and REASONS[h].stage == stage)


@drawn(40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(member_strategy, min_size=1, max_size=12), st.booleans(), st.integers(0, 3))
def test_matches_the_plain_reading(members: list[Member], quiet: bool, most: int) -> None:
    for i, m in enumerate(members):
        m.member_id = f"m{i}"
    brief = dataclasses.replace(
        BRIEF,
        channels=(
            ChannelOption("sms", consent_required=True, quiet=quiet),
            ChannelOption("push", consent_required=False, quiet=False),
        ),
        caps=(CapRule(("push",), most, timedelta(hours=24)), CapRule((), 3, timedelta(hours=48))),
    )
    outcome = decide(members, brief)
    assert set(outcome) == {m.member_id for m in members if m.wanted}
    for m in members:
        if m.wanted:
            expected = _expected_reason(m, brief)
            assert outcome[m.member_id][2] == expected, m
            assert (outcome[m.member_id][0] == "chosen") == (expected is None)
