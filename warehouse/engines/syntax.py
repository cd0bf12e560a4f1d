"""What a query is made of, as DuckDB's own parser reads it: our models are its SQL and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import duckdb

Node = Mapping[str, Any]
_SERIALIZED = "select json_serialize_sql(?::varchar, skip_null := true, skip_empty := true)"


def selects(query: str) -> Iterator[Node]:
    """Every select of a query, those of its CTEs and subqueries too. ValueError for what is no query."""
    found = json.loads(_parser().cursor().execute(_SERIALIZED, [query]).fetchall()[0][0])
    if found["error"]:
        raise ValueError(found["error_message"])
    return (node for node in nodes(found["statements"]) if node.get("type") == "SELECT_NODE")


def nodes(part: object) -> Iterator[Node]:
    """A part of a query and everything below it."""
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from nodes(each)


def columns_read(part: object) -> Iterator[str]:
    """Names of the columns that a part of a query reads, at any depth, without the tables' names."""
    for node in nodes(part):
        if node.get("class") == "COLUMN_REF":
            yield node["column_names"][-1]
        yield from node.get("using_columns", ())


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()
