"""A table or query of a SQL database into a raw text table, streamed in batches.

SQLAlchemy speaks to the database, with a server-side cursor where the driver has one, so memory
holds one batch. Values become the text they print as; moments keep their offset.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import duckdb

from campaign_calendars.errors import SourceError
from warehouse.sources.catalogue import DATASETS, SourceSpec
from warehouse.sources.files import Reading, append_raw
from warehouse.sources.matching import absent_mapped, match_columns, tidy_header

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import CursorResult
    from sqlalchemy.sql import Executable

_BATCH_ROWS = 50_000
_QUERY = re.compile(r"\s*(select|with|table|values)\b", re.IGNORECASE)


def read_database(con: duckdb.DuckDBPyConnection, spec: SourceSpec) -> Reading:
    """Fill `raw_<dataset>` from `spec.table` or `spec.query`. Returns rows read, warnings.

    A database promises no order, so rows are numbered by their content afterwards: the same rows
    get the same numbers on every read. Raises SourceError when it cannot be reached or read.
    """
    from sqlalchemy.exc import SQLAlchemyError

    place = spec.table or "query"
    engine = _engine(spec)
    rows = 0
    try:
        with engine.connect() as connection:
            streaming = connection.execution_options(stream_results=True, yield_per=_BATCH_ROWS)
            result = streaming.execute(_statement(spec, engine))
            found = match_columns(spec, tidy_header(list(result.keys())), place)
            rows = _copy(con, spec, result, found, place)
    except (SQLAlchemyError, OSError) as error:
        raise _failed(spec, engine, error) from None
    finally:
        engine.dispose()
    _number_by_content(con, spec.dataset)
    return rows, absent_mapped(spec, found, place)


def _engine(spec: SourceSpec) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    if bool(spec.query) == bool(spec.table):
        raise SourceError(
            f"sources.{spec.dataset}: a sql source has either a table or a query",
            f"write table = or query = in [sources.{spec.dataset}], one of the two",
        )
    try:
        return create_engine(spec.url)
    except (NoSuchModuleError, ImportError) as error:
        raise SourceError(
            f"sources.{spec.dataset}: no driver for this database: {error}",
            "install the driver, for PostgreSQL: pip install 'promocal[postgres]' and a url starting postgresql+pg8000://",
        ) from None
    except ArgumentError:
        raise SourceError(
            f"sources.{spec.dataset}: the database url cannot be read",
            "write it like postgresql+pg8000://user:password@host:5432/database",
        ) from None


def _statement(spec: SourceSpec, engine: Engine) -> Executable:
    from sqlalchemy import column, inspect, select, table, text

    if spec.query:
        # The query is the user's own, for the user's own database; it may only read.
        if not _QUERY.match(spec.query):
            raise SourceError(f"sources.{spec.dataset}: query is not a select", "a source only reads: write select …")
        return text(spec.query)
    schema, _, name = spec.table.rpartition(".")
    wanted = {spec.columns.get(column_name, column_name) for column_name in DATASETS[spec.dataset].columns}
    present = [str(entry["name"]) for entry in inspect(engine).get_columns(name, schema=schema or None)]
    # Only the columns we need leave the database; if none fits, all of them show in the finding.
    chosen = [cell for cell in present if cell.strip() in wanted] or present
    return select(*(column(cell) for cell in chosen)).select_from(table(name, schema=schema or None))


def _copy(
    con: duckdb.DuckDBPyConnection, spec: SourceSpec, result: CursorResult[Any], found: dict[str, int], place: str
) -> int:
    import pyarrow as pa

    names = DATASETS[spec.dataset].columns
    rows = 0
    for part in result.partitions(_BATCH_ROWS):
        cells = list(zip(*part, strict=True))
        arrays = [_as_text(cells[found[name]]) if name in found else pa.nulls(len(part), pa.string()) for name in names]
        numbers = pa.array(range(rows + 1, rows + len(part) + 1), pa.int64())
        append_raw(con, spec.dataset, pa.table([*arrays, numbers], names=[*names, "_row"]), place)
        rows += len(part)
    return rows


def _as_text(values: Sequence[Any]) -> Any:
    import pyarrow as pa

    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _number_by_content(con: duckdb.DuckDBPyConnection, dataset: str) -> None:
    columns = ", ".join(f'"{name}"' for name in DATASETS[dataset].columns)
    con.execute(
        f"""
        create or replace table raw_{dataset} as
        select {columns}, _file, row_number() over (order by {columns}) as _row from raw_{dataset}
        """
    )


def _failed(spec: SourceSpec, engine: Engine, error: Exception) -> SourceError:
    from sqlalchemy.exc import InterfaceError, NoSuchTableError, OperationalError

    target = engine.url.render_as_string(hide_password=True)
    if isinstance(error, NoSuchTableError):
        return SourceError(
            f"sources.{spec.dataset}: {target} has no table '{spec.table}'",
            f"correct table in [sources.{spec.dataset}]; write schema.table if it is not in the default schema",
        )
    # The driver's words, without the statement and its values, which may hold personal data.
    detail = str(getattr(error, "orig", None) or error).strip().splitlines()
    reason = detail[0] if detail else type(error).__name__
    if isinstance(error, OperationalError | InterfaceError | OSError):
        return SourceError(
            f"sources.{spec.dataset}: cannot read from {target}: {reason}",
            "check that the database runs, and the host, user and password of the url",
        )
    return SourceError(
        f"sources.{spec.dataset}: {target} refused the read: {reason}",
        f"try the query of [sources.{spec.dataset}] in the database itself",
    )
