"""Results of phases and plays that are over: one small Parquet file for each calendar, and all of them in one scan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import astuple, fields
from datetime import UTC
from pathlib import Path

import duckdb

from campaign_calendars.measuring.forecasting import PastResult
from warehouse.engines.rows import append_rows
from warehouse.engines.sql_files import literal, sql_files

_COLUMNS = ", ".join(each.name for each in fields(PastResult))
_MOMENTS = ("starts_at", "ends_at")


def measured_results(
    con: duckdb.DuckDBPyConnection,
    *,
    calendar: str,
    store: str,
    kinds: Mapping[str, str],
    full_costs: Mapping[str, int],
    connected: Collection[str],
    currency: str = "",
) -> list[PastResult]:
    """What became of each phase and play with messages, of what a measurement session has loaded.

    `kinds` of phases; `full_costs`: benefit → what one use costs at most, in cents; `connected`: datasets with a
    source.
    """
    con.execute("create or replace temp table phase_kinds (phase varchar, kind varchar)")
    append_rows(con, "phase_kinds", kinds.items())
    con.execute("create or replace temp table full_costs (benefit varchar, cost_cents bigint)")
    append_rows(con, "full_costs", full_costs.items())
    sources = {name: name in connected for name in ("redemptions", "points")}
    asked = {"calendar": calendar, "store": store, "currency": currency, **sources}
    return _records(con.execute(sql_files(__package__)["results"], asked))


def write_results(path: Path, results: Iterable[PastResult]) -> None:
    """Keep results as Parquet, in the order given."""
    partial = path.with_suffix(".partial")
    with closing(duckdb.connect()) as con:
        con.execute(sql_files(__package__)["results_table"])
        append_rows(con, "results", (astuple(one) for one in results))
        con.execute(f"copy results to {literal(partial)} (format parquet, compression zstd)")
    partial.replace(path)


def kept_results(files: Sequence[Path]) -> list[PastResult]:
    """All results that are kept, oldest first."""
    if not files:
        return []
    with closing(duckdb.connect()) as con:
        con.execute(sql_files(__package__)["results_table"])
        for path in files:
            con.execute("insert into results by name select * from read_parquet($file)", {"file": str(path)})
        return _records(con.execute(f"select {_COLUMNS} from results order by starts_at, calendar, phase, play"))


def _records(cursor: duckdb.DuckDBPyConnection) -> list[PastResult]:
    names = [column[0] for column in cursor.description or ()]
    return [
        PastResult(
            **{
                name: value.replace(tzinfo=UTC) if name in _MOMENTS else value
                for name, value in zip(names, row, strict=True)
            }
        )
        for row in cursor.fetchall()
    ]
