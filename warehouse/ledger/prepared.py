"""Statements that run for every batch of messages, written once and compiled once for each database.

Building a statement and finding its compiled form take longer than a small batch takes in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, CursorResult
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

from warehouse.ledger.schema import moment_text


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement with named parameters, by what the connected database wants of it.

    Parameters go to the driver as they are (`bound_moment` for moments), and rows come back as the driver has them.
    """

    make: Callable[[str], ClauseElement]
    """Name of the dialect → the statement."""
    _compiled: dict[tuple[str, str], tuple[str, list[str] | None, Mapping[str, Any]]] = field(default_factory=dict)

    def run(self, con: Connection, **parameters: object) -> CursorResult[Any]:
        sql, order, constants = self._on(con)
        values = {**constants, **parameters}
        return con.exec_driver_sql(sql, values if order is None else tuple(values[name] for name in order))

    def _on(self, con: Connection) -> tuple[str, list[str] | None, Mapping[str, Any]]:
        dialect = con.dialect
        kind = (dialect.name, dialect.driver)
        if kind not in self._compiled:
            compiled = cast("SQLCompiler", self.make(dialect.name).compile(dialect=dialect))
            self._compiled[kind] = (str(compiled), compiled.positiontup, compiled.params)
        return self._compiled[kind]


def bound_moment(con: Connection, at: datetime | None) -> datetime | str | None:
    """A moment as the driver takes it."""
    return at if at is None or con.dialect.name == "postgresql" else moment_text(at)
