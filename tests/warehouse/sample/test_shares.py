"""What a generated store has beside members and orders, each with its stated share, and how to leave it out."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from campaign_calendars.findings.errors import UsageError
from warehouse.sample.generate import Manifest, generate
from warehouse.sample.profiles import JOIN_SOURCES
from warehouse.sample.shares import Shares, read_shares
from warehouse.sample.world import World

AS_OF = datetime(2020, 2, 28, 16, tzinfo=UTC)
NOW = datetime(2020, 2, 29)
NOTHING = Shares(**{each.name: 0.0 for each in fields(Shares)})
SHARES = Shares()


def read(directory: Path, dataset: str) -> pa.Table:
    return pq.read_table(directory / f"{dataset}-0001.parquet")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("shop")
    generate(directory, members=12_000, seed=7, as_of=AS_OF, format="parquet")
    return directory


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("bare")
    generate(directory, members=12_000, seed=7, as_of=AS_OF, format="parquet", shares=NOTHING)
    return directory


def test_without_them_the_rest_is_the_same(shop: Path, bare: Path) -> None:
    for dataset in ("members", "orders", "contact_points", "tags", "redemptions", "points"):
        assert read(shop, dataset).equals(read(bare, dataset)), dataset
    assert read(bare, "referrals").num_rows == 0
    assert "gift" not in read(bare, "order_items")["category"].to_pylist()
    hashes = read(bare, "identities")
    assert pc.count_distinct(hashes["value"]).as_py() == hashes.num_rows
    kinds = set(read(bare, "events")["kind"].to_pylist())
    assert not kinds & {"share", "join_view", "registered", "shipped", "signed"}
    assert Manifest.read(bare).shares == NOTHING


def test_members_bring_those_who_join_after_them(shop: Path) -> None:
    rows, members = read(shop, "referrals"), read(shop, "members")
    joined = dict(zip(members["member_id"].to_pylist(), members["joined_at"].to_pylist(), strict=True))
    assert all(joined[row["referrer_id"]] < joined[row["referred_id"]] == row["at"] for row in rows.to_pylist())
    assert pc.count_distinct(rows["referred_id"]).as_py() == rows.num_rows
    share = rows.num_rows / sum(at is not None for at in joined.values())
    assert share == pytest.approx(SHARES.referrals, abs=0.012)


def test_accounts_of_one_person_and_numbers_of_many(shop: Path) -> None:
    rows = read(shop, "identities")
    hashes = Counter(rows.filter(pc.equal(rows["kind"], "phone_hash"))["value"].to_pylist())
    sizes = Counter(hashes.values())
    pairs = sizes[2]
    assert pairs / 12_000 == pytest.approx(SHARES.second_accounts, rel=0.35)
    assert sum(count for size, count in sizes.items() if size > 4) >= 1
    nicks = rows.filter(pc.equal(rows["kind"], "nick"))["value"]
    assert pc.count_distinct(nicks).as_py() == 12_000


def test_streaks_go_on_day_after_day(shop: Path, bare: Path) -> None:
    def longest(directory: Path) -> Counter[int]:
        rows = read(directory, "events")
        rows = rows.filter(pc.equal(rows["kind"], "sign_in"))
        days: dict[str, set[int]] = {}
        for member, at in zip(rows["member_id"].to_pylist(), rows["at"].to_pylist(), strict=True):
            days.setdefault(member, set()).add(at.toordinal())
        return Counter(_run(mine) for mine in days.values())

    def _run(days: set[int]) -> int:
        best = run = 0
        for day in sorted(days):
            run = run + 1 if day - 1 in days else 1
            best = max(best, run)
        return best

    with_them, without = longest(shop), longest(bare)
    long = sum(count for length, count in with_them.items() if length >= 5)
    assert long > 100
    assert sum(count for length, count in without.items() if length >= 5) < 5


def test_joining_step_by_step_where_it_happened(shop: Path) -> None:
    rows, members = read(shop, "events"), read(shop, "members")
    steps = {
        kind: {row["member_id"]: row for row in rows.filter(pc.equal(rows["kind"], kind)).to_pylist()}
        for kind in ("join_view", "join_authorise", "registered", "pack_claimed")
    }
    sizes = [len(found) for found in steps.values()]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] > 100
    known = {row["member_id"]: row for row in members.to_pylist()}
    for member, row in steps["registered"].items():
        assert row["at"] == known[member]["joined_at"]
        assert row["position"] == known[member]["join_source"]
        assert steps["join_view"][member]["at"] <= steps["join_authorise"][member]["at"] <= row["at"]
    outside = steps["join_view"].keys() - steps["registered"].keys()
    assert outside
    assert all(known[member]["joined_at"] is None for member in outside)
    lately = [row for row in known.values() if row["joined_at"] and row["joined_at"] >= NOW - timedelta(days=120)]
    assert len(steps["registered"]) / len(lately) == pytest.approx(SHARES.join_steps, abs=0.04)
    assert set(rows["position"].drop_null().to_pylist()) == set(JOIN_SOURCES)


def test_reviews_follow_success_and_parcels_follow_payment(shop: Path) -> None:
    rows, orders = read(shop, "events"), read(shop, "orders")
    counts = Counter(rows["kind"].to_pylist())
    done = orders.filter(
        pc.greater_equal(orders["completed_at"], pa.scalar(NOW - timedelta(days=120), pa.timestamp("s")))
    )
    assert counts["review"] > SHARES.reviews * done.num_rows
    assert counts["share"] / done.num_rows == pytest.approx(SHARES.shared, abs=0.01)
    paid = orders.filter(pc.greater_equal(orders["paid_at"], pa.scalar(NOW - timedelta(days=30), pa.timestamp("s"))))
    assert 0.75 < counts["shipped"] / paid.num_rows < SHARES.parcels
    assert counts["signed"] < counts["shipped"]


def test_gifts_are_lines_that_cost_nothing(shop: Path) -> None:
    lines, orders = read(shop, "order_items"), read(shop, "orders")
    gifts = lines.filter(pc.equal(lines["category"], "gift"))
    assert gifts.num_rows / orders.num_rows == pytest.approx(SHARES.gifts, abs=0.004)
    assert pc.sum(gifts["paid"]).as_py() == 0
    assert pc.min(gifts["price"]).as_py() > 0
    paid = dict(zip(orders["order_id"].to_pylist(), orders["paid_at"].to_pylist(), strict=True))
    assert all(paid[order] for order in gifts["order_id"].to_pylist())


def test_a_world_gives_the_gifts_of_its_sample(tmp_path: Path) -> None:
    generate(tmp_path, members=1_500, seed=3, as_of=AS_OF, format="parquet", shares=Shares(gifts=0.5))
    World(tmp_path, 1).advance(AS_OF, AS_OF + timedelta(days=3))
    lines = pq.read_table(tmp_path / "order_items-0002.parquet")
    orders = pc.count_distinct(lines["order_id"]).as_py()
    assert pc.sum(pc.equal(lines["category"], "gift")).as_py() / orders == pytest.approx(0.5, abs=0.12)


def test_birthdays_on_the_29th_of_february(shop: Path) -> None:
    born = read(shop, "members")["birth_on"].drop_null()
    leap = pc.and_(pc.equal(pc.month(born), 2), pc.equal(pc.day(born), 29))
    assert 0 < pc.sum(leap).as_py() < 30


def test_shares_are_written_as_name_and_figure() -> None:
    assert read_shares(["gifts=0.1", "join-steps=0"]) == Shares(gifts=0.1, join_steps=0.0)
    for wrong, words in (("hats=1", "no share"), ("gifts=2", "0 to 1"), ("gifts=many", "0 to 1")):
        with pytest.raises(UsageError, match=words):
            read_shares([wrong])
