"""One SELECT over files of the project, answered by DuckDB: what a column map cannot say.

The files are read like any other source (encoding, delimiter, header, sheet), every cell as text, into a
database of its own. Then it is shut: no file, no network, no setting, no extension, and an end to its time
and memory. The query sees those tables and nothing else, and it writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from threading import Timer
from typing import TYPE_CHECKING, Any, cast

from campaign_calendars.findings.errors import SourceError
from campaign_calendars.findings.problem import Problem
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.matching import tidy_header
from warehouse.sources.places import source_files
from warehouse.sources.port import Cells, FileKind, FileRequest, Opened, SourceFile, keys_of
from warehouse.sources.registry import AUTO, kind_named
from warehouse.sources.typed import as_written, quoted

if TYPE_CHECKING:
    import duckdb

_BATCH_ROWS = 50_000
_LIMITS: dict[str, Any] = {
    "memory_limit": "1GB",
    "max_temp_directory_size": "10GB",
    "threads": 2,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}


@dataclass(frozen=True)
class FileQuery:
    """What is asked: one SELECT over tables that are made of files, answered `within` a time."""

    spec: SourceSpec
    project: Path
    files: Mapping[str, str]
    query: str
    within: timedelta


@contextmanager
def open_query(asked: FileQuery) -> Iterator[Opened]:
    """The rows of the query as a source. Raises SourceError: a file outside, no SELECT, wrong, or too long."""
    import duckdb

    with (
        TemporaryDirectory(prefix="promocal-") as spill,
        duckdb.connect(config={**_LIMITS, "temp_directory": spill}) as con,
    ):
        tables = _Tables(con, asked.spec, asked.project)
        try:
            for name, path in asked.files.items():
                tables.fill(name, path)
        except duckdb.Error as error:  # such as more rows than there is room for
            raise _refused(asked.spec, error) from None
        _shut(con)
        _require_select(con, asked.spec, asked.query)
        watch = Timer(asked.within.total_seconds(), con.interrupt)
        watch.daemon = True
        watch.start()
        try:
            columns = _described(asked, con)
            yield Opened(
                list(columns),
                lambda cells: _batches(asked, con, columns, cells),
                how=("DuckDB over files of the project", "DuckDB 查询项目内文件"),
                broken=tables.broken,
                warnings=tables.warnings,
            )
        finally:
            watch.cancel()


@dataclass(frozen=True)
class _Tables:
    """The tables the query may read, being filled from files."""

    con: duckdb.DuckDBPyConnection
    spec: SourceSpec
    project: Path
    broken: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def fill(self, table: str, path: str) -> None:
        """Make the table of the file, or of all files behind the pattern."""
        self._require_inside(path)
        with source_files(SourceSpec(self.spec.dataset, path=path), self.project) as found:
            for file in found:
                self._append(table, file)

    def _require_inside(self, path: str) -> None:
        pure, root = PurePath(path), self.project.resolve()
        leaves = "://" in path or pure.is_absolute() or ".." in pure.parts or path.startswith("~")
        if leaves or any(not found.resolve().is_relative_to(root) for found in _behind(root, path)):
            section = self.spec.section
            raise SourceError(
                (f"{section}.files: '{path}' is not inside the project", f"{section}.files：'{path}' 不在项目内"),
                ("copy the files into the project and name them relative to it", "请把文件放入项目，并写相对路径"),
            )

    def _append(self, table: str, file: SourceFile) -> None:
        """Columns are found by name: one that an earlier file did not have is added, empty there."""
        own = SourceSpec(self.spec.dataset, kind=AUTO, path=str(file.path))
        kind = cast("FileKind[Any]", kind_named(file.kind, self.spec.section))
        cursor = self.con.cursor()
        opened = kind.open(FileRequest(own, keys_of(own, kind), frozenset(), file=file, con=cursor))
        names = _names(opened.header)
        self.con.execute(f"create table if not exists {quoted(table)} ({quoted(names[0])} varchar)")
        for name in names:
            self.con.execute(f"alter table {quoted(table)} add column if not exists {quoted(name)} varchar")
        columns = ", ".join(quoted(name) for name in names)
        cells = ", ".join(f"nullif(\"c{position}\", '')" for position in range(len(names)))
        for batch in opened.batches(Cells(list(range(len(names))))):
            self.con.register("_incoming", batch)
            self.con.execute(f"insert into {quoted(table)} ({columns}) select {cells} from _incoming")
            self.con.unregister("_incoming")
        self.broken.extend((number, f"{file.place}: {text}") for number, text in opened.broken)
        self.warnings.extend(opened.warnings)


def _behind(root: Path, path: str) -> Iterator[Path]:
    whole = root / path
    yield whole
    yield from whole.iterdir() if whole.is_dir() else root.glob(path)


def _names(header: Any) -> list[str]:
    """Names of columns: tidy, one without a name is column_3, one that comes again has its number behind it."""
    names: list[str] = []
    for position, cell in enumerate(tidy_header(header), 1):
        name = cell or f"column_{position}"
        again = sum(known.casefold() == name.casefold() for known in names)
        names.append(f"{name}_{position}" if again else name)
    return names


def _shut(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("set TimeZone = 'UTC'")
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")


def _bare(query: str) -> str:
    return query.strip().rstrip(";")


def _require_select(con: duckdb.DuckDBPyConnection, spec: SourceSpec, query: str) -> None:
    import duckdb

    try:
        statements = con.extract_statements(query)
    except duckdb.Error as error:
        raise _refused(spec, error) from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise SourceError(
            (f"{spec.section}.query is not one SELECT", f"{spec.section}.query 不是单条 SELECT"),
            ("write one SELECT over the tables of files; it only reads", "请写一条 SELECT，只读 files 中的表"),
        )


def _described(asked: FileQuery, con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Name → type of the columns of the query."""
    import duckdb

    try:
        found = con.execute(f"describe {_bare(asked.query)}").fetchall()
    except duckdb.Error as error:
        raise _refused(asked.spec, error) from None
    return {row[0]: row[1] for row in found}


def _batches(asked: FileQuery, con: duckdb.DuckDBPyConnection, columns: dict[str, str], cells: Cells) -> Iterator[Any]:
    import duckdb
    import pyarrow as pa

    named = list(columns.items())
    chosen = ", ".join(f'{as_written(*named[p], as_id=p in cells.ids)} as "c{p}"' for p in cells.positions)
    query = f"select {chosen} from ({_bare(asked.query)}\n) as asked"
    try:
        for batch in con.sql(query).to_arrow_reader(_BATCH_ROWS):
            yield pa.table(batch)
    except (duckdb.Error, pa.ArrowException, OSError) as error:  # pyarrow has its own names for what DuckDB says
        stopped = isinstance(error, duckdb.InterruptException) or "nterrupt" in str(error)
        raise (_too_long(asked) if stopped else _refused(asked.spec, error)) from None


def _too_long(asked: FileQuery) -> SourceError:
    place, seconds = f"{asked.spec.section}.query", f"{asked.within.total_seconds():g}"
    return SourceError(
        (f"{place} took more than {seconds} s and was stopped", f"{place} 超过 {seconds} 秒，已停止"),
        ("look for a join without a condition, or raise within", "请检查是否有无条件的 join，或调高 within"),
    )


def _refused(spec: SourceSpec, error: Exception) -> SourceError:
    said = _without_values(error)
    return SourceError(
        (f"{spec.section}.query cannot be answered: {said}", f"{spec.section}.query 无法执行：{said}"),
        (
            "every column is text: cast it, as in try_cast(price as decimal(18, 2)); files are named in `files`",
            "所有列都是文本，请转换，如 try_cast(price as decimal(18, 2))；文件须写在 files 中",
        ),
    )


def _without_values(error: Exception) -> str:
    """What DuckDB says; of a value that could not be converted nothing, it may be anybody's."""
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    names = ("Parser", "Binder", "Catalog", "Permission", "Out of Memory", "Not implemented")
    return said if said.startswith(names) else re.sub(r"'.*'|\".*\"", "'…'", said)
