"""The sheets a calendar names, read from its project: nothing outside of it, and each file once."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.said import Said
from campaign_calendars.messages.paths import LEAVES, path_fault, printable
from campaign_calendars.sheets.table import Read, Unread

Shelf = tuple[tuple[str, Read], ...]
"""File as the calendar names it, and what is in it; by name, so that it can be a key."""


def read_sheets(files: Collection[str], root: Path) -> Shelf:
    """The named files of the project in `root`, each read or told why not. Never raises."""
    return tuple((name, _read(name, root)) for name in sorted(set(files)))


def _read(name: str, root: Path) -> Read:
    fault = path_fault(name)
    path = root / name
    fault = fault or _leads_out(path, root)
    if fault is not None:
        return Unread(
            name,
            (f"{printable(name)} {fault[0]}", f"{printable(name)} {fault[1]}"),
            ("Put the file into the project and name it from there.", "请把文件放进项目目录，并写相对路径。"),
        )
    try:
        stat = path.stat()
        return _kept(path, name, stat.st_mtime_ns, stat.st_size)
    except OSError:
        return _kept.__wrapped__(path, name, 0, 0)


def _leads_out(path: Path, root: Path) -> Said | None:
    try:
        inside = path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return "is a link that leads back to itself", "是指向自身的链接"
    return None if inside else LEAVES


# Every change in an editor reads the calendar again; a file that did not change is not read for it.
@lru_cache(maxsize=16)
def _kept(path: Path, name: str, _changed: int, _size: int) -> Read:
    from warehouse.sources.filled_books import read_book  # only who names a sheet waits for it

    try:
        return read_book(path, name)
    except PromocalError as error:
        hint, hint_zh = error.remedy_said
        return Unread(name, error.said, (f"{hint[:1].upper()}{hint[1:]}.", f"{hint_zh}。"))
