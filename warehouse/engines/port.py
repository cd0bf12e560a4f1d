"""What a build asks of an engine: make this table from that query."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import duckdb

from warehouse.portable.spark_sql import Value

Kind = Literal["table", "view"]


@dataclass(frozen=True, slots=True)
class Made:
    """One table to make.

    `query` is DuckDB SQL; on other engines it has to be inside the portable subset and may call the
    macros of `layer`. Moments written without an offset are meant in `timezone`. `variables` are
    what the query reads with `getvariable`: name → (DuckDB type, value).
    """

    name: str
    query: str
    layer: Literal["staging", "features"]
    materialized: Kind = "table"
    timezone: str = "UTC"
    variables: Mapping[str, tuple[str, Value]] = field(default_factory=dict)


class Engine(Protocol):
    """Makes tables of a build. Whatever computes them, they end up in the build's connection."""

    name: str

    def make(self, con: duckdb.DuckDBPyConnection, made: Made) -> None:
        """Create or replace `made.name` in `con`'s own catalog; reads tables of `con`.

        The session of `con` is in UTC before and after, and knows the macros of the layer and the
        variables.
        """

    def forget(self, tables: Collection[str]) -> None:
        """Tables of `con` (`snap.stg_orders`) that were changed after a query read them."""
