"""Sources into raw tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from campaign_calendars.findings.errors import ProblemsFoundError, PromocalError, SnapshotRejectedError, SourceError
from campaign_calendars.findings.problem import Location, Problem
from warehouse.sources.catalogue import DATASETS, Dataset, SourceSpec
from warehouse.sources.cells import prepare
from warehouse.sources.doubts import doubt_currencies, doubt_prices
from warehouse.sources.files import read_file
from warehouse.sources.lines import finish, reject_rounded, target_of
from warehouse.sources.matching import rules_of
from warehouse.sources.places import source_files
from warehouse.sources.port import SourceKind, TableKind
from warehouse.sources.reading import Filling, Reading
from warehouse.sources.registry import SOURCES, is_ours, kind_of
from warehouse.sources.tables import read_table
from warehouse.sources.two_readings import TwoReadings


def load_raw(con: duckdb.DuckDBPyConnection, spec: SourceSpec, base_dir: Path) -> int:
    """Create `raw_<dataset>`: the canonical columns as text, `_file` and `_row` (from 1).

    Returns the rows read, broken lines in `raw_rejects` included. Columns the source does not have
    are null. Raises SourceError (cannot be read) or ProblemsFoundError (columns do not fit).
    """
    return read_source(con, spec, base_dir)[0]


def read_source(con: duckdb.DuckDBPyConnection, spec: SourceSpec, base_dir: Path) -> tuple[int, list[Problem]]:
    """`load_raw`, with the warnings it had to give."""
    reading = understand_source(con, spec, base_dir)
    return reading.rows, reading.warnings


def understand_source(
    con: duckdb.DuckDBPyConnection,
    spec: SourceSpec,
    base_dir: Path,
    *,
    most_rows: int | None = None,
    words: bool = False,
    only: Collection[str] | None = None,
    since: str | None = None,
) -> Reading:
    """`load_raw`, with everything that was understood; of a database at most `most_rows` rows are read.

    Of the files of a source `only` those at these places are read, of a database what changed
    `since`. With `words` the words of columns like the state of an order are counted as written.
    """
    _check(spec)
    kind = kind_of(spec)
    create_raw(con, DATASETS[spec.dataset])
    prepare(con)
    rules = rules_of(spec, base_dir)
    target = target_of(con, spec.dataset, rules)
    filling = Filling(con, spec, rules, target, TwoReadings(spec.dataset), Reading(words={} if words else None))
    if isinstance(kind, TableKind):
        with _named(spec, kind):
            read_table(filling, kind, base_dir, most_rows, since)
    else:
        with source_files(spec, base_dir) as found:
            for file in found:
                if only is None or file.place in only:
                    with _named(spec, SOURCES[file.kind]):
                        read_file(filling, file)
    if mixed := doubt_currencies(spec.dataset, rules, filling.reading):
        raise ProblemsFoundError([mixed])
    filling.reading.warnings += filling.doubts.problems()
    filling.reading.warnings += doubt_prices(spec.dataset, rules, filling.reading.parts)
    finish(con, spec.dataset, rules)
    reject_rounded(con, spec.dataset)
    filling.reading.rows = _count(con, f"raw_{spec.dataset}") + _count(con, "raw_rejects", spec.dataset)
    return filling.reading


@contextmanager
def _named(spec: SourceSpec, kind: SourceKind) -> Iterator[None]:
    """What the code of a plug-in raises unawares, as one message that names the plug-in."""
    try:
        yield
    except (PromocalError, duckdb.Error):
        raise
    except Exception as error:
        if is_ours(kind):
            raise
        origin = SOURCES.origin(kind.name)
        raise SourceError(
            (
                f"{spec.section}: {origin} failed to read {kind.name}: {type(error).__name__}: {error}",
                f"{spec.section}：{origin} 读取 {kind.name} 失败：{type(error).__name__}: {error}",
            ),
            (f"check the source, and tell the makers of {origin}", f"请检查数据源，并告知 {origin} 的作者"),
        ) from error


def read_rows(
    spec: SourceSpec, base_dir: Path, *, only: Collection[str] | None = None
) -> tuple[Reading, list[dict[str, Any]]]:
    """What a source says, read in memory: how it was understood, and its raw rows by `_file` and `_row`."""
    with duckdb.connect() as con:
        reading = understand_source(con, spec, base_dir, only=only)
        result = con.execute(f"select * from raw_{spec.dataset} order by _file, _row")
        names = [column[0] for column in result.description or ()]
        return reading, [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def create_raw(con: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
    """An empty `raw_<dataset>`; what an optional dataset without a source looks like."""
    columns = ", ".join(f'"{name}" varchar' for name in dataset.columns)
    con.execute(f"create or replace table raw_{dataset.name} ({columns}, _file varchar, _row bigint)")
    con.execute(
        """
        create table if not exists raw_rejects (
            dataset varchar, _file varchar, _row bigint, line varchar, rule varchar
        )
        """
    )
    con.execute("delete from raw_rejects where dataset = ?", [dataset.name])


def _count(con: duckdb.DuckDBPyConnection, table: str, dataset: str | None = None) -> int:
    where = "where dataset = ?" if dataset else ""
    row = con.execute(f"select count(*) from {table} {where}", [dataset] if dataset else []).fetchone()
    return int(row[0]) if row else 0


def _check(spec: SourceSpec) -> None:
    if spec.dataset not in DATASETS:
        raise _unknown(spec.dataset)
    try:
        ZoneInfo(spec.timezone)
    except (KeyError, ValueError, OSError):
        raise SourceError(
            (
                f"sources.{spec.dataset}: '{spec.timezone}' is not a time zone",
                f"sources.{spec.dataset}：'{spec.timezone}' 不是时区",
            ),
            ('write timezone = "Asia/Shanghai"', '请写 timezone = "Asia/Shanghai"'),
        ) from None


def refuse_incomplete(sources: Sequence[SourceSpec]) -> None:
    """Raise unless every required dataset has a source, every other at most one, and all are known."""
    named = [spec.dataset for spec in sources]
    for name in named:
        if name not in DATASETS:
            raise _unknown(name)
        if named.count(name) > 1:
            raise SourceError(
                (f"sources.{name}: the dataset has two sources", f"sources.{name}：该数据集有两个数据源"),
                ("use one source with a glob path", "请用一个数据源，path 写成通配路径"),
            )
    missing = [dataset.name for dataset in DATASETS.values() if dataset.required and dataset.name not in named]
    if missing:
        raise SnapshotRejectedError(
            [_no_source(name) for name in missing], ("required sources are missing", "缺少必需的数据源")
        )


def _unknown(name: str) -> SourceError:
    return SourceError(
        (f"sources.{name}: there is no dataset '{name}'", f"sources.{name}：没有数据集 '{name}'"),
        (f"the datasets are: {', '.join(DATASETS)}", f"可用的数据集：{', '.join(DATASETS)}"),
    )


def _no_source(name: str) -> Problem:
    return Problem(
        "S106",
        "error",
        f"there is no source for the dataset {name}",
        f"add a section [sources.{name}] to promocal.toml",
        Location("promocal.toml"),
        f"数据集 {name} 没有数据源",
        f"在 promocal.toml 中添加 [sources.{name}]",
    )
