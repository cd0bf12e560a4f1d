"""Presale orders of a generated store: who owes a balance on 1 November, and what becomes of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pyarrow.compute as pc
import pytest

from warehouse.sample import presale
from warehouse.sample.files import SCHEMAS, read_file
from warehouse.sample.generate import generate
from warehouse.sample.population import NEVER, to_local
from warehouse.sample.world import World

ZONE = ZoneInfo("Asia/Shanghai")


def at(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2021) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


def staged(count: int, placed: datetime, as_of: datetime) -> tuple[np.ndarray, np.ndarray, presale.Stages]:
    """Orders of `count` members, all placed and (the deposit) paid at the same moment."""
    members = np.arange(count)
    ordered = np.full(count, to_local(placed))
    never = np.full(count, NEVER)
    return presale.pay_in_stages(members, ordered, ordered + 60, never, np.full(count, 30_050), to_local(as_of))


def test_a_known_share_pays_in_stages_and_a_known_share_forfeits() -> None:
    paid, closed, stages = staged(20_000, at(10, 25), at(11, 12))
    share = stages.stage >= 0
    assert share.mean() == pytest.approx(presale.STAGED, abs=0.01)
    assert (paid[share] == NEVER).mean() == pytest.approx(presale.FORFEITED, abs=0.01)
    assert set(stages.deposit[share].tolist()) == {6_000}
    in_time = paid[share][paid[share] != NEVER]
    assert to_local(at(11, 1, 0, 31)) <= in_time.min() <= in_time.max() < to_local(at(11, 4))
    assert set(closed[share & (paid == NEVER)].tolist()) == {to_local(at(11, 4))}


def test_nothing_is_known_before_it_happens() -> None:
    paid, closed, stages = staged(2_000, at(10, 25), at(10, 31))
    assert set(stages.stage[stages.stage >= 0].tolist()) == {presale.STAGES.index("deposit_paid")}
    assert (paid[stages.stage >= 0] == NEVER).all()
    assert (closed == NEVER).all()


@pytest.mark.parametrize(
    ("placed", "has"),
    [
        (at(10, 20, 23, 59), False),
        (at(10, 21), True),
        (at(10, 31, 21, 59), True),
        (at(10, 31, 22), False),
        (at(11, 4), True),
        (at(11, 10, 22), False),
        (at(10, 25, year=2019), False),
    ],
)
def test_only_orders_of_the_deposit_windows_are_in_stages(placed: datetime, has: bool) -> None:
    _, _, stages = staged(200, placed, at(12, 1))
    assert (stages.stage >= 0).any() == has


def test_balances_of_the_extract_are_paid_as_the_world_lives_on(tmp_path: Path) -> None:
    """What a world adds to an extract of 31 October is what an extract of 12 November would have said."""
    extract, later = at(10, 31, 23), at(11, 12)
    generate(tmp_path, members=1_500, seed=4, as_of=extract)
    orders = read_file(tmp_path, "orders", 1, "csv")
    owing = orders.filter(pc.and_(pc.equal(orders["stage"], "deposit_paid"), orders["closed_at"].is_null()))
    assert owing.num_rows > 20
    World(tmp_path, 4).advance(extract, later)
    columns = ", ".join(f"'{field.name}': 'varchar'" for field in SCHEMAS["orders"])
    read = f"read_csv('{tmp_path}/orders-*.csv', columns = {{{columns}}})"
    found = duckdb.sql(
        f"""
        with latest as (
            select *, row_number() over (partition by order_id order by filename desc) as copy
            from {read.replace("columns =", "filename = true, columns =")}
        )
        select count(*), count(paid_at), count(closed_at),
            count(*) filter (paid_at is not null and closed_at is not null),
            count(*) filter (paid_at < balance_from or paid_at > balance_until)
        from latest where copy = 1 and deposit_paid_at < '{extract:%Y-%m-%d %H:%M:%S}' and ordered_at >= '2021-10-21'
        """
    ).fetchall()
    [(all_of_them, paid, closed, both, outside)] = found
    assert (all_of_them, paid + closed, both, outside) == (owing.num_rows, owing.num_rows, 0, 0)
    assert 0 < closed < paid
