"""Raw rows of published snapshots, kept as Parquet parts below `raw/`: what increments are judged again from.

A part is written once and shared by every snapshot that builds on it; it goes with the last of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.shelf.manifest import Snapshot
from warehouse.sources.catalogue import DATASETS

if TYPE_CHECKING:
    import duckdb

FOLDER = "raw"
_BUILDING = ".building-"


class DamagedError(Exception):
    """What an earlier refresh published, or its raw rows, cannot be read any more."""


def write_part(con: duckdb.DuckDBPyConnection, dataset: str, directory: Path, name: str) -> Path | None:
    """`raw_<dataset>` into a part that is not published yet; None when there are no rows."""
    if not con.execute(f"select 1 from raw_{dataset} limit 1").fetchone():
        return None
    folder = directory / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_BUILDING}{name}"
    con.execute(f"copy raw_{dataset} to {literal(path)} (format parquet, compression zstd)")
    return path


def publish_part(built: Path) -> None:
    built.replace(published(built))


def published(built: Path) -> Path:
    """Where a part that was just written will be."""
    return built.with_name(built.name.removeprefix(_BUILDING))


def restore(con: duckdb.DuckDBPyConnection, dataset: str, parts: Sequence[Path], places: str) -> None:
    """Append to `raw_<dataset>` the rows whose `_file, _row` stand in the table `places`.

    Raises DamagedError when one of them is in no part.
    """
    import duckdb

    columns = ", ".join(f'"{name}"' for name in DATASETS[dataset].columns)
    wanted = con.execute(f"select count(*) from {places}").fetchall()[0][0]
    if not wanted:
        return
    try:
        found = con.execute(
            f"""
            insert into raw_{dataset}
            select {columns}, _file, _row
            from {rows_of(parts)}
            semi join {places} using (_file, _row)
            """
        ).fetchall()[0][0]
    except duckdb.InvalidInputException as error:
        raise DamagedError(str(error)) from None
    if found != wanted:
        raise DamagedError(f"{dataset}: {wanted} raw rows are needed, {found} are there")


def first_with(con: duckdb.DuckDBPyConnection, parts: Sequence[Path], columns: Sequence[str]) -> list[tuple[str, int]]:
    """`_file, _row` of the first raw row with a value, of each of the columns that have any."""
    if not columns:
        return []
    asked = ", ".join(
        f"min({{file: _file, row: _row}}) filter (nullif(\"{name}\", '') is not null)" for name in columns
    )
    found = con.execute(f"select {asked} from {rows_of(parts)}").fetchall()[0]
    return [(str(place["file"]), int(place["row"])) for place in found if place is not None]


def rows_of(parts: Sequence[Path]) -> str:
    """The raw rows of all parts, as a table expression."""
    return f"read_parquet([{', '.join(literal(part) for part in parts)}])"


def prune(directory: Path, snapshots: Iterable[Snapshot], keep: Collection[str] = ()) -> None:
    """Remove the parts no snapshot needs any more, and what crashed builds left."""
    needed = {part for snapshot in snapshots for record in snapshot.build.sources.values() for part in record.parts}
    for path in (directory / FOLDER).glob("*"):
        if f"{FOLDER}/{path.name}" not in needed and path.name not in keep:
            with suppress(PermissionError):  # Windows: still open somewhere; the next refresh tries again
                path.unlink(missing_ok=True)


def literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
