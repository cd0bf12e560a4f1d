"""Events of members in SQL, held against the plain rule; each one answered once by the engine."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from campaign_calendars.deciding.briefs import Brief, ChannelOption, HoldoutRule, TriggerBrief
from campaign_calendars.deciding.contact import CapRule
from campaign_calendars.model.programme import Ladder, TierRules
from campaign_calendars.model.triggers import RECORD_EVENTS, Earlier, answers
from campaign_calendars.time.timeline import Span
from tests.drawing import drawn
from tests.warehouse.conftest import AS_OF
from warehouse.decision import engine, triggers
from warehouse.features import history
from warehouse.features.consent import define_consent
from warehouse.models.catalogue import macros_of
from warehouse.snapshots.snapshot import Snapshot, open_snapshot

T0 = datetime(2026, 3, 5, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SMS = ChannelOption("sms", consent_required=True, quiet=False)
TRIGGER = TriggerBrief("cart_add", 10 * MINUTE, 120 * MINUTE, "Asia/Shanghai")
PLACED = "member_id, ordered_at, paid_at, closed_at, succeeded_at, refunded_at, refunded_cents, amount_cents"
_SNAPSHOT = """
attach ':memory:' as snap;
create table snap.stg_members (member_id varchar, birth_on date, joined_at timestamp);
create table snap.stg_orders (
    member_id varchar, ordered_at timestamp, paid_at timestamp, closed_at timestamp, succeeded_at timestamp,
    refunded_at timestamp, refunded_cents bigint, amount_cents bigint,
    part_refunded_at timestamp default null, part_refunded_cents bigint default null,
    status varchar default null, stage varchar default null, deposit_paid_at timestamp default null,
    balance_from timestamp default null, balance_until timestamp default null
);
create table snap.stg_events (member_id varchar, kind varchar, "at" timestamp);
create table member_features (
    member_id varchar, wanted bool, joined bool, has_left bool, age int, tier varchar
);
create table snap.stg_contact_points (
    member_id varchar, channel varchar, address varchar, consented_at timestamp, withdrawn_at timestamp,
    withdrawal_unread bool, bound_at timestamp, unbound_at timestamp
);
create table snap.stg_consents (
    member_id varchar, channel varchar, purpose varchar, given_at timestamp, withdrawn_at timestamp,
    withdrawal_unread bool
);
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as made:
        yield made


def connect() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(macros_of("features"))
    con.execute("set TimeZone = 'UTC'")
    con.execute(_SNAPSHOT)
    define_consent(con)
    history.create_tables(con)
    engine.prepare(con)
    return con


def brief(minutes: float, trigger: TriggerBrief = TRIGGER, **changes: Any) -> Brief:
    at = T0 + MINUTE * minutes
    day = Span(T0.replace(hour=0), T0.replace(hour=0) + timedelta(days=1))
    made = Brief(
        "cal", "burst", "cart", at, day, "f.wanted", frozenset({"wanted"}), f"cal/cart/{at}", (SMS,), trigger=trigger
    )
    return dataclasses.replace(made, **changes)


def add(con: duckdb.DuckDBPyConnection, *members: str, consent: bool = True) -> None:
    for member in members:
        con.execute("insert into member_features values (?, true, true, false, 30, 'basic')", [member])
        if consent:
            con.execute(
                "insert into snap.stg_contact_points values (?, 'sms', null, '2026-01-01', null, false, null, null)",
                [member],
            )


def event(con: duckdb.DuckDBPyConnection, member: str, minutes: float, kind: str = "cart_add") -> None:
    at = (T0 + MINUTE * minutes).replace(tzinfo=None)
    con.execute("insert into snap.stg_events values (?, ?, ?)", [member, kind, at])


def outcome(con: duckdb.DuckDBPyConnection, made: Brief) -> dict[str, tuple[str, str | None, str]]:
    engine.decide_play(con, made)
    at = made.at.replace(tzinfo=None)
    rows = con.execute("select member_id, status, reason, chain from decisions where occurrence_at = ?", [at])
    return {member: (status, reason, chain) for member, status, reason, chain in rows.fetchall()}


def test_only_members_with_a_fresh_event_are_candidates(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "fresh", "early", "old", "other", "outside")
    con.execute("update member_features set wanted = false where member_id = 'outside'")
    for member, minutes in (("fresh", 0), ("early", 20), ("old", -100), ("outside", 0)):
        event(con, member, minutes)
    event(con, "other", 0, "visit")
    assert outcome(con, brief(20)) == {"fresh": ("chosen", None, "trigger:cart_add@2026-03-05T10:00:00Z")}


def test_several_events_make_one_message_and_the_next_event_another(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "a")
    for minutes in (0, 1, 5):
        event(con, "a", minutes)
    assert [len(outcome(con, brief(m))) for m in (15, 30, 45)] == [1, 0, 0]
    event(con, "a", 40)
    assert [len(outcome(con, brief(m))) for m in (45, 50, 60)] == [0, 1, 0]


def test_late_data_fires_while_it_is_fresh_and_never_afterwards(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "late", "too-late")
    assert not outcome(con, brief(60))
    event(con, "late", 0)
    assert list(outcome(con, brief(119))) == ["late"]
    event(con, "too-late", 0)
    assert not outcome(con, brief(120))


def test_a_sweep_that_is_decided_again_decides_the_same(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "a", "b")
    event(con, "a", 0)
    first = outcome(con, brief(15))
    with connect() as again:
        add(again, "a", "b")
        event(again, "a", 0)
        event(again, "b", 15)  # at the very moment of the sweep, which sees only what lies before it
        assert outcome(again, brief(15, dataclasses.replace(TRIGGER, after=timedelta()))) == first


def test_control_group_and_those_without_consent_are_decided_once(con: duckdb.DuckDBPyConnection) -> None:
    add(con, *(f"m{n}" for n in range(40)))
    add(con, "silent", consent=False)
    for n in range(40):
        event(con, f"m{n}", 0)
    event(con, "silent", 0)
    held = (HoldoutRule("play", "salt", 5_000),)
    first = outcome(con, brief(15, holdouts=held))
    assert {status for status, _, _ in first.values()} == {"chosen", "held_out", "excluded"}
    assert first["silent"][1] == "no_contact_point"
    assert not outcome(con, brief(30, holdouts=held))


def test_a_passing_gate_is_tried_again_in_the_next_sweep_that_retries(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "a")
    event(con, "a", 0)
    caps = (CapRule((), 1, 30 * MINUTE),)
    history.load_contacts(con, [("a", "sms", "cal", "burst", "other", T0 + 14 * MINUTE, None)])
    assert outcome(con, brief(15, caps=caps))["a"][1] == "cap"
    quick = dataclasses.replace(TRIGGER, retry=False)
    assert not outcome(con, brief(30, quick, caps=caps))
    assert not outcome(con, brief(45, quick, caps=caps))
    assert outcome(con, brief(60, caps=caps))["a"][0] == "chosen"
    assert not outcome(con, brief(75, caps=caps))


def test_a_message_that_never_left_is_decided_again(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "a")
    event(con, "a", 0)
    assert outcome(con, brief(15))["a"][0] == "chosen"
    con.execute("delete from contacts")  # the job was cancelled: the ledger knows of no contact
    assert outcome(con, brief(60))["a"][0] == "chosen"


def test_the_same_play_in_an_overlapping_phase_does_not_answer_twice(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "a")
    event(con, "a", 0)
    assert outcome(con, brief(15))
    assert not outcome(con, brief(20, phase="second"))


def test_repeat_after_spares_members_with_many_events(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "a")
    event(con, "a", 0)
    rest = timedelta(hours=1)
    assert outcome(con, brief(15, repeat_after=rest))["a"][0] == "chosen"
    event(con, "a", 20)
    assert outcome(con, brief(30, repeat_after=rest))["a"][1] == "already_reached"


@given(
    events=st.lists(st.integers(-200, 200), max_size=6, unique=True),
    sent=st.lists(st.integers(-200, 200), max_size=3),
    earlier=st.lists(st.tuples(st.integers(-200, 200), st.booleans()), max_size=3),
    after=st.integers(0, 60),
    within=st.integers(0, 200),
    retry=st.booleans(),
)
@drawn(60, suppress_health_check=[HealthCheck.too_slow])
def test_the_sql_is_the_rule(  # noqa: PLR0917 - the facts of the rule
    events: list[int], sent: list[int], earlier: list[tuple[int, bool]], after: int, within: int, retry: bool
) -> None:
    with connect() as con:
        add(con, "a")
        for minutes in events:
            event(con, "a", minutes)
        history.load_contacts(con, [("a", "sms", "cal", "x", "cart", T0 + MINUTE * m, None) for m in sent])
        for minutes, again in earlier:
            row = ["a", "cal", "cart", (T0 + MINUTE * minutes).replace(tzinfo=None), again]
            con.execute("insert into decided values (?, ?, ?, ?, ?)", row)
        trigger = TriggerBrief("cart_add", MINUTE * after, MINUTE * within, "UTC", retry=retry)
        found = triggers.find_fresh(con, brief(0, trigger), trigger)
    at = [T0 + MINUTE * m for m in sent]
    before = [Earlier(T0 + MINUTE * m, again) for m, again in earlier]
    expected = any(
        answers(T0 + MINUTE * m, T0, trigger.after, trigger.within, at, before, retry=retry) for m in events if m < 0
    )
    assert bool(found) is expected


def moments(con: duckdb.DuckDBPyConnection, trigger: TriggerBrief, until: datetime = T0) -> list[str]:
    found = triggers.event_moments(con, trigger, datetime(2023, 1, 1, tzinfo=UTC), until)
    return [f"{at:%Y-%m-%d %H:%M}" for at in found]


def about(event: str, **changes: Any) -> TriggerBrief:
    return TriggerBrief(event, timedelta(), timedelta(days=1), "Asia/Shanghai", **changes)


def test_records_are_events(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into snap.stg_members values ('a', null, '2026-01-01 08:00')")
    con.execute(
        f"""
        insert into snap.stg_orders ({PLACED}) values
            ('a', '2026-01-02', '2026-01-02 00:05', null, '2026-01-09', '2026-01-12', 500, 9000),
            ('a', '2026-01-03', null, null, null, null, 0, 9000),
            ('a', '2026-01-04', null, '2026-01-05', null, null, 0, 9000),
            ('a', '2026-01-06', '2026-04-01', null, null, null, 0, 9000)
        """
    )
    assert moments(con, about("join")) == ["2026-01-01 08:00"]
    assert moments(con, about("order_placed"))[0] == "2026-01-02 00:00"
    assert moments(con, about("order_paid")) == ["2026-01-02 00:05"]
    assert moments(con, about("order_completed")) == ["2026-01-09 00:00"]
    assert moments(con, about("refund")) == ["2026-01-12 00:00"]
    con.execute(
        "update snap.stg_orders set part_refunded_at = '2026-01-10', part_refunded_cents = 200 where paid_at < $1",
        [T0.replace(tzinfo=None)],
    )
    assert moments(con, about("refund")) == ["2026-01-10 00:00", "2026-01-12 00:00"], "each refund is one"
    # Unpaid as far as is known now: one is closed since, one will be paid in April.
    assert moments(con, about("order_unpaid")) == ["2026-01-03 00:00", "2026-01-06 00:00"]


@pytest.mark.parametrize("event", [*RECORD_EVENTS, "visit", "sign_in"])
def test_a_published_snapshot_has_what_every_event_reads(plain_snapshot: Snapshot, event: str) -> None:
    with open_snapshot(plain_snapshot) as con:
        history.create_tables(con)
        trigger = about(event, streak=2 if event == "sign_in" else None)
        found = triggers.event_moments(con, trigger, datetime(2020, 1, 1, tzinfo=UTC), AS_OF)
    # A source that tells no state of an order counts it as completed once it is paid.
    ordered = event in {"order_placed", "order_paid", "order_completed"}
    assert len(found) == (20 if ordered else {"join": 1, "first_order": 10}.get(event, 0))


def test_an_order_lifts_its_member_into_a_tier(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        f"""
        insert into snap.stg_orders ({PLACED}) values
            ('a', '2025-01-01', '2025-01-01', null, '2025-01-01', null, 0, 90000),
            ('a', '2025-12-01', '2025-12-01', null, '2026-01-01', null, 0, 60000),
            ('a', '2026-01-02', '2026-01-02', null, '2026-01-02', null, 0, 40000),
            ('a', '2026-01-03', '2026-01-03', null, '2026-01-03', null, 0, 10000),
            ('b', '2026-01-02', '2026-01-02', null, '2026-01-02', '2026-01-08', 1, 100000),
            ('c', '2026-01-02', '2026-01-02', null, null, null, 0, 100000)
        """
    )
    tiers = TierRules(Ladder((0, 100_000), (0, None)))
    assert moments(con, about("tier_upgrade", tiers=tiers)) == ["2026-01-02 00:00"]
    short = about("tier_upgrade", tiers=TierRules(Ladder((0, 50_000), (0, None))), tier_window=timedelta(days=30))
    assert moments(con, short) == ["2025-01-01 00:00", "2026-01-01 00:00", "2026-01-02 00:00"]
    often = about("tier_upgrade", tiers=TierRules(Ladder((0, None), (0, 2))))
    assert moments(con, often) == ["2026-01-02 00:00"]
    both = about("tier_upgrade", tiers=TierRules(Ladder((0, 100_000), (0, 3), "all_of")))
    assert moments(con, both) == ["2026-01-03 00:00"]


def test_days_in_a_row_are_local_days(con: duckdb.DuckDBPyConnection) -> None:
    for day in (1, 2, 3, 4, 6, 7, 8):
        con.execute(f"insert into snap.stg_events values ('a', 'sign_in', '2026-01-0{day} 17:00')")
    con.execute("insert into snap.stg_events values ('a', 'sign_in', '2026-01-02 15:59')")  # still the local 2nd
    assert moments(con, about("sign_in", streak=3)) == ["2026-01-03 17:00", "2026-01-08 17:00"]
    assert moments(con, about("sign_in", streak=4)) == ["2026-01-04 17:00"]


@pytest.mark.parametrize(
    ("leap", "days"),
    [
        ("feb-28", ["2023-02-28", "2024-02-29", "2025-02-28", "2026-02-28"]),
        ("mar-1", ["2023-03-01", "2024-02-29", "2025-03-01", "2026-03-01"]),
    ],
)
def test_birthdays_of_29_february(con: duckdb.DuckDBPyConnection, leap: str, days: list[str]) -> None:
    con.execute("insert into snap.stg_members values ('a', '1996-02-29', null)")
    found = []
    for year in (2023, 2024, 2025, 2026):
        until = datetime(year, 6, 1, tzinfo=UTC)
        found += triggers.event_moments(con, about("birthday", leap_birthday=leap), until - timedelta(200), until)
    # Local midnight in Shanghai is 16:00 of the day before in UTC.
    assert [f"{at + timedelta(hours=8):%Y-%m-%d %H:%M}" for at in found] == [f"{day} 00:00" for day in days]


def test_a_birthday_fires_on_its_local_day_only(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "a")
    con.execute("insert into snap.stg_members values ('a', ?, null)", [date(1990, 3, 5)])
    hours = [-42, -19, -18, 0, 5, 6]
    trigger = dataclasses.replace(about("birthday"), within=timedelta(days=1))
    fired = [h for h in hours if triggers.find_fresh(con, brief(60 * h, trigger), trigger)]
    assert fired == [-18, 0, 5]  # 5 March in Shanghai is from 4 March 16:00 to 5 March 16:00 in UTC
    ahead = dataclasses.replace(trigger, before_days=3)
    assert triggers.find_fresh(con, brief(-72 * 60, ahead), ahead) == 1
