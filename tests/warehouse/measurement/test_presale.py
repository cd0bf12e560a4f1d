"""Presale figures by hand (R9): what a deposit, a balance and a lost deposit count for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from campaign_calendars.measuring.figures import PresaleSales
from tasks.measuring.presale import PRESALE_RATES
from warehouse.measurement import MeasurementSession, PhaseWindow
from warehouse.models.catalogue import load_layer
from warehouse.snapshots.snapshot import Snapshot

# Deposits 10-21 to 10-31, balances 11-01 to 11-03, in local days of Shanghai.
START, DUE, END = (datetime(2021, 10, 20, 16, tzinfo=UTC) + timedelta(days=days) for days in (0, 11, 14))
ROWS = """
    ('P1', 'p1', '2021-10-22', null, 25000, 5000, '2021-10-22', null),          -- forfeited
    ('P2', 'p2', '2021-10-22', null, 10000, 2000, null, null),                  -- deposit never paid
    ('P3', 'p3', '2021-10-23', '2021-11-01', 30000, 5000, '2021-10-23', null),  -- both paid
    ('P4', 'p4', '2021-10-24', null, 9000, null, null, null),                   -- not in stages
    ('P5', 'guest', '2021-10-25', '2021-11-02', 10000, 2000, '2021-10-25', null)
"""


def snapshot_of(path: Path, rows: str = ROWS) -> Snapshot:
    with duckdb.connect(str(path)) as con:
        for model in load_layer("staging"):
            con.execute(f"create table {model.name} ({model.ddl()})")
        con.execute("insert into stg_members (member_id, joined_at) values ('p1', '2020-01-01'), ('p3', '2020-01-01')")
        con.execute("insert into stg_members (member_id, joined_at) values ('guest', null), ('late', '2021-10-30')")
        con.execute(
            f"""
            insert into stg_orders
                (order_id, member_id, ordered_at, paid_at, amount_cents, deposit_cents, deposit_paid_at, closed_at)
            values {rows}
            """
        )
    return Snapshot("s1", path, END, {}, (), "f")


def presale(snapshot: Snapshot, as_of: datetime, windows: bool = True) -> PresaleSales:
    with MeasurementSession(
        snapshot, calendar="d11", windows=[PhaseWindow("deposit", START, END)], as_of=as_of
    ) as session:
        return session.presale([(START, DUE, END)] if windows else [])


def rates(sales: PresaleSales) -> dict[str, tuple[int, int]]:
    found = {
        rate.name: rate.of({name: getattr(sales, name) for name in sales.__dataclass_fields__})
        for rate in PRESALE_RATES
    }
    return {name: (rate.numerator, rate.denominator) for name, rate in found.items()}


def test_shares_by_value_and_by_deposit_and_the_balances_paid(tmp_path: Path) -> None:
    found = presale(snapshot_of(tmp_path / "s.duckdb"), END + timedelta(hours=1))
    assert rates(found) == {
        "balance_payment_rate": (2, 3),
        "presale_member_share": (30_000, 40_000),  # 75 %
        "presale_member_share_deposit": (10_000, 12_000),  # 83.33 %
    }
    assert (found.forfeited, found.forfeited_cents) == (1, 5_000)


def test_nothing_is_lost_and_nothing_is_a_sale_before_its_time(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path / "s.duckdb")
    early = presale(snapshot, datetime(2021, 10, 31, tzinfo=UTC))
    assert (early.deposits, early.deposit_cents, early.balances_paid, early.settled_cents) == (3, 12_000, 0, 0)
    assert early.forfeited == 0
    # A source that closes orders needs no window of the calendar, and one that does neither never loses a deposit.
    assert presale(snapshot, END + timedelta(days=9), windows=False).forfeited == 0


@pytest.mark.parametrize(("closed", "lost"), [("'2021-11-04'", 1), ("'2021-12-24'", 0), ("null", 0)])
def test_a_closed_order_lost_its_deposit(tmp_path: Path, closed: str, lost: int) -> None:
    rows = f"('P1', 'p1', '2021-10-22', null, 25000, 5000, '2021-10-22', {closed})"
    found = presale(snapshot_of(tmp_path / "s.duckdb", rows), END + timedelta(days=5), windows=False)
    assert found.forfeited == lost


def test_who_joins_between_deposit_and_balance_is_a_member_of_the_balance(tmp_path: Path) -> None:
    rows = "('P6', 'late', '2021-10-22', '2021-11-01', 20000, 4000, '2021-10-22', null)"
    found = presale(snapshot_of(tmp_path / "s.duckdb", rows), END)
    assert (found.member_deposit_cents, found.deposit_cents) == (0, 4_000)
    assert (found.member_settled_cents, found.settled_cents) == (20_000, 20_000)
