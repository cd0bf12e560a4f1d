"""The text Spark gets: macros expanded, parameters as typed literals, the traps of translation closed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from warehouse.features.params import FeatureParams, variables
from warehouse.models.catalogue import load_layer
from warehouse.portable.macros import parse_macros, spark_macros
from warehouse.portable.spark_sql import tables_of, to_spark


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("select a[1] as x from t", "SELECT GET(a, 0) AS x FROM t"),
        ("select isodow(d) as x from t", "SELECT (WEEKDAY(d) + 1) AS x FROM t"),
        (
            "select lower(lower(s)) as x from t",
            "SELECT LOWER(TRANSLATE(LOWER(TRANSLATE(s, 'İΣ', 'iσ')), 'İΣ', 'iσ')) AS x FROM t",
        ),
        ("select len(list_filter(l, lambda v: v > 1)) as x from t", "SELECT SIZE(FILTER(l, v -> v > 1)) AS x FROM t"),
        (
            "from snap.stg_orders select epoch_us(paid_at) as x",
            "SELECT UNIX_MICROS(CAST(paid_at AS TIMESTAMP_LTZ)) AS x FROM stg_orders",
        ),
        ("select x from t order by x, y desc", "SELECT x FROM t ORDER BY x NULLS LAST, y DESC"),
        ("with c as materialized (select 1 as x) select x from c", "WITH c AS (SELECT 1 AS x) SELECT x FROM c"),
    ],
)  # fmt: skip
def test_what_differs_is_written_for_spark(sql: str, text: str) -> None:
    assert to_spark(sql, macros={}, variables={}) == text


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("timestamp", datetime(2026, 3, 8, 4, 0, 0, 123456), "CAST('2026-03-08 04:00:00.123456' AS TIMESTAMP_NTZ)"),
        ("date", date(2026, 3, 8), "CAST('2026-03-08' AS DATE)"),
        ("timestamp", None, "CAST(NULL AS TIMESTAMP_NTZ)"),
        ("varchar", "it's \\ 38", "'it\\'s \\\\ 38'"),
        ("bigint", 5, "CAST(5 AS BIGINT)"),
        ("varchar[]", [], "CAST(ARRAY() AS ARRAY<STRING>)"),
        ("bigint[]", [1, 2], "CAST(ARRAY(CAST(1 AS BIGINT), CAST(2 AS BIGINT)) AS ARRAY<BIGINT>)"),
    ],
)
def test_parameters_become_typed_literals(kind: str, value: object, text: str) -> None:
    values = {"p": (kind, value)}
    assert to_spark("select getvariable('p') as x from t", macros={}, variables=values) == f"SELECT {text} AS x FROM t"  # type: ignore[arg-type]


def test_an_argument_a_macro_repeats_is_computed_once() -> None:
    macros = parse_macros("create or replace temp macro twice(x) as\n    x || x;\n", "duckdb")
    once = to_spark("select twice(twice(a || b)) as x from t", macros=macros, variables={})
    assert once.count("a || b") == 1
    assert to_spark("select twice(a) as x from t", macros=macros, variables={}) == "SELECT (a || a) AS x FROM t"
    with pytest.raises(ValueError, match="takes 1 arguments, not 2"):
        to_spark("select twice(a, b) as x from t", macros=macros, variables={})


@pytest.mark.parametrize("layer", ["staging", "features"])
def test_every_model_becomes_text_without_a_macro_or_a_parameter_left(layer: str) -> None:
    params = FeatureParams("Asia/Shanghai", (30, 90, 180, 365), 365, (("regular", 0), ("gold", 300_000)))
    values = {"timezone": ("varchar", "UTC"), **variables(datetime(2026, 3, 8, tzinfo=UTC), params)}
    for model in load_layer(layer):  # type: ignore[arg-type]
        text = to_spark(model.query, macros=spark_macros(layer), variables=values).lower()
        left = [
            name for name in ("getvariable", "snap.", *spark_macros(layer)) if f"{name}(" in text or "snap." in text
        ]
        assert left == [], model.name


def test_the_tables_of_a_query() -> None:
    sql = "with orders as (select * from snap.stg_orders) select * from orders left join contacts using (member_id)"
    assert tables_of(sql) == ("contacts", "snap.stg_orders")
