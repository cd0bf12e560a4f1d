"""The rows of a snapshot that were not accepted: how many by which rule, and a few of them."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

import duckdb

from warehouse.models.catalogue import load_layer
from warehouse.sources.masking import masked

# An amount or a count of at most six digits before the point, or a moment. No phone and no order number is either.
_PLAIN = re.compile(
    r"[-+]?[¥￥]?\d{1,3}(,?\d{3})?([.]\d{1,4})?(元|%)?"
    r"|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?([ T]\d{1,2}:\d{2}(:\d{2}([.]\d{1,6})?)?(Z|[-+]\d{2}:?\d{2})?)?"
)


@dataclass(frozen=True, slots=True)
class RefusedCount:
    """How many rows of a dataset a rule refused."""

    dataset: str
    rule: str
    severity: str
    rows: int


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A refused row: the file or query and the row in it, its key, its cells as JSON. Personal data."""

    place: str
    row: int
    key: str | None
    row_json: str | None


def by_rule(con: duckdb.DuckDBPyConnection) -> list[RefusedCount]:
    """The most frequent first. Reads `snap.quarantine`."""
    rows = con.execute(
        """
        select dataset, rule, severity, count(*) as n from snap.quarantine
        group by dataset, rule, severity order by n desc, dataset, rule
        """
    ).fetchall()
    return [RefusedCount(*row) for row in rows]


def examples(con: duckdb.DuckDBPyConnection, dataset: str, rule: str, count: int) -> list[RefusedRow]:
    """The first `count` rows of a rule; not to be shown as they are."""
    rows = con.execute(
        """
        select source_file, source_row, key, row_json from snap.quarantine
        where dataset = ? and rule = ? order by source_file, source_row limit ?
        """,
        [dataset, rule, count],
    ).fetchall()
    return [RefusedRow(*row) for row in rows]


def shown_cell(dataset: str, column: str, value: str, usual: Container[str]) -> str:
    """A cell of a refused row as a page may show it: masked, unless it cannot be about one person.

    Refused rows are where cells stand in the wrong column, so the column alone does not open a cell.
    Open are amounts, moments and counts in columns of that kind, and words of the `usual` ones.
    """
    personal = {
        name
        for model in load_layer("staging")
        if model.dataset == dataset
        for name, kind in model.columns.items()
        if kind.pii
    }
    if column not in personal and (value in usual or _PLAIN.fullmatch(value)):
        return value
    return masked(value)
