"""A few of the rows a rule is about: where they stand, and what was written there, masked where personal."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from warehouse.engines.sql_files import literal, sql_files
from warehouse.models.catalogue import Expectation, Model, Outcome
from warehouse.sources.catalogue import DATASETS
from warehouse.sources.masking import shown_value

_SQL = sql_files(__package__)
SHOWN = 3


def examples_of(con: duckdb.DuckDBPyConnection, model: Model, outcome: Outcome) -> tuple[str, ...]:
    """`orders.csv:7 status '交易异常' ×3`: the values that fail most often, each with its first place.

    Reads `candidate_<dataset>`, the raw table and `refused`; values that are one another's copies are told once.
    """
    rule = outcome.rule
    if not outcome.failing or rule.expect == "row_count" or rule.column == "_copy":
        return ()
    columns = [name for name in dict.fromkeys((_written(model, rule.column), _written(model, rule.other))) if name]
    failing = "refused.rule = $rule" if rule.rows == "reject" else _condition(rule)
    cells = ", ".join(f'raw."{name}"' for name in columns)
    rejected = rule.rows == "reject"
    query = _SQL["examples"]
    for mark, text in (
        ("cells", cells),
        ("dataset", model.dataset),
        ("refused", "join refused using (_file, _row)" if rejected else ""),
        ("failing", failing),
        ("shown", f"{SHOWN:d}"),
    ):
        query = query.replace(f"/*{mark}*/", text)
    named = {"rule": rule.rule} if rule.rows == "reject" else {}
    return tuple(
        example(model.dataset, f"{file}:{row}", dict(zip(columns, cells, strict=True)), rows)
        for file, row, cells, rows in con.execute(query, named).fetchall()
    )


def example(dataset: str, place: str, cells: dict[str, str | None], rows: int = 1) -> str:
    """A row as a finding shows it: its place, then what stands in the cells."""
    shown = [f"{name} '{shown_value(dataset, name, cell)}'" for name, cell in cells.items() if cell]
    return " ".join([place, ", ".join(shown)] if shown else [place]) + (f" ×{rows:,}" if rows > 1 else "")


def _written(model: Model, column: str) -> str:
    """The column of the source that a column of the model was read from; empty when it is none."""
    name = column.removeprefix("_").removesuffix("_unread").removesuffix("_masked").removesuffix("_lost")
    columns: Sequence[str] = DATASETS[model.dataset].columns
    return next((each for each in (name, name.removesuffix("_cents")) if each in columns), "")


def _condition(rule: Expectation) -> str:
    """What rows a rule that keeps them counts."""
    column, other = f'candidate."{rule.column}"', f'candidate."{rule.other}"'
    bounds = [f"{column} < {_literal(rule.min)}" if rule.min is not None else ""]
    bounds += [f"{column} > {_literal(rule.max)}" if rule.max is not None else ""]
    return {
        "not_null": f"{column} is null",
        "null": f"{column} is not null",
        "in_set": f"{column} not in ({', '.join(_literal(value) for value in rule.values)})",
        "between": " or ".join(bound for bound in bounds if bound),
        "at_least": f"{column} < {other}",
        "before_as_of": f"{column} >= getvariable('staging_as_of')",
    }[rule.expect]


def _literal(value: object) -> str:
    return str(value) if isinstance(value, bool | int) else literal(value)
