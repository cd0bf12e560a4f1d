"""The world: the same facts however it is advanced, a response that is known exactly."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from campaign_calendars.findings.errors import UsageError
from tests.warehouse.buckets import bucket
from warehouse.sample.files import SCHEMAS
from warehouse.sample.generate import generate
from warehouse.sample.messages import Contact
from warehouse.sample.response import BenefitEffect, ChannelEffect, PhaseEffect, WorldParams
from warehouse.sample.world import World

AS_OF = datetime(2020, 2, 20, 16, tzinfo=UTC)
DAY = timedelta(days=1)
MEMBERS = 2_500
PARAMS = WorldParams(
    calendar="test",
    phases=(PhaseEffect("burst", AS_OF + 4 * DAY, AS_OF + 8 * DAY, 2.5),),
    benefits={"coupon": BenefitEffect(pull=2.5, threshold_cents=9_900, value_cents=1_500)},
)


# What tells things of a dataset apart that a later file may say more about.
KEYS = {"members": ["member_id"], "contact_points": ["member_id", "channel"], "orders": ["order_id"]}
KEYS["order_items"] = ["order_id", "line_id"]


def facts(directory: Path, dataset: str) -> pa.Table:
    """All rows of a dataset as the last file says them, in the order of their values."""
    files = sorted(directory.glob(f"{dataset}-*.parquet"))
    rows = pa.concat_tables([pq.read_table(file) for file in files])
    if dataset in KEYS:
        numbered = rows.append_column("number", pa.array(range(rows.num_rows)))
        rows = rows.take(numbered.group_by(KEYS[dataset]).aggregate([("number", "max")])["number_max"])
    return rows.sort_by([(name, "ascending") for name in rows.schema.names])


def messages(rng: random.Random, share: float = 0.3) -> list[Contact]:
    sent: list[Contact] = []
    for day in range(8):
        for member in range(MEMBERS):
            if rng.random() < share:
                at = AS_OF + day * DAY + timedelta(hours=2, seconds=rng.randrange(36_000))
                benefit = "coupon" if rng.random() < 0.5 else None
                channel = rng.choice(["sms", "push", "group", "mail"])
                sent.append((f"m{member:08d}", channel, f"play-{day % 3}", "burst", benefit, at))
    return sent


def new_world(directory: Path, params: WorldParams = PARAMS, members: int = MEMBERS, seed: int = 11) -> World:
    generate(directory, members=members, seed=2, as_of=AS_OF, format="parquet")
    return World(directory, seed, params)


def advance_in(world: World, cuts: list[timedelta], sent: list[Contact]) -> None:
    start = AS_OF
    for cut in cuts:
        end = AS_OF + cut
        world.advance(start, end, [contact for contact in sent if start <= contact[5] < end])
        start = end


def test_any_steps_give_the_same_facts(tmp_path: Path) -> None:
    sent = messages(random.Random(1))
    whole, halves, odd = (tmp_path / name for name in ("whole", "halves", "odd"))
    advance_in(new_world(whole), [9 * DAY], sent)
    advance_in(new_world(halves), [4 * DAY, 9 * DAY], list(reversed(sent)))
    pieces = [timedelta(hours=hours) for hours in (1, 7, 25, 25.5, 49, 100, 101, 163)]
    advance_in(new_world(odd), [*pieces, 9 * DAY], sent)
    for dataset in SCHEMAS:
        expected = facts(whole, dataset)
        assert expected.equals(facts(halves, dataset)), dataset
        assert expected.equals(facts(odd, dataset)), dataset


def test_messages_ahead_of_the_step_wait(tmp_path: Path) -> None:
    sent = messages(random.Random(2), share=0.1)
    early, late = new_world(tmp_path / "early"), new_world(tmp_path / "late")
    early.advance(AS_OF, AS_OF + 2 * DAY, sent)
    early.advance(AS_OF + 2 * DAY, AS_OF + 9 * DAY)
    late.advance(AS_OF, AS_OF + 9 * DAY, sent)
    assert facts(tmp_path / "early", "orders").equals(facts(tmp_path / "late", "orders"))


def test_another_seed_is_another_world(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 2)):
        new_world(tmp_path / name, seed=seed).advance(AS_OF, AS_OF + 3 * DAY)
    assert not facts(tmp_path / "a", "orders").equals(facts(tmp_path / "b", "orders"))


AHEAD = {"until", "expires_at", "balance_from", "balance_until"}
"""What may lie ahead: ends and windows."""


def test_no_state_of_the_future_is_written(tmp_path: Path) -> None:
    now = AS_OF + timedelta(days=5, hours=4)
    new_world(tmp_path).advance(AS_OF, now, [c for c in messages(random.Random(3)) if c[5] < now])
    local_now = now.replace(tzinfo=None) + timedelta(hours=8)
    for dataset, schema in SCHEMAS.items():
        rows = facts(tmp_path, dataset)
        for field in schema:
            if pa.types.is_timestamp(field.type) and field.name not in AHEAD:
                latest = pc.max(rows[field.name]).as_py()
                assert latest is None or latest < local_now, (dataset, field.name)


def test_orders_open_at_the_extract_are_closed_a_day_later(tmp_path: Path) -> None:
    world = new_world(tmp_path, members=9_000)

    def open_orders() -> int:
        extract = pq.read_table(tmp_path / "orders-0001.parquet")["order_id"]
        rows = facts(tmp_path, "orders")
        rows = rows.filter(pc.is_in(rows["order_id"], extract))
        return int(pc.sum(pc.and_(rows["paid_at"].is_null(), rows["closed_at"].is_null())).as_py())

    assert open_orders() > 0
    world.advance(AS_OF, AS_OF + 2 * DAY)
    assert open_orders() == 0


def test_the_burst_moves_everybody(tmp_path: Path) -> None:
    calm, burst = WorldParams(), PARAMS
    counts = {}
    for name, params in (("calm", calm), ("burst", burst)):
        world = new_world(tmp_path / name, params)
        before = world.advance(AS_OF, AS_OF + 4 * DAY)
        counts[name] = before.orders, world.advance(AS_OF + 4 * DAY, AS_OF + 8 * DAY).orders
    assert counts["calm"][0] == counts["burst"][0]
    assert 2.0 < counts["burst"][1] / counts["calm"][1] < 3.0


def test_only_granted_members_redeem_and_each_grant_once(tmp_path: Path) -> None:
    sent = messages(random.Random(5))
    delta = new_world(tmp_path).advance(AS_OF, AS_OF + 9 * DAY, sent)
    used = [row for row in facts(tmp_path, "redemptions").to_pylist() if row["calendar"] == "test"]
    assert len(used) == delta.redemptions > 30
    orders = {row["order_id"]: row for row in facts(tmp_path, "orders").to_pylist()}
    granted: dict[str, list[datetime]] = {}
    for member, _, _, _, benefit, at in sent:
        if benefit:
            granted.setdefault(member, []).append(at.replace(tzinfo=None) + timedelta(hours=8))
    per_member: dict[str, int] = {}
    for row in used:
        order = orders[row["order_id"]]
        assert order["member_id"] == row["member_id"]
        assert order["amount"] * 100 >= 9_900 - 1_500
        assert any(at < row["redeemed_at"] for at in granted[row["member_id"]])
        per_member[row["member_id"]] = per_member.get(row["member_id"], 0) + 1
    assert all(count <= len(granted[member]) for member, count in per_member.items())
    assert len({row["redemption_id"] for row in used}) == len(used)


def test_files_are_added_and_never_written_again(tmp_path: Path) -> None:
    world, sent = new_world(tmp_path), messages(random.Random(4), share=0.1)
    known: dict[str, bytes] = {}
    for start in (AS_OF + day * DAY for day in range(5)):
        for file in tmp_path.iterdir():
            assert known.setdefault(file.name, file.read_bytes()) == file.read_bytes()
        world.advance(start, start + DAY, [c for c in sent if start <= c[5] < start + DAY])
    orders = [pq.read_table(file) for file in sorted(tmp_path.glob("orders-*"))[1:]]
    ids = [order for rows in orders for order in rows["order_id"].to_pylist()]
    assert len(ids) < 3 * len(set(ids))  # an order again only when it changed
    states = [dict(zip(rows["order_id"].to_pylist(), rows["status"].to_pylist(), strict=True)) for rows in orders]
    assert any(states[0].get(order) == "paid" and state == "shipped" for order, state in states[1].items())


def gone(points: pa.Table) -> int:
    """Who took back a consent, or left a group or an assistant."""
    return sum(points.num_rows - points[name].null_count for name in ("withdrawn_at", "unbound_at"))


def test_joins_and_unsubscribes_are_told_in_files_of_their_own(tmp_path: Path) -> None:
    sent = messages(random.Random(6))
    world = new_world(tmp_path)
    members, points = facts(tmp_path, "members"), facts(tmp_path, "contact_points")
    delta = world.advance(AS_OF, AS_OF + 9 * DAY, sent)
    members_after, points_after = facts(tmp_path, "members"), facts(tmp_path, "contact_points")
    assert members["joined_at"].null_count - members_after["joined_at"].null_count == delta.joins > 10
    assert members["phone"].null_count > members_after["phone"].null_count
    assert gone(points_after) - gone(points) == delta.withdrawals > 3
    assert points_after.num_rows > points.num_rows
    keys = points_after.group_by(["member_id", "channel"]).aggregate([])
    assert keys.num_rows == points_after.num_rows


def test_truth_counts_what_the_play_added(tmp_path: Path) -> None:
    """The baseline does not depend on messages, so a world without them is the other potential outcome."""
    first = {f"m{m:08d}": AS_OF + timedelta(days=4 + m % 3, hours=2) for m in range(0, MEMBERS, 2)}
    sent: list[Contact] = [
        (member, "sms", "recall", "burst", "coupon", at + again)
        for member, at in first.items()
        for again in (timedelta(0), DAY)
    ]
    treated, quiet = new_world(tmp_path / "treated"), new_world(tmp_path / "quiet")
    treated.advance(AS_OF, AS_OF + 9 * DAY, sent)
    quiet.advance(AS_OF, AS_OF + 9 * DAY)
    (truth,) = treated.truth()
    assert (truth.phase, truth.play, truth.contacts, truth.members) == ("burst", "recall", 2_500, 1_250)

    def local(moment: datetime) -> datetime:
        return (moment + timedelta(hours=8)).replace(tzinfo=None)

    def outcome(directory: Path) -> tuple[set[str], int]:
        rows = pq.read_table(directory / "orders-0002.parquet").to_pylist()
        inside = [
            row
            for row in rows
            if row["member_id"] in first
            and row["paid_at"]
            and local(first[row["member_id"]]) <= row["paid_at"] < local(AS_OF + 8 * DAY)
        ]
        return {row["member_id"] for row in inside}, sum(int((row["amount"] - row["refunded"]) * 100) for row in inside)

    (buyers, cents), (anyway, cents_anyway) = outcome(tmp_path / "treated"), outcome(tmp_path / "quiet")
    assert anyway <= buyers
    assert (len(buyers), len(anyway)) == (truth.buyers, truth.buyers_anyway)
    assert cents - cents_anyway == truth.added_cents
    assert truth.lift == (truth.buyers - truth.buyers_anyway) / 1_250 > 0


@pytest.fixture(scope="module")
def experiments(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[float, float, float]]:
    """(measured lift, its standard error, true lift) of ten hold-out experiments."""
    found = []
    for seed in range(10):
        directory = tmp_path_factory.mktemp(f"experiment-{seed}")
        params = WorldParams(channels={"sms": ChannelEffect(buy=0.05, visit=0.1, join=0.0, withdraw=0.0)})
        world = new_world(directory, params, members=8_000, seed=seed)
        everybody = [f"m{number:08d}" for number in range(8_000)]
        held = {member for member in everybody if bucket(f"salt-{seed}", member) < 3_000}
        sent = [(member, "sms", "recall", "burst", None, AS_OF) for member in everybody if member not in held]
        world.advance(AS_OF, AS_OF + 5 * DAY, sent)
        rows = pq.read_table(directory / "orders-0002.parquet")
        buyers = set(rows.filter(rows["paid_at"].is_valid())["member_id"].to_pylist())
        treated_rate = len(buyers - held) / (8_000 - len(held))
        held_rate = len(buyers & held) / len(held)
        variance = treated_rate * (1 - treated_rate) / (8_000 - len(held)) + held_rate * (1 - held_rate) / len(held)
        found.append((treated_rate - held_rate, variance**0.5, world.truth()[0].lift))
    return found


def test_a_hold_out_measures_the_truth(experiments: list[tuple[float, float, float]]) -> None:
    covered = sum(abs(measured - true) <= 1.96 * error for measured, error, true in experiments)
    assert covered >= 8
    assert all(0.02 < true < 0.06 for _, _, true in experiments)
    mean_error = sum(measured - true for measured, _, true in experiments) / len(experiments)
    assert abs(mean_error) < 0.004


def test_steps_have_to_follow_each_other(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    with pytest.raises(UsageError, match="does not follow"):
        world.advance(AS_OF + DAY, AS_OF + 2 * DAY)
    world.advance(AS_OF, AS_OF + DAY)
    assert world.now == AS_OF + DAY
    with pytest.raises(UsageError, match="before the step"):
        world.advance(AS_OF + DAY, AS_OF + 2 * DAY, [("m00000001", "sms", "p", "burst", None, AS_OF)])


def test_strangers_are_passed_over(tmp_path: Path) -> None:
    at = AS_OF + timedelta(hours=1)
    strangers = [("m-odd-birthday", "sms", "p", "f", None, at), ("m99999999", "sms", "p", "f", None, at)]
    assert new_world(tmp_path).advance(AS_OF, AS_OF + DAY, strangers).contacts == 0


def test_a_world_needs_a_fresh_sample(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"sample\.json"):
        World(tmp_path, 1)
    new_world(tmp_path).advance(AS_OF, AS_OF + DAY)
    with pytest.raises(UsageError, match="advanced already"):
        World(tmp_path, 1)


def test_csv_worlds_hold_the_same_facts(tmp_path: Path) -> None:
    from warehouse.sample.files import read_file

    sent = messages(random.Random(8), share=0.1)
    for file_format in ("csv", "parquet"):
        generate(tmp_path / file_format, members=MEMBERS, seed=2, as_of=AS_OF, format=file_format)  # type: ignore[arg-type]
        World(tmp_path / file_format, 4, PARAMS).advance(AS_OF, AS_OF + 4 * DAY, sent)
    for dataset, number in (("orders", 1), ("orders", 2), ("events", 2), ("members", 1), ("contact_points", 1)):
        from_csv = read_file(tmp_path / "csv", dataset, number, "csv")
        assert from_csv.equals(read_file(tmp_path / "parquet", dataset, number, "parquet")), (dataset, number)
