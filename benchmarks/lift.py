"""What a report asks of the engine, and the sums every contrast is made of, against DuckDB SQL written by hand.

The store is made by `range()`: a tenth of the members is held out of one play, everybody has ten orders, four of
them after the assignment. First the sums of the arms of ten times as many members, then everything a measurement of
the calendar reads.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import duckdb

from benchmarks import harness
from warehouse.ledger.memory import MemoryLedger
from warehouse.measurement import MeasurementSession, PhaseWindow
from warehouse.measurement.arms import sums_of_arms
from warehouse.models.catalogue import load_layer
from warehouse.snapshots.snapshot import Snapshot

Sums = dict[str, tuple[int, int, int, int]]
"""Arm → members, buyers, spending and the sum of its squares by member; cents."""
START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(days=10)
MEMBERS_TO_A_SUM = 10
_MADE = """
create table arm_members as
select
    'burst' as phase, 'recall' as play, if(hash(i) % 10 = 0, 'play_control', 'treated') as arm, i as member_id,
    false as joined, (hash(i + 1) % 12 = 0)::bigint as orders,
    if(hash(i + 1) % 12 = 0, 2000 + hash(i + 2) % 20000, 0)::bigint as spend_cents,
    if(hash(i + 3) % 12 = 0, 2000 + hash(i + 4) % 20000, 0)::bigint as before_cents,
    if(hash(i) % 10 = 0, 0, 6)::bigint as cost_cents, hash(i) % 10 > 0 as contacted
from range({members}) as r (i)
"""
_BY_HAND = """
select arm, count(*), count(*) filter (orders > 0), sum(spend_cents)::bigint,
    sum(spend_cents::hugeint * spend_cents), sum(before_cents)::bigint, sum(before_cents::hugeint * before_cents),
    sum(spend_cents::hugeint * before_cents)
from arm_members group by arm
"""
_ARMS_BY_HAND = """
with bought as (
    select d.arm, d.member_id, count(o.order_id) as orders, coalesce(sum(o.amount_cents - o.refunded_cents), 0) as cents
    from read_parquet($decisions) as d
    left join snap.stg_orders as o
        on o.member_id = d.member_id and o.paid_at >= d.occurrence_at and o.paid_at < $end
    group by d.arm, d.member_id
)
select arm, count(*), count(*) filter (orders > 0), sum(cents)::bigint, sum(cents::hugeint * cents)
from bought group by arm
"""


def naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def prepare_sums(members: int) -> Callable[[], Sums]:
    con = duckdb.connect(config={"threads": 2})
    con.execute(_MADE.format(members=members))

    def work() -> Sums:
        found = {arm: sums for _, arm, sums in sums_of_arms(con, "arm_members", "phase", "play")}
        return {
            name: (arm.members, arm.buyers, arm.spend_cents, arm.sums.spend_squares if arm.sums else 0)
            for name, arm in found.items()
        }

    return work


def prepare_sums_by_hand(members: int) -> Callable[[], Sums]:
    con = duckdb.connect(config={"threads": 2})
    con.execute(_MADE.format(members=members))
    return lambda: {row[0]: row[1:5] for row in con.execute(_BY_HAND).fetchall()}


def store(directory: Path, members: int) -> None:
    """A snapshot with the members and their orders, and the decisions of a calendar."""
    with duckdb.connect(str(directory / "snapshot.duckdb")) as con:
        for model in load_layer("staging"):
            con.execute(f"create table {model.name} ({model.ddl()})")
        con.execute(f"insert into stg_members (member_id) select 'm' || i from range({members}) as r (i)")
        con.execute(
            f"""
            insert into stg_orders (order_id, member_id, paid_at, amount_cents, refunded_cents)
            select 'o' || i, 'm' || (i % {members}),
                $start::timestamp + to_seconds((hash(i) % 2160000)::bigint - 1296000),
                2000 + hash(i + 7) % 20000, 0
            from range({members * 10}) as r (i)
            """,
            {"start": naive(START)},
        )
        con.execute(
            f"""
            copy (
                select 'sale' as calendar, 'burst' as phase, 'recall' as play, $start::timestamp as occurrence_at,
                    'm' || i as member_id, if(hash(i) % 10 = 0, 'held_out', 'chosen') as status,
                    if(hash(i) % 10 = 0, 'play_control', 'treated') as arm
                from range({members}) as r (i)
            ) to '{directory}/decisions.parquet'
            """,
            {"start": naive(START)},
        )


def prepare(directory: Path) -> Callable[[], Sums]:
    snapshot = Snapshot("s", directory / "snapshot.duckdb", END, {}, (), "f")

    def work() -> Sums:
        windows = [PhaseWindow("burst", START, END)]
        with MeasurementSession(snapshot, calendar="sale", windows=windows, as_of=END, threads=2) as session:
            session.load(MemoryLedger(), [directory / "decisions.parquet"], pools={})
            arms = session.arms()
            session.benefit_arms(), session.split_arms(), session.funnel(), session.phase_sales(), session.redeemed()
            session.exclusions(), session.costs(), session.days("Asia/Shanghai", START.date(), END.date())
        return {
            name: (arm.members, arm.buyers, arm.spend_cents, arm.sums.spend_squares if arm.sums else 0)
            for name, arm in arms["burst", "recall"].items()
        }

    return work


def prepare_by_hand(directory: Path) -> Callable[[], Sums]:
    def work() -> Sums:
        with duckdb.connect(config={"threads": 2}) as con:
            con.execute(f"attach '{directory}/snapshot.duckdb' as snap (read_only)")
            told = {"decisions": f"{directory}/decisions.parquet", "end": naive(END)}
            return {row[0]: row[1:5] for row in con.execute(_ARMS_BY_HAND, told).fetchall()}

    return work


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    many = chosen.members * MEMBERS_TO_A_SUM
    sums = harness.alternate(partial(prepare_sums, many), partial(prepare_sums_by_hand, many), rounds=chosen.rounds)
    if sums.result != sums.expected:
        raise SystemExit(f"the sums are {sums.result}, by hand {sums.expected}")
    yield sums.row("lift: sums of all arms, CPU", many, "members", "sums of each arm by hand", measure="cpu")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        store(directory, chosen.members)
        whole = harness.alternate(
            partial(prepare, directory), partial(prepare_by_hand, directory), rounds=chosen.rounds
        )
        if whole.result != whole.expected:
            raise SystemExit(f"the arms are {whole.result}, by hand {whole.expected}")
        reference = "one statement by hand: the arms of one play, and nothing else of the report"
        yield whole.row(
            "lift: all a report reads, CPU", chosen.members, "members with ten orders", reference, measure="cpu"
        )


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=1_000_000, short=50_000, rounds=1), rows)
