"""What judging every row with Great Expectations costs, against one plain SQL pass over the same table.

The candidates of a million orders (ten a member) under all rules of the model, a few of which fail, as in
real exports. The plain pass counts the failing rows of every rule; it finds the same numbers, which is
checked, but names no row. Importing Great Expectations, once a process, is not counted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from benchmarks import harness
from benchmarks.refresh import AS_OF, condition
from warehouse.models.catalogue import load_layer, macros_of
from warehouse.sources.catalogue import DATASETS
from warehouse.staging.expectations import validator

_ORDERS = """
insert into raw_orders by name
select
    'o' || (i - i % 5000 // 4999) as order_id,
    'm' || i * 7919 % ($members + 3) as member_id,
    (timestamp '2025-03-01' + to_seconds(i * 131071 % 31000000))::varchar as ordered_at,
    ordered_at as paid_at,
    case when i % 9000 = 7 then 'free' else printf('%d,%03d.50', 1 + i % 5, i % 1000) end as amount,
    case when i % 9 = 0 then '12.00元' else '无退款申请' end as refunded,
    (1 + i % 3)::varchar as items,
    'orders.csv' as _file,
    i + 1 as _row
from range($members * 10) as t(i)
"""
_TYPED = 100_000
_AGAIN = """
create table candidate_orders as
select * replace (again || order_id as order_id, again || _key as _key, _row + again * $rows as _row)
from typed
cross join range($times) as t(again)
"""
(MODEL,) = (model for model in load_layer("staging") if model.name == "stg_orders")


def write_candidates(path: Path, members: int) -> None:
    """A database with `candidate_orders`, typed as a build types it.

    The model types the orders of at most 100,000 members; more of them are these again under other numbers.
    """
    times = -(-members // _TYPED)
    typed = members // times
    with duckdb.connect(str(path), config={"threads": 2, "preserve_insertion_order": False}) as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("attach ':memory:' as snap")
        con.execute(
            "create table snap.stg_members as select 'm' || i as member_id from range($n) as t(i)", {"n": typed}
        )
        for model in load_layer("staging"):  # other tables the model reads
            con.execute(f"create table if not exists snap.{model.name} ({model.ddl()})")
        for dataset in (DATASETS["orders"], DATASETS["order_items"]):
            columns = ", ".join(f'"{name}" varchar' for name in dataset.columns)
            con.execute(f"create temp table raw_{dataset.name} ({columns}, _file varchar, _row bigint)")
        con.execute(_ORDERS, {"members": typed})
        con.execute(macros_of("staging"))
        con.execute(f"create temp table typed as {MODEL.query}")
        con.execute(_AGAIN, {"times": times, "rows": typed * 10})


def prepare(path: Path) -> Callable[[], list[int]]:
    con = duckdb.connect(str(path), config={"threads": 2})

    def work() -> list[int]:
        with validator(con, AS_OF) as checker:
            found = [outcome.failing for outcome in checker.check("candidate_orders", MODEL.expectations)]
            checker.settle()
        con.close()
        return found

    return work


def prepare_plain(path: Path) -> Callable[[], list[int]]:
    con = duckdb.connect(str(path), config={"threads": 2})
    counts = ", ".join(f"count(*) filter ({condition(rule)})" for rule in MODEL.expectations)

    def work() -> list[int]:
        found = list(con.execute(f"select {counts} from candidate_orders").fetchall()[0])
        con.close()
        return found

    return work


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    members: int = chosen.members
    with TemporaryDirectory() as directory:
        few, all_ = Path(directory) / "few.duckdb", Path(directory) / "all.duckdb"
        write_candidates(few, 10)
        prepare(few)()  # importing the gate, and its first use, are paid once a process
        write_candidates(all_, members)
        both = harness.alternate(partial(prepare, all_), partial(prepare_plain, all_), rounds=chosen.rounds)
        if both.result != both.expected:
            raise SystemExit(f"the gate counts {both.result}, plain SQL {both.expected}")
        peak = harness.peak_mb(prepare, all_)
    reference = "one pass of plain DuckDB SQL that counts the failing rows of every rule"
    yield both.row("validation: every rule on every order", members * 10, "orders", reference, peak_mb=peak)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=100_000, short=20_000, rounds=5), rows)
