"""Amounts a thousand times what is usual in their column: a decimal comma was lost before they came here.

Such a row is kept, for it may be right. It is named with the first places, so that somebody looks.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from campaign_calendars.findings.problem import Location, Problem
from warehouse.models.catalogue import Model
from warehouse.sources.catalogue import DATASETS
from warehouse.staging.examples import SHOWN, example

TIMES = 1000
_ENOUGH = 20
"""So few amounts have no usual one."""


def outliers_of(con: duckdb.DuckDBPyConnection, model: Model) -> Iterator[Problem]:
    """A warning for each amount of the source with accepted rows of at least a thousand times its median."""
    for column in model.columns:
        written = column.removesuffix("_cents")
        if column != written and written in DATASETS[model.dataset].columns:
            yield from _judged(con, model, column, written)


def _judged(con: duckdb.DuckDBPyConnection, model: Model, column: str, written: str) -> Iterator[Problem]:
    table = f"snap.{model.name}"
    # A median costs a sort; whether the highest is so far from most of the others is counted in one pass.
    count, highest = con.execute(f"select count(*), max({column}) from {table} where {column} > 0").fetchall()[0]
    if count < _ENOUGH:
        return
    low = f"select count(*) from {table} where {column} > 0 and {column} * {TIMES} <= {highest}"
    if con.execute(low).fetchall()[0][0] * 2 < count:
        return
    median = con.execute(f"select quantile_disc({column}, 0.5) from {table} where {column} > 0").fetchall()[0][0]
    found = con.execute(
        f"""
        select _file, _row, {column}, count(*) over () from {table}
        where {column} >= {median * TIMES} order by {column} desc, _file, _row limit {SHOWN}
        """
    ).fetchall()
    rows, usual = found[0][3], f"{median / 100:,.2f}"
    yield Problem(
        "S136",
        "warning",
        f"{model.dataset}: {written} is {TIMES:,} times its median ({usual}) or more in {rows:,} of {count:,} rows",
        "look at these rows in the source: a decimal comma may have been lost on the way; they are kept as they are",
        Location(f"sources.{model.dataset}"),
        f"{model.dataset}：{count:,} 行中有 {rows:,} 行的 {written} 达到中位数（{usual}）的 {TIMES:,} 倍以上",
        "请在来源中核对这些行：小数点可能在途中丢失；这些行按原样保留",
        tuple(example(model.dataset, f"{f}:{r}", {written: f"{cents / 100:.2f}"}) for f, r, cents, _ in found),
    )
