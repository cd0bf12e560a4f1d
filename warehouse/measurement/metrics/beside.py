"""Figures of others: those of the dataset and those a calendar names, in one relation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import duckdb

from campaign_calendars.measuring.metrics.catalogue import metric
from campaign_calendars.measuring.metrics.figures import Benchmark
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files

_LATEST = sql_files("warehouse.measurement.metrics")["benchmarks"]
_MILLION = 1_000_000


def create_beside(con: duckdb.DuckDBPyConnection, named: Iterable[Benchmark]) -> None:
    """`all_benchmarks`: the dataset's rows and those named; of one source and moment the named one counts."""
    columns = 'metric varchar, source varchar, value_millionths bigint, "at" timestamp'
    con.execute(f"create temp table named_benchmarks ({columns})")
    rows = ((one.metric, one.source, round(one.value * _MILLION), one.at) for one in named)
    append_rows(con, "named_benchmarks", rows)
    con.execute(
        "create temp view all_benchmarks as"
        ' select metric, source, value_millionths, "at" from snap.stg_benchmarks as b where not exists ('
        "  select 1 from named_benchmarks as n"
        '  where n.metric = b.metric and n.source = b.source and n."at" is not distinct from b."at")'
        ' union all select metric, source, value_millionths, "at" from named_benchmarks'
    )


def benchmarks_of(con: duckdb.DuckDBPyConnection, names: Iterable[str], as_of: datetime) -> list[Benchmark]:
    """The latest of each source before `as_of` for these metrics, which sources name by id or by title."""
    rows = con.execute(_LATEST, {"as_of": utc_naive(as_of)}).fetchall()
    if not rows:
        return []  # no file of the catalogue is read for nothing
    known = {word: one for one in names for word in (one, metric(one).title.en, metric(one).title.zh)}
    latest = {
        (known[name], source): Benchmark(
            known[name], source, millionths / _MILLION, at.replace(tzinfo=UTC) if at else None
        )
        for name, source, millionths, at in rows
        if name in known
    }
    return [latest[key] for key in sorted(latest)]
