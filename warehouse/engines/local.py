"""The default engine: DuckDB, in the connection of the build."""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from warehouse.engines.port import Made


class DuckDBEngine:
    """Runs the query where the tables are."""

    name = "duckdb"

    def make(self, con: duckdb.DuckDBPyConnection, made: Made) -> None:
        zoned = made.timezone != "UTC"
        if zoned:
            con.execute(f"set TimeZone = '{made.timezone.replace(chr(39), chr(39) * 2)}'")
        try:
            con.execute(f"create or replace {made.materialized} {made.name} as {made.query}")
        finally:
            if zoned:
                con.execute("set TimeZone = 'UTC'")

    def forget(self, tables: Collection[str]) -> None:
        """Nothing to do: it keeps no table."""
