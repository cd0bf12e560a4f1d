"""Where model SQL runs: in DuckDB (default), or on Spark through the portable subset."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from warehouse.engines.local import DuckDBEngine
from warehouse.engines.port import Engine

EngineName = Literal["duckdb", "spark"]


@contextmanager
def open_engine(name: EngineName, *, url: str, exchange: Path, memory_limit: str) -> Iterator[Engine]:
    """The engine of one build. Spark starts with the first model it computes, not here.

    `url`, `exchange` and `memory_limit` are those of `SparkEngine`; DuckDB needs none of them.
    """
    if name == "duckdb":
        yield DuckDBEngine()
        return
    from warehouse.engines.spark import SparkEngine

    engine = SparkEngine(url, exchange, memory_limit=memory_limit)
    try:
        yield engine
    finally:
        engine.close()
