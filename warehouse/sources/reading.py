"""What was read of a source, and how it was understood: said before and after anything is loaded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import duckdb

from campaign_calendars.findings.problem import Location, Problem
from warehouse.engines.rows import append_rows
from warehouse.sources.batches import at_most, gathered
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.cells import append_cells, count_currencies, count_words, is_id, make_plan
from warehouse.sources.expressions import Plan
from warehouse.sources.mapping import DatasetMap
from warehouse.sources.matching import Headed, Match, match_columns
from warehouse.sources.port import Cells, Opened
from warehouse.sources.two_readings import TwoReadings, questions_of

LINE_BROKEN = "line-broken"


@dataclass
class Part:
    """One file, sheet or query of a source. Empty texts mean that the fact does not apply."""

    place: str
    """Where it is: a path, a URL without its password, or a table."""
    kind: str
    """Kind of file, or `sql`."""
    rows: int = 0
    """Lines that were read, broken ones included."""
    size: int = 0
    """Of a file; 0 for a database."""
    encoding: str = ""
    """Of a text file."""
    how: str = ""
    """How the encoding, the sheet or the route was decided, in English."""
    how_zh: str = ""
    """The same in Chinese."""
    delimiter: str = ""
    """What stands between cells."""
    sheet: str = ""
    """Name of the sheet."""
    header_row: int = 1
    """Row of the header, counted from 1."""
    columns: dict[str, str] = field(default_factory=dict)
    """Our column → the header it was found under."""
    ignored: list[str] = field(default_factory=list)
    """Headers that are not read."""


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
    currencies: Counter[str] = field(default_factory=Counter)
    """Currency → how many lines name it, where the source says what its amounts are in."""
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
    doubts: TwoReadings
    reading: Reading = field(default_factory=Reading)

    def take(self, opened: Opened, place: str, kind: str, most_rows: int | None = None) -> Part:
        """Append the cells of an opened source, at most `most_rows` lines; broken lines go to `raw_rejects`.

        Raises ProblemsFoundError when its columns do not fit, and what its batches raise.
        """
        headed = Headed(Location(place, opened.header_row), opened.delimiter, opened.sheet, opened.sheets)
        match = match_columns(self.spec, self.rules, opened.header, headed)
        part = _part(opened, match, place, kind)
        plan = make_plan(self.spec.dataset, match, self.target)
        questions = questions_of(plan, match)
        for batch in gathered(at_most(opened.batches(_cells(match)), most_rows)):
            numbered = _numbered(batch, part.rows)
            self.doubts.look(self.con, plan, questions, numbered, place)
            self._append(plan, numbered, place)
            part.rows += batch.num_rows
        rejects = ((self.spec.dataset, place, number, text, LINE_BROKEN) for number, text in opened.broken)
        append_rows(self.con, "raw_rejects", rejects)
        part.rows += len(opened.broken)
        if opened.lines is not None and (lines := opened.lines(part.rows)) is not None:
            self._renumber(place, opened.first_row, lines)
        self.reading.parts.append(part)
        self.reading.warnings += [*match.warnings, *opened.warnings]
        return part

    def _append(self, plan: Plan, batch: Any, place: str) -> None:
        """Append a batch of cells to the target, and count its words if they are asked for."""
        if self.reading.words is not None:
            count_words(self.con, plan, batch, self.reading.words)
        count_currencies(self.con, plan, batch, self.reading.currencies)
        append_cells(self.con, plan, batch, place)

    def _renumber(self, place: str, first: int, lines: Any) -> None:
        """Give the records of a file, counted on from `first`, the numbers of their lines."""
        import numpy as np
        import pyarrow as pa

        known = pa.table({"number": np.arange(first, first + len(lines), dtype=np.int64), "line": lines})
        self.con.register("_lines", known)
        for table, where in ((self.target, "true"), ("raw_rejects", "dataset = $dataset")):
            self.con.execute(
                f"update {table} set _row = _lines.line from _lines "
                f"where _row = _lines.number and _file = $place and {where}",
                {"place": place} | ({"dataset": self.spec.dataset} if "$dataset" in where else {}),
            )
        self.con.unregister("_lines")


def _part(opened: Opened, match: Match, place: str, kind: str) -> Part:
    """What the columns of a part were understood as."""
    known = {name: c.position for name, c in match.columns.items() if c.position is not None}
    columns = {name: match.header[position] for name, position in known.items()}
    for name, chosen in match.columns.items():
        if chosen.times is not None:
            columns[name] += f" × {match.header[chosen.times]}"
        if chosen.less is not None:
            columns[name] += f" − {match.header[chosen.less]}"
    return Part(
        place,
        kind,
        encoding=opened.encoding,
        how=opened.how[0],
        how_zh=opened.how[1],
        delimiter=opened.delimiter,
        sheet=opened.sheet,
        header_row=opened.header_row,
        columns=columns,
        ignored=match.ignored(),
    )


def _cells(match: Match) -> Cells:
    chosen = ((name, column.position) for name, column in match.columns.items())
    ids = frozenset(position for name, position in chosen if position is not None and is_id(name))
    return Cells(match.positions(), ids)


def _numbered(batch: Any, before: int) -> Any:
    """The batch with `_row`, counted on from `before` where its lines have no numbers of their own."""
    if "_row" in batch.column_names:
        return batch
    import numpy as np
    import pyarrow as pa

    return batch.append_column("_row", pa.array(np.arange(before + 1, before + batch.num_rows + 1, dtype=np.int64)))
