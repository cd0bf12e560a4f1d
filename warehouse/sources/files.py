"""CSV and Parquet files into raw text tables.

CSV goes through pyarrow, which decodes any encoding Python knows (DuckDB reads no gb18030) and
keeps every cell as the text it was. A line with the wrong number of cells is not lost: it lands
in `raw_rejects` and from there in the quarantine.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from campaign_calendars.errors import ProblemsFoundError, SourceError
from campaign_calendars.problems import Location, Problem
from warehouse.rows import append_rows
from warehouse.sources.catalogue import DATASETS, SourceSpec
from warehouse.sources.matching import absent_mapped, match_columns, tidy_header

_BLOCK_BYTES = 8 << 20
_HEADER_CHARS = 1 << 16
_MOST_LINES_IN_A_CELL = 100
_DELIMITERS = ",\t;|"
_LIKELY_ENCODINGS = ("utf-8", "gb18030", "utf-16")
Reading = tuple[int, list[Problem]]


def find_files(spec: SourceSpec, base_dir: Path) -> list[Path]:
    """Files behind `spec.path`, sorted by name; at least one, or SourceError."""
    pattern = Path(spec.path)
    root, relative = (
        (Path(pattern.anchor), pattern.relative_to(pattern.anchor)) if pattern.is_absolute() else (base_dir, pattern)
    )
    files = sorted(path for path in root.glob(relative.as_posix()) if path.is_file()) if spec.path else []
    if not files:
        raise SourceError(
            f"sources.{spec.dataset}: no file matches '{spec.path}' in {base_dir}",
            f"put the file there, or correct path in [sources.{spec.dataset}] of promocal.toml",
        )
    return files


def place_of(path: Path, base_dir: Path) -> str:
    """How a file is named in tables and findings: relative to the project where possible."""
    return path.relative_to(base_dir).as_posix() if path.is_relative_to(base_dir) else path.as_posix()


class LineNumbers:
    """Numbers the lines of a file from 1, the header aside, so that broken lines keep their own."""

    def __init__(self) -> None:
        self.broken: list[tuple[int, str]] = []
        self._next = 1

    def put_aside(self, row: Any) -> str:
        """pyarrow's handler for a line with the wrong number of cells: remember it, read on."""
        self.broken.append((row.number - 1, row.text))
        return "skip"

    def take(self, count: int) -> Any:
        """Numbers of the next `count` good lines, as an int64 array."""
        import numpy as np

        pending = [number for number, _ in self.broken if number >= self._next]
        room = np.arange(self._next, self._next + count + len(pending), dtype=np.int64)
        numbers = np.setdiff1d(room, pending)[:count] if pending else room
        self._next = int(numbers[-1]) + 1 if count else self._next
        return numbers


def read_csv_file(con: duckdb.DuckDBPyConnection, spec: SourceSpec, path: Path, place: str) -> Reading:
    """Append one CSV file to `raw_<dataset>`; broken lines go to `raw_rejects`. Returns lines read, warnings."""
    header, delimiter = _read_header(spec, path, place)
    found = match_columns(spec, header, place)
    lines = LineNumbers()
    rows = 0
    try:
        for batch in _batches(spec, path, found, (len(header), delimiter), lines):
            append_raw(con, spec.dataset, _canonical(spec, batch, found, lines), place)
            rows += batch.num_rows
    except (UnicodeError, ValueError) as error:  # pyarrow's ArrowInvalid is a ValueError
        raise _unreadable(spec, path, place, error) from None
    _refuse_swallowed(lines, place)
    append_rows(con, "raw_rejects", ((spec.dataset, place, number, text) for number, text in lines.broken))
    return rows + len(lines.broken), absent_mapped(spec, found, place)


def _refuse_swallowed(lines: LineNumbers, place: str) -> None:
    """A quotation mark that is never closed turns the rest of a file into one broken "line"."""
    for number, text in lines.broken:
        if text.count("\n") > _MOST_LINES_IN_A_CELL:
            raise SourceError(
                f"{place}: a quotation mark opened in row {number} is never closed",
                "double or remove the quotation mark, or export the file again",
            )


def _read_header(spec: SourceSpec, path: Path, place: str) -> tuple[list[str], str]:
    try:
        codecs.lookup(spec.encoding)
    except LookupError:
        raise SourceError(
            f"sources.{spec.dataset}: '{spec.encoding}' is not an encoding",
            'write encoding = "utf-8" or encoding = "gb18030"',
        ) from None
    try:
        with path.open(encoding=spec.encoding, newline="") as stream:
            start = stream.read(_HEADER_CHARS).lstrip("\ufeff")
    except UnicodeError as error:
        raise _unreadable(spec, path, place, error) from None
    except OSError as error:
        raise SourceError(f"{place} cannot be read: {error.strerror}", "check the file and its permissions") from None
    first_line = start.partition("\n")[0]
    if not first_line.strip():
        raise ProblemsFoundError([_no_header(spec, place)])
    delimiter = max(_DELIMITERS, key=first_line.count)
    return tidy_header(next(csv.reader([first_line.rstrip("\r")], delimiter=delimiter))), delimiter


def _batches(
    spec: SourceSpec, path: Path, found: Mapping[str, int], shape: tuple[int, str], lines: LineNumbers
) -> Iterator[Any]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    width, delimiter = shape
    # Positions, not names, tell columns apart here: a header may repeat a name nobody mapped.
    wanted = [str(position) for position in found.values()]
    yield from arrow_csv.open_csv(
        path,
        # Serial, because only then does pyarrow say which line was broken.
        read_options=arrow_csv.ReadOptions(
            encoding=spec.encoding,
            column_names=[str(position) for position in range(width)],
            skip_rows=1,
            block_size=_BLOCK_BYTES,
            use_threads=False,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, invalid_row_handler=lines.put_aside
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types={name: pa.string() for name in wanted}, include_columns=wanted, strings_can_be_null=False
        ),
    )


def _canonical(spec: SourceSpec, batch: Any, found: Mapping[str, int], lines: LineNumbers) -> Any:
    import pyarrow as pa

    names = DATASETS[spec.dataset].columns
    absent = pa.nulls(batch.num_rows, pa.string())
    arrays = [batch.column(str(found[name])) if name in found else absent for name in names]
    return pa.table([*arrays, pa.array(lines.take(batch.num_rows))], names=[*names, "_row"])


def append_raw(con: duckdb.DuckDBPyConnection, dataset: str, table: Any, place: str) -> None:
    """Append an Arrow table (canonical columns, `_row`) to `raw_<dataset>`."""
    columns = ", ".join(f'"{name}"' for name in DATASETS[dataset].columns)
    con.register("_incoming", table)
    con.execute(f"insert into raw_{dataset} select {columns}, ?, _row from _incoming", [place])
    con.unregister("_incoming")


def read_parquet_file(con: duckdb.DuckDBPyConnection, spec: SourceSpec, path: Path, place: str) -> Reading:
    """Append one Parquet file to `raw_<dataset>`, every value as text (moments in UTC with their offset)."""
    try:
        described = con.execute("describe select * from read_parquet(?)", [str(path)]).fetchall()
    except duckdb.Error as error:
        raise SourceError(
            f"{place} cannot be read as Parquet: {str(error).splitlines()[0]}",
            f"check the file, or correct kind in [sources.{spec.dataset}]",
        ) from None
    names = [row[0] for row in described]
    found = match_columns(spec, tidy_header(names), place)
    cells = ", ".join(_parquet_cell(names, found, name) for name in DATASETS[spec.dataset].columns)
    rows = con.execute(
        f"""
        insert into raw_{spec.dataset}
        select {cells}, ?, file_row_number + 1 from read_parquet(?, file_row_number = true)
        """,
        [place, str(path)],
    ).fetchall()
    return int(rows[0][0]), absent_mapped(spec, found, place)


def _parquet_cell(names: list[str], found: Mapping[str, int], name: str) -> str:
    if name not in found:
        return "null"
    return '"' + names[found[name]].replace('"', '""') + '"::varchar'


def _no_header(spec: SourceSpec, place: str) -> Problem:
    return Problem(
        "S105",
        "error",
        f"{place} is empty: it has no header line",
        f"export {spec.dataset} again; an export without rows still has its header",
        Location(place, 1),
        f"{place} 是空文件,没有表头",
        f"请重新导出 {spec.dataset};没有数据的导出也应有表头",
    )


def _unreadable(spec: SourceSpec, path: Path, place: str, error: Exception) -> SourceError:
    if not (isinstance(error, UnicodeError) or "UTF8" in str(error)):
        detail = str(error).splitlines()[0]
        return SourceError(
            f"{place} cannot be read as CSV: {detail}",
            "look for a quotation mark that is never closed, or export the file again",
        )
    others = [name for name in _LIKELY_ENCODINGS if name != spec.encoding.lower() and _decodes(path, name)]
    guess = f'; it reads well as {others[0]}: set encoding = "{others[0]}"' if others else ""
    return SourceError(
        f"{place} is not text in {spec.encoding}{guess}",
        f"correct encoding in [sources.{spec.dataset}] of promocal.toml",
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            decoder.decode(stream.read(_BLOCK_BYTES))
    except UnicodeError:
        return False
    return True


READERS: Mapping[str, Callable[[duckdb.DuckDBPyConnection, SourceSpec, Path, str], Reading]] = {
    "csv": read_csv_file,
    "parquet": read_parquet_file,
}
