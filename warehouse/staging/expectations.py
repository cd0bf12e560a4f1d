"""The expectations of a model, judged by Great Expectations; failing rows by its own query.

What breaks each rule is counted in one statement (`conditions`). The rules that anything breaks are then asked
one by one; all others are asked at once, for every table of the build, when the build comes to its end: nothing
breaks any of them. Asking every rule by itself comes to the same (`one_by_one`), and takes ten times as long.

A check that cannot run is never the same as a failed check: it raises CheckBrokenError.
Great Expectations takes seconds to import, so this module is imported when a build validates.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

import duckdb

from campaign_calendars.findings.errors import CheckBrokenError
from warehouse.engines.rows import utc_naive
from warehouse.models.catalogue import Expectation, Outcome
from warehouse.staging import gx_dialect
from warehouse.staging.conditions import broken_counts, broken_rows, wrong_sizes

# Great Expectations imports pyspark where it is installed: a second and 100 MB for an engine that
# judges nothing here, and pyspark ends a process without a main file (`python -c`) when grpc is missing.
_hidden = "pyspark" not in sys.modules
if _hidden:
    sys.modules["pyspark"] = None  # type: ignore[assignment]
try:
    import great_expectations as gx
    from great_expectations import expectations as gxe
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.datasource.fluent.interfaces import TestConnectionError
finally:
    if _hidden:
        del sys.modules["pyspark"]

logging.getLogger("great_expectations").setLevel(logging.ERROR)

_SEVERITY = {"stop": "critical", "warn": "warning", "info": "info"}
# What a rule costs grows with what it is asked: first only whether it holds, then, of the rules that do
# not, how many rows fail and by which query they are found. The rows themselves never come to Python.
_HOLDS = {"result_format": "BOOLEAN_ONLY"}
_COUNTED = {
    "result_format": "BASIC",
    "unexpected_index_column_names": ["_file", "_row"],
    "return_unexpected_index_query": True,
    "partial_unexpected_count": 0,
}
_ANY = "any-rule"
_ALL_AT_ONCE = "UnexpectedRowsExpectation"


@cache
def _context() -> Any:
    """The process's GX context: it takes a tenth of a second to make and keeps nothing of a build."""
    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ),
    )
    # Else every table that is judged writes the whole configuration as YAML, into memory, and nobody reads it.
    context.variables.save = lambda: None  # type: ignore[method-assign]
    return context


class Validator:
    """One GX data source over one open connection, for all tables of a build."""

    def __init__(self, url: str, as_of: datetime) -> None:
        self._as_of = utc_naive(as_of)
        self._url = url
        self._name = url.rpartition("/")[2]
        self._source = _context().data_sources.add_sql(name=self._name, connection_string=url)
        self._unasked: dict[str, list[Expectation]] = {}

    def check(self, table: str, rules: Sequence[Expectation], *, one_by_one: bool = False) -> list[Outcome]:
        """Judge every rule on `table`; outcomes in the order of the rules. Raises CheckBrokenError.

        What nothing breaks is said for certain by `settle` only; the table has to stay until then. With
        `one_by_one` every rule is asked by itself, here and now.
        """
        return self._ask_each(table, rules) if one_by_one else self._ask_doubted(table, rules)

    def _ask_each(self, table: str, rules: Sequence[Expectation]) -> list[Outcome]:
        batch = self._batch(table)
        total = self._counts(f"select count(*) from {table}")[0]
        outcomes = {
            rule.rule: Outcome(rule, 1 if rule.expect == "row_count" else total, int(not result.success))
            for rule, result in self._judge(batch, table, rules, _HOLDS)
        }
        failing = [rule for rule in rules if outcomes[rule.rule].failing and rule.expect != "row_count"]
        for rule, result in self._judge(batch, table, failing, _COUNTED):
            outcomes[rule.rule] = _outcome(rule, result)
        return [outcomes[rule.rule] for rule in rules]

    def _ask_doubted(self, table: str, rules: Sequence[Expectation]) -> list[Outcome]:
        try:
            total, *counts = self._counts(broken_counts(table, rules, self._as_of))
        except duckdb.Error as error:
            raise _could_not_run(table, _ANY, str(error).splitlines()[0]) from None
        doubted = {rule.rule: count for rule, count in zip(rules, counts, strict=True) if count}
        asked = [rule for rule in rules if rule.rule in doubted]
        found = {
            rule.rule: _outcome(rule, result)
            for rule, result in (self._judge(self._batch(table), table, asked, _COUNTED) if asked else ())
        }
        if any(found[rule].failing != count for rule, count in doubted.items()):
            raise _not_judged(table, ", ".join(doubted))
        self._unasked[table] = [rule for rule in rules if rule.rule not in doubted]
        sound = (Outcome(rule, 1 if rule.expect == "row_count" else total, 0) for rule in rules)
        return [found.get(one.rule.rule, one) for one in sound]

    def settle(self) -> list[str]:
        """Ask what was not asked yet, of all tables at once; returns the tables. Raises CheckBrokenError."""
        tables, names = list(self._unasked), ", ".join(self._unasked)
        if tables:
            batch = self._batch(tables[0])
            found = self._validate(batch, names, [self._all_at_once(self._unasked)], _HOLDS)
            if not _judged(names, _ANY, found.get(_ANY)).success:
                raise _not_judged(names, _ANY)
        self._unasked = {}
        return tables

    def _all_at_once(self, rules: Mapping[str, Sequence[Expectation]]) -> Any:
        """One expectation for all rules of all tables (the first is the batch): nothing breaks any of them."""
        first = next(iter(rules))
        queries = [
            broken_rows("BATCH" if table == first else table, asked, self._as_of) for table, asked in rules.items()
        ]
        queries += [query for table, asked in rules.items() for query in wrong_sizes(table, asked)]
        query = " union all ".join(queries)
        # GX fills in {batch} and wants any other brace twice; to SQLAlchemy a colon begins a parameter.
        for sign, written in (("{", "{{"), ("}", "}}"), (":", "\\:")):
            query = query.replace(sign, written)
        expectation = getattr(gxe, _ALL_AT_ONCE)
        return expectation(unexpected_rows_query=query.replace("BATCH", "{batch}", 1), meta={"rule": _ANY})

    def _batch(self, table: str) -> Any:
        try:
            asset = self._source.add_table_asset(name=f"{table}-{len(self._source.assets)}", table_name=table)
        except TestConnectionError as error:
            raise CheckBrokenError(
                (f"{table} cannot be judged: {error}", f"{table} 无法判定：{error}"),
                ("report this; nothing was published", "请报告此问题；没有发布任何内容"),
            ) from None
        return asset.get_batch(asset.build_batch_request())

    def _judge(
        self, batch: Any, table: str, rules: Sequence[Expectation], details: Mapping[str, Any]
    ) -> list[tuple[Expectation, Any]]:
        if not rules:
            return []
        results = self._validate(batch, table, [_expectation(rule, self._as_of) for rule in rules], details)
        return [(rule, _judged(table, rule.rule, results.get(rule.rule))) for rule in rules]

    def _validate(self, batch: Any, table: str, expectations: list[Any], details: Mapping[str, Any]) -> dict[str, Any]:
        """What GX found, by rule; `details` is how much it shall say."""
        suite = gx.ExpectationSuite(name=table, expectations=expectations)
        results: list[Any] = batch.validate(suite, result_format=dict(details)).results
        return {result.expectation_config.meta["rule"]: result for result in results}

    def _counts(self, query: str) -> list[int]:
        row = gx_dialect.live(self._url).execute(query).fetchone()
        return [int(count) for count in row or ()]

    def close(self) -> None:
        """Give the cursor back; GX itself would hold it until the process ends."""
        self._source.get_execution_engine().close()
        _context().data_sources.delete(name=self._name)


def _expectation(rule: Expectation, as_of: datetime) -> Any:
    shapes: dict[str, tuple[str, dict[str, Any]]] = {
        "row_count": ("ExpectTableRowCountToBeBetween", {"min_value": rule.min, "max_value": rule.max}),
        "not_null": ("ExpectColumnValuesToNotBeNull", {}),
        "null": ("ExpectColumnValuesToBeNull", {}),
        "in_set": ("ExpectColumnValuesToBeInSet", {"value_set": list(rule.values)}),
        "between": ("ExpectColumnValuesToBeBetween", {"min_value": rule.min, "max_value": rule.max}),
        "before_as_of": ("ExpectColumnValuesToBeBetween", {"max_value": as_of, "strict_max": True}),
        "at_least": (
            "ExpectColumnPairValuesAToBeGreaterThanB",
            {"column_B": rule.other, "or_equal": True, "ignore_row_if": "either_value_is_missing"},
        ),
    }
    kind, arguments = shapes[rule.expect]
    if rule.column:
        arguments["column_A" if rule.expect == "at_least" else "column"] = rule.column
    return getattr(gxe, kind)(**arguments, meta={"rule": rule.rule}, severity=_SEVERITY[rule.severity])


@contextmanager
def validator(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[Validator]:
    """A validator over committed tables of `con`; rules about time compare with `as_of`."""
    url = gx_dialect.register(con)
    checker = Validator(url, as_of)
    try:
        yield checker
    finally:
        checker.close()
        gx_dialect.release(url)


def _judged(table: str, rule: str, result: Any) -> Any:
    if result is None:
        raise _not_judged(table, rule)
    if reason := _exception(result.exception_info):
        raise _could_not_run(table, rule, reason)
    return result


def _could_not_run(table: str, rule: str, reason: str) -> CheckBrokenError:
    return CheckBrokenError(
        (f"{table}: rule {rule} could not run: {reason}", f"{table}：规则 {rule} 无法运行：{reason}"),
        ("report this; nothing was published", "请报告此问题；没有发布任何内容"),
    )


def _not_judged(table: str, rule: str) -> CheckBrokenError:
    return CheckBrokenError(
        (f"{table}: rule {rule} was not judged", f"{table}：规则 {rule} 没有得到判定"),
        ("report this; nothing was published", "请报告此问题；没有发布任何内容"),
    )


def _outcome(rule: Expectation, result: Any) -> Outcome:
    if rule.expect == "row_count":
        return Outcome(rule, 1, int(not result.success))
    found: Mapping[str, Any] = result.result
    query = str(found.get("unexpected_index_query", "")).rstrip(" ;\n") if rule.rows == "reject" else ""
    # GX inlines texts but leaves several numbers as $1, $2 …
    parameters = tuple(rule.values) if "$1" in query else ()
    return Outcome(rule, int(found["element_count"]), int(found["unexpected_count"]), query, parameters)


def _exception(info: Mapping[str, Any]) -> str:
    """The reason a check did not run; GX keeps it flat or under the id of the metric that broke."""
    entries = [info] if "raised_exception" in info else list(info.values())
    raised = [entry for entry in entries if isinstance(entry, Mapping) and entry.get("raised_exception")]
    return str(raised[0].get("exception_message") or "unknown reason").splitlines()[0] if raised else ""
