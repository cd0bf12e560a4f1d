"""What was done to an account before it was joined was done to the person: decisions, dispatch, measurement."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from campaign_calendars.deciding.briefs import BenefitOption, Brief, BudgetLimits, ChannelOption
from campaign_calendars.deciding.contact import CapRule
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.time.resolving import Span
from tests.looking_up import lookup
from warehouse.decision import engine
from warehouse.decision.session import DecisionSession
from warehouse.features import history
from warehouse.features.consent import define_consent
from warehouse.features.params import FeatureParams
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Grant, Job, Run, Suppression, TierOverride
from warehouse.measurement import MeasurementSession, PhaseWindow
from warehouse.models.catalogue import load_layer
from warehouse.snapshots.recipients import accounts_of
from warehouse.snapshots.snapshot import Snapshot

AT = datetime(2026, 3, 5, 10, tzinfo=UTC)
BRIEF = Brief(
    calendar="cal",
    phase="burst",
    play="recall",
    at=AT,
    day=Span(datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 3, 6, tzinfo=UTC)),
    predicate="true",
    columns=frozenset(),
    order_salt="s",
    channels=(ChannelOption("sms", consent_required=False, quiet=False),),
)
PARAMS = FeatureParams("UTC", (30, 90, 180, 365), 365, (("regular", 0), ("silver", 10), ("gold", 20)))
JOINED = {"wx1": "c1", "tb1": "c1"}


def publish(path: Path, members: Sequence[str], joined: dict[str, str]) -> Snapshot:
    """A snapshot of members who joined long ago, with a map."""
    with duckdb.connect(str(path)) as con:
        for model in load_layer("staging"):
            con.execute(f"create table {model.name} ({model.ddl()}, _file varchar, _row bigint)")
        con.execute("create table member_map (account_id varchar, member_id varchar)")
        for row in joined.items():
            con.execute("insert into member_map values (?, ?)", row)
        for name in members:
            con.execute(
                "insert into stg_members (member_id, joined_at, name) values (?, '2020-01-01', ?)", [name, name]
            )
            con.execute("insert into stg_contact_points (member_id, channel, address) values ($1, 'sms', $1)", [name])
    return Snapshot(path.stem, path, AT, {}, (), "f")


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return publish(tmp_path / "joined.duckdb", ["c1", "x"], JOINED)


def job(member: str, play: str = "recall", hours: int = 24, run: str = "before") -> Job:
    at = AT - timedelta(hours=hours)
    return Job(f"{member}-{play}-{hours}", run, "cal", "burst", play, at, member, "sms", "coupon")


def ledger_of(*jobs: Job, suppressed: Sequence[str] = ()) -> MemoryLedger:
    ledger = MemoryLedger()
    ledger.begin_run(Run("before", "cal", "burst", AT - timedelta(days=1), "s0", "d", "started", RunSummary(), AT))
    grants = [
        Grant(j.intent_key, "cal", j.phase, j.play, j.member_id, "coupon", None, 100, j.occurrence_at) for j in jobs
    ]
    ledger.enqueue("before", jobs, grants, budget=BudgetLimits(), stock={}, expected_position=None, at=AT)
    ledger.suppress(Suppression(name, None, "asked", AT) for name in suppressed)
    return ledger


def reasons(snapshot: Snapshot, ledger: MemoryLedger, brief: Brief = BRIEF) -> dict[str, str | None]:
    """Member → why not, None: chosen."""
    with DecisionSession(snapshot) as session:
        session.load_history(ledger, "cal", pools={"coupon": None}, run=None)
        session.move_to(AT, PARAMS, [brief])
        session.decide(brief)
        return dict(session._con.execute("select member_id, reason from decisions").fetchall())


def test_who_was_reached_as_an_alias_is_not_reached_again_as_the_person(snapshot: Snapshot) -> None:
    assert reasons(snapshot, ledger_of()) == {"c1": None, "x": None}
    assert reasons(snapshot, ledger_of(job("wx1"))) == {"c1": "already_reached", "x": None}


def test_frequency_caps_count_what_any_account_got(snapshot: Snapshot) -> None:
    capped = dataclasses.replace(BRIEF, caps=(CapRule(max=2, per=timedelta(days=7), channels=None),))
    assert reasons(snapshot, ledger_of(job("wx1", "a"), job("x", "a")), capped) == {"c1": None, "x": None}
    both = ledger_of(job("wx1", "a"), job("tb1", "b"), job("x", "a"))
    assert reasons(snapshot, both, capped) == {"c1": "cap", "x": None}


def test_a_suppressed_alias_suppresses_the_person(snapshot: Snapshot) -> None:
    assert reasons(snapshot, ledger_of(suppressed=["tb1"])) == {"c1": "suppressed", "x": None}


def test_a_benefit_is_given_to_a_person_once(snapshot: Snapshot) -> None:
    once = dataclasses.replace(BRIEF, benefits=(BenefitOption("coupon", 100, per_member=1),))
    assert reasons(snapshot, ledger_of(job("wx1", "other")), once) == {"c1": "benefit_limit", "x": None}


def test_of_tiers_set_by_hand_for_two_accounts_the_last_counts(snapshot: Snapshot) -> None:
    ledger = ledger_of()
    for member, tier, days in (("wx1", "gold", 3), ("c1", "silver", 2), ("x", "gold", 1)):
        ledger.set_tier(TierOverride(member, tier, AT - timedelta(days=days), None, "why", "me"))
    silver = dataclasses.replace(BRIEF, predicate="f.tier = 'silver'", columns=frozenset({"tier"}))
    assert reasons(snapshot, ledger, silver) == {"c1": None}


def test_a_kept_session_notices_that_other_accounts_are_joined(snapshot: Snapshot, tmp_path: Path) -> None:
    same = publish(tmp_path / "same.duckdb", ["c1", "x", "y"], JOINED)
    apart = publish(tmp_path / "apart.duckdb", ["c1", "wx1", "tb1"], {})
    fewer = publish(tmp_path / "fewer.duckdb", ["c1", "wx1"], {"tb1": "c1"})
    with DecisionSession(snapshot) as session:
        assert [session.same_persons(other) for other in (snapshot, same, apart, fewer)] == [True, True, False, False]


def test_a_message_for_an_account_goes_to_its_person(snapshot: Snapshot) -> None:
    with duckdb.connect() as con:
        con.execute(f"attach '{snapshot.path}' as snap (read_only)")
        define_consent(con)
        found = lookup(con, ["wx1", "x", "nobody"], "sms", AT)
        assert {name: (row.member_id, row.name, row.address) for name, row in found.items()} == {
            "wx1": ("wx1", "c1", "c1"),
            "x": ("x", "x", "x"),
        }
        assert accounts_of(con, ["wx1", "c1", "x"]) == dict.fromkeys(("wx1", "c1"), ("c1", "tb1", "wx1"))


def test_of_accounts_assigned_at_one_moment_the_smallest_id_speaks(snapshot: Snapshot, tmp_path: Path) -> None:
    with duckdb.connect() as con:
        engine.prepare(con)
        for member, play, arm in (
            ("wx1", "recall", "treated"),
            ("c1", "recall", "campaign_control"),
            ("x", "recall", "campaign_control"),
            ("tb1", "gift", "play_control"),
            ("c1", "gift", "campaign_control"),
        ):
            con.execute(
                "insert into decisions values"
                " ('cal', 'burst', ?, ?, ?, 'chosen', ?, null, '', 'sms', null, 0, null, null, null, false, 1, null,"
                " null)",
                [play, (AT - timedelta(days=1)).replace(tzinfo=None), member, arm],
            )
        con.execute(f"copy decisions to '{tmp_path}/d.parquet' (format parquet)")
    window = PhaseWindow("burst", AT - timedelta(days=3), AT + timedelta(days=3))
    with MeasurementSession(snapshot, calendar="cal", windows=[window], as_of=AT) as session:
        session.load(ledger_of(job("wx1")), [tmp_path / "d.parquet"], pools={"coupon": None})
        sizes = {place: {name: arm.members for name, arm in found.items()} for place, found in session.arms().items()}
        assert sizes == {
            ("", ""): {"campaign_control": 2},
            ("burst", "recall"): {"campaign_control": 2},
            ("burst", "gift"): {"campaign_control": 1},
        }
        assert session.arms()["", ""]["campaign_control"].joined == 1
        assert session.funnel()[0].candidates == 2


def test_a_snapshot_of_an_earlier_promocal_has_no_map() -> None:
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as snap")
        assert not history.has_map(con)
        assert accounts_of(con, ["a"]) == {}


def test_every_table_of_the_past_is_read_as_persons() -> None:
    with duckdb.connect() as con:
        history.create_tables(con)
        found = con.execute("select table_name from duckdb_columns() where column_name = 'member_id'").fetchall()
        assert sorted(history.TABLES) == sorted(name for (name,) in found)
        con.execute("attach ':memory:' as snap")
        con.execute("create table snap.member_map as select 'wx1' as account_id, 'c1' as member_id")
        for table in history.TABLES:
            con.execute(f"insert into {table} (member_id) values ('wx1'), ('x')")
        history.as_persons(con)
        for table in history.TABLES:
            assert con.execute(f"select member_id from {table} order by 1").fetchall() == [("c1",), ("x",)]
