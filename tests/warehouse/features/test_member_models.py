"""The programme's features by hand: tiers, points, discounts, categories, hours (A6, A1#17)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from campaign_calendars.model.programme import Ladder, TierRules
from tests.drawing import drawn
from warehouse.engines.rows import append_rows
from warehouse.features import history
from warehouse.features.members import build_features
from warehouse.features.params import FeatureParams
from warehouse.models.catalogue import load_layer

AS_OF = datetime(2026, 3, 8, 4, tzinfo=UTC)
NOW = AS_OF.replace(tzinfo=None)
PARAMS = FeatureParams("Asia/Shanghai", (30, 90, 180, 365), 365, (("basic", 0), ("vip", 50_000), ("top", 90_000)))


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(config={"threads": 2})
    con.execute("attach ':memory:' as snap")
    for model in load_layer("staging"):
        con.execute(f"create table snap.{model.name} ({model.ddl()})")
    history.create_tables(con)
    con.execute("insert into snap.stg_members (member_id, joined_at) values ('ann', '2024-01-01'), ('bob', null)")
    yield con
    con.close()


def order(con: duckdb.DuckDBPyConnection, number: str, days_ago: float, cents: int, **more: object) -> None:
    at = NOW - timedelta(days=days_ago)
    row: dict[str, object] = {
        "order_id": number, "member_id": "ann", "ordered_at": at, "paid_at": at, "succeeded_at": at,
        "amount_cents": cents, "refunded_cents": 0, "items": 1, **more,
    }  # fmt: skip
    names = ", ".join(row)
    con.execute(f"insert into snap.stg_orders ({names}) values ({', '.join('?' * len(row))})", list(row.values()))


def entry(con: duckdb.DuckDBPyConnection, kind: str, points: int, days: float, expires: float | None = None) -> None:
    until = None if expires is None else NOW + timedelta(days=expires)
    row = ("ann", kind, points, NOW + timedelta(days=days), until)
    con.execute('insert into snap.stg_points (member_id, kind, points, "at", expires_at) values (?, ?, ?, ?, ?)', row)


def ann(con: duckdb.DuckDBPyConnection, *columns: str, as_of: datetime = AS_OF, **changes: Any) -> Any:
    build_features(con, as_of=as_of, params=replace(PARAMS, **changes), columns=columns)
    (row,) = con.execute(f"select {', '.join(columns)} from member_features where member_id = 'ann'").fetchall()
    return row if len(columns) > 1 else row[0]


def test_a_tier_counts_success_not_payment(con: duckdb.DuckDBPyConnection) -> None:
    order(con, "o1", 10, 60_000, succeeded_at=None)
    assert ann(con, "tier") == "basic"
    con.execute("update snap.stg_orders set succeeded_at = ?", [NOW])
    assert ann(con, "tier") == "basic", "it succeeds at as_of, which is too late"
    con.execute("update snap.stg_orders set succeeded_at = ?", [NOW - timedelta(seconds=1)])
    assert ann(con, "tier") == "vip"


def test_orders_reach_a_tier_too(con: duckdb.DuckDBPyConnection) -> None:
    either = TierRules(Ladder((0, 50_000, 90_000), (0, 2, None)))
    both = TierRules(Ladder((0, 50_000, 90_000), (0, 2, 2), "all_of"))
    order(con, "o1", 10, 100)
    assert (ann(con, "tier", tier_rules=either), ann(con, "tier", tier_rules=both)) == ("basic", "basic")
    order(con, "o2", 9, 100)
    assert (ann(con, "tier", tier_rules=either), ann(con, "tier", tier_rules=both)) == ("vip", "basic")
    order(con, "o3", 8, 99_800)
    assert (ann(con, "tier", tier_rules=either), ann(con, "tier", tier_rules=both)) == ("top", "top")


def test_changed_rules_wait_for_the_next_success(con: duckdb.DuckDBPyConnection) -> None:
    since = AS_OF - timedelta(days=5)
    rules = TierRules(Ladder((0, 50_000, 90_000), (None,) * 3), Ladder((0, 10_000, 20_000), (None,) * 3), since)
    order(con, "o1", 20, 25_000)
    assert ann(con, "tier", tier_rules=rules) == "top", "she keeps what the earlier rules gave her"
    assert ann(con, "tier", tier_rules=rules, as_of=since - timedelta(days=1)) == "top"
    order(con, "o2", 1, 30_000)
    assert ann(con, "tier", tier_rules=rules) == "vip", "55,000 by the new rules"
    assert ann(con, "tier", tier_rules=rules, as_of=AS_OF - timedelta(days=2)) == "top"
    build_features(con, as_of=AS_OF, params=replace(PARAMS, tier_rules=rules), columns=["tier"])
    assert con.execute("select tier from member_features where member_id = 'bob'").fetchall() == [("basic",)]


def test_a_tier_set_by_hand_holds_until_its_end(con: duckdb.DuckDBPyConnection) -> None:
    until = AS_OF + timedelta(days=1)
    history.load_tier_overrides(con, [("ann", "top", AS_OF - timedelta(days=1), until)])
    assert ann(con, "tier", "tier_is_manual") == ("top", True)
    assert ann(con, "tier", "tier_is_manual", as_of=until) == ("basic", False)
    assert ann(con, "tier", "tier_is_manual", as_of=AS_OF - timedelta(days=2)) == ("basic", False)


POINTS = ("points_balance", "points_earned_365d", "points_redeemed_365d", "points_expiring_30d")


def test_points_are_those_of_the_recorded_ledger(con: duckdb.DuckDBPyConnection) -> None:
    entry(con, "earn", 100, -400)
    entry(con, "earn", 200, -100, 20)
    entry(con, "referral", 300, -50, 40)
    entry(con, "refund", -50, -49)
    entry(con, "redeem", -80, -10)
    entry(con, "adjust", -5, -1)
    entry(con, "redeem", -999, 0)
    # Used first: what expires first. 200 expire within 30 days, 135 went before.
    assert ann(con, *POINTS) == (465, 450, 80, 65)


def test_expired_points_are_void_whether_or_not_it_was_written_down(con: duckdb.DuckDBPyConnection) -> None:
    entry(con, "earn", 100, -50, -10)
    entry(con, "earn", 50, -40, 100)
    entry(con, "redeem", -30, -20)
    entry(con, "redeem", -40, -5)
    assert ann(con, "points_balance") == 10  # 70 of the first were void before the second redemption
    entry(con, "expire", -70, -9)
    assert ann(con, "points_balance") == 10, "written down as well: void once"
    assert ann(con, "points_balance", as_of=AS_OF - timedelta(days=11)) == 120


moves = st.lists(st.tuples(st.sampled_from(["earn", "redeem"]), st.integers(1, 90), st.integers(1, 60)), max_size=14)


@drawn(15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves, st.integers(1, 70))
def test_points_against_a_plain_ledger(
    con: duckdb.DuckDBPyConnection, moves: list[tuple[str, int, int]], lasts: int
) -> None:
    """Lots in order of expiry; every redemption takes what it can from lots that still stand."""
    lots: list[list[int]] = []
    rows = []
    for kind, points, days_ago in sorted(moves, key=lambda move: -move[2]):
        now = -days_ago
        if kind == "earn":
            lots.append([now + lasts, points])
            rows.append(("ann", "earn", points, NOW + timedelta(days=now), NOW + timedelta(days=now + lasts)))
            continue
        left = min(points, sum(rest for until, rest in lots if until > now))
        if left:
            rows.append(("ann", "redeem", -left, NOW + timedelta(days=now, seconds=1), None))
        for lot in sorted(lots):
            if lot[0] > now:
                taken = min(left, lot[1])
                lot[1], left = lot[1] - taken, left - taken
    con.execute("delete from snap.stg_points")
    con.execute(
        'create or replace temp table incoming as select member_id, kind, points, "at", expires_at from snap.stg_points'
    )
    append_rows(con, "incoming", rows)
    con.execute("insert into snap.stg_points by name from incoming")
    balance = sum(rest for until, rest in lots if until > 0)
    soon = sum(rest for until, rest in lots if 0 < until <= 30)
    assert ann(con, "points_balance", "points_expiring_30d") == (balance, soon)


def line(con: duckdb.DuckDBPyConnection, number: str, category: str | None, price: int, paid: int) -> None:
    con.execute(
        "insert into snap.stg_order_items (order_id, category, price_cents, quantity, paid_cents)"
        " values (?, ?, ?, 1, ?)",
        [number, category, price, paid],
    )


def test_what_was_bought_with_a_discount(con: duckdb.DuckDBPyConnection) -> None:
    assert ann(con, "discount_share_365d") is None
    for number in ("list", "rounded", "below", "coupon"):
        order(con, number, 5, 1000)
    line(con, "list", "tea", 1000, 1000)
    line(con, "rounded", "tea", 1000, 991)
    line(con, "below", "tea", 1000, 990)
    con.execute(
        "insert into snap.stg_redemptions (member_id, order_id, redeemed_at) values ('ann', 'coupon', ?)", [NOW]
    )
    assert ann(con, "discount_share_365d") == 25
    con.execute("update snap.stg_redemptions set redeemed_at = ?", [NOW - timedelta(seconds=1)])
    assert ann(con, "discount_share_365d") == 50


def test_the_favourite_category_and_its_lifecycle(con: duckdb.DuckDBPyConnection) -> None:
    order(con, "o1", 20, 500)
    order(con, "o2", 400, 9999)
    line(con, "o1", "tea", 250, 250)
    line(con, "o1", "dairy", 250, 250)
    line(con, "o2", "fruit", 9999, 9999)
    bounds = (("dairy", (7, 14, 21, 28)),)
    assert ann(con, "favourite_category") == "dairy", "of equal ones the first by name"
    assert ann(con, "lifecycle") == "core"
    assert ann(con, "lifecycle", category_bounds=bounds) == "ordinary"
    assert ann(con, "lifecycle", category_bounds=(("tea", (7, 14, 21, 28)),)) == "core"
    order(con, "o3", 1, 100, refunded_cents=100, refunded_at=NOW - timedelta(hours=1))
    line(con, "o3", "tea", 100, 100)
    assert ann(con, "favourite_category") == "dairy", "an order given back counts nothing"


def test_the_active_hour_is_local(con: duckdb.DuckDBPyConnection) -> None:
    order(con, "o1", 1, 100)  # 04:00 UTC is noon in Shanghai
    con.execute(
        "insert into snap.stg_events (member_id, kind, \"at\") values ('ann', 'visit', '2026-03-01 15:30'),"
        " ('ann', 'visit', '2026-03-02 15:59'), ('ann', 'visit', '2025-03-02 09:00'),"
        " ('ann', 'visit', '2026-03-08 04:00')"
    )
    assert ann(con, "active_hour", "active_day_part") == (23, "evening")


@pytest.mark.parametrize(
    ("threshold", "may"),
    [((None, None, True), True), ((10_000, None, True), True), ((10_001, None, True), False), ((10_001, 2, True), True),
     ((10_001, 2, False), False), ((10_000, 2, False), True), ((None, 3, False), False)],
)  # fmt: skip
def test_who_may_join(
    con: duckdb.DuckDBPyConnection, threshold: tuple[int | None, int | None, bool], may: bool
) -> None:
    order(con, "o1", 1, 4_000)
    order(con, "o2", 500, 6_000)
    assert ann(con, "may_join", join_threshold=threshold) is False, "she has joined"
    con.execute("update snap.stg_members set joined_at = null")
    assert ann(con, "may_join", join_threshold=threshold) is may


def test_the_value_of_a_member_is_weighted_by_the_store(con: duckdb.DuckDBPyConnection) -> None:
    order(con, "o1", 1, 35_000)
    weights = (("order", 7), ("spend", 2), *((name, 0) for name in ("visit", "cart_add", "favourite", "sign_in")))
    weights = (*weights, ("interaction", 0), ("joined", 100))
    assert ann(con, "value_score", value_weights=weights) == 7 + 3 * 2 + 100
