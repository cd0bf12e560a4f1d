"""What the accepted rows look like: nulls, distinct values, ranges and shares, without anybody's data.

Of personal columns only rows and nulls are counted, and of others a word is named only if ten rows
have it: free text may hold what belongs to one person. Everything is exact but `distinct`, which is
a HyperLogLog estimate: registers are merged by their maximum, so threads cannot change it.
"""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.models.catalogue import Column, Model

_TENTHS = [n / 10 for n in range(1, 10)]
_MOST_CATEGORIES = 20
_FEW_VALUES = 200
_LEAST_ROWS_OF_A_WORD = 10
Profile = dict[str, dict[str, Any]]


def profile_tables(con: duckdb.DuckDBPyConnection, models: list[Model], catalog: str = "snap") -> Profile:
    """Per table `rows` and per column `nulls` and, where it is nobody's secret, what fits its type."""
    return {model.name: _table(con, model, f"{catalog}.{model.name}") for model in models}


def shares_below(
    con: duckdb.DuckDBPyConnection, table: str, column: str, edges: list[int], catalog: str = "snap"
) -> list[float]:
    """Shares of the filled rows up to each edge, between them, and above the last."""
    bounds = [*edges, None]
    counts = ", ".join(
        f'count(*) filter ("{column}" > {low if low is not None else "-9223372036854775808"}'
        f' and "{column}" <= {high if high is not None else "9223372036854775807"})'
        for low, high in zip([None, *edges], bounds, strict=True)
    )
    found = con.execute(f"select {counts} from {catalog}.{table}").fetchall()[0]
    total = sum(found)
    return [count / total if total else 0.0 for count in found]


def _table(con: duckdb.DuckDBPyConnection, model: Model, table: str) -> dict[str, Any]:
    plain = {name: column for name, column in model.columns.items() if not column.pii}
    asked = ["count(*)", *(f'count("{name}")' for name in model.columns)]
    asked += [figure for name, column in plain.items() for figure in _figures(name, column)]
    values = iter(con.execute(f"select {', '.join(asked)} from {table}").fetchall()[0])
    rows = int(next(values))
    columns: dict[str, dict[str, Any]] = {name: {"nulls": rows - int(next(values))} for name in model.columns}
    for name, column in plain.items():
        for figure in _names(column):
            columns[name][figure] = _as_json(next(values))
    for name, column in plain.items():
        told = columns[name]
        if column.type in {"varchar", "boolean"} and 0 < told["distinct"] <= _FEW_VALUES:
            told["shares"] = _shares(con, table, name)
        elif told.get("tenths"):
            edges = sorted(set(told.pop("tenths")))
            told["edges"] = edges
            told["shares"] = shares_below(con, model.name, name, edges, table.partition(".")[0])
    return {"rows": rows, "columns": columns}


def _figures(name: str, column: Column) -> list[str]:
    # The estimate is a few percent off; more values than cells it must not claim.
    figures = [f'least(approx_count_distinct("{name}"), count("{name}"))']
    if column.type not in {"varchar", "boolean"}:
        figures += [f'min("{name}")', f'max("{name}")']
    if column.type in {"bigint", "integer"}:
        figures.append(f'quantile_disc("{name}", {_TENTHS})')
    return figures


def _names(column: Column) -> list[str]:
    names = ["distinct"]
    if column.type not in {"varchar", "boolean"}:
        names += ["min", "max"]
    if column.type in {"bigint", "integer"}:
        names.append("tenths")
    return names


def _shares(con: duckdb.DuckDBPyConnection, table: str, name: str) -> dict[str, float]:
    found = con.execute(
        f"""
        select "{name}"::varchar, count(*) / sum(count(*)) over ()
        from {table} where "{name}" is not null
        group by 1 having count(*) >= {_LEAST_ROWS_OF_A_WORD} order by 2 desc, 1 limit {_MOST_CATEGORIES}
        """
    ).fetchall()
    return {str(value): float(share) for value, share in found}


def _as_json(value: Any) -> Any:
    if value is None or isinstance(value, int | list):
        return value
    return str(value)
