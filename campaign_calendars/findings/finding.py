"""Findings before they have a place: a path inside the calendar, and the map that locates it.

Domain code knows `phases → 3 → plays → 0 → audience`; only the reader of the YAML text knows that
this is line 87. A `Finding` carries the path, `Locations` turns it into a `Problem`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from campaign_calendars.findings.problem import NO_CELL, Location, Problem, Severity, SheetCell

Path = tuple[str | int, ...]
Place = tuple[int, int]
_LISTED = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong at `path`; `on` says whether the key or the value is meant.

    `offset` counts characters from the start of the value (an error inside an expression).
    """

    code: str
    path: Path
    message: str
    zh: str
    hint: str = ""
    hint_zh: str = ""
    severity: Severity = "error"
    on: Literal["key", "value"] = "value"
    offset: int = 0


class Scalar(NamedTuple):
    """A text value and where its node starts and ends in the source; lines and columns count from 0."""

    value: str
    line: int
    column: int
    end_line: int = -1
    end_column: int = -1


@dataclass(frozen=True)
class Locations:
    """Where every key and value of one YAML text stands; lines and columns count from 1."""

    file: str = ""
    keys: Mapping[Path, Place] = field(default_factory=dict)
    values: Mapping[Path, Place] = field(default_factory=dict)
    scalars: Mapping[Path, Scalar] = field(default_factory=dict)
    text: str = ""
    cells: Mapping[Path, SheetCell] = field(default_factory=dict)
    """Where what the text takes from a sheet stands in it, by its place in the document."""
    sheets: Mapping[Path, Path] = field(default_factory=dict)
    """Places of the document that come from a sheet, each with the place at which the sheet is named."""

    def at(self, path: Path, on: Literal["key", "value"] = "value", offset: int = 0) -> Location:
        """The place of `path`, or of its nearest ancestor that is written in the text.

        Of what comes from a sheet: where the sheet is named, with the cell.
        """
        if self.sheets and (named := self._named(path)) is not None:
            return Location(self.file, *self.values.get(named, (0, 0)), self.cell_at(path))
        if on == "key" and path in self.keys:
            return Location(self.file, *self.keys[path])
        known = path
        while known and known not in self.values:
            known = known[:-1]
        if offset and known in self.scalars:
            return Location(self.file, *self._inside(self.scalars[known], offset))
        if known != path and known in self.keys and known not in self.scalars:
            return Location(self.file, *self.keys[known])
        return Location(self.file, *self.values.get(known, (0, 0)))

    def cell_at(self, path: Path) -> SheetCell:
        """The cell of a value that comes from a sheet, or of what it is part of; `NO_CELL` when there is none."""
        lengths = range(len(path), 0, -1)
        return next((self.cells[path[:length]] for length in lengths if path[:length] in self.cells), NO_CELL)

    def _named(self, path: Path) -> Path | None:
        """Where the sheet is named that a place comes from; None for what is written in the text itself."""
        lengths = range(len(path), 0, -1)
        named = next((self.sheets[path[:length]] for length in lengths if path[:length] in self.sheets), None)
        return None if path in self.values and path not in self.sheets else named

    def _inside(self, scalar: Scalar, offset: int) -> Place:
        """The place of character `offset` of a scalar, which may be quoted, folded or a block.

        Every character that is not white space stands in the source in the same order, so the
        source is walked until it is met; escapes in double quotes are the one exception, and
        then the place is near, not exact.
        """
        lines = self.text.split("\n")
        line, column = scalar.line, scalar.column
        if lines[line][column : column + 1] in ("|", ">"):
            line, column = line + 1, 0
        elif lines[line][column : column + 1] in ("'", '"'):
            column += 1
        place = (line + 1, column + 1)
        for wanted in scalar.value[: offset + 1]:
            if wanted.isspace():
                continue
            while line < len(lines):
                found = lines[line].find(wanted, column)
                if found >= 0:
                    place, column = (line + 1, found + 1), found + 1
                    break
                line, column = line + 1, 0
        return place

    def problem(self, finding: Finding) -> Problem:
        """The finding as a located problem; one about a cell begins with it."""
        return _problem(finding, self.at(finding.path, finding.on, finding.offset))

    def in_cell(self, finding: Finding, cell: SheetCell) -> Problem:
        """The finding as a problem of a cell that is no part of the calendar, such as a heading."""
        return _problem(finding, replace(self.at(finding.path, finding.on), cell=cell))


def _problem(finding: Finding, location: Location) -> Problem:
    cell = str(location.cell) if location.cell else ""
    return Problem(
        code=finding.code,
        severity=finding.severity,
        message=f"{cell}: {finding.message}" if cell else finding.message,
        hint=finding.hint,
        location=location,
        zh=f"{cell}：{finding.zh}" if cell else finding.zh,
        hint_zh=finding.hint_zh,
    )


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known name closest to `name`, or None when nothing is as similar as `cutoff` (0 to 1)."""
    matches = difflib.get_close_matches(name, sorted(known), n=1, cutoff=cutoff)
    return matches[0] if matches else None


def suggestion(name: str, known: Iterable[str]) -> tuple[str, str]:
    """Remedy for an unknown name, in English and Chinese."""
    names = sorted(known)
    guess = nearest(name, names)
    if guess is not None:
        return f"Did you mean {guess!r}?", f"是否想写 {guess!r}？"
    if not names:
        return (
            "Nothing of this kind is defined yet: define it, or delete the name.",
            "目前还没有此类名称：请先定义，或删去。",
        )
    listed = ", ".join(names[:_LISTED]) + (" …" if len(names) > _LISTED else "")
    return f"Known names: {listed}.", f"可用的名称：{listed}。"
