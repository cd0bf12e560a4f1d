"""What was read of a source, and how it was understood: said before and after anything is loaded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import duckdb

from campaign_calendars.findings.problem import Problem
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.cells import append_cells, count_words
from warehouse.sources.expressions import Plan
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
    """All parts of a source.

    `rows` are those of the dataset: fewer than lines where lines are put together. `words`, when
    they are asked for: column → how often each word was written.
    """

    rows: int = 0
    parts: list[Part] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    words: dict[str, Counter[str]] | None = None
    watermark: str | None = None
    """The highest watermark of a database before it was read (see `watermarks`)."""

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

    def append(self, plan: Plan, batch: Any, place: str) -> None:
        """Append a batch of cells to the target, and count its words if they are asked for."""
        if self.reading.words is not None:
            count_words(self.con, plan, batch, self.reading.words)
        append_cells(self.con, plan, batch, place)
