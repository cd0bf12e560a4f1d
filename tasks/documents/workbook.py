"""A document as a workbook: a first sheet with everything that is said, and a sheet for each table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from tasks.documents.parts import Document, Money, Paragraph, Picture, Table, Value
from tasks.sheets import Cell, Sheet, write_workbook


def write_as_workbook(document: Document, path: Path) -> None:
    """Sheets in the order of the document; pictures are told in words. Amounts are numbers with two places."""
    told: list[tuple[Cell, ...]] = []
    tables: list[Table] = []
    for section in document.sections:
        texts = [part for part in section.parts if not isinstance(part, Table)]
        found = [part for part in section.parts if isinstance(part, Table)]
        told += [(section.title, part.text if isinstance(part, Paragraph | Picture) else "") for part in texts]
        told += [(section.title, f"→ {table.name}") for table in found]
        tables += found
    head = ("部分", "内容") if document.lang == "zh" else ("part", "what it says")
    first = Sheet(document.title, head, told, foot=document.foot)
    sheets = [Sheet(one.name, one.head, [_cells(row) for row in one.rows], foot=document.foot) for one in tables]
    write_workbook(path, [first, *sheets])


def _cells(row: Sequence[Value]) -> tuple[Cell, ...]:
    return tuple(Decimal(value.cents) / 100 if isinstance(value, Money) else value for value in row)
