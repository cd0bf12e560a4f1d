"""The truth of a world is that of its twin: the same draws, lived through without a play's messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse.buckets import bucket
from warehouse.sample.generate import generate
from warehouse.sample.messages import Contact
from warehouse.sample.response import BenefitEffect, PhaseEffect, WorldParams
from warehouse.sample.truth_files import truth_files
from warehouse.sample.world import World

AS_OF = datetime(2020, 2, 20, 16, tzinfo=UTC)
DAY = timedelta(days=1)
MEMBERS = 3_000
# Wearing out is strong here, so that a play visibly costs the others orders.
PARAMS = WorldParams(
    calendar="spring",
    saturation=0.5,
    phases=(PhaseEffect("burst", AS_OF, AS_OF + 9 * DAY),),
    benefits={"coupon": BenefitEffect(pull=6.0, threshold_cents=5_000, value_cents=1_000)},
)


def sent(*plays: str) -> list[Contact]:
    """Up to three messages of each play on six days."""
    return [
        (f"m{member:08d}", "sms", play, "burst", "coupon" if play == "a" else None, AS_OF + day * DAY + DAY / 8)
        for play in plays
        for day in range(6)
        for member in range(MEMBERS)
        if bucket(f"{play}-{day}", str(member)) < 5_000
    ]


def lived(directory: Path, messages: list[Contact], params: WorldParams = PARAMS) -> World:
    generate(directory, members=MEMBERS, seed=2, as_of=AS_OF, format="parquet")
    world = World(directory, 11, params)
    for day in range(10):
        start = AS_OF + day * DAY
        world.advance(start, start + DAY, [one for one in messages if start <= one[5] < start + DAY])
    return world


def paid_orders(directory: Path) -> dict[str, str]:
    """Order → member, of orders paid before the end of the phase."""
    end = (AS_OF + 9 * DAY + timedelta(hours=8)).replace(tzinfo=None)
    found: dict[str, str] = {}
    for file in sorted(directory.glob("orders-*.parquet"))[1:]:
        for row in pq.read_table(file).to_pylist():
            if row["paid_at"] and row["paid_at"] < end and row["order_id"].startswith("w"):
                found[row["order_id"]] = row["member_id"]
    return found


def rows(directory: Path) -> list[dict[str, object]]:
    return pa.concat_tables([pq.read_table(file) for file in truth_files(directory)]).to_pylist()


def test_the_truth_of_a_play_is_the_difference_to_a_world_without_it(tmp_path: Path) -> None:
    both = lived(tmp_path / "both", sent("a", "b"))
    truth = {row.play: row for row in both.truth()}
    came = paid_orders(tmp_path / "both")
    for play, other in (("a", "b"), ("b", "a")):
        lived(tmp_path / play, sent(other))
        without = paid_orders(tmp_path / play)
        reached = {message[0] for message in sent(play)}
        ours = {order for order, member in came.items() if member in reached}
        theirs = {order for order, member in without.items() if member in reached}
        assert truth[play].added_orders == len(ours) - len(theirs)
        # Some orders of the other play did not come, because this one had worn its members out.
        displaced = {(row["member_id"], row["paid_at"]) for row in rows(tmp_path / "both")
                     if row["what"] == "displaced" and row["play"] == play and row["paid_at"]}  # fmt: skip
        assert len(theirs - ours) == len(displaced) > 5
        assert len(ours - theirs) > 20


def test_what_all_plays_brought_about_is_the_difference_to_a_quiet_world(tmp_path: Path) -> None:
    lived(tmp_path / "told", sent("a", "b"))
    lived(tmp_path / "quiet", [])
    told = rows(tmp_path / "told")
    caused = {row["order_id"] for row in told if row["what"] == "caused" and row["fact"] == "order"}
    came, anyway = paid_orders(tmp_path / "told"), paid_orders(tmp_path / "quiet")
    assert came.keys() - anyway.keys() == caused & came.keys()
    assert anyway.keys() <= came.keys()
    assert sum(row["messages"] or 0 for row in told) == len(sent("a", "b"))  # type: ignore[misc]
    assert {row["calendar"] for row in told} == {"spring"}
    assert not truth_files(tmp_path / "quiet")


def test_messages_wear_out_by_how_often_they_come(tmp_path: Path) -> None:
    orders = {}
    for saturation in (1.0, 0.5):
        params = WorldParams(calendar="spring", saturation=saturation, phases=PARAMS.phases)
        lived(tmp_path / str(saturation), sent("b", "c"), params)
        told = rows(tmp_path / str(saturation))
        orders[saturation] = sum(row["what"] == "caused" and row["fact"] == "order" for row in told)
        assert any(row["what"] == "displaced" for row in told) == (saturation < 1)
    assert orders[0.5] < 0.75 * orders[1.0]


@pytest.mark.parametrize("threads", [1, 4])
def test_same_seed_same_world_on_any_number_of_threads(tmp_path: Path, threads: int) -> None:
    usual = pa.cpu_count()
    try:
        pa.set_cpu_count(threads)
        lived(tmp_path / "threads", sent("a")[:2_000])
    finally:
        pa.set_cpu_count(usual)
    lived(tmp_path / "usual", sent("a")[:2_000])
    for path in sorted((tmp_path / "usual").iterdir()):
        assert path.read_bytes() == (tmp_path / "threads" / path.name).read_bytes(), path.name
