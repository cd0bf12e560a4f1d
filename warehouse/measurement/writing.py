"""Figures as a Parquet file."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import duckdb

from warehouse.engines.rows import append_rows
from warehouse.engines.sql_files import literal


def write_figures(path: Path, rows: Iterable[tuple[object, ...]]) -> None:
    """Rows of (part, figure, value, text) in the order given; columns part, figure, value (double) and text."""
    partial = path.with_name(f".{path.name}.partial")
    with closing(duckdb.connect()) as con:
        con.execute("create table figures (number bigint, part varchar, figure varchar, value double, text varchar)")
        append_rows(con, "figures", ((n, *row) for n, row in enumerate(rows)))
        con.execute(
            f"copy (select * exclude (number) from figures order by number) to {literal(partial)}"
            " (format parquet, compression zstd)"
        )
    partial.replace(path)
