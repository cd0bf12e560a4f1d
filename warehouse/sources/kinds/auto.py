"""`kind = "auto"`: files, each read by the kind its name ends like."""

from __future__ import annotations

from pydantic import Field

from warehouse.sources.kinds.csv import CsvKeys
from warehouse.sources.port import FileKind, FileRequest, Opened
from warehouse.sources.registry import AUTO


class AutoKeys(CsvKeys):
    """What any of our kinds of files reads; a file takes of it what its kind has."""

    sheet: str = Field(default="", description="Name or number of the sheet; empty: the one that fits.")


def _open(request: FileRequest[AutoKeys]) -> Opened:
    raise AssertionError(f"{request.file.place} has a kind of its own")


KIND = FileKind(AUTO, (), AutoKeys, _open)
