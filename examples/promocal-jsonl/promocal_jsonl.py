"""JSON Lines files as a source: one object a line, objects inside objects as `buyer.id`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import Field

from promocal.sources import Cells, FileKeys, FileKind, FileRequest, Opened, SourceError, text_batches


class LineKeys(FileKeys):
    """`kind = "jsonl"`."""

    separator: str = Field(default=".", min_length=1, description="Between the names of objects inside objects.")


def open_lines(request: FileRequest[LineKeys]) -> Opened:
    path, separator = request.file.path, request.keys.separator
    header: dict[str, int] = {}
    broken: list[tuple[int, str]] = []
    for number, line in _lines(path):
        found = _flat(line, separator)
        if found is None:
            broken.append((number, line))
        else:
            # A name may come up in the last line only, so all of them are looked at first.
            header.update((name, len(header)) for name in found if name not in header)
    if not header:
        raise SourceError(f"{request.file.place} holds no line that is a JSON object", "export it again")

    def rows() -> Iterator[list[Any]]:
        for _, line in _lines(path):
            found = _flat(line, separator)
            if found is not None:
                yield [found.get(name) for name in header]

    def batches(cells: Cells) -> Iterator[Any]:
        skipped = {number for number, _ in broken}
        numbers = (number for number, _ in _lines(path) if number not in skipped)
        return text_batches(rows(), cells, numbers)

    return Opened(list(header), batches, broken=broken, encoding="utf-8", how=("always", "固定"))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8", errors="replace") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield number, line.rstrip("\n")


def _flat(line: str, separator: str) -> dict[str, Any] | None:
    """An object as one level of names; None when the line is no object."""
    try:
        found = json.loads(line, parse_float=Decimal)
    except ValueError:
        return None
    return dict(_named(found, "", separator)) if isinstance(found, dict) else None


def _named(found: Mapping[str, Any], before: str, separator: str) -> Iterator[tuple[str, Any]]:
    for name, value in found.items():
        if isinstance(value, dict):
            yield from _named(value, f"{before}{name}{separator}", separator)
        else:
            yield f"{before}{name}", value


KIND = FileKind("jsonl", (".jsonl", ".ndjson"), LineKeys, open_lines)
