"""Python rows into a DuckDB table, in batches: 50 times faster than `executemany`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, TypeGuard

import duckdb

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 100_000
_FEW_CELLS = 200
"""So many values are written into the statement's parameters, cell by cell."""
_SOME_CELLS = 50_000
"""So many are handed over as lists, one a column. Arrow is faster with them, once it is there: its first array
imports pandas, for a third of a second."""


_PLAIN = {type(None), str, int, float, bool}


def append_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[object, ...]]) -> int:
    """Append rows in column order; aware datetimes become naive UTC. Returns the number of rows.

    `table` is a name of ours, never text from outside.
    """
    source = iter(rows)
    batch = list(islice(source, _BATCH))
    cells = len(batch) * len(batch[0] if batch else ())
    if cells <= _FEW_CELLS:
        return _append_few(con, table, batch)
    columns = [(name, kind) for name, kind, *_ in con.execute(f"describe {table}").fetchall()]
    if cells <= _SOME_CELLS:
        return _append_some(con, table, [kind for _, kind in columns], batch)
    casts = ", ".join(f'"{name}"::{kind}' for name, kind in columns)
    count = 0
    while batch:
        con.register("_rows_to_append", _arrow_table([name for name, _ in columns], batch))
        con.execute(f"insert into {table} select {casts} from _rows_to_append")
        con.unregister("_rows_to_append")
        count += len(batch)
        batch = list(islice(source, _BATCH))
    return count


def _append_few(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> int:
    if rows:
        row = f"({', '.join('?' * len(rows[0]))})"
        cells = [_plain(cell) for cells in rows for cell in cells]
        con.execute(f"insert into {table} values {', '.join([row] * len(rows))}", cells)
    return len(rows)


def _append_some(
    con: duckdb.DuckDBPyConnection, table: str, kinds: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> int:
    lists = [_plain_column(column) for column in zip(*rows, strict=True)]
    con.execute(f"insert into {table} select {', '.join(f'unnest(?::{kind}[])' for kind in kinds)}", lists)
    return len(rows)


def utc_naive(moment: datetime) -> datetime:
    """An aware moment as DuckDB keeps it here: naive, in UTC."""
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its time zone")
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).replace(tzinfo=None)


def _plain_column(column: Sequence[object]) -> list[object]:
    """`_plain` of each; what kinds of cells there are says whether any has to be looked at."""
    return list(column) if {type(cell) for cell in column} <= _PLAIN else [_plain(cell) for cell in column]


def _plain(cell: object) -> object:
    if cell is None or isinstance(cell, str | int | float):
        return cell
    if isinstance(cell, datetime):
        return utc_naive(cell) if _is_aware(cell) else cell
    return cell.item() if hasattr(cell, "item") else cell  # of NumPy, which is not imported for this alone


def _is_aware(cell: object) -> TypeGuard[datetime]:
    return isinstance(cell, datetime) and cell.tzinfo is not None


def _arrow_table(names: Sequence[str], rows: Sequence[tuple[object, ...]]) -> pa.Table:
    import pyarrow as pa

    return pa.table([_array(column) for column in zip(*rows, strict=True)], names=list(names))


def _array(column: tuple[object, ...]) -> pa.Array:
    import pyarrow as pa

    first = next((value for value in column if value is not None), None)
    if _is_aware(first):
        # Arrow reads the offsets itself, and dropping the zone leaves the moment in UTC.
        return pa.array(column, pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
    return pa.array(column)
