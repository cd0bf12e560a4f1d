"""The rows of a snapshot that were not accepted: how many by which rule, and a few of them."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.model_files import load_layer


def by_rule(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """{dataset, rule, severity, rows}, the most frequent first. Reads `snap.quarantine`."""
    rows = con.execute(
        """
        select dataset, rule, severity, count(*) as n from snap.quarantine
        group by dataset, rule, severity order by n desc, dataset, rule
        """
    ).fetchall()
    return [dict(zip(("dataset", "rule", "severity", "rows"), row, strict=True)) for row in rows]


def examples(con: duckdb.DuckDBPyConnection, dataset: str, rule: str, count: int) -> list[dict[str, Any]]:
    """The first `count` rows of a rule: {place, row, key, row_json}; personal data, not to be shown as it is."""
    rows = con.execute(
        """
        select source_file, source_row, key, row_json from snap.quarantine
        where dataset = ? and rule = ? order by source_file, source_row limit ?
        """,
        [dataset, rule, count],
    ).fetchall()
    return [dict(zip(("place", "row", "key", "row_json"), row, strict=True)) for row in rows]


def personal_columns(dataset: str) -> frozenset[str]:
    """Columns of a dataset whose cells name or reach a person."""
    models = [model for model in load_layer("staging") if model.dataset == dataset]
    return frozenset(name for model in models for name, column in model.columns.items() if column.pii)
