"""Rows of Python in a table: few or many, the same values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import duckdb
import numpy as np
import pytest

from warehouse.engines.rows import append_rows

AT = datetime(2026, 3, 8, 12, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize("count", [0, 1, 7, 500, 9_000])
def test_few_rows_and_many_say_the_same(count: int) -> None:
    with duckdb.connect() as con:
        columns = "n int, text varchar, moment timestamp, span interval, words varchar[], yes boolean, big bigint"
        con.execute(f"create table t ({columns})")
        rows = [(n, f"it's {n}", AT, timedelta(hours=n), ["a", "b"], n % 2 == 0, 1 << 61) for n in range(count)]
        assert append_rows(con, "t", rows) == count
        naive = AT.astimezone(UTC).replace(tzinfo=None)
        found = con.execute("from t order by n").fetchall()
    assert found == [(n, text, naive, span, words, yes, big) for n, text, _, span, words, yes, big in rows]


@pytest.mark.parametrize("count", [3, 500, 30_000])
def test_empty_cells_and_numbers_of_numpy(count: int) -> None:
    with duckdb.connect() as con:
        con.execute("create table t (n int, text varchar)")
        append_rows(con, "t", ((np.int64(n), None if n else "first") for n in range(count)))
        assert con.execute("select sum(n)::int, count(text) from t").fetchall() == [(sum(range(count)), 1)]
