"""Great Expectations on a DuckDB connection that is already open.

GX knows no DuckDB. It does know PostgreSQL, so a dialect that carries that name, hands out cursors
of the caller's connection and leaves transactions alone is all it needs. Without the no-op
transaction methods every check fails, with its reason hidden in `exception_info`.
"""

from __future__ import annotations

import atexit
import sys
from itertools import count
from typing import Any

import duckdb
from duckdb_sqlalchemy import ConnectionWrapper, Dialect
from sqlalchemy import pool
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL
from sqlalchemy.engine.reflection import ReflectionDefaults

_LIVE: dict[str, duckdb.DuckDBPyConnection] = {}
_TOKENS = count()


class LiveConnectionDialect(Dialect):
    """`duckdb+gx:///<token>`: the connection registered under that token."""

    name = "postgresql"
    driver = "gx"
    supports_statement_cache = True

    def connect(self, *arguments: Any, **parameters: Any) -> Any:
        token = parameters.get("database") or arguments[0]
        return ConnectionWrapper(_LIVE[token].cursor())

    def get_pk_constraint(self, *arguments: Any, **parameters: Any) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """None: tables made by a query have no keys, and looking for one costs more than most rules."""
        return ReflectionDefaults.pk_constraint()

    def do_begin(self, dbapi_connection: Any) -> None:
        """The caller's connection commits each statement by itself."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Nothing was begun."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Nothing was begun."""

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:  # noqa: ARG003 - SQLAlchemy's signature
        return pool.StaticPool


registry.register("duckdb.gx", __name__, LiveConnectionDialect.__name__)


def register(con: duckdb.DuckDBPyConnection) -> str:
    """A URL that leads to `con` until `release`. Committed tables are visible there, temporary ones are not."""
    token = f"live{next(_TOKENS)}"
    _LIVE[token] = con
    return f"duckdb+gx:///{token}"


def live(url: str) -> duckdb.DuckDBPyConnection:
    """The connection a URL leads to."""
    return _LIVE[url.rpartition("/")[2]]


def release(url: str) -> None:
    _LIVE.pop(url.rpartition("/")[2], None)


@atexit.register
def _part() -> None:
    """Let DuckDB's types go at the end of the process.

    SQLAlchemy's compile hooks lead to duckdb_sqlalchemy, and something Great Expectations imports
    outlives the interpreter: DuckDB's binding would print a page of leak warnings after each run.
    """
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "duckdb_sqlalchemy":
            vars(module).clear()
