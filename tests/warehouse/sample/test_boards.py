"""Boards, bills and invitations of a generated store: figures that fit each other, and only of days that are over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from warehouse.sample.boards import CAMPAIGN, TOLD, Board
from warehouse.sample.files import read_file
from warehouse.sample.generate import generate
from warehouse.sample.world import World

AS_OF = datetime(2020, 2, 1, 4, tzinfo=UTC)  # noon in Shanghai
TODAY = date(2020, 2, 1)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("shop")
    generate(directory, members=4_000, seed=7, as_of=AS_OF)
    return directory


def test_a_day_is_told_when_it_is_over(shop: Path) -> None:
    days = read_file(shop, "traffic", 1, "csv")["day"]
    assert (pc.min(days).as_py(), pc.max(days).as_py()) == (TODAY - timedelta(days=TOLD), TODAY - timedelta(days=1))
    assert pc.max(read_file(shop, "costs", 1, "csv")["at"]).as_py() == datetime(2020, 1, 31, 22)


def test_the_figures_of_a_day_fit_each_other(shop: Path) -> None:
    rows = read_file(shop, "traffic", 1, "csv")
    for smaller, larger in (("one_session", "visitors"), ("visitors", "sessions"), ("sessions", "page_views")):
        assert pc.all(pc.less_equal(rows[smaller], rows[larger])).as_py(), smaller
    keys = rows.group_by(["position", "day", "audience"]).aggregate([])
    assert keys.num_rows == rows.num_rows == TOLD * 6
    of = {(row["audience"], row["day"]): row["visitors"] for row in rows.to_pylist() if row["position"] == "store"}
    assert all(of["member", day] < visitors for (audience, day), visitors in of.items() if audience == "all")


def test_fewer_join_at_a_place_than_come_to_it(shop: Path) -> None:
    since = datetime(2019, 12, 1)
    members = read_file(shop, "members", 1, "csv")
    late = members.filter(pc.greater_equal(members["joined_at"], pa.scalar(since, pa.timestamp("s"))))
    joins = {row["values"]: row["counts"] for row in pc.value_counts(late["join_source"]).to_pylist()}
    rows = read_file(shop, "traffic", 1, "csv")
    came = rows.filter(pc.greater_equal(rows["day"], pa.scalar(since.date())))
    for place in ("shop-home", "after-order", "live", "parcel-card"):
        visitors = pc.sum(came.filter(pc.equal(came["position"], place))["visitors"]).as_py()
        assert 0 < joins[place] < visitors / 2, place


def test_clicks_have_a_price_and_new_members_a_cost(shop: Path) -> None:
    rows = read_file(shop, "costs", 1, "csv").to_pylist()
    paid = [row for row in rows if row["kind"] == "advertising"]
    assert {row["channel"] for row in paid} == {"search", "recommend"}
    assert all(0.3 <= row["amount"] / row["clicks"] <= 1 for row in paid)
    won = [row for row in rows if row["kind"] == "acquisition"]
    assert len(won) == TOLD
    assert all(row["clicks"] is None and row["amount"] > 0 for row in won)


def test_more_is_laid_in_than_sold(shop: Path) -> None:
    stock = read_file(shop, "stock", 1, "csv")
    since = pc.min(stock["at"])
    orders = read_file(shop, "orders", 1, "csv")
    sold = orders.filter(pc.greater_equal(orders["paid_at"], since)).select(["order_id"])
    lines = read_file(shop, "order_items", 1, "csv").join(sold, "order_id", join_type="inner")
    pieces = dict(zip(*lines.group_by("sku").aggregate([("quantity", "sum")]).to_pydict().values(), strict=True))
    laid_in = dict(zip(*stock.group_by("sku").aggregate([("pieces", "sum")]).to_pydict().values(), strict=True))
    assert len(laid_in) == 12
    assert all(0.3 < pieces[sku] / laid_in[sku] < 1 for sku in laid_in)


def test_friends_were_invited_before_they_joined_and_others_in_vain(shop: Path) -> None:
    joined = {row["member_id"]: row["joined_at"] for row in read_file(shop, "members", 1, "csv").to_pylist()}
    invitations = read_file(shop, "invitations", 1, "csv").to_pylist()
    answered = {(row["inviter_id"], row["invited_id"]): row["at"] for row in invitations if row["invited_id"]}
    brought = {(row["referrer_id"], row["referred_id"]) for row in read_file(shop, "referrals", 1, "csv").to_pylist()}
    assert answered.keys() == brought
    assert all(joined[who] <= at <= joined[friend] for (who, friend), at in answered.items())
    in_vain = [row for row in invitations if not row["invited_id"]]
    assert 50 < len(in_vain) < 200
    assert all(joined[row["inviter_id"]] <= row["at"] < datetime(2020, 2, 1, 12) for row in in_vain)


def test_a_world_tells_of_its_days_as_they_end(tmp_path: Path) -> None:
    generate(tmp_path, members=300, seed=2, as_of=AS_OF)
    world = World(tmp_path, 11)
    world.advance(AS_OF, AS_OF + timedelta(hours=11))
    assert not list(tmp_path.glob("traffic-0002*"))
    world.advance(AS_OF + timedelta(hours=11), AS_OF + timedelta(hours=37))
    rows = read_file(tmp_path, "traffic", 3, "csv")
    assert set(rows["day"].to_pylist()) == {TODAY, TODAY + timedelta(days=1)}
    assert CAMPAIGN in rows["position"].to_pylist()
    assert rows.num_rows == 2 * 7
    board = Board(2, 300)
    first = (TODAY - date(1970, 1, 1)).days
    assert board.traffic(first, first + 2, campaign=True).equals(rows)  # a function of the sample and the day alone
