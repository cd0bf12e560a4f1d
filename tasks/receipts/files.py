"""Reports and replies in a file: a list (CSV, workbook, Parquet), JSON, or an object a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign_calendars.findings.errors import ProblemsFoundError, SourceError, UsageError
from tasks.channels.answers import decoded, read_json
from tasks.receipts.reading import FIELDS
from tasks.receipts.taking import Taken, check_channel, desk_of

if TYPE_CHECKING:
    from tasks.runtime import Runtime

LISTS = ("items", "reports", "receipts", "results", "replies", "events", "data", "list", "report", "message")
"""Under one of these an object has the list of its reports."""
_JSON = frozenset({".json", ".jsonl", ".ndjson"})


def import_receipts(
    rt: Runtime, file: Path, *, channel: str = "", encoding: str = "auto", sheet: str = "", by: str = "promocal"
) -> Taken:
    """Take a file of reports and replies. Raises UsageError for a channel nobody has, SourceError for a file that
    cannot be read; a line that says nothing is counted and never keeps the others."""
    desk = desk_of(rt)
    if (said := check_channel(desk, channel)) is not None:
        known = ", ".join(sorted(desk.channels))
        raise UsageError(said, (f"Channels: {known}.", f"渠道：{known}。"))
    items = _of_json(file) if file.suffix.casefold() in _JSON else _of_list(file, encoding, sheet)
    return desk.take(items, source=file.name, channel=channel, by=by, at=rt.clock())


def items_of(document: Any) -> Iterable[Any]:
    """The reports of a JSON document: a list, an object with a list in it, or one report by itself."""
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        return next((document[name] for name in LISTS if isinstance(document.get(name), list)), [document])
    return [document]


def _of_json(file: Path) -> Iterable[Any]:
    try:
        text = decoded(file.read_bytes())
    except OSError as error:
        raise _unreadable(file, type(error).__name__) from None
    try:
        return items_of(read_json(text))
    except ValueError:
        return _of_lines(text)


def _of_lines(text: str) -> Iterator[Any]:
    for line in text.splitlines():
        if line.strip():
            try:
                yield from items_of(read_json(line))
            except ValueError:
                yield None  # it is counted as what is no object


def _of_list(file: Path, encoding: str, sheet: str) -> Iterator[dict[str, str]]:
    from warehouse.sources.lists import open_list

    try:
        listing = open_list(file, str(file), chain(*FIELDS.values()), encoding=encoding, sheet=sheet)
    except ProblemsFoundError:
        raise _unreadable(file, "no header") from None
    for line in listing.lines:
        yield dict(zip(listing.header, line.cells, strict=False))


def _unreadable(file: Path, why: str) -> SourceError:
    return SourceError(
        (f"{file} cannot be read ({why})", f"{file} 无法读取（{why}）"),
        (
            "Give a CSV file, workbook or JSON with key or receipt, state and time.",
            "请给出 CSV、表格或 JSON，含 key 或 receipt、state 与时间。",
        ),
    )
