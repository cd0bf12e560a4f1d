"""Models stay inside the SQL both engines answer alike; what leaves it is named with its place."""

from __future__ import annotations

import pytest

from campaign_calendars.findings.problem import Location
from warehouse.portable.lint import lint, lint_models
from warehouse.portable.macros import layer_macros, parse_macros, spark_macros
from warehouse.portable.subset import ALLOWED, TRAPS


def test_every_model_and_macro_is_portable() -> None:
    found = [f"{problem.location}: {problem.message} ({problem.hint})" for problem in lint_models()]
    assert found == []


def test_a_trap_is_named_with_its_place_and_the_way_out() -> None:
    (first, second) = lint(
        "select\n    member_id,\n    date_diff('day', a, b) as days,\n    avg(amount) as mean\nfrom t"
    )
    assert (first.code, first.location) == ("M102", Location("", 3, 5))
    assert first.message == "date_diff('day', a, b): counts midnights here and whole days there"
    assert first.hint == "write (epoch_us(b) - epoch_us(a)) // 86400000000"
    assert second.location.line == 4


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("select * replace (1 as a) from t", "* replace (…)"),
        ("select a / b as x from t", "x / y"),
        ("select 0.5 * a as x from t", "the fraction 0.5"),
        ("select a::double as x from t", "a cast to double"),
        ("select paid_at - ordered_at as x from t", "a difference of moments"),
        ("select date_trunc('week', at) as x from t", "date_trunc to another part"),
        ("select at + interval 1 month as x from t", "an interval of months"),
        ("select substr(a, -2, 1) as x from t", "substr"),
        ("select a[-1] as x from t", "an index from the end"),
        ("select a[1:2] as x from t", "a slice"),
        ("select * from t full join u using (id)", "a join full"),
        ("select a from t union select a from u", "union without all"),
        ("select a from t where a in (select b from u)", "in (select …)"),
        ("select count(*) as n from t group by all", "group by all"),
        ("select distinct on (a) a, b from t", "distinct on"),
        ("select p is true as x from t", "is true"),
        ("select quantile_disc(a, b) as x from t", "computed shares"),
        ("select brand_new(a) as x from t", "brand_new is not in the portable subset"),
        ("select a from t limit 3", "limit n"),
        ("select a from t where", "cannot be parsed"),
    ],
)
def test_what_is_not_on_the_list_is_refused(sql: str, says: str) -> None:
    problems = lint(sql)
    assert [says in problem.message for problem in problems].count(True) == 1, problems


def test_a_macro_may_be_called_where_it_is_known() -> None:
    assert lint("select tidy(a) as a from t", macros=["tidy"]) == []
    (problem,) = lint("select tidy(a) as a from t")
    assert problem.code == "M103"


def test_macro_files_are_read_whole() -> None:
    macros = parse_macros("-- x\ncreate or replace temp macro one(a, b) as\n    a || ';' || b;\n", "duckdb")
    assert (macros["one"].parameters, macros["one"].line) == (("a", "b"), 2)
    assert macros["one"].tree().sql("duckdb") == "a || ';' || b"
    assert set(layer_macros("staging")) <= set(spark_macros("staging"))


def test_no_name_is_allowed_and_forbidden() -> None:
    assert set(ALLOWED) & set(TRAPS) == set()
