"""Opening the ledger's database: SQLite by default, PostgreSQL for many workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from campaign_calendars.findings.errors import LedgerError, UsageError

_BUSY_TIMEOUT_MS = 30_000
_TIMESTAMPTZ = 1184  # PostgreSQL's number of the type


def open_engine(url: str) -> Engine:
    """Engine for `sqlite:///path` or `postgresql://…` (driver pg8000).

    A PostgreSQL URL may name a socket directory in libpq's manner (`?host=/run/postgresql`).
    Raises UsageError for anything else.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UsageError(
            ("the ledger's url cannot be read", "台账的 url 无法识别"),
            ("Write sqlite:///var/ledger.db.", "请写 sqlite:///var/ledger.db。"),
        ) from None
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed)
    raise UsageError(
        (f"the ledger cannot live on {parsed.get_backend_name()}", f"台账不能放在 {parsed.get_backend_name()} 上"),
        (
            "Write sqlite:///var/ledger.db or postgresql://user:password@host/database.",
            "请写 sqlite:///var/ledger.db 或 postgresql://user:password@host/database。",
        ),
    )


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise UsageError(
            ("the ledger has to outlive the process", "台账必须能在进程结束后保留"),
            ("Name a file: sqlite:///var/ledger.db.", "请指定文件：sqlite:///var/ledger.db。"),
        )
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Transactions are ours (see _begin_sqlite): the driver's own start too late and too weak.
    connection.isolation_level = None
    cursor = connection.cursor()
    # WAL lets reports read while a send writes. FULL, because a claim that a power cut takes back
    # would be sent again.
    for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on", "cache_size=-65536"):
        cursor.execute(f"pragma {pragma}")
    cursor.close()


def _begin_sqlite(con: Connection) -> None:
    # A writer that begins deferred can fail half-way with "database is locked"; one that takes
    # the lock first waits for its turn instead.
    con.exec_driver_sql("begin immediate" if con.get_execution_options().get("writer") else "begin")


def _postgresql(url: URL) -> Engine:
    options: dict[str, Any] = {}
    directory = url.query.get("host")
    if isinstance(directory, str) and directory.startswith("/"):
        options["unix_sock"] = f"{directory}/.s.PGSQL.{url.port or 5432}"
        url = url.difference_update_query(["host"])
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+pg8000")
    try:
        engine = create_engine(url, hide_parameters=True, connect_args=options, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise UsageError(
            (f"the PostgreSQL driver {error.name} is not installed", f"PostgreSQL 驱动 {error.name} 尚未安装"),
            ("Install promocal[postgres].", "请安装 promocal[postgres]。"),
        ) from error
    if engine.driver == "pg8000":
        event.listen(engine, "connect", _prepare_pg8000)
    return engine


def _prepare_pg8000(connection: Any, _record: Any) -> None:
    # pg8000 reads a moment with strptime, ten times as slow: half the time of a claim.
    connection.register_in_adapter(_TIMESTAMPTZ, datetime.fromisoformat)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One write transaction: committed at the end, rolled back on any error."""
    with _translated(engine), engine.connect() as con, con.execution_options(writer=True).begin():
        yield con


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view."""
    with _translated(engine), engine.connect() as con, con.begin():
        yield con


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        # Not chained: the drivers' own messages repeat the rows they were given.
        raise LedgerError(
            (
                f"the ledger at {engine.url.render_as_string(hide_password=True)} failed: {_reason(error)}",
                f"台账 {engine.url.render_as_string(hide_password=True)} 出错：{_reason(error)}",
            ),
            (
                (
                    "Nothing of this step was written. Check that the database is reachable and not locked, "
                    "then run it again."
                ),
                "本步骤没有写入任何内容。请确认数据库可以连接且未被锁定，然后重新运行。",
            ),
        ) from None


def _reason(error: SQLAlchemyError) -> str:
    origin = getattr(error, "orig", None)
    said = origin.args[0] if origin is not None and origin.args else type(error).__name__
    # PostgreSQL answers with fields; M is its message, D the detail that quotes the row.
    return str(said.get("M", type(error).__name__) if isinstance(said, dict) else said)
