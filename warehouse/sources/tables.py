"""Rows that something else keeps into canonical text: a database, a service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from warehouse.sources.catalogue import DATASETS
from warehouse.sources.matching import wanted_headers
from warehouse.sources.port import TableKind, TableRequest, keys_of
from warehouse.sources.reading import Filling

_NUMBERED_BY_CONTENT = 200_000


def read_table(
    filling: Filling, kind: TableKind[Any], project: Path, most_rows: int | None = None, since: str | None = None
) -> None:
    """Append the rows of a source to the target, at most `most_rows` of them, or what changed `since`.

    A database promises no order, so up to 200,000 rows are numbered by their content: the same
    rows get the same numbers on every read. Raises SourceError when it cannot be reached or read.
    """
    spec = filling.spec
    keys = keys_of(spec, kind)
    request = TableRequest(spec, keys, wanted_headers(filling.rules), since=since, project=project)
    place = kind.place(keys).rpartition("#")[2]
    try:
        with kind.open(request) as opened:
            filling.reading.watermark = opened.watermark
            part = filling.take(opened, place, kind.name, most_rows)
    except BaseException:
        filling.con.execute(f"delete from {filling.target}")  # a broken read leaves nothing
        raise
    if part.rows <= _NUMBERED_BY_CONTENT:
        _number_by_content(filling.con, spec.dataset, filling.target)


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
