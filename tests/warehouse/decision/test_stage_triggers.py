"""Events of orders in stages: what each sweep finds, and that what is over is answered no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from campaign_calendars.deciding.briefs import TriggerBrief
from campaign_calendars.time.timeline import BalanceWindow, Span
from tests.warehouse.decision.test_triggers import add, brief, connect, outcome
from warehouse.decision import triggers


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


WINDOW = BalanceWindow(Span(at(1), at(4)), Span(at(5), at(7)), "balance")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as made:
        yield made


def about(event: str) -> TriggerBrief:
    return TriggerBrief(event, timedelta(), timedelta(days=1), "UTC", balances=(WINDOW,))


def order(con: duckdb.DuckDBPyConnection, member: str, **more: object) -> None:
    row: dict[str, object] = {"member_id": member, "ordered_at": at(2), "amount_cents": 300, **more}
    values = [value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in row.values()]
    con.execute(f"insert into snap.stg_orders ({', '.join(row)}) values ({', '.join('?' * len(row))})", values)


def found(con: duckdb.DuckDBPyConnection, event: str, until: datetime) -> list[datetime]:
    return [moment.replace(tzinfo=UTC) for moment in triggers.event_moments(con, about(event), FIRST, until)]


def test_deposit_and_balance_that_are_paid(con: duckdb.DuckDBPyConnection) -> None:
    order(con, "a", stage="balance_paid", deposit_paid_at=at(2, 1), paid_at=at(5, 9))
    assert found(con, "deposit_paid", at(2, 1)) == []
    assert found(con, "deposit_paid", at(3)) == [at(2, 1)]
    assert found(con, "balance_paid", at(5, 9)) == []
    assert found(con, "balance_paid", at(6)) == found(con, "order_paid", at(6)) == [at(5, 9)]


def test_a_balance_that_opens_and_closes(con: duckdb.DuckDBPyConnection) -> None:
    order(con, "a", stage="deposit_paid", deposit_paid_at=at(2, 1))
    assert found(con, "balance_opens", at(5)) == []
    assert found(con, "balance_opens", at(5, 1)) == [at(5)]
    assert found(con, "balance_closing", at(6, 21)) == []
    assert found(con, "balance_closing", at(6, 22)) == [at(6, 21)]
    assert found(con, "deposit_forfeited", at(7)) == []
    # At its end the balance is open no more: nobody is reminded, the deposit is lost.
    assert found(con, "deposit_forfeited", at(7, 1)) == [at(7)]
    assert found(con, "balance_opens", at(7, 1)) == found(con, "balance_closing", at(7, 1)) == []


@pytest.mark.parametrize(
    "more",
    [
        {"stage": "balance_paid", "paid_at": at(5, 1)},
        {"stage": "balance_paid"},
        {"stage": "deposit_paid", "closed_at": at(5, 1)},
        {"stage": "deposit_paid", "status": "closed"},
        {"stage": "deposit_unpaid", "deposit_paid_at": None},
        {"stage": "unclear", "deposit_paid_at": None},
    ],
    ids=["paid", "paid, unsaid when", "closed", "closed, unsaid when", "no deposit", "unclear"],
)
def test_who_owes_no_balance_is_not_reminded_of_one(con: duckdb.DuckDBPyConnection, more: dict[str, object]) -> None:
    order(con, "a", **{"deposit_paid_at": at(2, 1), **more})
    assert found(con, "balance_opens", at(5, 2)) == found(con, "balance_closing", at(6, 22)) == []
    if more.get("status") != "closed" and "closed_at" not in more:
        assert found(con, "deposit_forfeited", at(7, 1)) == [], "nothing is lost to whoever paid, or paid nothing"


def test_the_window_of_an_order_wins(con: duckdb.DuckDBPyConnection) -> None:
    order(con, "a", stage="deposit_paid", deposit_paid_at=at(2, 1), balance_from=at(8), balance_until=at(9))
    assert found(con, "balance_opens", at(8, 1)) == [at(8)]
    assert found(con, "deposit_forfeited", at(10)) == [at(9)]


def test_a_paid_deposit_is_no_unpaid_order(con: duckdb.DuckDBPyConnection) -> None:
    """Reminded to pay: an order that is not in stages, and a deposit as long as it can be paid."""
    order(con, "plain", ordered_at=at(2, 1))
    order(con, "unpaid", ordered_at=at(2, 2), stage="deposit_unpaid")
    order(con, "paid", ordered_at=at(2, 3), stage="deposit_paid", deposit_paid_at=at(2, 4))
    order(con, "unclear", ordered_at=at(2, 5), stage="unclear")
    order(con, "closed", ordered_at=at(2, 6), status="closed")
    assert found(con, "order_unpaid", at(3)) == [at(2, 1), at(2, 2)]
    assert found(con, "order_unpaid", at(2, 4)) == [at(2, 1), at(2, 2), at(2, 3)], "the deposit is not paid yet"
    assert found(con, "order_unpaid", at(4)) == [at(2, 1)], "the deposit can no longer be paid"


def test_a_play_answers_a_balance_that_opens_once(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "a", "b")
    order(con, "a", stage="deposit_paid", deposit_paid_at=at(2, 1))
    order(con, "b", stage="balance_paid", deposit_paid_at=at(2, 1), paid_at=at(5, 0, 5))
    reminders = [outcome(con, brief(minutes, about("balance_opens"))) for minutes in (-601, -570, -540)]
    sent = {"a": ("chosen", None, "trigger:balance_opens@2026-03-05T00:00:00Z")}
    assert reminders == [{}, sent, {}]
