"""A document as a workbook: a first sheet with everything that is said, and a sheet for each table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from tasks.documents.parts import (
    Cards,
    Code,
    Document,
    Links,
    Money,
    Paragraph,
    Part,
    Picture,
    Points,
    Ratio,
    Share,
    Table,
    Value,
)
from tasks.sheets import Cell, Percent, Sheet, write_workbook


def write_as_workbook(document: Document, path: Path) -> None:
    """Sheets in the order of the document; pictures are told in words. Amounts are numbers with two places."""
    told: list[tuple[Cell, ...]] = [(document.title, document.about)] if document.about else []
    tables: list[Table] = []
    for section in document.sections:
        texts = [text for part in section.parts for text in _told(part)]
        found = [part for part in section.parts if isinstance(part, Table)]
        told += [(section.title, text) for text in texts]
        told += [(section.title, f"→ {table.name}") for table in found]
        tables += found
    head = ("部分", "内容") if document.lang == "zh" else ("part", "what it says")
    first = Sheet(document.title, head, told, foot=document.foot)
    sheets = [
        Sheet(name, one.head, [_cells(row) for row in one.rows], foot=document.foot)
        for name, one in zip(_names(tables), tables, strict=True)
    ]
    write_workbook(path, [first, *sheets])


def _told(part: Part) -> Iterator[str]:
    if isinstance(part, Paragraph | Picture):
        yield part.text
    elif isinstance(part, Cards):
        yield from (f"{card.name}: {card.figure}" + (f" ({card.note})" if card.note else "") for card in part.cards)
    elif isinstance(part, Links):
        yield from (f"{link.text}: {link.address}" for link in part.links)
    elif isinstance(part, Code):
        yield f"{part.name}\n{part.text}"


def _names(tables: Sequence[Table]) -> list[str]:
    """Two sheets of one name cannot be: the later gets a number."""
    seen = Counter[str]()
    names = []
    for table in tables:
        seen[table.name] += 1
        names.append(table.name if seen[table.name] == 1 else f"{table.name} {seen[table.name]}")
    return names


def _cells(row: Sequence[Value]) -> tuple[Cell, ...]:
    return tuple(map(_cell, row))


def _cell(value: Value) -> Cell:
    if isinstance(value, Money):
        return Decimal(value.cents) / 100
    if isinstance(value, Share):
        return Percent(value.value)
    if isinstance(value, Ratio):
        return round(value.value, 4)
    return round(value.value * 100, 4) if isinstance(value, Points) else value
