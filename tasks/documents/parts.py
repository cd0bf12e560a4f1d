"""The parts of a document: sections of texts, tables and pictures, in one language. The same parts, the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["plain", "strong", "warning", "small"]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in cents; written with two places, a number in a workbook."""

    cents: int


Value = str | int | Money | None
"""A cell: counts and money are written in a manner that a spreadsheet reads as numbers; None is nothing to say."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text; what is small explains the part above it."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below heads; `name` is what a workbook calls its sheet, `title` stands above it elsewhere."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Value]]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG of our own making, and what it shows in words."""

    svg: str
    text: str


Part = Paragraph | Table | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its parts."""

    title: str
    parts: Sequence[Part] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Document:
    """A document in one language; `foot` stands on every page and sheet."""

    title: str
    lang: str
    foot: str
    sections: Sequence[Section]


def in_figures(value: Value) -> str:
    """A cell as people read it."""
    if value is None:
        return "–"
    if isinstance(value, Money):
        return f"{value.cents / 100:,.2f}"
    return f"{value:,}" if isinstance(value, int) else value
