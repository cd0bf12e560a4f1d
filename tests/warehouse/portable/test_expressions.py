"""Every entry of the subset, on both engines over the same adversarial values; and why the traps are traps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from warehouse.portable.lint import lint
from warehouse.portable.spark_sql import to_spark
from warehouse.portable.subset import ALLOWED, TRAPS

pytestmark = pytest.mark.spark

WHOLE = [None, -(2**53) - 1, -86400000001, -7, -1, 0, 1, 2, 3, 7, 2**31, 2**53 + 1]
TEXTS = [
    *(None, "", " ", "a", "A", "ab", "Ab", "b", "B a", "ß", "İ", "I", "ΑΣ", "σς", "ﬁ", "Ǆ", "Ω", "中文", "中", "😀x"),
    *("e\u0301", "é", "a%b", "a_b", "a\\b", "a'b", "\t", "\u3000x", "a\nb", "NaN", "null", "0", "007", "1_0"),
]
DAYS = [None, date(1000, 1, 1), date(1582, 10, 10), date(1969, 12, 31), date(1970, 1, 1), date(2023, 12, 31)]
DAYS += [date(2024, 2, 29), date(2024, 12, 30), date(2026, 3, 8), date(2026, 3, 31), date(9999, 12, 31)]
MOMENTS = [None, datetime(1000, 1, 1), datetime(1899, 12, 31, 23, 59, 59), datetime(1969, 12, 31, 23, 59, 59, 999999)]
MOMENTS += [datetime(1970, 1, 1), datetime(2024, 2, 29, 23, 59, 59, 1), datetime(2026, 3, 8, 2, 30)]
MOMENTS += [datetime(2026, 3, 8, 2, 30, 0, 123456), datetime(2026, 3, 31), datetime(9999, 12, 31, 23, 59, 59, 999999)]
TRUTHS = [None, False, True]

# Over columns a, b (bigint), s, u (text), d, e (date), m, n (moment), p, q (boolean), and k (a group).
EQUAL = {
    "And": "p and q",
    "Or": "p or q",
    "Not": "not p",
    "EQ": "s = u",
    "NEQ": "s <> u",
    "GT": "s > u",
    "GTE": "d >= e",
    "LT": "m < n",
    "LTE": "a <= b",
    "Is": "a is null and s is not null",
    "In": "a in (1, 2, null) or s not in ('a', 'B a')",
    "Between": "a between b and 7",
    "NullSafeEQ": "s is not distinct from u",
    "NullSafeNEQ": "a is distinct from b",
    "Case": "case when p then a when q then b end",
    "If": "case a when 1 then s when 2 then u else 'x' end",
    "Coalesce": "coalesce(s, u, '-')",
    "Nullif": "nullif(a, b)",
    "Greatest": "greatest(a, b, 3)",
    "Least": "least(m, n)",
    "Add": "a + b",
    "Sub": "a - b - (b - a)",
    "Mul": "(a % 1000) * b",
    "IntDiv": "a // nullif(b, 0)",
    "Mod": "a % nullif(b, 0)",
    "Neg": "-a",
    "Abs": "abs(a)",
    "BitwiseAnd": "a & b",
    "BitwiseOr": "a | b",
    "Paren": "(a + b) * 2",
    "Null": "case when p then null else 1 end",
    "Boolean": "coalesce(p, true) and not coalesce(q, false)",
    "Literal": "case when s = 'a''b' then '\\' when s = 'a\\b' then 'it''s' else '中\"x' end",
    "Cast": "p::integer + (a is null)::integer",
    "DataType": "case when p then date '2026-03-08' else d end",
    "Interval": "m + interval 1 day - interval 90 minute",
    "Var": "timestamp '2026-03-08 02:30:00.5' + interval 3 second - interval 2 hour",
    "DPipe": "s || u || '/'",
    "Lower": "lower(s)",
    "MD5": "md5('salt:' || s)",
    "StartsWith": "starts_with(s, u)",
    "Contains": "contains(s, u)",
    "Replace": "replace(s, 'a', u)",
    "Substring": "substr(s, 2, 2)",
    "Length": "len(s) + len([1, 2])",
    "epoch_us": "(epoch_us(m) - epoch_us(n)) // 86400000000",
    "Year": "year(d) * 10000 + year(m)",
    "Month": "month(d) * 100 + month(m)",
    "Day": "day(d) * 100 + day(m)",
    "Hour": "hour(m)",
    "TimestampTrunc": "date_trunc('day', m)",
    "DayOfWeekIso": "isodow(d) * 10 + isodow(m)",
    "Array": "[a, b, 1][2]",
    "Bracket": "[a, b][3]",
    "ArrayFilter": "len(list_filter([a, b, 5], lambda x: x > 1))",
    "Lambda": "list_filter([a, b], lambda x: x is not null)[1]",
    "getvariable": "case when m < getvariable('as_of') then getvariable('label') end",
    "RowNumber": "row_number() over (partition by k order by a desc nulls last, s, i)",
    "Rank": "rank() over (partition by k order by s)",
    "DenseRank": "dense_rank() over (partition by k order by m desc)",
    "Lag": "lag(a) over (partition by k order by b nulls first, i)",
    "Lead": "lead(s) over (order by s desc nulls first, i)",
    "Window": "count(*) over (partition by p order by d, i)",
    "WindowSpec": "sum(a % 1000) over (partition by k order by i rows between unbounded preceding and current row)",
    "Ordered": "row_number() over (order by u nulls first, s desc nulls last, i desc)",
    "Order": "row_number() over (order by s, u, i)",
}
# Further forms of what is on the list.
FORMS = [
    *(
        "a::varchar",
        "m::varchar",
        "d::varchar",
        "p::varchar",
        "m::date",
        "d::timestamp",
        "p::bigint",
        "(a % 7)::integer",
    ),
    *("(d + interval 1 day)::timestamp", "m - interval 59 second", "date_trunc('month', m)", "(a < 0)::integer"),
    *("greatest(s, u)", "least(d, e)", "s || null", "coalesce(a, b) // 7", "-7 // 2", "-7 % 3", "[s, u][1]", "[a][9]"),
    *("case s when 'a' then 1 when null then 2 else 3 end", "a = b or p", "s in ('a', null)", "not (s in ('a', 'b'))"),
    *(
        "substr(s, 1, 1) || substr(u, 3, 9)",
        "lower(s || u)",
        "contains(s, '')",
        "starts_with(s, '')",
        "replace(s, '', 'x')",
    ),
]
# Whole queries over the table t.
QUERIES = {
    "Count": "select k, count(*) as x, count(a) as y, count(distinct s) as z from t group by k",
    "Sum": "select k, sum(a)::bigint as x, sum(b) filter (where p)::bigint as y from t group by k",
    "Min": "select k, min(s) as x, min(m) as y, min(a) as z from t group by k",
    "Max": "select k, max(u) as x, max(d) as y, max(b) filter (where q) as z from t group by k",
    "LogicalOr": "select k, bool_or(p) as x, bool_or(q) filter (where p) as y from t group by k",
    "LogicalAnd": "select k, bool_and(p) as x from t group by k",
    "PercentileDisc": "select k, quantile_disc(a, [0.2, 0.4, 0.6, 0.8])[2] as x, "
    "quantile_disc(i // 3, [0.25, 0.5])[1] as y, quantile_disc(b, [0.9, 0.01])[2] as z from t group by k",
    "Filter": "select count(*) filter (where a > b) as x, max(a) filter (where false) as y from t",
    "Select": "select i, a from t where coalesce(p, q, false)",
    "From": "select t.* exclude (s, u) from t",
    "Table": "select v.i, v.s from t as v",
    "TableAlias": "select v.i from t as v",
    "Where": "select i from t where s > 'a' or s is null",
    "Group": "select s, u, count(*) as x from t group by s, u",
    "Having": "select s, count(*) as x from t group by s having count(*) > 2",
    "Join": "select t.i, w.n as x from t left join (select s, count(*) as n from t group by s) as w using (s)",
    "With": "with v as (select i, a from t), w as (select i from v where a > 0) "
    "select v.*, w.i is null as x from v left join w on v.i = w.i",
    "CTE": "with v as materialized (select max(a) as top from t) select i, a - top as x from t cross join v",
    "Subquery": "select x from (select a + b as x from t) as v",
    "Union": "select i, s from t union all select i + 1000 as i, u as s from t",
    "Distinct": "select distinct s, p from t",
    "Alias": 'select a as "at", s as value from t',
    "Column": 'select t.a, "b" from t',
    "Identifier": 'select i as "order" from t',
    "Star": "select *, a + 1 as x from t",
    "Qualify": "select i, s from t qualify row_number() over (partition by s order by i) = 1",
}
VARIABLES: dict[str, tuple[str, Any]] = {
    "as_of": ("timestamp", datetime(2026, 3, 8, 2, 30)),
    "label": ("varchar", "it's 38\\女王"),
}


@pytest.fixture(scope="module")
def world(
    con: duckdb.DuckDBPyConnection, spark: Any, comparable: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """The table t: each pair of neighbours, and values shifted against each other."""
    rows = []
    pools = (WHOLE, TEXTS, DAYS, MOMENTS, TRUTHS)
    for i in range(400):
        row: dict[str, Any] = {"i": i, "k": i % 7}
        for (left, right), pool in zip(("ab", "su", "de", "mn", "pq"), pools, strict=True):
            row[left], row[right] = pool[i % len(pool)], pool[(i // len(pool) + i) % len(pool)]
        rows.append(row)
    schema = pa.schema(
        [("i", pa.int64()), ("k", pa.int64())]
        + [(c, pa.int64()) for c in "ab"]
        + [(c, pa.string()) for c in "su"]
        + [(c, pa.date32()) for c in "de"]
        + [(c, pa.timestamp("us")) for c in "mn"]
        + [(c, pa.bool_()) for c in "pq"]
    )
    path = tmp_path_factory.mktemp("expressions") / "t.parquet"
    con.register("rows", pa.Table.from_pylist(rows, schema=schema))
    con.execute("create table t as from rows")
    con.execute(f"copy t to '{path}' (format parquet)")
    for name, (kind, value) in VARIABLES.items():
        con.execute(f"set variable {name} = $value::{kind}", {"value": value})
    spark.read.parquet(str(path)).createOrReplaceTempView("t")
    yield con, spark, comparable
    spark.catalog.dropTempView("t")


def on_both(world: Any, query: str) -> tuple[list[Any], list[Any]]:
    """Rows of the query on DuckDB and on Spark, in one order."""
    con, spark, comparable = world
    here = comparable(con.sql(query).to_arrow_table())
    there = comparable(spark.sql(to_spark(query, macros={}, variables=VARIABLES)).toArrow())
    return sorted(here, key=repr), sorted(there, key=repr)


def test_every_entry_of_the_list_is_proven() -> None:
    proven = EQUAL.keys() | QUERIES.keys()
    assert sorted(ALLOWED.keys() - proven) == []
    assert sorted(proven - ALLOWED.keys()) == []


@pytest.mark.parametrize("name", [*EQUAL, *QUERIES])
def test_the_proof_uses_what_it_proves_and_nothing_else(name: str) -> None:
    from sqlglot import exp, parse_one

    sql = QUERIES.get(name) or f"select {EQUAL[name]} as x from t"
    assert lint(sql) == []
    used = {
        n.name.lower() if isinstance(n, exp.Anonymous) else type(n).__name__
        for n in parse_one(sql, read="duckdb").walk()
    }
    assert name in used


def test_expressions_are_equal_on_every_row(world: Any) -> None:
    forms = {**EQUAL, **{form: form for form in FORMS}}
    columns = ", ".join(f'{sql} as "x{n}"' for n, sql in enumerate(forms.values()))
    here, there = on_both(world, f"select i, {columns} from t")
    assert len(here) == len(there) == 400
    by_row = {row["i"]: row for row in there}
    differing, dull = {}, []
    for n, (name, sql) in enumerate(forms.items()):
        pairs = [(row["i"], row[f"x{n}"], by_row[row["i"]][f"x{n}"]) for row in here]
        if wrong := [pair for pair in pairs if pair[1] != pair[2]]:
            differing[sql] = wrong[:3]
        if name in EQUAL and len({repr(pair[1]) for pair in pairs}) == 1:
            dull.append(name)
    assert differing == {}
    assert dull == ["Var", "Bracket"], "an expression that is the same on every row proves little"


@pytest.mark.parametrize("name", QUERIES)
def test_queries_give_equal_rows(world: Any, name: str) -> None:
    here, there = on_both(world, QUERIES[name])
    assert here == there
    assert here


# What the translator makes of a trap, without our help: other rows, or a refusal. On the table t.
DIFFERENT = {
    "Round": "round(a / 8.0, 1)",
    "Avg": "avg(a) over (partition by k)",
    "DateDiff": "date_diff('day', m, n)",
    "DayOfWeek": "dayofweek(d)",
    "TimeToUnix": "epoch(m)",
    "TimeToStr": "strftime(m, '%j %a')",
    "Extract": "extract(dow from d)",
    "AtTimeZone": "m at time zone 'Asia/Shanghai'",
    "TryCast": "try_cast('1_000' as bigint)",
    "ArrayAgg": "list(a order by b desc, i)",
    "ArgMax": "arg_max(s, case when s is null then 999 else i end)",
    "ArgMin": "arg_min(s, case when s is null then -1 else i end)",
    "Format": "format('{} x', s)",
    "hash": "hash(s)",
    "ILike": "s ilike 'i'",
    "RegexpLike": "regexp_matches(s || chr(10), 'a$')",
    "RegexpExtract": "regexp_extract(s || chr(10), 'a$')",
    "RegexpReplace": "regexp_replace(s, 'a|b', 'x')",
    "Trim": "trim(s)",
    "Upper": "upper(s)",
    "Left": "left(s, -1)",
    "Right": "right(s, -1)",
    "SplitPart": "split_part(s, '', 1)",
    "Floor": "floor(a)",
    "Ceil": "ceil(a)",
}
REFUSED = {
    "Week": "week(d)",
    "UnixToTime": "epoch_ms(m)",
    "StrToTime": "strptime('2026', '%G')",
    "timezone": "timezone('Asia/Shanghai', m)",
    "age": "age(m, n)",
    "Like": "s like 'a\\b'",
    "RegexpFullMatch": "regexp_full_match(s, 'a.*')",
    "SimilarTo": "s similar to 'a.*'",
    "PercentileCont": "quantile_cont(a, 0.3)",
    "Columns": "columns('a')",
}
# Equal on a good day: another run, another moment or another number of threads gives other rows.
BY_CHANCE = {
    "Div",
    "First",
    "Last",
    "AnyValue",
    "Median",
    "Mode",
    "Rand",
    "CurrentTimestamp",
    "CurrentDate",
    "now",
    "Limit",
}
AGGREGATES = {"ArrayAgg", "ArgMax", "ArgMin", "PercentileCont"}


def test_quantiles_are_exact_where_values_repeat(world: Any) -> None:
    """Ten thousand values of a few hundred, in as many rows as no share divides: the case that gave Spark away."""
    con, spark, comparable = world
    con.execute("create or replace table r as select 10 * (n * n % 997) as v from range(10183) as r(n)")
    rows = con.sql("from r").to_arrow_table()
    spark.createDataFrame(rows).createOrReplaceTempView("r")
    cuts = "with c as (select quantile_disc(v, [0.2, 0.4, 0.6, 0.8]) as q from r)"
    query = f"{cuts} select q[1] as a, q[2] as b, q[3] as c, q[4] as d from c"
    values = sorted(rows["v"].to_pylist())
    exact = [values[-(-len(values) * fifth // 5) - 1] for fifth in (1, 2, 3, 4)]
    assert comparable(con.sql(query).to_arrow_table()) == [dict(zip("abcd", exact, strict=True))]
    text = to_spark(query, macros={}, variables={})
    assert comparable(spark.sql(text).toArrow()) == [dict(zip("abcd", exact, strict=True))]


def test_every_trap_is_shown_or_named_as_chance() -> None:
    assert sorted({*DIFFERENT, *REFUSED, *BY_CHANCE}) == sorted(TRAPS)


def test_what_a_trap_does_when_it_is_translated_all_the_same(world: Any) -> None:
    from pyspark.errors import PySparkException
    from sqlglot import transpile

    con, spark, comparable = world
    harmless = []
    for name, sql in {**DIFFERENT, **REFUSED}.items():
        query = f"select k, {sql} as x from t group by k" if name in AGGREGATES else f"select i, {sql} as x from t"
        assert "M102" in {problem.code for problem in lint(query)}, name
        here = sorted(comparable(con.sql(query).to_arrow_table()), key=repr)
        try:
            there = sorted(comparable(spark.sql(transpile(query, read="duckdb", write="spark")[0]).toArrow()), key=repr)
        except PySparkException:
            there = None
        if (there is None) != (name in REFUSED) or here == there:
            harmless.append(name)
    assert harmless == []
