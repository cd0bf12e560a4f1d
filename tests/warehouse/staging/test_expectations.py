"""Great Expectations as a gate: every kind of rule, and checks that could not run."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from campaign_calendars.findings.errors import CheckBrokenError
from warehouse.models.catalogue import Expectation, Model, in_order, load_layer
from warehouse.sources import DATASETS
from warehouse.staging import expectations
from warehouse.staging.expectations import Validator, validator

AS_OF = datetime(2026, 3, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        """
        create table t as select * from (values
            ('f', 1, 'a', 1, 10, timestamp '2026-03-07 23:59:59.999999', true, null),
            ('f', 2, 'b', 2, 20, timestamp '2026-03-08', true, 'raw'),
            ('f', 3, null, 3, 25, null, false, null),
            ('g', 1, 'c', 4, null, timestamp '2027-01-01', null, null)
        ) as v(_file, _row, word, low, high, "at", flag, unread)
        """
    )
    return con


@pytest.fixture(scope="module")
def checker(con: duckdb.DuckDBPyConnection) -> Iterator[Validator]:
    with validator(con, AS_OF) as checker:
        yield checker


def rule(expect: str, **details: Any) -> Expectation:
    return Expectation.model_validate({"rule": "r", "expect": expect, "severity": "warn", "says": "x", **details})


@pytest.mark.parametrize(
    ("expectation", "failing"),
    [
        (rule("not_null", column="word"), [("f", 3)]),
        (rule("null", column="unread"), [("f", 2)]),
        (rule("between", column="high", min=15), [("f", 1)]),
        (rule("between", column="high", min=10, max=20), [("f", 3)]),
        (rule("in_set", column="word", values=["a", "b"]), [("g", 1)]),
        (rule("in_set", column="low", values=[1, 2, 4]), [("f", 3)]),
        (rule("in_set", column="flag", values=[True]), [("f", 3)]),
        (rule("at_least", column="low", other="high"), [("f", 1), ("f", 2), ("f", 3)]),
        (rule("at_least", column="high", other="low"), []),
        (rule("before_as_of", column="at"), [("f", 2), ("g", 1)]),
    ],
    ids=lambda item: item.expect + str(item.values or item.min or item.other) if isinstance(item, Expectation) else "",
)
def test_rules_find_exactly_their_rows(
    con: duckdb.DuckDBPyConnection, checker: Validator, expectation: Expectation, failing: list[tuple[str, int]]
) -> None:
    (outcome,) = checker.check("t", [expectation])
    assert (outcome.total, outcome.failing, outcome.rows_query) == (4, len(failing), "")
    (outcome,) = checker.check("t", [expectation.model_copy(update={"rows": "reject"})])
    assert (outcome.total, outcome.failing) == (4, len(failing))
    if failing and expectation.expect != "before_as_of":  # never rejects, so nobody asks for its rows
        found = con.execute(f"select _file, _row from ({outcome.rows_query}) order by all", [*outcome.parameters])
        assert found.fetchall() == failing


@pytest.mark.parametrize(("least", "failing"), [(4, 0), (5, 1)])
def test_row_counts(checker: Validator, least: int, failing: int) -> None:
    (outcome,) = checker.check("t", [rule("row_count", min=least)])
    assert (outcome.failing, outcome.beyond_tolerance) == (failing, bool(failing))


def test_outcomes_keep_the_order_of_the_rules(checker: Validator) -> None:
    rules = [
        rule("not_null", column=name).model_copy(update={"rule": name}) for name in ("high", "word", "low", "_row")
    ]
    assert [(o.rule.rule, o.failing) for o in checker.check("t", rules)] == [
        ("high", 1),
        ("word", 1),
        ("low", 0),
        ("_row", 0),
    ]


@pytest.mark.parametrize(
    "expectation", [rule("not_null", column="absent"), rule("between", column="word", min=3), rule("row_count", min=1)]
)
def test_a_check_that_cannot_run_is_not_a_failed_check(checker: Validator, expectation: Expectation) -> None:
    table = "t" if expectation.column else "no_such_table"
    with pytest.raises(CheckBrokenError, match=r"no_such_table|could not run"):
        checker.check(table, [expectation])


@pytest.mark.parametrize(("tolerance", "beyond"), [("0%", True), ("24.99%", True), ("25%", False)])
def test_tolerance_is_a_share_of_all_rows(checker: Validator, tolerance: str, beyond: bool) -> None:
    (outcome,) = checker.check("t", [rule("not_null", column="word", tolerance=tolerance)])
    assert outcome.beyond_tolerance is beyond


@pytest.mark.parametrize("details", [{"expect": "in_set", "column": "a"}, {"expect": "at_least", "column": "a"}])
def test_a_rule_says_what_it_compares(details: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="lacks what it compares"):
        rule(**details)


def test_models_come_after_what_they_depend_on() -> None:
    names = [model.name for model in load_layer("staging")]
    assert sorted(names) == sorted(f"stg_{dataset}" for dataset in DATASETS)
    for model in load_layer("staging"):
        assert all(names.index(need) < names.index(model.name) for need in model.depends_on if need in names)


def test_a_circle_of_models_is_refused() -> None:
    def model(name: str, need: str) -> Model:
        return Model(name=name, grain="", depends_on=(need,), columns={}, query="")

    with pytest.raises(ValueError, match="cycle"):
        in_order([model("a", "b"), model("b", "a")])


def test_rules_have_names_of_their_own_and_both_languages() -> None:
    rules = [rule for model in load_layer("staging") for rule in model.expectations]
    assert len({rule.rule for rule in rules}) == len(rules)
    assert all(rule.says.zh and rule.says.en and rule.says.zh != rule.says.en for rule in rules)


def test_an_installed_spark_is_left_alone() -> None:
    """Importing it costs a second, and without Spark Connect's parts its import ends a `python -c`."""
    pytest.importorskip("pyspark")
    code = "import warehouse.staging.expectations, sys; print([m for m in sys.modules if m.startswith('pyspark')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("seed", range(6))
def test_asking_what_is_doubted_comes_to_what_asking_every_rule_does(seed: int) -> None:
    """All rules at once, then those broken: the outcomes, and the rows found, are those of asking every rule."""
    draw = random.Random(seed)
    con = duckdb.connect()
    con.execute(
        """
        create table t (
            _file varchar, _row bigint, word varchar, low bigint, high bigint, "at" timestamp, flag boolean
        )
        """
    )
    clean = seed < 2
    for row in range(40):
        low = draw.randrange(5)
        cells = [
            draw.choice(["a", "b", "it's", "{x}", ":x"]),
            low,
            low + draw.randrange(5),
            "2026-03-07 10:00:00",
            True,
        ]
        if not clean:
            broken = ["c", 9, -1, "2026-03-08 00:00:00", False]
            cells = [draw.choice([cell] * 30 + [None, bad]) for cell, bad in zip(cells, broken, strict=True)]
        con.execute("insert into t values ('f', ?, ?, ?, ?, ?, ?)", [row, *cells])
    rules = [
        rule("not_null", column="word", rows="reject"),
        rule("null", column="flag"),
        rule("in_set", column="word", values=["a", "b", "it's", "{x}", ":x"], rows="reject"),
        rule("in_set", column="low", values=[0, 1, 2, 3, 4], rows="reject"),
        rule("in_set", column="flag", values=[True]),
        rule("between", column="high", min=0, max=8, rows="reject"),
        rule("between", column="at", min="2026-01-01", rows="reject"),
        rule("at_least", column="high", other="low", rows="reject"),
        rule("before_as_of", column="at"),
        rule("row_count", min=40),
        rule("row_count", min=1, max=39 + clean),
    ]
    rules = [each.model_copy(update={"rule": f"r{n}"}) for n, each in enumerate(rules) if not (clean and n == 1)]
    with validator(con, AS_OF) as checker:
        whole, quick = checker.check("t", rules, one_by_one=True), checker.check("t", rules)
        assert [(o.rule.rule, o.total, o.failing) for o in quick] == [(o.rule.rule, o.total, o.failing) for o in whole]
        assert any(o.failing for o in quick) is not clean
        for one, other in zip(whole, quick, strict=True):
            if one.failing and one.rule.rows == "reject":
                rows = [
                    con.execute(f"select _file, _row from ({o.rows_query}) order by all", [*o.parameters]).fetchall()
                    for o in (one, other)
                ]
                assert rows[0] == rows[1]


def test_a_rule_that_is_asked_by_itself_can_break_too(checker: Validator) -> None:
    with pytest.raises(CheckBrokenError, match="could not run"):
        checker.check("t", [rule("not_null", column="absent")], one_by_one=True)


@pytest.mark.parametrize("unsound", [rule("null", column="unread"), rule("row_count", min=5)])
def test_a_verdict_the_counts_do_not_bear_out_is_none(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, unsound: Expectation
) -> None:
    monkeypatch.setattr(expectations, "broken_counts", lambda *_: "select 4, 0")
    with validator(con, AS_OF) as checker:
        checker.check("t", [unsound])
        with pytest.raises(CheckBrokenError, match="was not judged"):
            checker.settle()


def test_what_no_row_breaks_is_asked_of_all_tables_at_once(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create table u as select * from t where word is not null")
    sound = [rule("not_null", column="word")]
    with validator(con, AS_OF) as checker:
        assert [outcome.failing for outcome in checker.check("u", sound)] == [0]
        assert [outcome.failing for outcome in checker.check("t", sound)] == [1]
        assert checker.settle() == ["u", "t"]
        assert checker.settle() == []
        checker.check("u", sound)
        con.execute("insert into u (_file, _row) values ('f', 99)")
        with pytest.raises(CheckBrokenError, match="u: rule any-rule was not judged"):
            checker.settle()
