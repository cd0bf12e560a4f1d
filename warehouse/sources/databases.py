"""A table or query of a SQL database into raw text, streamed in batches.

Two routes: Arrow record batches from PostgreSQL where its ADBC driver is installed (`arrow`),
SQLAlchemy for everything else, with a server-side cursor where the driver has one. Memory holds one batch, and
both routes write the same text: moments with an offset in UTC, numbers in full, true and false.
"""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from campaign_calendars.findings.errors import SourceError
from warehouse.sources import arrow, watermarks
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.port import Cells, Opened, text_column

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.sql import Executable

_BATCH_ROWS = 50_000
_QUERY = re.compile(r"\s*(select|with|table|values)\b", re.IGNORECASE)
_OUR_DRIVERS = {"postgresql": "pg8000", "mysql": "pymysql", "mariadb": "pymysql"}


@contextmanager
def open_database(spec: SourceSpec, since: str | None = None) -> Iterator[Opened]:
    """The spec's table or query, or what changed `since`; SourceError when it cannot be reached or read."""
    engine = _engine(spec)
    taken = _Taken(since)
    try:
        with engine.connect() as connection:
            # Before the rows: what changes while they are read is read again next time.
            watermark = watermarks.latest(spec, connection) if spec.watermark else None
            header = _header(spec, engine, connection, since)
            batches: Callable[[Cells], Iterator[Any]]
            if since is None and ":since" not in spec.query and arrow.usable(engine.url):
                connection.rollback()
                how = arrow.ROUTE
                batches = partial(arrow.postgres_batches, spec, engine.url, header, taken.add)
            else:
                how = f"SQLAlchemy ({engine.dialect.name}, {engine.dialect.driver})"
                batches = partial(_batches, spec, connection, header, taken)
            yield Opened(header, batches, how=(how, how), watermark=watermark)
    except _errors() as error:
        raise _failed(spec, engine, error, taken.rows) from None
    finally:
        engine.dispose()


class _Taken:
    """How many rows were taken before a connection broke off, of those that changed `since`."""

    def __init__(self, since: str | None) -> None:
        self.since = since
        self.rows = 0

    def add(self, rows: int) -> None:
        self.rows += rows


def _errors() -> tuple[type[Exception], ...]:
    """What a database or its driver raises when it cannot be read."""
    from pyarrow import ArrowException
    from sqlalchemy.exc import SQLAlchemyError

    found: tuple[type[Exception], ...] = (SQLAlchemyError, OSError, ArrowException, struct.error)
    if (module := sys.modules.get("adbc_driver_manager")) is not None:
        found = (*found, module.Error)
    return found


def _engine(spec: SourceSpec) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    # The query is the user's own, for the user's own database; it may only read.
    if spec.query and not _QUERY.match(spec.query):
        raise SourceError(
            (f"sources.{spec.dataset}: query is not a select", f"sources.{spec.dataset}：query 不是 select"),
            ("a source only reads: write select …", "数据源只读：请写 select …"),
        )
    try:
        return create_engine(_with_driver(spec.url))
    except (NoSuchModuleError, ImportError) as error:
        raise SourceError(
            (
                f"sources.{spec.dataset}: no driver for this database: {error}",
                f"sources.{spec.dataset}：没有该数据库的驱动：{error}",
            ),
            (
                (
                    "PostgreSQL: pip install 'promocal[postgres]' and a url starting postgresql+pg8000://; "
                    "MySQL or MariaDB: pip install 'promocal[mysql]' and mysql+pymysql://"
                ),
                (
                    "PostgreSQL：pip install 'promocal[postgres]'，url 以 postgresql+pg8000:// 开头；"
                    "MySQL 或 MariaDB：pip install 'promocal[mysql]'，url 以 mysql+pymysql:// 开头"
                ),
            ),
        ) from None
    except ArgumentError:
        raise SourceError(
            (
                f"sources.{spec.dataset}: the database url cannot be read",
                f"sources.{spec.dataset}：数据库 url 无法识别",
            ),
            (
                "write it like postgresql+pg8000://user:password@host:5432/database",
                "请写成 postgresql+pg8000://user:password@host:5432/database",
            ),
        ) from None


def _with_driver(url: str) -> URL:
    """`postgresql://…` and `mysql://…` with the driver our extras install; a named driver stays."""
    from sqlalchemy import make_url

    made = make_url(url)
    driver = _OUR_DRIVERS.get(made.drivername, "")
    return made.set(drivername=f"{made.drivername}+{driver}") if driver and find_spec(driver) else made


def _header(spec: SourceSpec, engine: Engine, connection: Connection, since: str | None) -> list[str]:
    """The names of all columns of the table or query."""
    from sqlalchemy import inspect, text

    if spec.query:
        # A query has names only when it runs; an outer one without rows asks for them.
        asked = text(f"select * from ({spec.query.rstrip().rstrip(';')}) as source where 1 = 0")
        return list(connection.execute(asked, watermarks.since_values(spec, since)).keys())
    schema, _, name = spec.table.rpartition(".")
    return [str(entry["name"]) for entry in inspect(engine).get_columns(name, schema=schema or None)]


def _select(
    spec: SourceSpec, connection: Connection, header: list[str], positions: list[int], since: str | None
) -> tuple[Executable, list[int]]:
    """What to execute, and where in its rows the cells at `positions` stand."""
    from sqlalchemy import column, or_, select, table, text

    if spec.query:
        values = watermarks.since_values(spec, since)
        if since is not None and not values:
            narrowed = text(watermarks.narrowed(spec, connection))
            return narrowed.bindparams(since=watermarks.bound(spec, since)), positions
        return text(spec.query).bindparams(**values), positions
    # Only the columns we need leave the database.
    schema, _, name = spec.table.rpartition(".")
    origin = table(name, schema=schema or None)
    statement = select(*[column(header[position]) for position in positions]).select_from(origin)
    if since is not None:
        mark: Any = column(spec.watermark)
        statement = statement.where(or_(mark >= watermarks.bound(spec, since), mark.is_(None)))
    return statement, list(range(len(positions)))


def _batches(spec: SourceSpec, connection: Connection, header: list[str], taken: _Taken, cells: Cells) -> Iterator[Any]:
    import pyarrow as pa

    statement, places = _select(spec, connection, header, cells.positions, taken.since)
    names = [f"c{position}" for position in cells.positions]
    streaming = connection.execution_options(stream_results=True, yield_per=_BATCH_ROWS)
    for part in streaming.execute(statement).partitions(_BATCH_ROWS):
        columns = list(zip(*part, strict=True))
        yield pa.table([text_column(columns[place]) for place in places], names=names)
        taken.add(len(part))


def address(url: str) -> str:
    """`postgresql://user:***@host/db`: a database without its password; empty when the url cannot be read."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return ""  # the reader says what is wrong with it


def _failed(spec: SourceSpec, engine: Engine, error: Exception, rows: int) -> SourceError:
    from sqlalchemy.exc import NoSuchTableError, ProgrammingError

    target = engine.url.render_as_string(hide_password=True)
    if isinstance(error, NoSuchTableError):
        return SourceError(
            (
                f"sources.{spec.dataset}: {target} has no table '{spec.table}'",
                f"sources.{spec.dataset}：{target} 中没有表 '{spec.table}'",
            ),
            (
                f"correct table in [sources.{spec.dataset}]; write schema.table if it is not in the default schema",
                f"请修正 [sources.{spec.dataset}] 的 table；不在默认模式时写 schema.table",
            ),
        )
    # The driver's words, without the statement and its values, which may hold personal data.
    detail = str(getattr(error, "orig", None) or error).strip().splitlines()
    reason = detail[0] if detail else type(error).__name__
    if rows:
        return SourceError(
            (
                f"sources.{spec.dataset}: the connection to {target} broke off after {rows:,} rows: {reason}",
                f"sources.{spec.dataset}：读取 {rows:,} 行后与 {target} 的连接中断：{reason}",
            ),
            (
                "nothing of it was used; check the network and the database, and run again",
                "已读内容均未使用；请检查网络与数据库后重新运行",
            ),
        )
    if isinstance(error, ProgrammingError) or _is_refusal(error):
        return SourceError(
            (
                f"sources.{spec.dataset}: {target} refused the read: {reason}",
                f"sources.{spec.dataset}：{target} 拒绝了读取：{reason}",
            ),
            (
                f"try the query of [sources.{spec.dataset}] in the database itself",
                f"请在数据库中直接试运行 [sources.{spec.dataset}] 的 query",
            ),
        )
    return SourceError(
        (
            f"sources.{spec.dataset}: cannot read from {target}: {reason}",
            f"sources.{spec.dataset}：无法读取 {target}：{reason}",
        ),
        (
            "check that the database runs, and the host, user and password of the url",
            "请确认数据库正在运行，并核对 url 中的主机、用户与密码",
        ),
    )


def _is_refusal(error: Exception) -> bool:
    from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

    return isinstance(error, DBAPIError) and not isinstance(error, OperationalError | InterfaceError)
