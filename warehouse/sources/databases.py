"""A table or query of a SQL database into raw text, streamed in batches.

Two routes: Arrow record batches from PostgreSQL where its ADBC driver is installed (`arrow`),
SQLAlchemy for everything else, with a server-side cursor where the driver has one. Memory holds one batch, and
both routes write the same text: moments with an offset in UTC, numbers in full, true and false.
"""

from __future__ import annotations

import json
import re
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import duckdb

from campaign_calendars.findings.errors import SourceError
from warehouse.sources import arrow, watermarks
from warehouse.sources.catalogue import DATASETS, SourceSpec
from warehouse.sources.cells import make_plan
from warehouse.sources.files import describe
from warehouse.sources.matching import Match, match_columns
from warehouse.sources.reading import Filling, Part

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.sql import Executable

_BATCH_ROWS = 50_000
_QUERY = re.compile(r"\s*(select|with|table|values)\b", re.IGNORECASE)
_NUMBERED_BY_CONTENT = 200_000
_OUR_DRIVERS = {"postgresql": "pg8000", "mysql": "pymysql", "mariadb": "pymysql"}


def read_database(filling: Filling, most_rows: int | None = None, since: str | None = None) -> None:
    """Append the spec's table or query to the target, at most `most_rows` rows of it, or what changed `since`.

    A database promises no order, so up to 200,000 rows are numbered by their content: the same
    rows get the same numbers on every read. Raises SourceError when it cannot be reached or read.
    """
    spec = filling.spec
    place = spec.table or "query"
    engine = _engine(spec)
    part = Part(place, "sql")
    try:
        with engine.connect() as connection:
            if spec.watermark:
                # Before the rows: what changes while they are read is read again next time.
                filling.reading.watermark = watermarks.latest(spec, connection)
            header = _header(spec, engine, connection, since)
            match = match_columns(spec, filling.rules, header, place)
            part = describe(place, "sql", match)
            batches = _batches(connection, _select(spec, connection, header, match, since), match)
            part.how = part.how_zh = f"SQLAlchemy ({engine.dialect.name}, {engine.dialect.driver})"
            if since is None and ":since" not in spec.query and arrow.usable(engine.url):
                batches = arrow.one_ahead(arrow.postgres_batches(spec, engine.url, header, match))
                part.how = part.how_zh = arrow.ROUTE
                connection.rollback()
            # Not one transaction: that would hold all rows in memory, whatever the limit.
            _copy(filling, part, match, batches, most_rows)
    except _errors() as error:
        filling.con.execute(f"delete from {filling.target}")  # a broken read leaves nothing
        raise _failed(spec, engine, error, part.rows) from None
    finally:
        engine.dispose()
    if part.rows <= _NUMBERED_BY_CONTENT:
        _number_by_content(filling.con, spec.dataset, filling.target)
    filling.reading.parts.append(part)
    filling.reading.warnings += match.warnings


def _errors() -> tuple[type[Exception], ...]:
    """What a database or its driver raises when it cannot be read."""
    from pyarrow import ArrowException
    from sqlalchemy.exc import SQLAlchemyError

    found: tuple[type[Exception], ...] = (SQLAlchemyError, OSError, ArrowException, struct.error)
    if (module := sys.modules.get("adbc_driver_manager")) is not None:
        found = (*found, module.Error)
    return found


def _copy(filling: Filling, part: Part, match: Match, batches: Iterator[Any], most_rows: int | None) -> None:
    plan = make_plan(filling.spec.dataset, match, filling.target)
    for batch in batches:
        kept = batch if most_rows is None else batch.slice(0, most_rows - part.rows)
        filling.append(plan, _numbered(kept, part.rows), part.place)
        part.rows += kept.num_rows
        if most_rows is not None and part.rows >= most_rows:
            return


def _engine(spec: SourceSpec) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    if bool(spec.query) == bool(spec.table):
        raise SourceError(
            (
                f"sources.{spec.dataset}: a sql source has either a table or a query",
                f"sources.{spec.dataset}：sql 数据源须写 table 或 query 之一",
            ),
            (
                f"write table = or query = in [sources.{spec.dataset}], one of the two",
                f"请在 [sources.{spec.dataset}] 中写 table = 或 query = 之一",
            ),
        )
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
    spec: SourceSpec, connection: Connection, header: list[str], match: Match, since: str | None
) -> tuple[Executable, list[int]]:
    """What to execute, and where in its rows the columns of `match` stand."""
    from sqlalchemy import column, or_, select, table, text

    positions = match.positions()
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


def _batches(connection: Connection, asked: tuple[Executable, list[int]], match: Match) -> Iterator[Any]:
    import pyarrow as pa

    statement, taken = asked
    streaming = connection.execution_options(stream_results=True, yield_per=_BATCH_ROWS)
    for part in streaming.execute(statement).partitions(_BATCH_ROWS):
        columns = list(zip(*part, strict=True))
        yield pa.table([_as_text(columns[place]) for place in taken], names=[f"c{p}" for p in match.positions()])


def _numbered(batch: Any, before: int) -> Any:
    import numpy as np
    import pyarrow as pa

    return batch.append_column("_row", pa.array(np.arange(before + 1, before + batch.num_rows + 1, dtype=np.int64)))


def _as_text(values: Sequence[Any]) -> Any:
    import pyarrow as pa

    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    """A value as PostgreSQL writes it with its clock in UTC."""
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value)
    return str(value)


def _moment(value: datetime) -> str:
    zone = ""
    if value.tzinfo is not None:
        value, zone = value.astimezone(UTC), "+00"
    text = f"{value:%Y-%m-%d %H:%M:%S}"
    return (f"{text}.{value.microsecond:06}".rstrip("0") if value.microsecond else text) + zone


_WRITERS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (str, str),
    (bool, lambda value: str(value).lower()),
    (datetime, _moment),
    (Decimal, lambda value: f"{value:f}" if value.is_finite() else str(value)),
    (bytes, lambda value: value.decode("utf-8", "replace")),
    (dict | list, lambda value: json.dumps(value, ensure_ascii=False)),
)


def _number_by_content(con: duckdb.DuckDBPyConnection, dataset: str, target: str) -> None:
    columns = ", ".join(f'"{name}"' for name in DATASETS[dataset].columns)
    con.execute(
        f"""
        create or replace temp table renumbered as
        select * replace (row_number() over (order by {columns}) as _row) from {target};
        delete from {target};
        insert into {target} select * from renumbered;
        drop table renumbered
        """
    )


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
