"""Decision files as a relation: everybody whom the runs of a calendar looked at."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from warehouse.engines.sql_files import literal, sql_files, with_parts
from warehouse.features import history

_SQL = sql_files(__package__)


def look_into(con: duckdb.DuckDBPyConnection, decision_files: Iterable[Path], catalog: str = "snap") -> None:
    """Create the view `candidates` over decision files, in which accounts that the snapshot has joined are their
    person, and `persons_of_several` of these accounts. No file is read before it is asked; without any nobody is in it.
    """
    files = [literal(path) for path in decision_files]
    there = {"files": bool(files), "persons": history.has_map(con, catalog)}
    parts = frozenset(name for name, is_there in there.items() if is_there)
    con.execute(_SQL["decision_columns"])
    con.execute(with_parts(_SQL["persons_of_several"], parts).format(catalog=catalog))
    text = with_parts(_SQL["candidates"], parts)
    con.execute(text.format(files=f"[{', '.join(files)}]", catalog=catalog))
