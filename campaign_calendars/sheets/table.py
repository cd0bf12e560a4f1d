"""A workbook or CSV file as it was read: sheets, rows, cells. Rows and columns count from 1."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from campaign_calendars.findings.said import Said


@dataclass(frozen=True, slots=True)
class NoValue:
    """A cell that holds no value: an error such as `#N/A`, or a formula (empty `shown`) that nobody computed."""

    shown: str = ""


Cell = str | float | int | bool | date | datetime | time | timedelta | NoValue | None
Span = tuple[int, int, int, int]
"""First row, first column, last row, last column of cells that are merged."""


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet; a CSV file has one without a name. `rows` are those with anything in them, cells from column A."""

    name: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    merged: tuple[Span, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """A file that was read; two of the same `digest` hold the same."""

    file: str
    digest: str
    tables: tuple[Table, ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read, and what to do."""

    file: str
    said: Said
    remedy: Said


Read = Book | Unread
