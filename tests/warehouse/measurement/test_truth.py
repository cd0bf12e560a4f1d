"""Hold-outs of generated worlds: their intervals cover the truth as often as they say; strangers have no truth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from campaign_calendars.measuring.lift import Arm, contrast
from campaign_calendars.measuring.truth import TrueEffect, beside, covered
from tests.warehouse.buckets import bucket
from warehouse.ledger.memory import MemoryLedger
from warehouse.measurement import MeasurementSession, PhaseWindow
from warehouse.measurement.money import compare_money
from warehouse.models.catalogue import load_layer
from warehouse.sample.generate import generate
from warehouse.sample.messages import Contact
from warehouse.sample.response import ChannelEffect, WorldParams
from warehouse.sample.truth_files import truth_files
from warehouse.sample.world import World
from warehouse.snapshots.snapshot import Snapshot

CALENDAR = "spring"
AS_OF = datetime(2020, 2, 20, 16, tzinfo=UTC)
DAY = timedelta(days=1)
END = AS_OF + 8 * DAY
MEMBERS = 2_000
PARAMS = WorldParams(
    calendar=CALENDAR, channels={"sms": ChannelEffect(buy=0.06, visit=0.0, join=0.0, withdraw=0.0)}, saturation=0.8
)
PLAYS = ("first", "second", "third")


def arm(seed: int, play: str, member: str) -> str:
    if bucket(f"{seed}-all", member) < 2_000:
        return "campaign_control"
    return "play_control" if bucket(f"{seed}-{play}", member) < 3_000 else "treated"


def member_ids() -> Iterator[str]:
    return (f"m{number:08d}" for number in range(MEMBERS))


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


def session_of(folder: Path, seed: int) -> tuple[MeasurementSession, Path]:
    """A store that got three plays in a row, each with a hold-out, as a measurement sees it in the end."""
    data = folder / f"data-{seed}"
    generate(data, members=MEMBERS, seed=seed, as_of=AS_OF, format="parquet")
    world = World(data, seed, PARAMS)
    for number, play in enumerate(PLAYS):
        at = AS_OF + number * DAY
        reached: list[Contact] = [
            (member, "sms", play, "burst", None, at) for member in member_ids() if arm(seed, play, member) == "treated"
        ]
        world.advance(at, at + DAY, reached)
    world.advance(AS_OF + 3 * DAY, END)
    snapshot = Snapshot(f"s{seed}", folder / f"{seed}.duckdb", END, {}, (), "f")
    _write_snapshot(data, snapshot.path)
    session = MeasurementSession(
        snapshot, calendar=CALENDAR, windows=[PhaseWindow("burst", AS_OF, END)], as_of=END, threads=1
    )
    session.load(MemoryLedger(), [_write_decisions(folder, seed)], pools={})
    return session, data


def _write_snapshot(data: Path, path: Path) -> None:
    with duckdb.connect(str(path)) as con:
        for model in load_layer("staging"):
            con.execute(f"create table {model.name} ({model.ddl()})")
        con.execute(f"insert into stg_members (member_id) select member_id from '{data}/members-0001.parquet'")
        con.execute(
            f"""
            insert into stg_orders (order_id, member_id, paid_at, amount_cents, refunded_cents, refunded_at)
            select order_id, member_id, paid_at - interval 8 hours, (amount * 100)::bigint, (refunded * 100)::bigint,
                refunded_at - interval 8 hours
            from read_parquet('{data}/orders-*.parquet', filename = true)
            qualify row_number() over (partition by order_id order by filename desc) = 1
            """
        )


def _write_decisions(folder: Path, seed: int) -> Path:
    drawn = [(play, number, member) for number, play in enumerate(PLAYS) for member in member_ids()]
    arms = [arm(seed, play, member) for play, _, member in drawn]
    columns = {
        "calendar": [CALENDAR] * len(drawn),
        "phase": ["burst"] * len(drawn),
        "play": [play for play, _, _ in drawn],
        "occurrence_at": [(AS_OF + number * DAY).replace(tzinfo=None) for _, number, _ in drawn],
        "member_id": [member for _, _, member in drawn],
        "status": ["chosen" if name == "treated" else "held_out" for name in arms],
        "arm": arms,
    }
    path = folder / f"decisions-{seed}.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def effects_of(folder: Path, seed: int) -> list[TrueEffect]:
    session, data = session_of(folder, seed)
    with session:
        found = session.truth(truth_files(data))
        assert found is not None
        arms_of = session.arms()
        return [
            beside(true, contrast(arms["treated"], arms["play_control" if true.play else "campaign_control"]))
            for true in found
            for arms in [arms_of[true.phase, true.play]]
        ]


@pytest.fixture(scope="module")
def worlds(stores: Path) -> list[TrueEffect]:
    return [effect for seed in range(3) for effect in effects_of(stores, seed)]


def test_intervals_cover_the_truth(worlds: list[TrueEffect]) -> None:
    assert len(worlds) == 3 * (len(PLAYS) + 1)
    held, judged = covered(worlds)
    assert judged == 12
    assert held >= 10
    assert all(effect.difference and 0.01 < effect.difference < 0.2 for effect in worlds)
    programmes = [effect for effect in worlds if not effect.play]
    # Each play takes some of the effect of those after it, and members bought by two of them count once.
    for seed, programme in enumerate(programmes):
        mine = worlds[seed * 4 : seed * 4 + 4]
        assert programme.added_orders > max(effect.added_orders for effect in mine if effect.play)


def money_held(folder: Path, seed: int) -> Iterator[tuple[bool, float]]:
    """Of each contrast in money, as far as there is one: whether its interval holds the truth, and how many standard
    errors it is away.
    """
    session, data = session_of(folder, seed)
    with session:
        arms_of = session.arms()
        for true in session.truth(truth_files(data)) or ():
            arms = arms_of[true.phase, true.play]
            found = compare_money(arms["treated"], arms["play_control" if true.play else "campaign_control"])
            if (one := found.difference) is not None:
                added = true.added_cents / true.members
                yield one.low <= added <= one.high, (one.estimate - added) / one.error


@pytest.mark.slow
def test_over_200_worlds_intervals_cover_as_often_as_they_say(stores: Path) -> None:
    effects = [effect for seed in range(100, 300) for effect in effects_of(stores, seed)]
    held, judged = covered(effects)
    assert judged == 800
    errors = [effect.estimate - effect.difference for effect in effects if effect.estimate and effect.difference]
    off = sum(errors) / len(errors)
    print(f"conversion: {held} of {judged} intervals hold the truth, off by {off:+.5f}")
    assert 0.93 <= held / judged <= 0.995
    assert abs(off) < 0.002


@pytest.mark.slow
def test_over_200_worlds_intervals_of_money_cover_as_often_as_they_say(stores: Path) -> None:
    found = [one for seed in range(300, 500) for one in money_held(stores, seed)]
    held, off = sum(inside for inside, _ in found), sum(errors for _, errors in found) / len(found)
    print(f"money: {held} of {len(found)} intervals hold the truth, off by {off:+.3f} standard errors")
    assert len(found) > 600
    assert 0.93 <= held / len(found) <= 0.995
    assert abs(off) < 0.15


def test_money_and_orders_of_the_programme_are_those_of_caused_orders(stores: Path) -> None:
    """The whole programme by hand: what its treated members paid on orders that messages brought about."""
    session, data = session_of(stores, 900)
    with session:
        found = {row.play: row for row in session.truth(truth_files(data)) or ()}
    treated = ", ".join(f"('{member}')" for member in member_ids() if arm(900, "", member) != "campaign_control")
    [row] = duckdb.sql(
        f"""
        with caused as (select order_id from '{data}/truth-*.parquet' where what = 'caused'),
        latest as (
            select * from read_parquet('{data}/orders-*.parquet', filename = true)
            qualify row_number() over (partition by order_id order by filename desc) = 1
        )
        select count(*) filter (amount > refunded), (sum(amount - refunded) * 100)::bigint from latest
        where order_id in (from caused) and paid_at is not null and member_id in (values {treated})
        """
    ).fetchall()
    assert row == (found[""].added_orders, found[""].added_cents)


def test_data_of_somebody_else_have_no_truth(stores: Path) -> None:
    session, data = session_of(stores, 901)
    with session:
        assert session.truth(truth_files(data)) is not None
    path = stores / "901.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("insert into stg_members (member_id) values ('customer-17')")
    snapshot = Snapshot("real", path, END, {}, (), "f")
    windows = [PhaseWindow("burst", AS_OF, END)]
    with MeasurementSession(snapshot, calendar=CALENDAR, windows=windows, as_of=END) as session:
        session.load(MemoryLedger(), [stores / "decisions-901.parquet"], pools={})
        assert session.truth(truth_files(data)) is None
    with MeasurementSession(snapshot, calendar="another", windows=windows, as_of=END) as session:
        session.load(MemoryLedger(), [stores / "decisions-901.parquet"], pools={})
        assert session.truth(truth_files(data)) is None


def test_an_arm_too_small_has_a_truth_and_no_interval() -> None:
    from campaign_calendars.measuring.truth import TrueFigures

    true = TrueFigures("burst", "tiny", 20, 5, 3, 2, 900, 0, 0, 0, 0, 0, 0)
    effect = beside(true, contrast(Arm(20, 5), Arm(3, 1)))
    assert (effect.difference, effect.estimate, effect.interval, effect.inside) == (0.1, None, None, None)
    assert covered([effect]) == (0, 0)
