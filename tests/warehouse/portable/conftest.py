"""One Spark session and one DuckDB connection over the same adversarial rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest


@pytest.fixture(scope="session")
def spark() -> Any:
    """A local Spark session set up as the engine does it; one for the whole run."""
    pytest.importorskip("pyspark", reason="the spark extra is not installed (make test-spark)")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed")
    from warehouse.engines.spark import open_session

    return open_session("local[2]", "2GB")


@pytest.fixture
def exchange(tmp_path: Path) -> Path:
    return tmp_path / "exchange"


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(config={"threads": 2})
    con.execute("set TimeZone = 'UTC'")
    yield con
    con.close()


@pytest.fixture(scope="session")
def comparable() -> Callable[[pa.Table], list[dict[str, Any]]]:
    """An Arrow table → its rows, the same whichever engine made it."""
    return _rows


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    """Rows with moments as microseconds: Python has no year 10000, Arrow has no fear of it."""
    columns = {}
    for name in table.column_names:
        column = table[name]
        if pa.types.is_timestamp(column.type):
            column = column.cast(pa.timestamp("us")).cast(pa.int64())
        elif pa.types.is_date(column.type):
            column = column.cast(pa.int32())
        columns[name] = column.to_pylist()
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
