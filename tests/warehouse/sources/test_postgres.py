"""PostgreSQL as Arrow: cells written by us as the server writes them, and large tables in ranges of pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from tests.warehouse.servers import postgres
from warehouse.sources import SourceSpec, arrow, page_ranges
from warehouse.sources.load import load_raw, understand_source
from warehouse.sources.native_cells import NATIVE, as_written
from warehouse.sources.port import Cells

ROWS = 20_000
HEADER = ["order_id", "member_id", "ordered_at", "amount", "items"]
MOMENTS = """
    select moment, moment::timestamp as plain, moment::text as text, moment::timestamp::text as plain_text from (
        values ('infinity'::timestamptz), ('-infinity'), (null), ('0044-03-15 01:02:03.5 BC'), ('4713-01-01 BC'),
            ('0001-12-31 23:59:59.999999 BC'), ('0001-01-01 00:00:00'), ('0999-12-31 10:00:00.000001'),
            ('1582-10-10 12:00:00'), ('1969-12-31 23:59:59.9'), ('2026-03-08 10:00:00'), ('2026-03-08 10:00:00.12'),
            ('2024-02-29 23:59:59.10001'), ('9999-12-31 23:59:59.999999'), ('10000-01-01'), ('12000-02-29 00:00:00.5'),
            ('294276-12-31 23:59:59.999999')
    ) as given(moment)
    union all
    select moment, moment::timestamp, moment::text, moment::timestamp::text from (
        select timestamptz '1400-01-01' + n * interval '41 days 3 hours 1.050 seconds'
        from generate_series(1, 9000) as n
    ) as spread(moment)
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres() as found:
        engine = sa.create_engine(found)
        with engine.begin() as db:
            for statement in (
                f"""
                create table orders as select 'o' || n as order_id, 'm' || n % 100 as member_id,
                    timestamptz '2026-03-01' + n * interval '1.25 seconds' as ordered_at,
                    n::numeric / 100 as amount, n % 3 as items
                from generate_series(1, {ROWS}) as n
                """,
                "create table thinned as table orders",
                f"delete from thinned where order_id <> 'o{ROWS}'",
                "create view seen as table orders",
                "create table yearly (like orders) partition by range (ordered_at)",
                "create table y2026 partition of yearly for values from ('2026-01-01') to ('2027-01-01')",
                "insert into yearly table orders",
                "create role clerk login",
                "grant select (order_id, member_id, ordered_at, amount, items) on orders to clerk",
            ):
                db.execute(sa.text(statement))
        engine.dispose()
        yield found


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_ranges, "_PAGES", 16)
    monkeypatch.setattr(page_ranges, "_FEWEST", 64)


@pytest.fixture
def cursor(url: str) -> Iterator[Any]:
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(arrow.libpq_uri(sa.make_url(url))) as connection, connection.cursor() as cursor:
        cursor.execute("set timezone to 'UTC'")
        yield cursor


def read(url: str, table: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        load_raw(con, SourceSpec("orders", "sql", url=url, table=table), Path())
        rows = con.execute(f"select {', '.join(HEADER)} from raw_orders order by all").fetchall()
        assert con.execute("select count(distinct _row), min(_row) from raw_orders").fetchall() == [(len(rows), 1)]
    return rows


@pytest.mark.parametrize("where", ["true", "false", "moment is null", "extract(microseconds from moment) = 0"])
def test_moments_are_written_as_the_server_writes_them(cursor: Any, where: str) -> None:
    cursor.execute(f"select * from ({MOMENTS}) as all_of_them where {where}")
    table = cursor.fetch_record_batch().read_all()
    assert as_written(table["moment"]).to_pylist() == table["text"].to_pylist()
    assert as_written(table["plain"]).to_pylist() == table["plain_text"].to_pylist()
    assert (table.num_rows > 5_000) == (where == "true")


def test_whole_numbers_are_written_as_the_server_writes_them(cursor: Any) -> None:
    cursor.execute(
        "select n::int2 as a, n::int4 as b, n * 1000000000000 as c, n::text, (n * 1000000000000)::text as d "
        "from (values (0), (-32768), (null), (32767)) as given(n)"
    )
    table = cursor.fetch_record_batch().read_all()
    assert as_written(table["a"]).to_pylist() == as_written(table["b"]).to_pylist() == table["n"].to_pylist()
    assert as_written(table["c"]).to_pylist() == table["d"].to_pylist()
    assert {"int2", "int4", "int8", "timestamp", "timestamptz"} == NATIVE


def test_ranges_give_the_rows_of_the_table_in_its_order(url: str, small_pages: None) -> None:
    spec = SourceSpec("orders", "sql", url=url, table="orders")
    counted: list[int] = []
    batches = list(arrow.postgres_batches(spec, sa.make_url(url), HEADER, counted.append, Cells([0, 2, 4])))
    assert len(batches) > 4
    assert sum(counted) == ROWS
    assert [text for batch in batches for text in batch["c0"].to_pylist()] == [f"o{n}" for n in range(1, ROWS + 1)]
    assert batches[0]["c2"].to_pylist()[:4] == [
        "2026-03-01 00:00:01.25+00",
        "2026-03-01 00:00:02.5+00",
        "2026-03-01 00:00:03.75+00",
        "2026-03-01 00:00:05+00",
    ]
    assert batches[0]["c4"].to_pylist()[:4] == ["1", "2", "0", "1"]


@pytest.mark.parametrize("table", ["orders", "thinned", "seen", "yearly", "public.orders"])
def test_ranges_and_one_stream_give_the_same(url: str, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(url, table)
    monkeypatch.setattr(page_ranges, "_PAGES", 16)
    monkeypatch.setattr(page_ranges, "_FEWEST", 64)
    assert read(url, table) == whole
    assert len(whole) == (1 if table == "thinned" else ROWS)


def test_what_has_no_pages_of_its_own_is_read_in_one_stream(url: str, cursor: Any, small_pages: None) -> None:
    ranged = {name: bool(page_ranges.page_ranges(cursor, name)) for name in ("orders", "seen", "yearly", "thinned")}
    assert ranged == {"orders": True, "seen": False, "yearly": False, "thinned": True}
    cursor.execute("set local role clerk")
    assert page_ranges.page_ranges(cursor, "orders") == []  # who may read some columns may not read where rows stand


def test_a_server_that_does_not_share_its_state_is_read_in_one_stream(
    url: str, small_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow, "shared_snapshot", lambda cursor: "00000000-00000000-1")
    spec = SourceSpec("orders", "sql", url=url, table="orders")
    batches = list(arrow.postgres_batches(spec, sa.make_url(url), HEADER, lambda rows: None, Cells([0])))
    assert [batch.num_rows for batch in batches] == [ROWS]


def test_all_ranges_see_the_state_of_the_first(url: str, small_pages: None) -> None:
    spec = SourceSpec("orders", "sql", url=url, table="orders")
    batches = arrow.postgres_batches(spec, sa.make_url(url), HEADER, lambda rows: None, Cells([0]))
    taken = next(batches).num_rows
    engine = sa.create_engine(url)
    with engine.begin() as db:
        db.execute(sa.text("insert into orders select 'late' || n from generate_series(1, 5000) as n"))
        db.execute(sa.text(f"delete from orders where order_id = 'o{ROWS}'"))
    try:
        rest = [text for batch in batches for text in batch["c0"].to_pylist()]
        assert taken + len(rest) == ROWS
        assert rest[-1] == f"o{ROWS}"
    finally:
        with engine.begin() as db:
            db.execute(sa.text("delete from orders where order_id like 'late%'"))
            db.execute(sa.text(f"insert into orders values ('o{ROWS}', 'm0', '2026-03-01', {ROWS / 100}, 2)"))
        engine.dispose()


def test_a_trial_stops_early(url: str, small_pages: None) -> None:
    with duckdb.connect() as con:
        source = SourceSpec("orders", "sql", url=url, table="orders")
        assert understand_source(con, source, Path(), most_rows=100).rows == 100


def test_what_fails_in_a_range_is_said_once(url: str) -> None:
    def reads(cursor: str, statement: str) -> str:
        if statement == "c":
            raise ValueError("gone")
        return cursor + statement

    got = page_ranges.side_by_side(["1", "2"], ["a", "b", "c", "d", "e"], reads)
    assert [next(got)[-1], next(got)[-1]] == ["a", "b"]
    with pytest.raises(ValueError, match="gone"):
        list(got)
