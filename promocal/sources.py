"""Everything a plug-in needs to be a kind of source. Stable: what is here stays, or is announced in the changelog.

    from promocal.sources import FileKeys, FileKind, FileRequest, Opened, text_batches

    def open_lines(request: FileRequest[FileKeys]) -> Opened:
        header, rows = ...
        return Opened(header, lambda cells: text_batches(rows, cells))

    KIND = FileKind("lines", (".lines",), FileKeys, open_lines)

A `FileKind` reads files, a `TableKind` rows that something else keeps. Announce `KIND` under its name in the
entry-point group `promocal.sources`; `promocal.testing.SourceContract` says whether a refresh can rely on it.
"""

from __future__ import annotations

from campaign_calendars.findings.errors import ProblemsFoundError, SourceError, UsageError
from campaign_calendars.findings.problem import Location, Problem
from warehouse.sources.catalogue import DATASETS, SourceSpec
from warehouse.sources.port import (
    Cells,
    FileKeys,
    FileKind,
    FileRequest,
    Opened,
    SourceFile,
    SourceKeys,
    TableKind,
    TableRequest,
    as_text,
    text_batches,
    text_column,
)

__all__ = [
    "DATASETS",
    "Cells",
    "FileKeys",
    "FileKind",
    "FileRequest",
    "Location",
    "Opened",
    "Problem",
    "ProblemsFoundError",
    "SourceError",
    "SourceFile",
    "SourceKeys",
    "SourceSpec",
    "TableKind",
    "TableRequest",
    "UsageError",
    "as_text",
    "text_batches",
    "text_column",
]
