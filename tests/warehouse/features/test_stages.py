"""Orders in stages at a moment: the case of the domain, its edges, and what the calendar says of windows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from campaign_calendars.audiences.functions import TEMPLATES
from warehouse.features import history
from warehouse.features.members import build_features
from warehouse.features.params import FeatureParams
from warehouse.models.catalogue import load_layer

FIELDS = "balance_open, balance_due, balance_due_amount, has_unpaid_order, bought_in_campaign, forfeited_orders"


def china(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2021, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


DEPOSITS = (china(21, 0, month=10), china(31, 22, month=10))
BALANCES = (china(1, 0, 30), china(4, 0))
PARAMS = FeatureParams(
    "Asia/Shanghai",
    (30, 90, 180, 365),
    365,
    (),
    campaign_from=china(1, 0, month=9),
    bought_from=DEPOSITS[0],
    balance_windows=((*DEPOSITS, *BALANCES),),
    phases=(("deposit-1", *DEPOSITS), ("balance-1", *BALANCES), ("wave-1", DEPOSITS[0], BALANCES[1])),
)


@pytest.fixture
def con() -> Any:
    con = duckdb.connect()
    con.execute("attach ':memory:' as snap")
    for model in load_layer("staging"):
        con.execute(f"create table snap.{model.name} ({model.ddl()})")
    history.create_tables(con)
    yield con
    con.close()


def order(con: duckdb.DuckDBPyConnection, member: str, placed: datetime, **more: object) -> None:
    row = {"member_id": member, "ordered_at": placed, "amount_cents": 30_000, "refunded_cents": 0, **more}
    values = [value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in row.values()]
    con.execute(f"insert into snap.stg_orders ({', '.join(row)}) values ({', '.join('?' * len(row))})", values)
    if not con.execute("select 1 from snap.stg_members where member_id = ?", [member]).fetchall():
        con.execute("insert into snap.stg_members (member_id) values (?)", [member])


@pytest.fixture
def double_11(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """P1 paid the deposit, P2 did not, P3 paid both, P4 has an order that is not in stages."""
    placed = china(25, 10, month=10)
    deposit = {"deposit_cents": 5_000, "deposit_paid_at": placed}
    order(con, "p1", placed, stage="deposit_paid", **deposit)
    order(con, "p2", placed, stage="deposit_unpaid", deposit_cents=5_000)
    order(con, "p3", placed, stage="balance_paid", **deposit, paid_at=china(1, 9))
    order(con, "p4", china(1, 8))
    return con


def ask(con: duckdb.DuckDBPyConnection, moment: datetime, fields: str = FIELDS) -> dict[str, tuple[Any, ...]]:
    build_features(con, as_of=moment, params=PARAMS)
    return {row[0]: row[1:] for row in con.execute(f"select member_id, {fields} from member_features").fetchall()}


def test_the_balance_reminder_and_the_reminder_to_pay_go_to_different_people(
    double_11: duckdb.DuckDBPyConnection,
) -> None:
    """On 11-01 at 09:30 P1 owes a balance and P4 an order; the deposit window of P2 is over."""
    assert ask(double_11, china(1, 9, 30)) == {
        "p1": (True, True, 25_000, False, True, 0),
        "p2": (False, False, None, False, False, 0),
        "p3": (False, False, None, False, True, 0),
        "p4": (False, False, None, True, False, 0),
    }


@pytest.mark.parametrize(
    ("moment", "p1", "p2"),
    [
        (DEPOSITS[1] - timedelta(seconds=1), (True, False, None, False, True, 0), (False, False, None, True, False, 0)),
        (DEPOSITS[1], (True, False, None, False, True, 0), (False, False, None, False, False, 0)),
        (BALANCES[0] - timedelta(seconds=1), (True, False, None, False, True, 0), None),
        (BALANCES[0], (True, True, 25_000, False, True, 0), None),
        (BALANCES[1] - timedelta(seconds=1), (True, True, 25_000, False, True, 0), None),
        (BALANCES[1], (False, False, None, False, False, 1), None),
    ],
    ids=["deposit: last second", "over", "balance: a second before", "first second", "last second", "forfeited"],
)
def test_windows_begin_and_end_to_the_second(
    double_11: duckdb.DuckDBPyConnection, moment: datetime, p1: tuple[Any, ...], p2: tuple[Any, ...] | None
) -> None:
    found = ask(double_11, moment)
    assert found["p1"] == p1
    assert p2 is None or found["p2"] == p2


def test_the_window_of_an_order_wins_over_the_calendars(con: duckdb.DuckDBPyConnection) -> None:
    own = {"balance_from": china(2, 0), "balance_until": china(6, 0)}
    paid = {"stage": "deposit_paid", "deposit_cents": 5_000}
    order(con, "own", china(25, 10, month=10), **paid, deposit_paid_at=china(25, 10, month=10), **own)
    order(con, "none", china(5, 10, month=10), **paid, deposit_paid_at=china(5, 10, month=10))
    assert [ask(con, china(day, 9), "balance_open, balance_due")["own"] for day in (1, 2, 5, 6)] == [
        (True, False),
        (True, True),
        (True, True),
        (False, False),
    ]
    # Nobody says when the balance of the other one can be paid: it stays open, and nobody is reminded.
    assert ask(con, china(2, 9), "balance_open, balance_due")["none"] == (True, False)


def test_what_is_due_is_known_when_all_deposits_are(con: duckdb.DuckDBPyConnection) -> None:
    placed = china(25, 10, month=10)
    for cents in (5_000, 6_000):
        order(con, "two", placed, stage="deposit_paid", deposit_cents=cents, deposit_paid_at=placed)
    order(con, "unsaid", placed, stage="deposit_paid", deposit_paid_at=placed)
    found = ask(con, china(1, 9), "balance_due, balance_due_amount")
    assert found == {"two": (True, 49_000), "unsaid": (True, None)}


def test_a_closed_order_owes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    """Closed before the balance ended, it is not forfeited; closed without a moment, it is closed at all of them."""
    placed = china(25, 10, month=10)
    paid = {"stage": "deposit_paid", "deposit_paid_at": placed}
    order(con, "in-time", placed, **paid, closed_at=china(2, 0))
    order(con, "with-the-window", placed, **paid, closed_at=china(4, 0))
    order(con, "unsaid", china(31, 9, month=10), status="closed")
    # Paid, given back and closed later: until it was paid the balance was open.
    order(con, "returned", placed, stage="balance_paid", deposit_paid_at=placed, status="closed", paid_at=china(2, 12))
    assert ask(con, china(2, 9), "balance_open, has_unpaid_order, forfeited_orders") == {
        "in-time": (False, False, 0),
        "with-the-window": (True, False, 0),
        "unsaid": (False, False, 0),
        "returned": (True, False, 0),
    }
    found = ask(con, china(4, 9), "balance_open, has_unpaid_order, forfeited_orders")
    assert [found[name][2] for name in ("in-time", "with-the-window")] == [0, 1]


def test_a_stage_nobody_knows_reminds_nobody(con: duckdb.DuckDBPyConnection) -> None:
    order(con, "m", china(25, 10, month=10), stage="unclear")
    order(con, "n", china(25, 10, month=10), stage="balance_paid")
    found = ask(con, china(28, 9, month=10), "has_staged_order, has_unpaid_order, balance_open")
    assert found == {"m": (True, False, False), "n": (True, False, False)}


def test_deposits_of_a_phase(double_11: duckdb.DuckDBPyConnection) -> None:
    build_features(double_11, as_of=china(4, 9), params=PARAMS)
    where = TEMPLATES["deposit_paid_in_phase"].format("'deposit-1'")
    found = double_11.execute(f"select member_id from member_features as f where {where} order by 1").fetchall()
    assert found == [("p1",), ("p3",)]
    build_features(double_11, as_of=china(25, 10, month=10), params=PARAMS)
    assert double_11.execute(f"select member_id from member_features as f where {where}").fetchall() == []


def test_buyers_of_a_wave_have_paid_an_order_in_it(double_11: duckdb.DuckDBPyConnection) -> None:
    """A deposit is no purchase of the wave until its balance is paid."""
    order(double_11, "before", china(20, 23, month=10), paid_at=china(20, 23, month=10))
    order(double_11, "last", china(3, 23), paid_at=china(4, 0) - timedelta(seconds=1))
    build_features(double_11, as_of=china(5, 9), params=PARAMS)
    where = TEMPLATES["bought_in_wave"].format("'wave-1'")
    found = double_11.execute(f"select member_id from member_features as f where {where} order by 1").fetchall()
    assert found == [("last",), ("p3",)]
