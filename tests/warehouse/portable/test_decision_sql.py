"""What touches every member of a plan: grouping, joining back, the price pass and the certifying scan, on both engines.

What comes out of the database are patterns and sums, never members (`warehouse.contact_plan`, `warehouse.allocation`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from benchmarks import allocation as family
from warehouse.allocation.scoring import Scores, names
from warehouse.engines.local import DuckDBEngine
from warehouse.engines.port import Made
from warehouse.engines.spark import SparkEngine
from warehouse.engines.sql_files import sql_files
from warehouse.portable.lint import lint

_SQL = sql_files("warehouse.decision")
MEMBERS = 400
ASKED = family.instance(MEMBERS, many=True)
PRICES = np.random.default_rng(3).integers(0, 900_000, len(ASKED.rows))
WIDTHS = PRICES // 7 + 1


def selected(name: str, **parts: str) -> str:
    """The query of a statement that makes a table, with what the outlook puts in for its marks."""
    sql = _SQL[name].partition(" as\n")[2]
    for mark, text in parts.items():
        sql = sql.replace(f"/*{mark}*/", text)
    return sql


def queries() -> dict[str, str]:
    """Every statement over all members, by what it does."""
    scores = Scores(ASKED, frozenset({29}), ((3, ASKED.columns[0]),))
    chosen, boxed = scores.chosen(PRICES), scores.boxed(PRICES, WIDTHS)
    uses = ", ".join(f"sum({scores.amount(row, '_c0')})::bigint as used_{row}" for row in range(len(ASKED.rows)))
    return {
        "group": selected("outlook_patterns", masks=", mask_0"),
        "places": selected("outlook_places", masks=", a.mask_0", same=" and p.mask_0 = a.mask_0"),
        "join back": selected("planned").replace("$slot", "3"),
        "price pass": f"select {names([ASKED.member])}, _b0, _c0 from ({chosen}) as t",
        "box": f"select {names([ASKED.member])}, _l0, _h0, _n0, {scores.unsettled()} as open_still from ({boxed}) as t",
        "certify": f"select sum({scores.worth('_c0')})::bigint as value, {uses} from ({chosen}) as t",
    }


@pytest.mark.parametrize("name", queries())
def test_statements_over_all_members_keep_to_the_portable_subset(name: str) -> None:
    assert [problem.message for problem in lint(queries()[name])] == []


@pytest.fixture
def bench() -> Iterator[duckdb.DuckDBPyConnection]:
    """Flags of members, their patterns and places, what the plan has for them, and a table of values."""
    dice = random.Random(5)
    con = duckdb.connect(config={"threads": 2})
    con.execute("set TimeZone = 'UTC'")
    con.execute("attach ':memory:' as snap")
    rows = [
        {
            "member_id": f"m{n:04}", "held": dice.random() < 0.1, "order_hash": f"{dice.randrange(50):032x}",
            "terms": dice.randrange(3), "segments": dice.randrange(2), "basket": dice.randrange(2),
            "channels": dice.randrange(1, 4), "root": dice.choice(["", "0@2", "0@-1,1@3"]), "mask_0": dice.randrange(5),
        }
        for n in range(MEMBERS)
    ]  # fmt: skip
    con.register("_rows", pa.Table.from_pylist(rows))
    con.execute("create table ahead as select * from _rows")
    con.execute("create table member_features as select member_id from _rows where hash(member_id) % 3 > 0")
    made = queries()
    con.execute(f"create table ahead_patterns as {made['group']}")
    con.execute(f"create table ahead_places as {made['places']}")
    con.execute(_SQL["plan_columns"].replace("temp ", ""))
    con.execute(
        "insert into plan_columns select pattern, 1 + pattern % 2, 2 + pattern % 2, 3, pattern % 3, null, null, null"
        " from ahead_patterns"
    )
    family.prepare(con, MEMBERS, many=True)
    yield con
    con.close()


@pytest.mark.spark
@pytest.mark.parametrize("name", queries())
def test_both_engines_give_the_same_rows(
    name: str,
    bench: duckdb.DuckDBPyConnection,
    spark: Any,
    tmp_path: Path,
    comparable: Callable[[pa.Table], list[Any]],
) -> None:
    engine = SparkEngine("local[2]", tmp_path / "exchange")
    DuckDBEngine().make(bench, Made("here", queries()[name], "staging"))
    engine.make(bench, Made("there", queries()[name], "staging"))
    engine.close()
    here, there = (sorted(map(str, comparable(bench.table(table).to_arrow_table()))) for table in ("here", "there"))
    assert here
    assert here == there
