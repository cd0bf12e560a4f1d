"""Findings as values: what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

Severity = Literal["error", "warning", "info"]

_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True, order=True)
class SheetCell:
    """A cell of a spreadsheet; `row` and `column` count from 1, 0 means none. A CSV file has no `sheet`."""

    file: str = ""
    sheet: str = ""
    row: int = 0
    column: int = 0

    def __str__(self) -> str:
        """As people name it: `prices.xlsx!Sheet1!C7`."""
        where = f"{column_letters(self.column)}{self.row or ''}"
        return "!".join(part for part in (self.file, self.sheet, where) if part)

    def __bool__(self) -> bool:
        return bool(self.file)


def column_letters(number: int) -> str:
    """1 → A, 28 → AB, as a spreadsheet counts; 0 → nothing."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


NO_CELL = SheetCell()


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a source text; `line` and `column` count from 1, 0 means unknown.

    `cell` is where the value stands that the text takes from a sheet.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    cell: SheetCell = NO_CELL

    def __str__(self) -> str:
        if not self.line:
            return self.file or "-"
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class SaidProblem:
    """A finding in one language, as programs read it."""

    code: str
    """Stable, e.g. `C112`; `promocal explain` says what it means."""
    severity: Severity
    """Errors stop what was asked for, warnings and remarks do not."""
    message: str
    """What is wrong."""
    hint: str
    """What to do about it; may be empty."""
    file: str
    """Where: a file, or a section of settings such as `sources.orders`."""
    line: int
    """Counted from 1; 0 means unknown."""
    column: int
    """Counted from 1; 0 means unknown."""
    examples: tuple[str, ...]
    """Of rows of data, a few: where they stand and what is written there, masked where personal."""
    cell: str = ""
    """The cell of a sheet that is named on that line, e.g. `prices.xlsx!Sheet1!C7`; empty: it is about no cell."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.

    `code` is stable (`C112`; the letter names the family: C calendar, S source and data,
    D decision). `message` and `hint` are English; `zh` and `hint_zh` carry the Chinese.
    """

    code: str
    severity: Severity
    message: str
    hint: str = ""
    location: Location = field(default_factory=Location)
    zh: str = ""
    hint_zh: str = ""
    examples: tuple[str, ...] = ()
    """Rows of data it is about, in no language: `orders.csv:7 amount '19,99'`."""

    def text(self, lang: str = "en") -> str:
        return self.zh if lang == "zh" and self.zh else self.message

    def remedy(self, lang: str = "en") -> str:
        return self.hint_zh if lang == "zh" and self.hint_zh else self.hint

    def moved_to(self, file: str) -> Problem:
        """The same finding in a file of another name."""
        return replace(self, location=replace(self.location, file=file))

    def said(self, lang: str = "en") -> SaidProblem:
        """The finding in one language, the form it has in JSON."""
        at = self.location
        said, remedy = self.text(lang), self.remedy(lang)
        cell = str(at.cell) if at.cell else ""
        return SaidProblem(self.code, self.severity, said, remedy, at.file, at.line, at.column, self.examples, cell)


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """File order first, then severity, then code: the order a person mends them in."""
    return sorted(problems, key=lambda p: (p.location, _RANK[p.severity], p.code, p.message))


def has_errors(problems: Iterable[Problem]) -> bool:
    return any(p.severity == "error" for p in problems)
