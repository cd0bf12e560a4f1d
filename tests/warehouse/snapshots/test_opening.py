"""How connections over snapshots are set up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from warehouse.snapshots.opening import beside, busy_threads, connect, open_snapshot

_BEHIND_A_WINDOW = """
    with made as (
        select m.i, sum(m.i) over (order by m.i) as at from moments as m inner join names using (kind)
    )
    select made.i, steps.rate from made asof left join steps on steps.kind = made.i % 2 and steps.at <= made.at
"""


@pytest.mark.parametrize(
    ("threads", "rows", "busy"), [(8, 0, 1), (8, 59_999, 1), (8, 60_000, 2), (2, 10_000_000, 2), (1, 10_000_000, 1)]
)
def test_threads_are_those_that_have_something_to_do(threads: int, rows: int, busy: int) -> None:
    assert busy_threads(threads, rows) == busy


def test_a_small_snapshot_is_read_by_one_thread(shop: Any) -> None:
    with open_snapshot(shop.build(threads=2), threads=2) as con:
        assert con.execute("select current_setting('threads')").fetchall() == [(1,)]


def test_an_as_of_join_does_not_compare_every_pair(tmp_path: Path) -> None:
    """DuckDB 2.0 chose a nested loop for the days of the points: 4.7 million pairs of a store of 4,000 members."""
    with connect(tmp_path, 2, "1GB") as con:
        con.execute("create table moments as select i, i % 3 as kind from range(60) as r(i)")
        con.execute("create table names as select 1 as kind")
        con.execute("create table steps as select i % 2 as kind, i as at, i * 10 as rate from range(100) as r(i)")
        plan = con.execute(f"explain {_BEHIND_A_WINDOW}").fetchall()[0][1].lower()
        found = con.execute(f"{_BEHIND_A_WINDOW} order by made.i").fetchall()
    assert "nested" not in plan
    sums, expected = 0, []
    for i in (one for one in range(60) if one % 3 == 1):
        sums += i
        at = max((step for step in range(100) if step % 2 == i % 2 and step <= sums), default=None)
        expected.append((i, None if at is None else at * 10))
    assert found == expected


def test_a_session_beside_an_open_one_has_tables_of_its_own(shop: Any) -> None:
    with open_snapshot(shop.build()) as con:
        con.execute("create temp table rules (benefit varchar)")
        with beside(con) as session:
            assert session.execute("select 1 from snap.stg_members limit 1").fetchone() == (1,)
            assert session.execute("select current_setting('TimeZone')").fetchone() == ("UTC",)
            session.execute("create temp table rules (benefit varchar, cents bigint)")
            session.execute("select given_back(timestamp '2026-03-08', null, 0, null, 0)")
        assert [name for name, *_ in con.execute("from rules").description] == ["benefit"]
