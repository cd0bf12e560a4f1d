"""The list of refunds beside the orders: which figure counts, from which moment, and that nothing counts twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from tests.warehouse.conftest import AS_OF, PARAMS, Shop
from warehouse.features.history import create_tables
from warehouse.features.members import build_features
from warehouse.models.catalogue import macros_of
from warehouse.snapshots.snapshot import Snapshot, open_snapshot

Read = Callable[..., list[tuple[Any, ...]]]
ORDERS = "select order_id, refunded_cents, refunded_at, part_refunded_cents, part_refunded_at from snap.stg_orders"
RULES = "select rule, count(*) from snap.quarantine where dataset = 'refunds' group by all order by all"


def order(number: int, **more: object) -> dict[str, object]:
    paid = {"ordered_at": "2026-02-01 10:00", "paid_at": "2026-02-01 10:05", "amount": "100"}
    return {"order_id": f"o{number}", "member_id": "m1", **paid, **more}


def refund(number: int, of: int, amount: str, **more: object) -> dict[str, object]:
    return {"refund_id": f"r{number}", "order_id": f"o{of}", "amount": amount, "status": "退款成功", **more}


def test_the_refund_list_wins_for_the_orders_it_names(shop: Shop, rows_of: Read) -> None:
    """What both say is counted once; orders the list does not name keep their own figure."""
    own = {"refunded": "30", "refunded_at": "2026-02-03 00:00"}
    shop.write("orders", [order(1, **own), order(2, **own), order(3, **own), order(4), order(5, **own)])
    shop.write(
        "refunds",
        [
            refund(1, 1, "30.00", completed_at="2026-02-05 08:00", requested_at="2026-02-02 08:00"),
            refund(2, 3, "30.00", status="退款关闭", completed_at="2026-02-05 08:00"),
            refund(3, 4, "20.00元", requested_at="2026-02-06 08:00"),
            refund(4, 5, "30", status="在天上飞"),
        ],
    )
    snapshot = shop.build()
    assert rows_of(snapshot, ORDERS + " order by 1") == [
        ("o1", 3000, datetime(2026, 2, 5), None, None),
        ("o2", 3000, datetime(2026, 2, 2, 16), None, None),
        ("o3", 0, None, None, None),
        ("o4", 2000, datetime(2026, 2, 6), None, None),
        ("o5", 3000, datetime(2026, 2, 2, 16), None, None),
    ]
    assert any("refund-status-unknown" in finding.message for finding in snapshot.findings)


def spend_at(snapshot: Snapshot, moment: datetime) -> tuple[int, int]:
    with open_snapshot(snapshot) as con:
        create_tables(con)
        build_features(con, as_of=moment, params=PARAMS, columns=["spend_total", "orders_total"], incremental=False)
        found = con.execute("select spend_total, orders_total from member_features where member_id = 'm1'").fetchone()
    assert found is not None
    return found


def test_two_refunds_of_an_order_count_each_from_its_completion(shop: Shop) -> None:
    first, second = datetime(2026, 2, 5, tzinfo=UTC), datetime(2026, 2, 20, tzinfo=UTC)
    shop.write("orders", [order(1)])
    shop.write(
        "refunds",
        [
            refund(1, 1, "30", completed_at="2026-02-05 08:00", requested_at="2026-02-02 08:00"),
            refund(2, 1, "70", completed_at="2026-02-20 08:00"),
        ],
    )
    snapshot = shop.build()
    tick = timedelta(microseconds=1)
    assert spend_at(snapshot, first) == (10_000, 1)
    assert spend_at(snapshot, first + tick) == (7_000, 1)
    assert spend_at(snapshot, second) == (7_000, 1)
    assert spend_at(snapshot, second + tick) == (0, 0)


def test_three_refunds_are_exact_at_the_end_and_bounded_in_between(shop: Shop, rows_of: Read) -> None:
    shop.write("orders", [order(1)])
    shop.write("refunds", [refund(n, 1, "20", completed_at=f"2026-02-{10 + n} 08:00") for n in range(3)])
    found = rows_of(shop.build(), ORDERS)
    assert found == [("o1", 6000, datetime(2026, 2, 12), 2000, datetime(2026, 2, 10))]


def test_refunds_with_postage_count_up_to_the_amount(shop: Shop, rows_of: Read) -> None:
    shop.write("orders", [order(1)])
    shop.write("refunds", [refund(1, 1, "112.00", completed_at="2026-02-05 08:00")])
    snapshot = shop.build()
    assert rows_of(snapshot, ORDERS)[0][1] == 10_000
    assert any("refunds-above-amount" in finding.message for finding in snapshot.findings)
    assert snapshot.counts["orders"].quarantined == 0


def test_each_rule_about_refunds_names_its_row(shop: Shop, rows_of: Read) -> None:
    shop.write("orders", [order(n) for n in range(9)])
    done = {"completed_at": "2026-02-05 08:00"}
    shop.write(
        "refunds",
        [
            refund(1, 1, "10", **done) | {"order_id": ""},
            refund(2, 1, "10", **done) | {"refund_id": ""},
            refund(4, 1, "", **done),
            refund(5, 1, "-10", **done),
            refund(6, 1, "10"),
            refund(7, 77, "10", **done),
            refund(8, 2, "10", requested_at="2026-02-01", status="买家已经申请退款，等待卖家同意"),
            refund(8, 2, "10", requested_at="2026-02-01", **done),
            refund(9, 3, "10", completed_at="gestern", requested_at="2026-02-03 08:00"),
            refund(10, 4, "0", **done),
            refund(11, 5, "10", status=""),
            refund(12, 6, "10", completed_at="2026-04-01 08:00"),
        ],
    )
    snapshot = shop.build()
    assert rows_of(snapshot, RULES) == [
        ("refund-amount-missing", 1),
        ("refund-amount-negative", 1),
        ("refund-id-missing", 1),
        ("refund-of-unknown-order", 1),
        ("refund-order-missing", 1),
        ("refund-undated", 1),
    ]
    counts = snapshot.counts["refunds"]
    assert (counts.rows_in, counts.accepted, counts.quarantined, counts.duplicates) == (12, 5, 6, 1)
    said = " ".join(finding.message for finding in snapshot.findings)
    for rule in ("refund-completion-unreadable", "refund-without-state", "refunds-after-as-of"):
        assert rule in said
    counted = rows_of(
        snapshot, "select refund_id, refunded_at from snap.stg_refunds where refunded_at is not null order by all"
    )
    assert counted == [
        ("r12", datetime(2026, 4, 1)),
        ("r8", datetime(2026, 2, 5)),
        ("r9", datetime(2026, 2, 3)),
    ]


def test_an_unreadable_amount_stops_above_one_in_a_hundred(shop: Shop) -> None:
    from campaign_calendars.findings.errors import SnapshotRejectedError

    shop.write("orders", [order(1)])
    shop.write("refunds", [refund(1, 1, "ten", completed_at="2026-02-05 08:00")])
    with pytest.raises(SnapshotRejectedError) as refused:
        shop.build()
    assert "refund-amount-unreadable" in refused.value.problems[0].message


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("退款成功", "success"),
        ("退款关闭", "closed"),
        ("买家已经申请退款，等待卖家同意", "requested"),
        ("WAIT_BUYER_RETURN_GOODS", "requested"),
        ("SUCCESS", "success"),
        ("Closed", "closed"),
        ("退款大成功", None),
        (None, None),
    ],
)
def test_states_of_refunds(cell: str | None, state: str | None) -> None:
    with duckdb.connect() as con:
        con.execute(macros_of("staging"))
        assert con.execute("select as_refund_state(?::varchar)", [cell]).fetchall() == [(state,)]


def test_a_refund_that_comes_later_changes_its_order_like_a_full_build(shop: Shop, rows_of: Read) -> None:
    """Day by day one more file: the order of before goes on with what the new refunds say."""
    shop.write("orders", [order(n) for n in range(1, 4)])
    shop.write("refunds", [refund(1, 1, "30", completed_at="2026-02-05 08:00")], timezone="Asia/Shanghai")
    (shop.base / "refunds.csv").rename(shop.base / "refunds-1.csv")
    from dataclasses import replace

    shop.specs["refunds"] = replace(shop.specs["refunds"], path="refunds-*.csv")
    shop.build()
    later = [refund(2, 1, "70", completed_at="2026-02-20 08:00"), refund(3, 2, "5", completed_at="2026-02-21 08:00")]
    spec = shop.specs["refunds"]
    shop.write("refunds", later)
    shop.specs["refunds"] = spec
    (shop.base / "refunds.csv").rename(shop.base / "refunds-2.csv")
    moment = AS_OF + timedelta(days=1)
    grown = shop.build(as_of=moment)
    assert (grown.build.mode, grown.build.sources["refunds"].new_rows) == ("incremental", 2)
    whole = shop.build(as_of=moment, directory=shop.base / "whole")
    for query in (ORDERS, "from snap.stg_refunds", "from member_features", "from snap.member_state"):
        assert rows_of(grown, query + " order by all") == rows_of(whole, query + " order by all")
    assert rows_of(grown, ORDERS + " order by 1")[0] == (
        "o1",
        10_000,
        datetime(2026, 2, 20),
        3000,
        datetime(2026, 2, 5),
    )
