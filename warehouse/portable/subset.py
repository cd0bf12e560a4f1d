"""The allow-listed SQL: what models may use, and why the traps are not in it.

Keys are sqlglot's node classes, or the name of a function sqlglot does not know. `docs/scale.md`
prints these tables; `tests/warehouse/portable/test_expressions.py` proves every entry.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowed:
    """`spelled` is how one writes it; `on_spark` how it is kept equal where the plain name would not be."""

    spelled: str
    on_spark: str = ""


@dataclass(frozen=True, slots=True)
class Trap:
    """`why` names the difference, `instead` what to write."""

    spelled: str
    why: str
    instead: str


ALLOWED: dict[str, Allowed] = {
    # queries
    "Select": Allowed("select"),
    "From": Allowed("from table"),
    "Table": Allowed("from table"),
    "TableAlias": Allowed("as name"),
    "Where": Allowed("where"),
    "Group": Allowed("group by column, …"),
    "Having": Allowed("having"),
    "Join": Allowed("[left] join … using (…) / on …, cross join"),
    "With": Allowed("with"),
    "CTE": Allowed("with name as [materialized] (…)", "the hint is dropped"),
    "Subquery": Allowed("from (select …)"),
    "Union": Allowed("union all"),
    "Distinct": Allowed("select distinct, count(distinct x)"),
    "Alias": Allowed("x as name"),
    "Column": Allowed("column"),
    "Identifier": Allowed("column"),
    "Star": Allowed("*, t.*, * exclude (…)"),
    "Order": Allowed("order by x [desc] [nulls first|last]", "null order is always written out"),
    "Ordered": Allowed("order by x [desc] [nulls first|last]"),
    "Filter": Allowed("aggregate(…) filter (where …)"),
    "Qualify": Allowed("qualify row_number() over (…) = 1", "a subquery"),
    "Window": Allowed("f() over (partition by … order by …)"),
    "WindowSpec": Allowed("rows between … and …"),
    # values
    "Literal": Allowed("1, 'text'"),
    "Boolean": Allowed("true, false"),
    "Null": Allowed("null"),
    "Paren": Allowed("(x)"),
    "Neg": Allowed("-x"),
    "Cast": Allowed("x::type, type 'literal'"),
    "DataType": Allowed("varchar, bigint, integer, boolean, date, timestamp"),
    "Interval": Allowed("interval n day|hour|minute|second"),
    "Var": Allowed("interval n day|hour|minute|second"),
    "Array": Allowed("[1, 2]"),
    "Bracket": Allowed("list[n]", "`get(list, n - 1)`: null outside the list"),
    "Lambda": Allowed("lambda x: …"),
    # logic
    "And": Allowed("and"),
    "Or": Allowed("or"),
    "Not": Allowed("not"),
    "EQ": Allowed("="),
    "NEQ": Allowed("<>"),
    "GT": Allowed(">"),
    "GTE": Allowed(">="),
    "LT": Allowed("<"),
    "LTE": Allowed("<="),
    "Is": Allowed("is [not] null"),
    "In": Allowed("x in (1, 2)"),
    "Between": Allowed("between"),
    "NullSafeEQ": Allowed("is not distinct from"),
    "NullSafeNEQ": Allowed("is distinct from"),
    "Case": Allowed("case when … then … else … end"),
    "If": Allowed("case when … then … else … end"),
    "Coalesce": Allowed("coalesce(x, …)"),
    "Nullif": Allowed("nullif(x, y)"),
    "Greatest": Allowed("greatest(x, …): nulls are skipped"),
    "Least": Allowed("least(x, …): nulls are skipped"),
    # arithmetic on integers
    "Add": Allowed("x + y"),
    "Sub": Allowed("x - y"),
    "Mul": Allowed("x * y"),
    "IntDiv": Allowed("x // y: toward zero"),
    "Mod": Allowed("x % y: sign of x"),
    "Abs": Allowed("abs(x)"),
    "BitwiseAnd": Allowed("x & y"),
    "BitwiseOr": Allowed("x | y"),
    # texts
    "DPipe": Allowed("x || y"),
    "Lower": Allowed("lower(x)", "İ and Σ are folded first, code point by code point"),
    "MD5": Allowed("md5(text)"),
    "StartsWith": Allowed("starts_with(x, y)"),
    "Contains": Allowed("contains(x, y)"),
    "Replace": Allowed("replace(x, y, z)"),
    "Substring": Allowed("substr(x, n, m): n, m literals, n at least 1"),
    "Length": Allowed("len(text), len(list)", "`size` for a list"),
    # moments and days
    "epoch_us": Allowed("epoch_us(moment)", "`unix_micros`"),
    "Year": Allowed("year(x)"),
    "Month": Allowed("month(x)"),
    "Day": Allowed("day(x)"),
    "Hour": Allowed("hour(moment)"),
    "TimestampTrunc": Allowed("date_trunc('day' or 'month', moment)"),
    "DayOfWeekIso": Allowed("isodow(x): Monday is 1", "`weekday(x) + 1`"),
    # aggregates
    "Count": Allowed("count(*), count(x), count(distinct x)"),
    "Sum": Allowed("sum(integer)"),
    "Min": Allowed("min(x)"),
    "Max": Allowed("max(x)"),
    "LogicalOr": Allowed("bool_or(x)"),
    "LogicalAnd": Allowed("bool_and(x)"),
    "PercentileDisc": Allowed(
        "quantile_disc(integer, [0.2, …])",
        "by place among the sorted values: `percentile_disc` is one too low where values repeat",
    ),
    "RowNumber": Allowed("row_number()"),
    "Rank": Allowed("rank()"),
    "DenseRank": Allowed("dense_rank()"),
    "Lag": Allowed("lag(x) over (…)"),
    "Lead": Allowed("lead(x) over (…)"),
    "ArrayFilter": Allowed("list_filter(list, lambda x: …)"),
    "getvariable": Allowed("getvariable('name')", "the value as a typed literal"),
}
_MACRO = "a macro with a Spark definition (macros.spark.sql)"
_MICROS = "(epoch_us(b) - epoch_us(a)) // 86400000000"
_RANK = "row_number() over (… order by …, key), and keep 1"
TRAPS: dict[str, Trap] = {
    "Div": Trap("x / y", "DOUBLE, and a sum of DOUBLE depends on the order of rows", "x // y"),
    "Round": Trap("round(x, n)", "halves of DOUBLE are rounded on different digits", "integers in the smallest unit"),
    "Avg": Trap("avg(x)", "DOUBLE; depends on the order of rows", "sum(x) and count(x)"),
    "DateDiff": Trap("date_diff('day', a, b)", "counts midnights here and whole days there", _MICROS),
    "DayOfWeek": Trap("dayofweek(x)", "Sunday is 0 here and 1 there", "isodow(x)"),
    "Week": Trap("week(x)", "unknown to Spark", "isodow(x) and days"),
    "TimeToUnix": Trap("epoch(x)", "DOUBLE seconds here, whole seconds there", "epoch_us(x)"),
    "UnixToTime": Trap("epoch_ms(x)", "reads a moment here, makes one there", "epoch_us(x)"),
    "TimeToStr": Trap("strftime(x, f)", "format letters differ", _MACRO),
    "StrToTime": Trap("strptime(x, f)", "leniency differs", "as_moment(cell)"),
    "Extract": Trap("extract(part from x)", "dow and second count differently", "year, month, day, hour, isodow"),
    "AtTimeZone": Trap("x at time zone z", "direction depends on the type", _MACRO),
    "timezone": Trap("timezone(z, x)", "direction depends on the type", _MACRO),
    "age": Trap("age(a, b)", "unknown to Spark", _MICROS),
    "TryCast": Trap("try_cast(x as t)", "other texts are accepted: 1e3, 1_000 here, 2026-3 there", _MACRO),
    "ArrayAgg": Trap("list(x order by y)", "the order is lost, nulls are dropped", _RANK),
    "First": Trap("first(x)", "any row's value, another one on every run", _RANK),
    "Last": Trap("last(x)", "any row's value, another one on every run", _RANK),
    "AnyValue": Trap("any_value(x)", "any row's value, another one on every run", "min(x) or max(x)"),
    "ArgMax": Trap("arg_max(x, y)", "a null x is skipped here only, and ties are broken by chance", _RANK),
    "ArgMin": Trap("arg_min(x, y)", "a null x is skipped here only, and ties are broken by chance", _RANK),
    "Format": Trap("format(f, x)", "{} here, %s there: the placeholder itself is printed", "||"),
    "hash": Trap("hash(x)", "other numbers, and other ones in the next version", "md5(text)"),
    "Like": Trap("x like p", "a backslash escapes in Spark only", "starts_with, contains"),
    "ILike": Trap("x ilike p", "a backslash escapes in Spark only; case folding differs", "lower and starts_with"),
    "RegexpLike": Trap("regexp_matches(x, r)", "RE2 here, Java there: $ also stands before a last line break", _MACRO),
    "RegexpFullMatch": Trap("regexp_full_match(x, r)", "unknown to Spark", _MACRO),
    "RegexpExtract": Trap(
        "regexp_extract(x, r)", "RE2 here, Java there: $ also stands before a last line break", _MACRO
    ),
    "RegexpReplace": Trap("regexp_replace(x, r, y)", "the first match here, every match there", _MACRO),
    "SimilarTo": Trap("x similar to r", "unknown to Spark", _MACRO),
    "Trim": Trap("trim(x)", "which blanks are taken away differs", "tidy(cell)"),
    "Upper": Trap("upper(x)", "ß becomes ẞ here and SS there", "lower(x)"),
    "Left": Trap("left(x, n)", "a negative n cuts from the end here and gives '' there", "substr(x, 1, n)"),
    "Right": Trap("right(x, n)", "a negative n cuts from the front here and gives '' there", _MACRO),
    "SplitPart": Trap("split_part(x, s, n)", "an empty s splits into letters here and not there", _MACRO),
    "Floor": Trap("floor(x)", "DOUBLE here: digits are lost above 2**53", "x // y"),
    "Ceil": Trap("ceil(x)", "DOUBLE here: digits are lost above 2**53", "(x + y - 1) // y"),
    "Median": Trap("median(x)", "DOUBLE", "quantile_disc(x, [0.5])"),
    "PercentileCont": Trap("quantile_cont(x, q)", "takes one argument there", "quantile_disc(x, [q])"),
    "Mode": Trap("mode(x)", "ties are broken by chance", _RANK),
    "Rand": Trap("random()", "a rerun must give the same answer", "md5(salt || key)"),
    "CurrentTimestamp": Trap("current_timestamp", "the wall clock", "getvariable('as_of')"),
    "CurrentDate": Trap("current_date", "the wall clock", "getvariable('as_of_on')"),
    "now": Trap("now()", "the wall clock", "getvariable('as_of')"),
    "Limit": Trap("limit n", "which rows stay is chance", _RANK),
    "Columns": Trap("columns(…)", "unknown to Spark", "name the columns"),
}
TRUNCATED_TO = frozenset({"DAY", "MONTH"})
CAST_TYPES = frozenset({"VARCHAR", "TEXT", "BIGINT", "INT", "BOOLEAN", "DATE", "TIMESTAMP", "TIMESTAMPNTZ"})
INTERVAL_UNITS = frozenset({"DAY", "HOUR", "MINUTE", "SECOND"})
