"""Many rows in one statement, written once for both databases.

SQLite runs a prepared insert once per row inside the process, which is as fast as it gets; what changes many rows
that are there is one statement over a JSON document, which takes two thirds of that. Over a network a statement per
row would be one round trip per row, so PostgreSQL gets each chunk as one JSON document and unfolds it with
`json_to_recordset`; many thousands of new rows come by COPY into a stage table, where the driver has it (psycopg),
which is half as fast again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar, cast

from sqlalchemy import (
    BindParameter,
    Cast,
    ColumnElement,
    Connection,
    Executable,
    Row,
    Select,
    Text,
    bindparam,
    column,
    func,
    literal_column,
    table,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement
from sqlalchemy.types import TypeEngine

T = TypeVar("T")
CHUNK = 10_000


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def listed(con: Connection, values: Sequence[str]) -> ColumnElement[str]:
    """A column of these values, sent as one parameter: `in` with thousands of them is slow to write and to plan."""
    named = bindparam(None, json.dumps(values, ensure_ascii=False), type_=Text())
    return _unfolded(con.dialect.name, named)


def unfolded(dialect: str, parameter: str) -> ColumnElement[str]:
    """The column of values in a parameter that is a JSON array of them."""
    return _unfolded(dialect, bindparam(parameter, type_=Text()))


def _unfolded(dialect: str, document: BindParameter[str]) -> ColumnElement[str]:
    if dialect == "postgresql":
        return func.json_array_elements_text(Cast(document, JSON)).table_valued(column("value", Text())).c.value
    return func.json_each(document).table_valued(column("value", Text())).c.value


def unfolded_rows(dialect: str, parameter: str, names: Sequence[str]) -> Mapping[str, ColumnElement[str]]:
    """The columns of rows of texts in a parameter that is a JSON array of arrays."""
    if dialect == "postgresql":
        row = func.json_array_elements(Cast(bindparam(parameter, type_=Text()), JSON))
        cells = row.table_valued(column("value", JSON())).c.value
        return {name: cells.op("->>")(literal_column(str(at))) for at, name in enumerate(names)}
    rows = func.json_each(bindparam(parameter, type_=Text())).table_valued(column("value", Text()))
    cell = rows.c.value
    return {name: func.json_extract(cell, literal_column(f"'$[{at}]'"), type_=Text()) for at, name in enumerate(names)}


def streamed(con: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    """The rows of a large answer, fetched some thousands at a time."""
    for rows in con.execution_options(yield_per=CHUNK).execute(query).partitions():
        yield from rows


class BoundRows:
    """Rows on their way into a statement; `c[name]` stands for a row's value in SQL.

    Rows are tuples in the order of `columns`, moments already as text (`schema.moment_text`). `stage`, for
    statements that insert, names a table that lives as long as the transaction.
    """

    def __init__(self, con: Connection, columns: Mapping[str, TypeEngine[Any]], *, stage: str = "") -> None:
        self._con = con
        self._names = list(columns)
        self._stage = stage if con.dialect.driver == "psycopg" else ""
        self.c: dict[str, ColumnElement[Any]]
        if self._stage:
            types = (f"{name} {kind.compile(dialect=con.dialect)}" for name, kind in columns.items())
            con.exec_driver_sql(f"create temporary table {self._stage} ({', '.join(types)}) on commit drop")
            staged = table(self._stage, *(column(name, kind) for name, kind in columns.items()))
            self.c = {name: staged.c[name] for name in self._names}
        elif con.dialect.name == "postgresql":
            document = Cast(bindparam("bound_rows", type_=Text()), JSON)
            unfolded = func.json_to_recordset(document).table_valued(*(column(n, t) for n, t in columns.items()))
            unfolded = unfolded.render_derived(name="bound", with_types=True)
            self.c = {name: unfolded.c[name] for name in self._names}
        else:
            self.c = {name: bindparam(_parameter(name), type_=kind) for name, kind in columns.items()}

    def run(self, statement: Executable, rows: Sequence[tuple[Any, ...]]) -> int:
        """Execute the statement for all rows; returns how many rows of the table it changed."""
        if not rows:
            return 0
        if self._stage:
            return self._copied(statement, rows)
        if self._con.dialect.name == "postgresql":
            document = json.dumps([dict(zip(self._names, row, strict=True)) for row in rows], ensure_ascii=False)
            return self._con.execute(statement, {"bound_rows": document}).rowcount
        sql, pick = self._compiled(statement)
        # Straight to the driver's executemany: twice as fast as handing SQLAlchemy dictionaries.
        return self._con.exec_driver_sql(sql, [pick(row) for row in rows] if pick else list(rows)).rowcount

    def _copied(self, statement: Executable, rows: Sequence[tuple[Any, ...]]) -> int:
        driver: Any = self._con.connection.dbapi_connection
        with driver.cursor() as cursor, cursor.copy(f"copy {self._stage} from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        changed = self._con.execute(statement).rowcount
        self._con.exec_driver_sql(f"truncate {self._stage}")
        return changed

    def _compiled(self, statement: Executable) -> tuple[str, Callable[[tuple[Any, ...]], tuple[Any, ...]] | None]:
        """The statement for the driver, and how to lay out a row for it (None: as it is)."""
        compiled = cast("SQLCompiler", cast("ClauseElement", statement).compile(dialect=self._con.dialect))
        positions = compiled.positiontup or []
        place = {_parameter(name): index for index, name in enumerate(self._names)}
        constants = compiled.params
        # A constant of the statement (a status, a position) is appended to the row and picked from there.
        extra = tuple(constants[name] for name in positions if name not in place)
        free = iter(range(len(self._names), len(self._names) + len(extra)))
        order = tuple(place[name] if name in place else next(free) for name in positions)
        if order == tuple(range(len(self._names))):
            return str(compiled), None
        if len(order) == 1:
            return str(compiled), lambda row: ((*row, *extra)[order[0]],)
        layout = itemgetter(*order)
        return str(compiled), lambda row: layout((*row, *extra))


def _parameter(name: str) -> str:
    # A plain column name is reserved by SQLAlchemy for the SET clause of an update.
    return f"bound_{name}"
