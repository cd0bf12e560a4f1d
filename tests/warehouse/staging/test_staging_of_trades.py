"""Lines, points, identities, referrals and consents: read as they are written, refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import duckdb
import pytest

from tests.warehouse.conftest import Shop
from warehouse.models.catalogue import macros_of

Read = Callable[..., list[tuple[Any, ...]]]
RULES = "select rule, count(*) from snap.quarantine where dataset = '{}' group by all order by all"


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(macros_of("staging"))
    return con


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("等待买家付款", "unpaid"),
        ("买家已付款，等待卖家发货", "paid"),
        ("卖家已发货，等待买家确认", "shipped"),
        ("交易成功", "success"),
        ("交易关闭", "closed"),
        ("交易关闭（退款）", "closed"),
        ("TRADE_FINISHED", "success"),
        ("Success", "success"),
        ("交易大成功", None),
        (None, None),
    ],
)
def test_states_of_orders(con: duckdb.DuckDBPyConnection, cell: str | None, state: str | None) -> None:
    assert con.execute("select as_order_state(?::varchar)", [cell]).fetchall() == [(state,)]


def order(number: int, **more: object) -> dict[str, object]:
    return {
        "order_id": f"o{number}",
        "member_id": "m1",
        "ordered_at": "2026-02-01 10:00",
        "paid_at": "2026-02-01 10:05",
        "amount": "100",
        **more,
    }


def test_without_states_every_paid_order_is_a_success(shop: Shop, rows_of: Read) -> None:
    shop.write("orders", [order(1), order(2, paid_at="")])
    found = rows_of(shop.build(), "select order_id, status, succeeded_at = paid_at from snap.stg_orders order by 1")
    assert found == [("o1", None, True), ("o2", None, None)]


def test_with_states_only_success_counts_from_its_completion(shop: Shop, rows_of: Read) -> None:
    shop.write(
        "orders",
        [
            order(1, status="交易成功", completed_at="2026-02-09 08:00"),
            order(2, status="交易成功"),
            order(3, status="卖家已发货，等待买家确认"),
            order(4, status="交易关闭", completed_at="2026-02-09 08:00"),
            order(5),
            order(6, status="在天上飞"),
        ],
    )
    snapshot = shop.build()
    assert rows_of(snapshot, "select order_id, succeeded_at from snap.stg_orders order by 1") == [
        ("o1", datetime(2026, 2, 9)),
        ("o2", datetime(2026, 2, 1, 2, 5)),
        ("o3", None),
        ("o4", None),
        ("o5", None),
        ("o6", None),
    ]
    assert any("order-status-unknown" in finding.message for finding in snapshot.findings)


def test_completion_dates_alone_are_enough(shop: Shop, rows_of: Read) -> None:
    shop.write("orders", [order(1, completed_at="2026-02-09 08:00"), order(2)])
    found = rows_of(shop.build(), "select order_id, succeeded_at from snap.stg_orders order by 1")
    assert found == [("o1", datetime(2026, 2, 9)), ("o2", None)]


def test_lines_without_ids_are_told_by_their_place(shop: Shop, rows_of: Read) -> None:
    line = {"order_id": "o1", "title": "苹果", "category": "fruit"}
    shop.write(
        "order_items",
        [
            {**line, "price": "19.90", "quantity": 2},
            {**line, "price": "5", "paid": "4.50"},
            {"order_id": "o1", "line_id": "L", "sku": '="00123"', "price": "1"},
            {"order_id": "o1", "line_id": "L", "sku": '="00123"', "price": "1"},
            {"order_id": "nowhere", "price": "1"},
            {"order_id": "o2", "paid": "a lot"},
            {"order_id": "o2", "price": "1", "quantity": -1},
        ],
    )
    snapshot = shop.build()
    found = rows_of(
        snapshot,
        "select line_id, member_id, sku, category, price_cents, quantity, paid_cents"
        " from snap.stg_order_items order by 1",
    )
    assert found == [
        ("#1", "m1", None, "fruit", 1990, 2, 3980),
        ("#2", "m1", None, "fruit", 500, 1, 450),
        ("L", "m1", "00123", None, 100, 1, 100),
    ]
    assert rows_of(snapshot, RULES.format("order_items")) == [
        ("item-amount-negative", 1),
        ("item-amount-unreadable", 1),
        ("item-of-unknown-order", 1),
    ]
    assert snapshot.counts["order_items"].duplicates == 1


def test_points_have_the_sign_of_their_kind(shop: Shop, rows_of: Read) -> None:
    def entry(number: int, kind: str, points: object, **more: object) -> dict[str, object]:
        at = "2026-02-01 10:00"
        return {"entry_id": f"p{number}", "member_id": "m1", "kind": kind, "points": points, "at": at, **more}

    shop.write(
        "points",
        [
            entry(1, "earn", 100, expires_at="2027-02-01"),
            entry(2, "兑换", 30),
            entry(3, "redeem", -30),
            entry(4, "adjust", -7),
            entry(5, "过期", 3),
            entry(6, "老带新", 300),
            entry(7, "refund", 5),
            entry(8, "gift", 5),
            entry(9, "earn", ""),
            entry(10, "earn", 5, member_id="nobody"),
            entry(1, "earn", 100),
        ],
    )
    snapshot = shop.build()
    found = rows_of(snapshot, "select kind, points from snap.stg_points order by entry_id")
    assert found == [
        ("earn", 100),
        ("redeem", -30),
        ("redeem", -30),
        ("adjust", -7),
        ("expire", -3),
        ("referral", 300),
        ("refund", -5),
    ]
    assert rows_of(snapshot, RULES.format("points")) == [
        ("points-kind-unknown", 1),
        ("points-missing", 1),
        ("points-of-unknown-member", 1),
    ]
    assert snapshot.counts["points"].duplicates == 1


def test_masked_identifiers_name_nobody(shop: Shop, rows_of: Read) -> None:
    shop.write(
        "identities",
        [
            {"member_id": "m1", "kind": "Nick", "value": "t**3"},
            {"member_id": "m1", "kind": "nick", "value": "tb123", "at": "2026-01-01"},
            {"member_id": "m1", "kind": "nick", "value": "tb123"},
            {"member_id": "m2", "kind": "", "value": "x"},
        ],
    )
    snapshot = shop.build()
    assert rows_of(snapshot, "select member_id, kind, value from snap.stg_identities") == [("m1", "nick", "tb123")]
    assert rows_of(snapshot, RULES.format("identities")) == [
        ("identity-kind-missing", 1),
        ("identity-masked", 1),
    ]
    assert snapshot.counts["identities"].duplicates == 1


def test_nobody_is_referred_twice_or_by_themselves(shop: Shop, rows_of: Read) -> None:
    def referral(referrer: str, referred: str, at: str) -> dict[str, object]:
        return {"referrer_id": referrer, "referred_id": referred, "at": at}

    shop.write(
        "referrals",
        [
            referral("m1", "m2", "2026-02-02"),
            referral("m3", "m2", "2026-02-01"),
            referral("m4", "m4", "2026-02-01"),
            referral("m5", "stranger", "2026-02-01"),
        ],
    )
    snapshot = shop.build()
    assert rows_of(snapshot, "select referrer_id, referred_id from snap.stg_referrals") == [("m3", "m2")]
    assert rows_of(snapshot, RULES.format("referrals")) == [
        ("referral-of-oneself", 1),
        ("referral-of-unknown-member", 1),
    ]
    assert snapshot.counts["referrals"].duplicates == 1


def test_a_consent_whose_withdrawal_cannot_be_read_stays_and_counts_as_withdrawn(shop: Shop, rows_of: Read) -> None:
    def consent(member: str, withdrawn: str = "", **more: object) -> dict[str, object]:
        return {"member_id": member, "channel": "SMS", "given_at": "2026-01-01", "withdrawn_at": withdrawn, **more}

    shop.write(
        "consents",
        [
            consent("m1", evidence="form 17"),
            consent("m1", "2026-02-01"),
            consent("m2", "some day"),
            consent("m3"),
            consent("m4", "2026-02-02") | {"given_at": "once"},
            consent("m5", "yes") | {"given_at": ""},
            consent("m6") | {"given_at": "once"},
        ],
    )
    snapshot = shop.build()
    found = rows_of(
        snapshot, "select member_id, given_at, withdrawn_at, withdrawal_unread from snap.stg_consents order by 1"
    )
    given, ever = datetime(2025, 12, 31, 16), datetime(1970, 1, 1)
    assert found == [
        ("m1", given, datetime(2026, 1, 31, 16), False),
        ("m2", given, given, True),
        ("m3", given, None, False),
        ("m4", datetime(2026, 2, 1, 16), datetime(2026, 2, 1, 16), False),
        ("m5", ever, ever, True),
    ]
    assert rows_of(snapshot, RULES.format("consents")) == [("consent-given-unreadable", 1)]
    said = " ".join(finding.message for finding in snapshot.findings)
    assert "consent-withdrawal-unreadable" in said
    assert "consent-given-unknown" in said
    assert snapshot.counts["consents"].duplicates == 1
