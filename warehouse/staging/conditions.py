"""Rules as plain SQL: which rows of a candidate table break them.

One statement answers for all rules of a table at once. Great Expectations asks it, and rule by rule only what
anything breaks (`warehouse.staging.expectations`); a test holds both ways of asking against each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from warehouse.engines.sql_files import literal
from warehouse.models.catalogue import Expectation


def breaks(rule: Expectation, as_of: datetime) -> str:
    """The condition of rows that break a rule about rows; empty cells break none but `not_null`. `as_of`: naive UTC."""
    column = f'"{rule.column}"'
    bounds = [f"{column} < {_literal(rule.min)}"] if rule.min is not None else []
    bounds += [f"{column} > {_literal(rule.max)}"] if rule.max is not None else []
    conditions = {
        "not_null": f"{column} is null",
        "null": f"{column} is not null",
        "in_set": f"{column} not in ({', '.join(map(_literal, rule.values))})",
        "between": " or ".join(bounds),
        "before_as_of": f"{column} >= timestamp '{as_of}'",
        "at_least": f'{column} < "{rule.other}"',
    }
    return f"coalesce({conditions[rule.expect]}, false)"


def broken_rows(table: str, rules: Sequence[Expectation], as_of: datetime) -> str:
    """`_file, _row` of the rows that break any of the rules about rows."""
    broken = [breaks(rule, as_of) for rule in rules if rule.expect != "row_count"]
    return f"select _file, _row from {table} where {' or '.join(broken) or 'false'}"


def wrong_sizes(table: str, rules: Sequence[Expectation]) -> Iterator[str]:
    """For each rule about the size of the table: a row with nothing in it where it is broken."""
    for rule in rules:
        if rule.expect == "row_count":
            yield f"select null as _file, null as _row from (select {_size(rule)} as wrong from {table}) where wrong"


def broken_counts(table: str, rules: Sequence[Expectation], as_of: datetime) -> str:
    """One row: how many rows there are, and how many break each rule; 1 of a rule about the size that is broken."""
    counts = (
        f"({_size(rule)})::int" if rule.expect == "row_count" else f"count(*) filter ({breaks(rule, as_of)})"
        for rule in rules
    )
    return f"select {', '.join(['count(*)', *counts])} from {table}"


def _size(rule: Expectation) -> str:
    """SQL over all rows of a table: whether there are too few or too many."""
    bounds = [f"count(*) < {rule.min}"] if rule.min is not None else []
    bounds += [f"count(*) > {rule.max}"] if rule.max is not None else []
    return " or ".join(bounds) or "false"


def _literal(value: int | bool | str) -> str:
    if isinstance(value, str):
        return literal(value)
    return str(value).lower()
