"""PostgreSQL as Arrow record batches through ADBC: several times as fast as rows through Python.

Used when the URL is PostgreSQL and the driver is installed (the extra `postgres`). The server casts
every cell to text with its clock in UTC, so the batches hold what SQLAlchemy would have written.
"""

from __future__ import annotations

from collections.abc import Generator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.port import Cells

if TYPE_CHECKING:
    from sqlalchemy import URL

ROUTE = "ADBC (Arrow)"
_BATCH_BYTES = 4 << 20
_HOST_KEYS = ("unix_sock", "host")


def usable(url: URL) -> bool:
    """Whether this database can be read through ADBC here."""
    return url.get_backend_name() == "postgresql" and find_spec("adbc_driver_postgresql") is not None


def postgres_batches(spec: SourceSpec, url: URL, header: list[str], cells: Cells) -> Generator[Any, None, None]:
    """Arrow tables of the cells that are asked for, `c<position>` as text.

    `header` holds the names of the table or query as the database writes them. Errors are those of
    the driver (`adbc_driver_manager.Error`, `pyarrow.ArrowException`).
    """
    import pyarrow as pa
    from adbc_driver_postgresql import dbapi

    chosen = ", ".join(f"source.{_quoted(header[position])}::text as c{position}" for position in cells.positions)
    origin = f"({spec.query.rstrip().rstrip(';')})" if spec.query else _table(spec.table)
    with dbapi.connect(libpq_uri(url)) as connection, connection.cursor() as cursor:
        cursor.execute("set timezone to 'UTC'")
        cursor.execute("set datestyle to 'ISO'")
        cursor.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(_BATCH_BYTES)})
        cursor.execute(f"select {chosen} from {origin} as source")
        for batch in cursor.fetch_record_batch():
            yield pa.Table.from_batches([batch])


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


def _table(name: str) -> str:
    return ".".join(_quoted(part) for part in name.split("."))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
