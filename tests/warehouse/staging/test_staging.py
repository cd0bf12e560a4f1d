"""What exports really write becomes typed rows, or a named place in the quarantine."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from warehouse.models.catalogue import macros_of

Read = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("set TimeZone = 'Asia/Shanghai'")
    con.execute(macros_of("staging"))
    return con


def value(con: duckdb.DuckDBPyConnection, expression: str, cell: str | None) -> Any:
    return con.execute(f"select {expression} from (select ?::varchar as cell)", [cell]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('="2016123456789012345"', "2016123456789012345"),
        ("'13800138000", "13800138000"),
        ("'138****8000", "138****8000"),
        (" m100\u3000", "m100"),
        ("\ufeffu00a0", "u00a0"),
        ("0042", "0042"),
        ("a b", "a b"),
        ("   ", None),
        ("", None),
        ('=""', None),
        (None, None),
    ],
)
def test_ids(con: duckdb.DuckDBPyConnection, cell: str | None, expected: str | None) -> None:
    assert value(con, "tidy_id(cell)", cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("10,095.00", 1009500),
        ("2,133", 213300),
        ("25.00元", 2500),
        ("¥ 1，234.5", 123450),
        ("0", 0),
        ("0.00", 0),
        ("-5", -500),
        ("12.345", 1235),
        ("0.30000000000000004", 30),
        ('="19.90"', 1990),
        ("1e3", 100000),
        ("无退款申请", None),
        ("NULL", None),
        ("--", None),
        ("12.3万", None),
        ("free", None),
        ("NaN", None),
        ("99999999999999999999", None),
        ("9999999999999999.99", None),
        ("1e15", None),
        ("999999999.99", 99999999999),
        ("1000000000", None),
        ("6900000000017", None),
        ("6.9E+12", None),
        ("19,99", None),
        ("7,5", None),
        ("1.250,00", None),
        ("12,50,00", None),
        ("12 50", None),
        ("1,250", 125000),
        ("1，250.5", 125050),
        ("1 250.50", 125050),
        ("-¥1,200.00", -120000),
        ("12 元", 1200),
    ],
)
def test_amounts(con: duckdb.DuckDBPyConnection, cell: str, expected: int | None) -> None:
    assert value(con, "as_cents(tidy_value(cell))", cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-03-08 10:00:00", datetime(2026, 3, 8, 2)),
        ("2026-03-08", datetime(2026, 3, 7, 16)),
        ("2026/3/8 9:05", datetime(2026, 3, 8, 1, 5)),
        ("2026年3月8日 10:00", datetime(2026, 3, 8, 2)),
        ("20260308", datetime(2026, 3, 7, 16)),
        ("2026-03-08T10:00:00+08:00", datetime(2026, 3, 8, 2)),
        ("2026-03-08T10:00:00Z", datetime(2026, 3, 8, 10)),
        ("2026-03-08 10:00:00-0500", datetime(2026, 3, 8, 15)),
        ("2026-03-08 10:00:00.123456", datetime(2026, 3, 8, 2, 0, 0, 123456)),
        ("  2026-03-08 10:00:00\t", datetime(2026, 3, 8, 2)),
        ("0000-00-00 00:00:00", None),
        ("2026-02-30", None),
        ("yesterday", None),
        ("infinity", None),
        ("epoch", None),
        ("1772935200000", None),
        ("2026-03-08 ", datetime(2026, 3, 7, 16)),
        ("2026-03-08 10:00:00 CST", None),
        ("2026-03-08 10:00:00 UTC", datetime(2026, 3, 8, 10)),
        ("2026-03-08 (BC)", None),
        ("0026-03-08", None),
        ("2026 3 8", None),
        ("2026-03-08 10:", None),
        ("2026-03-08 24:00:00", datetime(2026, 3, 8, 16)),
        (None, None),
    ],
)
def test_moments_are_utc(con: duckdb.DuckDBPyConnection, cell: str | None, expected: datetime | None) -> None:
    assert value(con, "as_moment(tidy_value(cell))", cell) == expected


def test_moments_in_a_zone_with_daylight_saving() -> None:
    con = duckdb.connect()
    con.execute("set TimeZone = 'Europe/Berlin'")
    con.execute(macros_of("staging"))
    assert value(con, "as_moment(cell)", "2026-03-28 12:00:00") == datetime(2026, 3, 28, 11)
    assert value(con, "as_moment(cell)", "2026-03-29 12:00:00") == datetime(2026, 3, 29, 10)
    # 02:30 does not exist on that night; it is read as 03:30 summer time, the moment a clock would show.
    assert value(con, "as_moment(cell)", "2026-03-29 02:30:00") == datetime(2026, 3, 29, 1, 30)
    # 02:30 happens twice in October; the first of them, summer time, is taken.
    assert value(con, "as_moment(cell)", "2026-10-25 02:30:00") in {
        datetime(2026, 10, 25, 0, 30),
        datetime(2026, 10, 25, 1, 30),
    }


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("1990-02-29", None), ("1992-02-29", date(1992, 2, 29)), ("1990/1/2 00:00", date(1990, 1, 2))],
)
def test_days(con: duckdb.DuckDBPyConnection, cell: str, expected: date | None) -> None:
    assert value(con, "as_day(tidy_value(cell))", cell) == expected


@pytest.mark.parametrize(("cell", "expected"), [("1,200", 1200), ("2.0", 2), ("2.5", None), ("two", None)])
def test_counts(con: duckdb.DuckDBPyConnection, cell: str, expected: int | None) -> None:
    assert value(con, "as_count(tidy_value(cell))", cell) == expected


def order(number: object, **cells: object) -> dict[str, object]:
    return {"order_id": number, "member_id": "m1", "ordered_at": "2026-02-01", "amount": "10", **cells}


def many_good(count: int = 300) -> list[dict[str, object]]:
    return [order(f"good{n}") for n in range(count)]


BAD_ORDERS = {
    "order-id-missing": order(""),
    "order-member-missing": order("b1", member_id=" "),
    "ordered-at-unreadable": order("b2", ordered_at="soon"),
    "ordered-at-missing": order("b3", ordered_at=""),
    "paid-at-unreadable": order("b4", paid_at="2026-13-01"),
    "closed-at-unreadable": order("b5", closed_at="later"),
    "refunded-at-unreadable": order("b6", refunded_at="x"),
    "amount-unreadable": order("b7", amount="ten"),
    "amount-missing": order("b8", amount="null"),
    "refund-unreadable": order("b9", refunded="some"),
    "amount-negative": order("b10", amount="-1"),
    "refund-negative": order("b11", refunded="-1"),
    "refund-above-amount": order("b12", refunded="300.01", refunded_at="2026-02-02"),
    "paid-before-ordered": order("b13", paid_at="2026-01-31"),
    "order-of-unknown-member": order("b14", member_id="nobody"),
}


def test_each_rule_about_orders_names_its_row(empty_shop: Any, rows_of: Read) -> None:
    empty_shop.write("members", [{"member_id": "m1"}])
    empty_shop.write("orders", [*many_good(), *BAD_ORDERS.values(), order("good0")])
    snapshot = empty_shop.build()
    quarantined = rows_of(snapshot, "select rule, source_row, row_json from snap.quarantine order by source_row")
    assert [rule for rule, _, _ in quarantined] == list(BAD_ORDERS)
    assert [row for _, row, _ in quarantined] == list(range(302, 302 + len(BAD_ORDERS)))
    assert json.loads(quarantined[2][2])["ordered_at"] == "soon"
    counts = snapshot.counts["orders"]
    assert (counts.rows_in, counts.accepted, counts.quarantined, counts.duplicates) == (316, 300, 15, 1)
    assert {problem.code for problem in snapshot.findings} == {"S111", "D408"}  # one member has all the orders


def test_kept_rows_are_reported_and_stay(empty_shop: Any, rows_of: Read) -> None:
    members = [{"member_id": "m1", "birth_on": "no idea"}, {"member_id": "m2", "birth_on": "1850-01-01"}]
    empty_shop.write("members", members)
    empty_shop.write("orders", [order("o1", items="some", paid_at="2027-01-01")])
    snapshot = empty_shop.build()
    assert snapshot.counts["members"].quarantined == snapshot.counts["orders"].quarantined == 0
    assert rows_of(snapshot, "select birth_on from snap.stg_members order by member_id")[0] == (None,)
    found = {problem.message.partition("rule ")[2].rstrip(")"): problem.severity for problem in snapshot.findings}
    assert found == {
        "birth-unreadable": "warning",
        "birth-unlikely": "warning",
        "items-unreadable": "warning",
        "orders-after-as-of": "info",
    }


def test_of_overlapping_exports_the_latest_state_stays(empty_shop: Any, rows_of: Read) -> None:
    empty_shop.write("members", [{"member_id": "m1"}])
    unpaid, paid = order("o1"), order("o1", paid_at="2026-02-02")
    refunded = order("o1", paid_at="2026-02-02", refunded="4", refunded_at="2026-02-09")
    empty_shop.write("orders", [*many_good(5), unpaid, paid, refunded, paid])
    snapshot = empty_shop.build()
    assert rows_of(snapshot, "select refunded_cents from snap.stg_orders where order_id = 'o1'") == [(400,)]
    kept_out = rows_of(
        snapshot, "select source_row, key, identical, row_json ->> 'paid_at' from snap.duplicates order by 1"
    )
    assert kept_out == [(7, "o1", False, ""), (8, "o1", False, "2026-02-02"), (10, "o1", False, "2026-02-02")]


def test_a_repeated_export_is_counted_and_no_mistake(empty_shop: Any, rows_of: Read) -> None:
    empty_shop.write("members", [{"member_id": "m1"}])
    empty_shop.write("orders", [order("o1"), order("o2"), order("o1"), order("o2", items="2")])
    snapshot = empty_shop.build()
    counts = snapshot.counts["orders"]
    assert (counts.rows_in, counts.accepted, counts.quarantined, counts.duplicates) == (4, 2, 0, 2)
    kept_out = rows_of(snapshot, "select source_row, identical, row_json is null from snap.duplicates order by 1")
    assert kept_out == [(4, True, True), (5, False, False)]


def test_a_refund_without_a_date_is_known_since_payment(empty_shop: Any, rows_of: Read) -> None:
    empty_shop.write("members", [{"member_id": "m1"}])
    empty_shop.write(
        "orders", [order("o1", paid_at="2026-02-02 08:00:00", refunded="3.50"), order("o2", refunded="无退款申请")]
    )
    rows = rows_of(empty_shop.build(), "select refunded_cents, refunded_at from snap.stg_orders order by order_id")
    assert rows == [(350, datetime(2026, 2, 2)), (0, None)]


def test_leaving_and_withdrawing_are_never_lost(empty_shop: Any, rows_of: Read) -> None:
    members = [{"member_id": f"m{n}"} for n in range(200)]
    twice = [{"member_id": "left"}, {"member_id": "left", "left_at": "2026-01-01"}]
    empty_shop.write("members", [*members, *twice, {"member_id": "garbled", "left_at": "?"}])
    empty_shop.write("orders", [order("o1", member_id="m1")])
    points = [{"member_id": f"m{n}", "channel": "SMS", "consented_at": "2025-01-01"} for n in range(200)]
    points += [
        {"member_id": "m1", "channel": "sms", "consented_at": "2025-02-01", "withdrawn_at": "2025-03-01"},
        {"member_id": "m2", "channel": "sms", "consented_at": "2025-02-01", "withdrawn_at": "unclear"},
        {"member_id": "m3", "channel": "sms", "consented_at": "unclear", "withdrawn_at": "2025-03-01"},
        {"member_id": "m4", "channel": "sms", "consented_at": "unclear", "withdrawn_at": "unclear"},
        {"member_id": "garbled", "channel": "sms", "consented_at": "2025-02-01"},
    ]
    empty_shop.write("contact_points", points)
    snapshot = empty_shop.build()
    left = rows_of(snapshot, "select member_id from snap.stg_members where left_at is not null")
    assert left == [("left",)]
    reachable = rows_of(
        snapshot,
        "select member_id from snap.stg_contact_points where channel = 'sms' and withdrawn_at is null",
    )
    assert {"m1", "m2", "m3", "m4", "garbled"} & {member for (member,) in reachable} == set()
    assert len(reachable) == 196
    unread = rows_of(snapshot, "select member_id, withdrawn_at from snap.stg_contact_points where withdrawal_unread")
    assert sorted(unread) == [("m2", datetime(2025, 1, 31, 16)), ("m4", datetime(1970, 1, 1))]


def test_an_undated_tag_has_always_been_there(empty_shop: Any, rows_of: Read) -> None:
    empty_shop.write("members", [{"member_id": "m1"}])
    empty_shop.write("orders", [order("o1")])
    empty_shop.write("tags", [{"member_id": "m1", "tag": "tea"}], columns=["member_id", "tag"])
    assert rows_of(empty_shop.build(), 'select tag, "at" from snap.stg_tags') == [("tea", datetime(1970, 1, 1))]


def test_the_published_tables_explain_themselves(shop: Any, rows_of: Read) -> None:
    comments = dict(
        rows_of(
            shop.build(),
            """
            select column_name, comment from duckdb_columns()
            where database_name = 'snap' and table_name = 'stg_orders'
            """,
        )
    )
    assert comments["amount_cents"] == "Amount of the order before refunds.; unit: cents"
    assert comments["member_id"].endswith("personal data")
