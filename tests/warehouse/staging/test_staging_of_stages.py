"""Orders paid in stages: deposit, balance, and what contradicts itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import duckdb
import pytest

from tests.warehouse.conftest import Shop
from warehouse.models.catalogue import macros_of

Read = Callable[..., list[tuple[Any, ...]]]
STAGES = "select order_id, stage, deposit_cents, deposit_paid_at, paid_at from snap.stg_orders order by 1"
# Times of the shop's clock; what is read is UTC.
PLACED, DEPOSIT, BALANCE = "2026-02-01 10:00", "2026-02-01 10:05", "2026-02-08 09:00"
PLACED_AT, DEPOSIT_AT, BALANCE_AT = datetime(2026, 2, 1, 2), datetime(2026, 2, 1, 2, 5), datetime(2026, 2, 8, 1)

RULES = (
    "stage-contradicted", "balance-before-deposit", "deposit-above-amount", "deposit-negative",
    "deposit-unreadable", "deposit-before-ordered", "deposit-paid-at-unreadable", "balance-window-reversed",
)  # fmt: skip


def order(number: int, **more: object) -> dict[str, object]:
    return {"order_id": f"o{number}", "member_id": "m1", "ordered_at": PLACED, "amount": "300", **more}


@pytest.mark.parametrize(
    ("cell", "stage"),
    [
        ("FRONT_NOPAID_FINAL_NOPAID", "deposit_unpaid"),
        ("FRONT_PAID_FINAL_NOPAID", "deposit_paid"),
        ("FRONT_PAID_FINAL_PAID", "balance_paid"),
        ("Deposit_Paid", "deposit_paid"),
        ("定金未付，尾款未付", "deposit_unpaid"),
        ("定金已付，尾款未付", "deposit_paid"),
        ("定金已付，尾款已付", "balance_paid"),
        ("第1阶段", None),
        (None, None),
    ],
)
def test_words_of_stages(cell: str | None, stage: str | None) -> None:
    con = duckdb.connect()
    con.execute(macros_of("staging"))
    assert con.execute("select as_order_stage(?::varchar)", [cell]).fetchall() == [(stage,)]


def test_stages_follow_the_word_or_the_payments(shop: Shop, rows_of: Read) -> None:
    shop.write(
        "orders",
        [
            order(1, stage="FRONT_NOPAID_FINAL_NOPAID", deposit="50"),
            order(2, stage="FRONT_PAID_FINAL_NOPAID", deposit="50", deposit_paid_at=DEPOSIT),
            order(3, deposit="50", deposit_paid_at=DEPOSIT, paid_at=BALANCE),
            order(4, deposit="50"),
            order(5, stage="FRONT_PAID_FINAL_NOPAID"),
            order(6, stage="第一阶段"),
            order(7, stage="第一阶段", paid_at=BALANCE),
            order(8),
            order(9, stage="4000123412341234", status="等待买家付款"),
            order(10, stage="4000123412341234", status="交易成功", paid_at=BALANCE),
            order(11, stage="balance_paid"),
        ],
    )
    snapshot = shop.build()
    assert rows_of(snapshot, STAGES) == [
        ("o1", "deposit_unpaid", 5_000, None, None),
        ("o10", "balance_paid", None, PLACED_AT, BALANCE_AT),
        ("o11", "balance_paid", None, PLACED_AT, None),
        ("o2", "deposit_paid", 5_000, DEPOSIT_AT, None),
        ("o3", "balance_paid", 5_000, DEPOSIT_AT, BALANCE_AT),
        ("o4", "deposit_unpaid", 5_000, None, None),
        ("o5", "deposit_paid", None, PLACED_AT, None),
        ("o6", "unclear", None, None, None),
        ("o7", "balance_paid", None, PLACED_AT, BALANCE_AT),
        ("o8", None, None, None, None),
        ("o9", "deposit_paid", None, PLACED_AT, None),
    ]
    said = "\n".join(finding.message for finding in snapshot.findings)
    assert "2 of 11 rows, rule stage-unknown" in said
    assert "5 of 11 rows, rule deposit-time-missing" in said
    assert "1 of 11 rows, rule balance-time-missing" in said


def test_stages_that_contradict_themselves_are_set_aside(shop: Shop, rows_of: Read) -> None:
    shop.write(
        "orders",
        [
            order(0),
            order(1, stage="deposit_paid", deposit_paid_at=DEPOSIT, paid_at=BALANCE),
            order(2, stage="deposit_unpaid", deposit_paid_at=DEPOSIT),
            order(3, stage="deposit_paid", deposit_paid_at=DEPOSIT, status="交易成功"),
            order(4, stage="balance_paid", status="等待买家付款"),
            order(5, deposit="50", deposit_paid_at=BALANCE, paid_at=DEPOSIT),
            order(6, deposit="300.01", deposit_paid_at=DEPOSIT),
            order(7, deposit="-1"),
            order(8, deposit="a lot"),
            order(9, deposit="50", deposit_paid_at="2026-01-31 10:00"),
            order(10, deposit="50", deposit_paid_at="gestern"),
            order(11, deposit="50", balance_from=BALANCE, balance_until=DEPOSIT),
        ],
        tolerances=dict.fromkeys(RULES, 10_000),
    )
    snapshot = shop.build()
    assert rows_of(snapshot, "select order_id from snap.stg_orders") == [("o0",)]
    found = dict(rows_of(snapshot, "select key, rule from snap.quarantine where dataset = 'orders'"))
    assert found == {
        "o1": "stage-contradicted",
        "o2": "stage-contradicted",
        "o3": "stage-contradicted",
        "o4": "stage-contradicted",
        "o5": "balance-before-deposit",
        "o6": "deposit-above-amount",
        "o7": "deposit-negative",
        "o8": "deposit-unreadable",
        "o9": "deposit-before-ordered",
        "o10": "deposit-paid-at-unreadable",
        "o11": "balance-window-reversed",
    }


def test_a_window_of_the_balance_ends_after_its_last_second_or_day(shop: Shop, rows_of: Read) -> None:
    window = {"deposit": "50", "balance_from": "2026-02-08 00:30"}
    shop.write(
        "orders",
        [
            order(1, **window, balance_until="2026-02-10 23:59:59"),
            order(2, **window, balance_until="2026-02-10"),
            order(3, **window, balance_until="soon"),
        ],
        tolerances={"balance-until-unreadable": 10_000},
    )
    snapshot = shop.build()
    assert rows_of(snapshot, "select order_id, balance_from, balance_until from snap.stg_orders order by 1") == [
        ("o1", datetime(2026, 2, 7, 16, 30), datetime(2026, 2, 10, 16)),
        ("o2", datetime(2026, 2, 7, 16, 30), datetime(2026, 2, 10, 16)),
        ("o3", datetime(2026, 2, 7, 16, 30), None),
    ]


def test_of_two_exports_the_later_stage_counts(shop: Shop, rows_of: Read) -> None:
    shop.write("orders", [order(1, stage="deposit_paid"), order(1, stage="deposit_unpaid")])
    assert rows_of(shop.build(), "select order_id, stage from snap.stg_orders") == [("o1", "deposit_paid")]


@pytest.mark.parametrize("zero", ["0", "0.00"])
def test_a_deposit_of_nothing_makes_no_presale_order(shop: Shop, rows_of: Read, zero: str) -> None:
    shop.write("orders", [order(1, deposit=zero), order(2, deposit=zero, paid_at=BALANCE), order(3, deposit="5")])
    assert [(row[0], row[1]) for row in rows_of(shop.build(), STAGES)] == [
        ("o1", None),
        ("o2", None),
        ("o3", "deposit_unpaid"),
    ]
