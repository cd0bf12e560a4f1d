"""What the accepted rows look like: nulls, distinct values, ranges and shares, without anybody's data.

Of personal columns only rows and nulls are counted, and of others a word is named only if ten rows
have it: free text may hold what belongs to one person. Everything is exact but `distinct`, which is
a HyperLogLog estimate: registers are merged by their maximum, so threads cannot change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb

from warehouse.models.catalogue import Column, Model
from warehouse.shelf.profiles import ColumnProfile, TableProfile

_WORDS = ("varchar", "boolean")
_NUMBERS = ("bigint", "integer")
_TENTHS = [n / 10 for n in range(1, 10)]
_MOST_CATEGORIES = 20
_FEW_VALUES = 200
_LEAST_ROWS_OF_A_WORD = 10


def profile_tables(
    con: duckdb.DuckDBPyConnection, models: Sequence[Model], known: Mapping[str, TableProfile] | None = None
) -> dict[str, TableProfile]:
    """Rows of every table and, of every column, empty cells and what fits its type where it is nobody's secret.

    Tables that are `known` are not looked at.
    """
    found = known or {}
    filled = _filled(con, [model.name for model in models if model.name not in found])
    return {
        model.name: found.get(model.name)
        or (_table(con, model, f"snap.{model.name}") if model.name in filled else _empty(model))
        for model in models
    }


def shares_below(con: duckdb.DuckDBPyConnection, table: str, column: str, edges: Sequence[int]) -> list[float]:
    """Shares of the filled rows up to each edge, between them, and above the last."""
    bounds = [*edges, None]
    counts = ", ".join(
        f'count(*) filter ("{column}" > {low if low is not None else "-9223372036854775808"}'
        f' and "{column}" <= {high if high is not None else "9223372036854775807"})'
        for low, high in zip([None, *edges], bounds, strict=True)
    )
    found = con.execute(f"select {counts} from {table}").fetchall()[0]
    total = sum(found)
    return [count / total if total else 0.0 for count in found]


def _filled(con: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> set[str]:
    """Those that have a row. A shop brings a few of the datasets, and a question costs as much of an empty table."""
    asked = " union all ".join(f"(select '{name}' from snap.{name} limit 1)" for name in tables)
    return {name for (name,) in con.execute(asked).fetchall()} if asked else set()


def _empty(model: Model) -> TableProfile:
    """What `_table` finds in a table without rows."""
    return TableProfile(
        0, {name: ColumnProfile(0) if column.pii else ColumnProfile(0, 0) for name, column in model.columns.items()}
    )


def _table(con: duckdb.DuckDBPyConnection, model: Model, table: str) -> TableProfile:
    asked = ["count(*)", *(f'count("{name}")' for name in model.columns)]
    asked += [figure for name, column in model.columns.items() for figure in _figures(name, column)]
    values = iter(con.execute(f"select {', '.join(asked)} from {table}").fetchall()[0])
    rows = int(next(values))
    nulls = {name: rows - int(next(values)) for name in model.columns}
    columns = {}
    for name, column in model.columns.items():
        figures = [next(values) for _ in _figures(name, column)]
        columns[name] = _column(con, table, name, column, nulls[name], figures)
    return TableProfile(rows, columns)


def _figures(name: str, column: Column) -> list[str]:
    """What is asked of a column: distinct values, and where they fit its type lowest, highest and tenths."""
    if column.pii:
        return []
    # The estimate is a few percent off; more values than cells it must not claim.
    figures = [f'least(approx_count_distinct("{name}"), count("{name}"))']
    if column.type not in _WORDS:
        figures += [f'min("{name}")', f'max("{name}")']
    if column.type in _NUMBERS:
        figures.append(f'quantile_disc("{name}", {_TENTHS})')
    return figures


def _column(  # noqa: PLR0917 - a column, its type and its figures
    con: duckdb.DuckDBPyConnection, table: str, name: str, column: Column, nulls: int, figures: Sequence[Any]
) -> ColumnProfile:
    """`figures` are the answers to `_figures`, in that order."""
    if column.pii:
        return ColumnProfile(nulls)
    if column.type in _WORDS:
        (distinct,) = figures
        return ColumnProfile(nulls, distinct, shares=_shares(con, table, name) if 0 < distinct <= _FEW_VALUES else None)
    distinct, low, high = figures[0], _as_json(figures[1]), _as_json(figures[2])
    tenths = figures[3] if column.type in _NUMBERS else None
    if not tenths:
        return ColumnProfile(nulls, distinct, low, high)
    edges = tuple(sorted(set(tenths)))
    return ColumnProfile(nulls, distinct, low, high, edges, tuple(shares_below(con, table, name, edges)))


def _shares(con: duckdb.DuckDBPyConnection, table: str, name: str) -> dict[str, float]:
    found = con.execute(
        f"""
        select "{name}"::varchar, count(*) / sum(count(*)) over ()
        from {table} where "{name}" is not null
        group by 1 having count(*) >= {_LEAST_ROWS_OF_A_WORD} order by 2 desc, 1 limit {_MOST_CATEGORIES}
        """
    ).fetchall()
    return {str(value): float(share) for value, share in found}


def _as_json(value: object) -> int | str | None:
    """A bound as JSON has it: moments in UTC carry their offset."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat()
    return value if value is None or isinstance(value, int) else str(value)
