"""PostgreSQL as Arrow record batches through ADBC: several times as fast as rows through Python.

Used when the URL is PostgreSQL and the driver is installed (the extra `postgres`). Cells become text with
the clock in UTC, whole numbers and moments here and all others on the server, so the batches hold what
SQLAlchemy would have written. A large table is read by two connections that see the same state of it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from warehouse.sources.batches import gathered, one_ahead
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.native_cells import NATIVE, as_written
from warehouse.sources.page_ranges import page_ranges, shared_snapshot, side_by_side, table_name
from warehouse.sources.port import Cells
from warehouse.sources.typed import quoted

if TYPE_CHECKING:
    from sqlalchemy import URL

ROUTE = "ADBC (Arrow)"
_BATCH_BYTES = 1 << 20
_TYPE = b"POSTGRESQL:type"
_HOST_KEYS = ("unix_sock", "host")


def usable(url: URL) -> bool:
    """Whether this database can be read through ADBC here."""
    return url.get_backend_name() == "postgresql" and find_spec("adbc_driver_postgresql") is not None


def postgres_batches(
    spec: SourceSpec, url: URL, header: list[str], taken: Callable[[int], None], cells: Cells
) -> Generator[Any, None, None]:
    """Arrow tables of the cells that are asked for, `c<position>` as text, in the order the server keeps.

    `header` holds the names of the table or query as the database writes them; `taken` is told how many
    rows came. Errors are those of the driver (`adbc_driver_manager.Error`, `pyarrow.ArrowException`).
    """
    origin = f"({spec.query.rstrip().rstrip(';')})" if spec.query else table_name(spec.table)
    with ExitStack() as stack:
        first = stack.enter_context(_session(libpq_uri(url)))
        asked = f"select {_chosen(first, origin, header, cells)} from {origin} as source"
        ranges = page_ranges(first, spec.table) if spec.table else []
        second = _second(stack, libpq_uri(url), first) if ranges else None
        if second is None:
            yield from one_ahead(gathered(_as_text(batch) for batch in _stream(taken, first, asked)))
            return
        statements = [f"{asked} where {part}" for part in ranges]
        for table in side_by_side([first, second], statements, partial(_whole, taken)):
            if table is not None:
                yield table


def _second(stack: ExitStack, uri: str, first: Any) -> Any:
    """A session beside the first that sees the same; None where the server grants only one."""
    from adbc_driver_postgresql.dbapi import Error

    try:
        return stack.enter_context(_session(uri, shared_snapshot(first)))
    except Error:
        return None


@contextmanager
def _session(uri: str, snapshot: str = "") -> Iterator[Any]:
    """A cursor in a transaction that sees one state of the database throughout: that of `snapshot`, if it is given."""
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(uri) as connection, connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        if snapshot:
            cursor.execute(f"set transaction snapshot '{snapshot}'")
        cursor.execute("set timezone to 'UTC'")
        cursor.execute("set datestyle to 'ISO'")
        cursor.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(_BATCH_BYTES)})
        yield cursor


def _chosen(cursor: Any, origin: str, header: list[str], cells: Cells) -> str:
    """The columns to select: of a type we write ourselves as they are, every other as text.

    Asking for their types also locks the table, so that nobody empties it while it is read.
    """
    names = [quoted(header[position]) for position in cells.positions]
    cursor.execute(f"select {', '.join(f'source.{name}' for name in names)} from {origin} as source where false")
    kinds = [(field.metadata or {}).get(_TYPE, b"").decode() for field in cursor.fetch_record_batch().schema]
    return ", ".join(
        f"source.{name}{'' if kind in NATIVE else '::text'} as c{position}"
        for name, kind, position in zip(names, kinds, cells.positions, strict=True)
    )


def _stream(taken: Callable[[int], None], cursor: Any, statement: str) -> Iterator[Any]:
    import pyarrow as pa

    cursor.execute(statement)
    for batch in cursor.fetch_record_batch():
        taken(batch.num_rows)
        yield pa.Table.from_batches([batch])


def _whole(taken: Callable[[int], None], cursor: Any, statement: str) -> Any:
    """All rows of a range in memory of their own: what the driver made grew in steps and is larger."""
    import pyarrow as pa

    tables = list(_stream(taken, cursor, statement))
    return _as_text(pa.concat_tables(tables).combine_chunks()) if tables else None


def _as_text(table: Any) -> Any:
    import pyarrow as pa

    return pa.table([as_written(column) for column in table.columns], names=table.column_names)


def libpq_uri(url: URL) -> str:
    """A SQLAlchemy URL as the C library of PostgreSQL reads it, whatever driver it named."""
    keep = {key: value for key, value in url.query.items() if key in {"sslmode", "connect_timeout", "options"}}
    socket = next((str(url.query[key]) for key in _HOST_KEYS if key in url.query), "")
    if socket:
        folder, _, name = socket.rpartition("/")
        port = name.rpartition(".")[2]
        # pg8000 names the socket itself, the library its folder and the port in its name.
        keep |= {"host": folder, "port": port} if name.startswith(".s.PGSQL.") else {"host": socket}
    user = quote(url.username or "", safe="")
    password = f":{quote(str(url.password), safe='')}" if url.password else ""
    host = "" if socket else f"{url.host or ''}{f':{url.port}' if url.port else ''}"
    address = f"{user}{password}@{host}" if user else host
    return f"postgresql://{address}/{quote(url.database or '', safe='')}?{urlencode(keep)}"
