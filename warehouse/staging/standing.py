"""What was found about a dataset stands as long as nothing of it is read again.

Only what depends on the moment is looked at anew, in the accepted rows: the others are gone with the candidates.
A doubt that somebody has to look into does not go away because a night brought nothing new.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from campaign_calendars.findings.problem import Problem
from warehouse.engines.rows import utc_naive
from warehouse.models.catalogue import Expectation, Model, Outcome
from warehouse.shelf.manifest import RuleResult, Snapshot
from warehouse.staging.examples import SHOWN
from warehouse.staging.merge import Increment
from warehouse.staging.verdicts import finding_of, result_of

MEASURED_ANEW = frozenset({"S130", "S131", "S132", "S133"})
"""Findings that compare a snapshot with the one before."""


def findings_about(parent: Snapshot, dataset: str) -> tuple[Problem, ...]:
    """What the parent's refresh said about the rows of a dataset and the files they came from."""
    places = {f"sources.{dataset}", *(item.place for item in parent.build.inputs if item.dataset == dataset)}
    return tuple(
        problem
        for problem in parent.findings
        if problem.location.file in places and problem.code.startswith("S") and problem.code not in MEASURED_ANEW
    )


def standing(
    con: duckdb.DuckDBPyConnection, model: Model, increment: Increment, as_of: datetime, table: str
) -> tuple[list[Problem], list[RuleResult]]:
    """The parent's findings and results about a dataset, as of a later moment (aware).

    `table` has its accepted rows.
    """
    findings, results = list(increment.findings), []
    rules = {rule.rule: rule for rule in model.expectations}
    for result in increment.rules:
        rule = rules.get(result.rule)
        if rule is None or rule.expect != "before_as_of":
            results.append(result)
            continue
        findings = [finding for finding in findings if not finding.message.startswith(_said(model, rule))]
        outcome, places = Outcome(rule, result.judged, 0), tuple[str, ...]()
        if result.failing:  # the later the moment, the fewer rows lie behind it
            outcome, places = _not_yet(con, model, rule, as_of, table)
        said = finding_of(model, outcome, places)
        findings += said
        results.append(result_of(model, outcome, said))
    return findings, results


def _said(model: Model, rule: Expectation) -> str:
    return f"{model.dataset}: {rule.says.get('en')} ("


def _not_yet(
    con: duckdb.DuckDBPyConnection, model: Model, rule: Expectation, as_of: datetime, table: str
) -> tuple[Outcome, tuple[str, ...]]:
    """How many of the accepted rows lie at or behind the moment, and the places of a few."""
    moments = [rule.column] if rule.column in model.columns else _moments(model)
    latest = ", ".join(f'"{name}"' for name in moments)
    behind = f"from {table} where greatest({latest}) >= $moment"
    rows, failing, places = con.execute(
        f"""
        select (select count(*) from {table}), (select count(*) {behind}),
            array(select _file || ':' || _row {behind} order by _file, _row limit {SHOWN})
        """,
        {"moment": utc_naive(as_of)},
    ).fetchall()[0]
    return Outcome(rule, rows, failing), tuple(places)


def _moments(model: Model) -> list[str]:
    return [name for name, column in model.columns.items() if column.type == "timestamp"]
