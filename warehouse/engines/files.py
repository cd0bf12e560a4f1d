"""Reading files with DuckDB: a database that holds nothing, opened once a process.

Opening one takes ten times as long as reading a small file, and a run reads several.
"""

from __future__ import annotations

import os
from functools import cache

import duckdb


def reading_files() -> duckdb.DuckDBPyConnection:
    """A session of its own; close it when everything is read."""
    return _opened(os.getpid()).cursor()


@cache
def _opened(_process: int) -> duckdb.DuckDBPyConnection:
    """By process: what a fork takes over has lost its threads."""
    return duckdb.connect()
