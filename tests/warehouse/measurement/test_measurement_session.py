"""Outcomes computed by hand on a snapshot of five members."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.measuring.figures import DayFigures, Funnel, WaveFunnel, WaveRepeats
from campaign_calendars.measuring.lift import Arm, Sums
from tests.warehouse.accounting.cases import COUPON
from warehouse.decision import engine
from warehouse.engines.rows import utc_naive
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Grant, Job, Outcome, Run
from warehouse.measurement import MeasurementSession, PhaseWindow
from warehouse.measurement.following import Days
from warehouse.models.catalogue import load_layer
from warehouse.snapshots.snapshot import Snapshot

START = datetime(2026, 3, 1, tzinfo=UTC)
SENT = START + timedelta(hours=10)
END = START + timedelta(days=3)
CALENDAR = "spring"


def hours(count: float) -> str:
    return f"{(START + timedelta(hours=count)).replace(tzinfo=None):%Y-%m-%d %H:%M:%S}"


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    path = tmp_path / "snap.duckdb"
    with duckdb.connect(str(path)) as con:
        for model in load_layer("staging"):
            con.execute(f"create table {model.name} ({model.ddl()})")
        con.execute(
            f"""
            insert into stg_members (member_id, joined_at, left_at) values
                ('a', '{hours(-999)}', null), ('b', '{hours(5)}', null), ('c', null, null),
                ('d', '{hours(-999)}', null), ('e', '{hours(-999)}', '{hours(1)}');
            insert into stg_orders (
                order_id, member_id, paid_at, amount_cents, refunded_cents, refunded_at,
                part_refunded_cents, part_refunded_at
            ) values
                ('o1', 'a', '{hours(11)}', 1000, 400, '{hours(12)}', null, null),  -- known when measuring
                ('o2', 'a', '{hours(20)}', 500, 500, '{hours(90)}', 100, '{hours(70)}'),  -- all of it after measuring
                ('o3', 'b', '{hours(9)}', 700, 0, null, null, null),               -- before the message
                ('o4', 'd', '{hours(30)}', 900, 0, null, null, null),              -- held out
                ('o5', 'e', '{hours(2)}', 300, 0, null, null, null),               -- had left
                ('o6', 'c', '{hours(80)}', 999, 0, null, null, null);              -- after all of it
            insert into stg_redemptions (redemption_id, member_id, benefit, calendar, redeemed_at, order_id)
            values ('r1', 'a', 'coupon', '{CALENDAR}', '{hours(11)}', 'o1');
            """
        )
    return Snapshot("s1", path, START, {}, (), "f")


@pytest.fixture
def session(snapshot: Snapshot, tmp_path: Path) -> MeasurementSession:
    con = duckdb.connect()
    engine.prepare(con)
    for member, status, arm, benefit in (
        ("a", "chosen", "treated", "coupon"),
        ("b", "chosen", "treated", "coupon"),
        ("d", "held_out", "play_control", None),
        ("e", "excluded", None, None),
    ):
        con.execute(
            "insert into decisions values"
            " (?, 'burst', 'recall', ?, ?, ?, ?, ?, '', ?, ?, 0, null, null, 'gold', false, 1, null, null)",
            [CALENDAR, SENT.replace(tzinfo=None), member, status, arm, "left" if status == "excluded" else None,
             "sms" if status == "chosen" else None, benefit],
        )  # fmt: skip
    decisions = tmp_path / "d.parquet"
    con.execute(f"copy decisions to '{decisions}' (format parquet)")
    made = MeasurementSession(
        snapshot, calendar=CALENDAR, windows=[PhaseWindow("burst", START, END)], as_of=START + timedelta(hours=72)
    )
    made.load(_ledger(), [decisions], pools={"coupon": None}, rules=[COUPON])
    return made


def _ledger() -> MemoryLedger:
    ledger = MemoryLedger()
    ledger.begin_run(Run("r", CALENDAR, "burst", SENT, "s1", "x", "started", RunSummary(), SENT))
    jobs = [Job(f"k{m}", "r", CALENDAR, "burst", "recall", SENT, m, "sms", "coupon") for m in ("a", "b")]
    grants = [Grant(f"k{m}", CALENDAR, "burst", "recall", m, "coupon", None, 300, SENT) for m in ("a", "b")]
    ledger.enqueue("r", jobs, grants, budget=BudgetLimits(), stock={}, expected_position=None, at=SENT)
    ledger.record([Outcome(job.intent_key, "sent") for job in jobs], SENT)
    return ledger


def test_buyers_and_spend_count_from_assignment_net_of_known_refunds(session: MeasurementSession) -> None:
    arms = session.arms()["burst", "recall"]
    sums = Sums(
        orders=2,
        orders_squares=4,
        spend_squares=1_000_000,
        spend_orders=2_000,
        before_cents=700,
        before_squares=490_000,
        buyers_before=1,
    )
    assert arms["treated"] == Arm(members=2, buyers=1, spend_cents=1000, contacted=2, sums=sums)
    assert (arms["play_control"].members, arms["play_control"].buyers) == (1, 1)


def test_members_of_a_plays_control_are_treated_by_the_programme(session: MeasurementSession) -> None:
    [(name, arm)] = session.arms()["", ""].items()
    assert (name, arm.members, arm.buyers, arm.spend_cents, arm.contacted) == ("treated", 3, 2, 1900, 2)


def test_funnel_counts_distinct_members(session: MeasurementSession) -> None:
    [found] = session.funnel()
    assert found == Funnel(
        "burst", candidates=4, eligible=3, held_out=1, contacted=2, buyers=1, orders=2, spend_cents=1000
    )


def test_a_buyer_counts_once_in_a_wave(snapshot: Snapshot) -> None:
    """Contacted in two phases, who bought in both: one member of the wave; who bought before the first: none."""
    windows = [PhaseWindow("burst", START, START + timedelta(hours=15)), PhaseWindow("late", SENT, END)]
    ledger = _ledger()
    late = [Job("l", "s", CALENDAR, "late", "recall", SENT, "a", "sms")]
    ledger.begin_run(Run("s", CALENDAR, "late", SENT, "s1", "x", "started", RunSummary(), SENT))
    ledger.enqueue("s", late, [], budget=BudgetLimits(), stock={}, expected_position=None, at=SENT)
    ledger.record([Outcome(job.intent_key, "sent") for job in late], SENT)
    with MeasurementSession(snapshot, calendar=CALENDAR, windows=windows, as_of=END) as made:
        made.load(ledger, [], pools={"coupon": None}, rules=[COUPON])
        assert [(row.phase, row.contacted, row.buyers) for row in made.funnel()] == [("burst", 2, 1), ("late", 1, 1)]
        assert made.waves([("both", "burst"), ("both", "late"), ("second", "late"), ("none", "gone")]) == [
            WaveFunnel("both", contacted=2, buyers=1),
            WaveFunnel("second", contacted=1, buyers=1),
        ]


def test_a_post_is_told_by_its_play_not_by_the_look_of_an_id(snapshot: Snapshot) -> None:
    """A shop may call its members as it likes; what a post reaches are groups, and no members."""
    ledger = _ledger()
    ledger.begin_run(Run("g", CALENDAR, "burst", SENT, "s1", "x", "started", RunSummary(), SENT))
    jobs = [Job(f"g{n}", "g", CALENDAR, "burst", play, SENT, f"group:club:{n}", "club") for n, play in
            enumerate(("letter", "post"))]  # fmt: skip
    ledger.enqueue("g", jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=SENT)
    ledger.record([Outcome(job.intent_key, "sent") for job in jobs], SENT)
    with MeasurementSession(snapshot, calendar=CALENDAR, windows=[PhaseWindow("burst", START, END)], as_of=END) as made:
        made.load(ledger, [], pools={"coupon": None}, rules=[COUPON], posts=[("burst", "post")])
        assert [(row.phase, row.contacted) for row in made.funnel()] == [("burst", 3)]
        assert [(row.wave, row.contacted) for row in made.waves([("one", "burst")])] == [("one", 3)]
        plays = {("burst", "letter"): "club", ("burst", "post"): "everybody", ("burst", "recall"): "everybody"}
        told = made.followed(plays, Days("Asia/Shanghai", START.date(), END.date()))
        assert [(row.audience, row.contacted) for row in told.audiences] == [("club", 1), ("everybody", 2)]
        assert [(row.channel, row.contacted) for row in told.channels] == [("club", 1), ("sms", 2)]


def test_groups_of_a_post_are_no_members_of_its_audience(snapshot: Snapshot, tmp_path: Path) -> None:
    with duckdb.connect() as con:
        engine.prepare(con)
        for play, who in (("post", "group:1"), ("post", "group:2"), ("recall", "a")):
            con.execute(
                "insert into decisions by name select ? as calendar, 'burst' as phase, ? as play, ?::timestamp as"
                " occurrence_at, ? as member_id, 'chosen' as status, '' as chain, 0 as cost_cents, false as explored",
                [CALENDAR, play, SENT.replace(tzinfo=None), who],
            )
        con.execute(f"copy decisions to '{tmp_path}/posts.parquet' (format parquet)")
    with MeasurementSession(snapshot, calendar=CALENDAR, windows=[PhaseWindow("burst", START, END)], as_of=END) as made:
        made.load(_ledger(), [tmp_path / "posts.parquet"], pools={}, posts=[("burst", "post")])
        plays = {("burst", "post"): "everybody", ("burst", "recall"): "everybody"}
        told = made.followed(plays, Days("Asia/Shanghai", START.date(), END.date()))
    assert [(row.audience, row.members) for row in told.audiences] == [("everybody", 1)]


def test_repeat_of_waves_is_of_who_bought_in_the_one_before(session: MeasurementSession) -> None:
    """Waves in any order; whoever bought twice in one counts once, guests in none."""
    middle = START + (END - START) / 2
    rows = session._con.execute("select member_id, paid_at from paid where member_id is not null").fetchall()
    first = {member for member, at in rows if utc_naive(START) <= at < utc_naive(middle)}
    second = {member for member, at in rows if utc_naive(middle) <= at < utc_naive(END)}
    assert first
    assert session.wave_repeats([("two", middle, END), ("one", START, middle), ("all", START, END)]) == [
        WaveRepeats("one", 0, 0),
        WaveRepeats("all", len(first), len(first)),
        WaveRepeats("two", len(first | second), len(second)),
    ]
    assert session.wave_repeats([("one", START, END), ("later", END, END + timedelta(days=1))]) == [
        WaveRepeats("one", 0, 0)
    ], "what has not begun when it is measured has no rate"


def test_sales_split_by_membership_at_order_time(session: MeasurementSession) -> None:
    sales = session.phase_sales()[0]
    assert (sales.orders, sales.buyers, sales.gmv_cents) == (5, 4, 600 + 400 + 700 + 900 + 300)
    assert sales.member_gmv_cents == 600 + 400 + 700 + 900
    assert (sales.joins, sales.repeat_buyers) == (1, 1)


def test_redemptions_belong_to_grants(session: MeasurementSession) -> None:
    row = session.redeemed()[0]
    assert (row.granted, row.holders, row.redeemers, row.reserved_cents) == (2, 2, 1, 600)


def test_days_are_complete_and_local(session: MeasurementSession) -> None:
    days = session.days("Asia/Shanghai", date(2026, 3, 1), date(2026, 3, 4))
    assert [row.day for row in days] == [date(2026, 3, 1) + timedelta(days=n) for n in range(4)]
    assert sum(row.messages for row in days) == 2
    assert days[0] == DayFigures(date(2026, 3, 1), messages=2, orders=3, gmv_cents=600 + 700 + 300)
    assert days[1] == DayFigures(date(2026, 3, 2), messages=0, orders=2, gmv_cents=400 + 900)
