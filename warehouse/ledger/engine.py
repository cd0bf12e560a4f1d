"""Opening the ledger's database: SQLite by default, PostgreSQL for many workers."""

from __future__ import annotations

import functools
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from campaign_calendars.findings.errors import LedgerAwayError, LedgerError, UsageError
from campaign_calendars.findings.said import Said

_BUSY_TIMEOUT_MS = 30_000
_LEVEL = "synchronous"  # of a connection to SQLite, as it was set last
_SYNCHRONOUS = (
    "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'"
)
_TIMESTAMPTZ = 1184  # PostgreSQL's number of the type
# Of SQLSTATE: connections, transactions that got in each other's way, too much at once.
_AWAY_CLASSES = ("08", "40")
# The server is shut down, has crashed or begins; a lock was not to be had; too many connections.
_AWAY_STATES = ("57P01", "57P02", "57P03", "57P05", "55P03", "53300")
_PATIENCE = timedelta(seconds=90)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 5.0  # seconds
_REMEDY: Said = (
    (
        "Nothing of this step was written. Check that the database is reachable and not locked, and that its disk has "
        "room, then run it again."
    ),
    "本步骤没有写入任何内容。请确认数据库可以连接且未被锁定、磁盘有空间，然后重新运行。",
)

_MAKE_ROOM: Said = (
    "Nothing of this step was written. Make room on that disk, then run it again; runs go on by themselves.",
    "本步骤没有写入任何内容。请腾出磁盘空间后重新运行；运行会自动继续。",
)
_LOG_BYTES = 1_000_000

P = ParamSpec("P")
T = TypeVar("T")


def open_engine(url: str) -> Engine:
    """Engine for `sqlite:///path` or `postgresql://…` (driver psycopg; `postgresql+pg8000://…` for that one).

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
    # would be sent again. What is overwritten or deleted is not to be read off the file afterwards.
    for pragma in (
        "journal_mode=wal",
        "synchronous=full",
        "foreign_keys=on",
        "cache_size=-65536",
        "secure_delete=fast",
    ):
        cursor.execute(f"pragma {pragma}")
    cursor.close()


def _begin_sqlite(con: Connection) -> None:
    # A writer that begins deferred can fail half-way with "database is locked"; one that takes
    # the lock first waits for its turn instead.
    options = con.get_execution_options()
    if not options.get("writer"):
        con.exec_driver_sql("begin")
        return
    level, about = ("full" if options.get("lasting", True) else "normal"), con.connection.info
    if about.get(_LEVEL, "full") != level:
        con.exec_driver_sql(f"pragma synchronous = {level}")
        about[_LEVEL] = level
    con.exec_driver_sql("begin immediate")


def _postgresql(url: URL) -> Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    options: dict[str, Any] = {}
    directory = url.query.get("host")
    if url.get_driver_name() == "pg8000" and isinstance(directory, str) and directory.startswith("/"):
        options["unix_sock"] = f"{directory}/.s.PGSQL.{url.port or 5432}"
        url = url.difference_update_query(["host"])
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            connect_args=options,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED",
            execution_options={"preserve_rowcount": True},  # of inserts too
        )
    except ModuleNotFoundError as error:
        raise UsageError(
            (f"the PostgreSQL driver {error.name} is not installed", f"PostgreSQL 驱动 {error.name} 尚未安装"),
            ("Install promocal[postgres].", "请安装 promocal[postgres]。"),
        ) from error
    event.listen(engine, "connect", _prepare_postgresql)
    if engine.driver == "pg8000":
        event.listen(engine, "connect", _prepare_pg8000)
    return engine


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    # A hand-over that a power cut takes back would be sent again, whatever the server or the role is set to.
    cursor = connection.cursor()
    cursor.execute(_SYNCHRONOUS)
    cursor.close()
    connection.commit()


def _prepare_pg8000(connection: Any, _record: Any) -> None:
    # pg8000 reads a moment with strptime, ten times as slow: half the time of a claim.
    connection.register_in_adapter(_TIMESTAMPTZ, datetime.fromisoformat)


@contextmanager
def writing(engine: Engine, *, lasting: bool = True) -> Iterator[Connection]:
    """One write transaction: committed at the end, rolled back on any error.

    Not `lasting`: others see it at once and a crash of this process does not undo it, but a power cut may, until
    the next lasting one is committed. Both databases write in the order of the commits, so never in parts.
    """
    with _translated(engine), engine.connect() as con, con.execution_options(writer=True, lasting=lasting).begin():
        if not lasting and engine.dialect.name == "postgresql":
            con.exec_driver_sql("set local synchronous_commit to off")
        yield con


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view, however many statements look at it."""
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with _translated(engine), engine.connect() as con, con.execution_options(**options).begin():
        yield con


def patiently(work: Callable[[], T]) -> T:
    """Do it again while the database is away or locked, for a minute and a half: a restart, a failover, a long lock.

    Only for work that may be done twice: a connection that breaks in a commit does not say whether it was one.
    Raises LedgerAwayError when it takes longer.
    """
    deadline, pause = time.monotonic() + _PATIENCE.total_seconds(), _FIRST_PAUSE
    while True:
        try:
            return work()
        except LedgerAwayError:
            if time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def patient(method: Callable[P, T]) -> Callable[P, T]:
    """A method of a ledger, done `patiently`; its arguments have to outlive a second reading."""

    @functools.wraps(method)
    def tried(*args: P.args, **kwargs: P.kwargs) -> T:
        return patiently(lambda: method(*args, **kwargs))

    return tried


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        # Not chained: the drivers' own messages repeat the rows they were given.
        place, reason = engine.url.render_as_string(hide_password=True), _reason(error)
        if _is_full(engine.url, error):
            raise LedgerError(
                (f"the ledger at {place} cannot be written: its disk is full", f"无法写入台账 {place}：磁盘已满"),
                _MAKE_ROOM,
            ) from None
        said = (f"the ledger at {place} failed: {reason}", f"台账 {place} 出错：{reason}")
        raise (LedgerAwayError if _is_away(error) else LedgerError)(said, _REMEDY) from None


def _is_full(url: URL, error: SQLAlchemyError | OSError) -> bool:
    """Whether SQLite had no room; what it calls an input/output error is that, too, where it cannot make its log."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF
    if code != sqlite3.SQLITE_IOERR:
        return code == sqlite3.SQLITE_FULL
    with suppress(OSError):
        return shutil.disk_usage(Path(url.database or "").parent).free < _LOG_BYTES
    return False


def _is_away(error: SQLAlchemyError | OSError) -> bool:
    """Whether the same may succeed later: nobody answers, the connection broke, a lock or another transaction."""
    if isinstance(error, OSError):
        return isinstance(error, ConnectionError | TimeoutError)
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeout)
    origin = error.orig
    code = getattr(origin, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    state = _sqlstate(origin)
    if state is not None:
        return state[:2] in _AWAY_CLASSES or state in _AWAY_STATES
    return error.connection_invalidated or isinstance(error, InterfaceError | OperationalError)


def _sqlstate(origin: BaseException | None) -> str | None:
    """The five characters by which PostgreSQL names an error; None where there was no answer."""
    said = origin.args[0] if origin is not None and origin.args else None
    state = said.get("C") if isinstance(said, dict) else getattr(origin, "sqlstate", None)
    return str(state) if state else None


def _reason(error: SQLAlchemyError | OSError) -> str:
    origin = error if isinstance(error, OSError) else getattr(error, "orig", None)
    diagnosed = getattr(getattr(origin, "diag", None), "message_primary", None)
    if diagnosed:  # without the detail, which quotes the row
        return str(diagnosed)
    said = origin.args[0] if origin is not None and origin.args else type(error).__name__
    # PostgreSQL answers with fields; M is its message, D the detail that quotes the row.
    text = str(said.get("M", type(error).__name__) if isinstance(said, dict) else said)
    return text.splitlines()[0] if text else type(error).__name__
