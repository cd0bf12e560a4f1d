"""What judging every row with Great Expectations costs, against one plain SQL pass over the same table.

The candidates of a million orders (ten a member) under all rules of the model, a few of which fail, as in
real exports. The plain pass counts the failing rows of every rule; it finds the same numbers, which is
checked, but names no row. Importing Great Expectations, once a process, is not counted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

import duckdb

from benchmarks import harness
from benchmarks.refresh import AS_OF, condition
from warehouse.expectations import validator
from warehouse.model_files import Model, load_layer, staging_macros
from warehouse.sources.catalogue import DATASETS

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


def candidates(members: int) -> tuple[duckdb.DuckDBPyConnection, Model]:
    """A connection with `candidate_orders`, typed as a build types it, and its model."""
    con = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
    con.execute("set TimeZone = 'UTC'")
    con.execute("attach ':memory:' as snap")
    con.execute("create table snap.stg_members as select 'm' || i as member_id from range($n) as t(i)", {"n": members})
    for dataset in (DATASETS["orders"], DATASETS["order_items"]):
        columns = ", ".join(f'"{name}" varchar' for name in dataset.columns)
        con.execute(f"create table raw_{dataset.name} ({columns}, _file varchar, _row bigint)")
    con.execute(_ORDERS, {"members": members})
    con.execute(staging_macros())
    (model,) = (model for model in load_layer("staging") if model.name == "stg_orders")
    con.execute(f"create table candidate_orders as {model.query}")
    con.execute("drop table raw_orders")
    return con, model


def prepare(members: int) -> Callable[[], list[int]]:
    con, model = candidates(members)

    def work() -> list[int]:
        with validator(con, AS_OF) as checker:
            return [outcome.failing for outcome in checker.check("candidate_orders", model.expectations)]

    return work


def prepare_plain(members: int) -> Callable[[], list[int]]:
    con, model = candidates(members)
    counts = ", ".join(f"count(*) filter ({condition(rule)})" for rule in model.expectations)

    def work() -> list[int]:
        return list(con.execute(f"select {counts} from candidate_orders").fetchall()[0])

    return work


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    members: int = chosen.members
    prepare(10)()  # importing the gate, and its first use, are paid once a process
    both = harness.alternate(lambda: prepare(members), lambda: prepare_plain(members), rounds=chosen.rounds)
    if both.result != both.expected:
        raise SystemExit(f"the gate counts {both.result}, plain SQL {both.expected}")
    peak = harness.peak_mb(prepare, members)
    yield both.row("validation: every rule on every order, against one SQL pass", members, peak)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=100_000, short=20_000, rounds=5), rows)
