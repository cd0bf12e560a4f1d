"""What was read of a source, and how it was understood: said before and after anything is loaded."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from campaign_calendars.problems import Problem
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.mapping import DatasetMap


@dataclass
class Part:
    """One file, sheet or query. Empty texts mean that the fact does not apply.

    `columns`: ours → header it was found under. `rows` counts lines read, broken ones included.
    `size` in bytes; `how` says how the encoding, the sheet or the route was decided.
    """

    place: str
    kind: str
    rows: int = 0
    size: int = 0
    encoding: str = ""
    how: str = ""
    how_zh: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 1
    columns: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)


@dataclass
class Reading:
    """All parts of a source. `rows` are those of the dataset: fewer than lines where lines are put together."""

    rows: int = 0
    parts: list[Part] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return sum(part.rows for part in self.parts)


@dataclass(frozen=True)
class Filling:
    """A source being read: by which rules, into which table, and what has been understood so far."""

    con: duckdb.DuckDBPyConnection
    spec: SourceSpec
    rules: DatasetMap
    target: str
    reading: Reading = field(default_factory=Reading)
