"""A model's DuckDB SQL → Spark SQL with the same answer.

Assumes the session the Spark engine makes: time zone UTC, ANSI mode, `timestamp` without zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from warehouse.portable.macros import Macro, expand

Value = None | bool | int | str | date | datetime | list[int] | list[str]


def to_spark(sql: str, *, macros: Mapping[str, Macro], variables: Mapping[str, tuple[str, Value]]) -> str:
    """`sql` (inside the subset, see `lint`) as one Spark statement.

    `macros` as `spark_macros(layer)` gives them; `variables` maps a name to its DuckDB type and
    value. Tables are named without their catalog. Raises KeyError for an unknown variable.
    """
    from sqlglot import parse_one

    tree = expand(parse_one(sql, read="duckdb"), dict(macros))
    # Innermost first: a replaced node takes its children along as they are.
    for node in reversed(list(tree.walk())):
        new = _translated(node, variables)
        if new is not node:
            tree = new if node is tree else tree
            node.replace(new)
    return str(tree.sql(dialect="spark", comments=False))


@cache
def tables_of(sql: str) -> tuple[str, ...]:
    """The tables a query reads, with their catalog as written (`snap.stg_orders`), sorted; CTEs are none."""
    from sqlglot import exp, parse_one

    tree = parse_one(sql, read="duckdb")
    made = {cte.alias for cte in tree.find_all(exp.CTE)}
    tables = [(table.db, table.name) for table in tree.find_all(exp.Table)]
    return tuple(sorted({f"{db}.{name}" if db else name for db, name in tables if db or name not in made}))


def _translated(node: Any, variables: Mapping[str, tuple[str, Value]]) -> Any:
    from sqlglot import exp

    if isinstance(node, exp.Anonymous):
        return _function(node, variables)
    rules: dict[type, Any] = {
        exp.Table: _bare_table,
        exp.CTE: _plain_cte,
        exp.Bracket: lambda it: exp.func("get", it.this.copy(), it.expressions[0].copy()),
        exp.Lower: _lower,
        exp.Length: lambda it: (
            exp.func("size", it.this.copy()) if isinstance(it.this, (exp.Array, exp.ArrayFilter)) else it
        ),
        exp.DayOfWeekIso: lambda it: parse_spark(f"(weekday({it.this.sql('spark')}) + 1)"),
        exp.PercentileDisc: _quantiles,
    }
    rule = rules.get(type(node))
    return rule(node) if rule else node


def _bare_table(node: Any) -> Any:
    node.set("db", None)
    node.set("catalog", None)
    return node


def _plain_cte(node: Any) -> Any:
    node.set("materialized", None)
    return node


def _lower(node: Any) -> Any:
    """Both letters whose lower case Java makes of two letters or of the place in the word."""
    from sqlglot import exp

    folded = exp.Translate(this=node.this.copy(), from_=exp.Literal.string("İΣ"), to=exp.Literal.string("iσ"))
    return exp.Lower(this=folded)


def _function(node: Any, variables: Mapping[str, tuple[str, Value]]) -> Any:
    from sqlglot import exp

    name = node.name.lower()
    if name == "getvariable":
        return literal(*variables[node.expressions[0].name])
    if name == "epoch_us":
        moment = exp.cast(node.expressions[0].copy(), exp.DataType.build("timestamp_ltz", dialect="spark"))
        return exp.func("unix_micros", moment)
    return node


def _quantiles(node: Any) -> Any:
    """The smallest value at or above each share of the rows, by its place among the sorted values.

    Spark's own percentile_disc takes the value before it where values repeat.
    """
    value = node.this.sql("spark")
    places = [f"cast(ceil({share.name} * count({value})) as int) - 1" for share in node.expression.expressions]
    return parse_spark(f"array({', '.join(f'get(sort_array(collect_list({value})), {place})' for place in places)})")


def parse_spark(text: str) -> Any:
    from sqlglot import parse_one

    return parse_one(text, read="spark")


def literal(kind: str, value: Value) -> Any:
    """A DuckDB-typed value as an expression: null and empty lists keep their type."""
    from sqlglot import exp, parse_one

    if isinstance(value, list):
        inner = kind.removesuffix("[]")
        items = exp.Array(expressions=[literal(inner, item) for item in value])
        return exp.cast(items, exp.DataType.build(kind, dialect="duckdb"))
    if value is None or kind not in {"timestamp", "date"}:
        plain = exp.convert(value)
        return plain if kind == "varchar" and value is not None else exp.cast(plain, kind, dialect="duckdb")
    text = value.isoformat(" ") if isinstance(value, datetime) else str(value)
    return parse_one(f"{kind} '{text}'", read="duckdb")
