"""The parts of a document: sections of texts, tables and pictures, in one language. The same parts, the same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

_CHANGE = re.compile(r"[+-][\d,]+(?:\.\d+)?%?(?: \w+)?")
"""A difference as a text: +3.1%, -0.20 points."""
Tone = Literal["plain", "strong", "warning", "small"]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in cents; written with two places, a number in a workbook."""

    cents: int


@dataclass(frozen=True, slots=True)
class Share:
    """A share of one; written in percent."""

    value: float


@dataclass(frozen=True, slots=True)
class Points:
    """A difference of shares; written in percentage points with its sign, the head says so."""

    value: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number of so many times or days; written with four places."""

    value: float


Value = str | int | Money | Share | Points | Ratio | None
"""A cell: counts, money and shares are written in a manner that a spreadsheet reads as numbers; None is nothing to
say."""


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
    folded: bool = False
    """On a page it is opened by whoever wants it; print has it all the same."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG of our own making, and what it shows in words."""

    svg: str
    text: str
    narrow: str = ""
    """The same for a phone; without one the broad picture is scaled."""


@dataclass(frozen=True, slots=True)
class Card:
    """A figure that is read before all others, with what it is and a note below."""

    name: str
    figure: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """Some of them in a row; `name` is what a workbook calls their sheet."""

    name: str
    cards: Sequence[Card]


@dataclass(frozen=True, slots=True)
class Code:
    """A text for machines, folded on a page, such as the SQL of a figure."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page; `address` is one of ours, never a text from outside."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Links:
    """Some of them in a row."""

    links: Sequence[Link]


Part = Paragraph | Table | Picture | Cards | Code | Links


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
    about: str = ""
    """What stands below the title: whose, as of when, in which time zone."""
    again: int | None = None
    """Seconds after which a page loads itself anew, while it is rewritten; None: never."""


def figure_columns(table: Table) -> list[bool]:
    """Which columns hold figures only, or changes of them: they stand at the right, and no line ends within one."""
    return [_holds_figures([row[n] for row in table.rows]) for n in range(len(table.head))]


def _holds_figures(column: Sequence[Value]) -> bool:
    texts = [value for value in column if isinstance(value, str)]
    return not texts or (any(texts) and all(not text or _CHANGE.fullmatch(text) for text in texts))


def in_figures(value: Value) -> str:
    """A cell as people read it."""
    if value is None:
        return "–"
    if isinstance(value, Money):
        return f"{value.cents / 100:,.2f}"
    if isinstance(value, Share):
        return f"{value.value:.2%}"
    if isinstance(value, Points):
        return f"{value.value * 100:+.2f}"
    if isinstance(value, Ratio):
        return f"{value.value:.4f}"
    return f"{value:,}" if isinstance(value, int) else value
