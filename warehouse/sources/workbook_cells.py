"""The cells of a workbook before it is read: how far they reach, and which of them hold no value.

Its reader makes room for every cell up to the last one, and takes errors and formulas that nobody computed for empty
cells. A file made to do harm would take all memory and end the process: nothing of that kind gets past here.
"""

from __future__ import annotations

import io
import lzma
import struct
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from campaign_calendars.sheets.table import NoValue

MOST_UNPACKED = 64 << 20
"""Bytes of all parts together, unpacked; twenty thousand rows of twenty columns are a quarter of it."""
_CHUNK = 1 << 20
_SHEET = b"sheetData"
"""The element that cells are in; a part without it has none, whatever it is called."""
_REFERENCE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TORN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    expat.ExpatError,
    ET.ParseError,
    EOFError,
    KeyError,
    NotImplementedError,  # packed in another way
    OSError,
    RuntimeError,  # a part is encrypted
    ValueError,
)


class TornError(Exception):
    """It is no workbook, half written, or made to do harm."""


@dataclass
class Cells:
    """One sheet: the last row and column with anything in it, and the cells without a value by (row, column)."""

    last_row: int = 0
    last_column: int = 0
    empty: dict[tuple[int, int], NoValue] = field(default_factory=dict)


def cells_of(data: bytes) -> tuple[Mapping[str, Cells], Cells]:
    """The cells of each sheet by its name, and how far all of them reach. Raises TornError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise TornError
            found: dict[str, Cells] = {}
            for part in parts:
                # Each is read to its end: one that unpacks to more than it says fails its check sum here.
                text = _whole(archive, part)
                if b"<!DOCTYPE" in text:
                    raise TornError
                if _SHEET in text:
                    found[part.filename] = _Reader().read(text)
            names = _names(archive)
    except _TORN as error:
        raise TornError from error
    reach = Cells(
        max((one.last_row for one in found.values()), default=0),
        max((one.last_column for one in found.values()), default=0),
    )
    return {name: found[part] for name, part in names.items() if part in found}, reach


def _whole(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with archive.open(part) as file:
        return b"".join(iter(lambda: file.read(_CHUNK), b""))


def _names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of a sheet → the part of the file it is in."""
    book, links = (archive.read(name) for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in ET.fromstring(links)}  # noqa: S314 - no DOCTYPE in it
    sheets = [one for one in ET.fromstring(book).iter() if one.tag.endswith("}sheet")]  # noqa: S314 - the same
    return {one.get("name", ""): _full(targets.get(one.get(_REFERENCE), "")) for one in sheets}


def _full(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


class _Reader:
    """Goes through the XML of a sheet once, whatever is in it."""

    def __init__(self) -> None:
        self._made = Cells()
        self._at = (0, 0)
        self._kind = ""
        self._formula = False
        self._value: list[str] | None = None
        self._text = ""
        self._has_text = False

    def read(self, text: bytes) -> Cells:
        parser: Any = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._open, self._close
        parser.CharacterDataHandler = self._character
        parser.Parse(text, True)
        return self._made

    def _open(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            row = attributes.get("r", "")
            self._at = (int(row) if row else self._at[0] + 1, 0)
        elif name == "c":
            self._at = _place(attributes.get("r", "")) or (self._at[0], self._at[1] + 1)
            self._kind, self._formula, self._text, self._has_text = attributes.get("t", ""), False, "", False
        elif name == "f":
            self._formula = True
        elif name == "v":
            self._value = []
        elif name == "is":
            self._has_text = True

    def _character(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)

    def _close(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "v" and self._value is not None:
            self._text, self._value = "".join(self._value), None
        elif name == "c" and (self._formula or self._text or self._has_text or self._kind == "e"):
            self._made.last_row = max(self._made.last_row, self._at[0])
            self._made.last_column = max(self._made.last_column, self._at[1])
            if (mark := self._mark()) is not None:
                self._made.empty[self._at] = mark

    def _mark(self) -> NoValue | None:
        if self._kind == "e":
            return NoValue(self._text or "#N/A")
        # A formula that gives an empty text has `t="str"` and an empty value: it says nothing, and was computed.
        computed = self._text or self._has_text or self._kind == "str"
        return NoValue() if self._formula and not computed else None


def _place(reference: str) -> tuple[int, int] | None:
    """(row, column) of `B7`; None without one. ValueError: it is none."""
    if not reference:
        return None
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(reference)
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference[len(letters) :]), column
