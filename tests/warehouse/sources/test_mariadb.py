"""A real MariaDB server, started for these tests alone, read through PyMySQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from campaign_calendars.findings.errors import SourceError
from tests.warehouse.servers import mariadb, needs_mariadb
from warehouse.sources import SourceSpec
from warehouse.sources.load import load_raw, understand_source

pytestmark = needs_mariadb
ROWS = 120_000


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with mariadb() as found:
        engine = sa.create_engine(found)
        with engine.begin() as db:
            db.execute(
                sa.text(
                    f"""
                    create table shop.orders as
                    select concat('o', seq) as order_id, concat('会员', seq % 100) as member_id,
                        timestamp('2026-03-01 10:00:00') + interval seq second as ordered_at,
                        cast(seq / 100 as decimal(12, 2)) as amount, cast(null as datetime) as paid_at,
                        seq % 2 = 0 as items, cast('2026-03-01' as date) as closed_at
                    from seq_1_to_{ROWS}
                    """
                )
            )
        engine.dispose()
        yield found


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def test_a_table_streams_with_every_kind_of_value(con: duckdb.DuckDBPyConnection, url: str, tmp_path: Path) -> None:
    understood = understand_source(con, SourceSpec("orders", "sql", url=url, table="orders"), tmp_path)
    assert understood.rows == ROWS
    assert understood.parts[0].how == "SQLAlchemy (mysql, pymysql)"
    rows = con.execute(
        """
        select sum(amount::decimal(18, 2)), min(ordered_at), max(ordered_at::timestamp), count(paid_at),
            any_value(closed_at), count(distinct member_id)
        from raw_orders
        """
    ).fetchall()
    assert rows == [
        (Decimal(ROWS * (ROWS + 1)) / 200, "2026-03-01 10:00:01", datetime(2026, 3, 2, 19, 20), 0, "2026-03-01", 100)
    ]
    assert con.execute("select member_id from raw_orders where order_id = 'o7'").fetchall() == [("会员7",)]


def test_a_query_and_a_plain_mysql_url(con: duckdb.DuckDBPyConnection, url: str, tmp_path: Path) -> None:
    query = "select order_id as `订单编号`, member_id, ordered_at, amount from orders where order_id in ('o1', 'o2')"
    spec = SourceSpec("orders", "sql", url=url.replace("+pymysql", ""), query=query, columns={"order_id": "订单编号"})
    assert load_raw(con, spec, tmp_path) == 2


def test_its_refusals_are_said(con: duckdb.DuckDBPyConnection, url: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="refused the read"):
        load_raw(con, SourceSpec("orders", "sql", url=url, query="select * from nowhere"), tmp_path)
    with pytest.raises(SourceError, match="cannot read from mysql"):
        load_raw(con, SourceSpec("orders", "sql", url=url.replace("root@", "nobody:secret@"), table="orders"), tmp_path)
