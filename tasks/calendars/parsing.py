"""The text of a calendar as a model, with what it takes from the sheets of its project. Nothing is checked here."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from campaign_calendars.messages.paths import path_fault
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import Loaded, load_read
from campaign_calendars.reading.tolerant import Tolerant, read_tolerantly
from campaign_calendars.sheets.expanding import named_sheets
from tasks.calendars.sheets import Shelf, read_sheets


def parse_calendar(text: str, path: Path) -> Loaded[Calendar]:
    """A calendar's text as if it stood in `path`."""
    return parsed(text, str(path), None, sheets_of(text, path, None))


def sheets_of(text: str, path: Path, edited: int | None) -> Shelf:
    """The sheets that a calendar names, from the directory of its project; without a project, from beside it."""
    data = _tolerant(text, str(path), edited).source.data
    names = [one.file for one in named_sheets(data)] if data is not None else []
    return read_sheets(names, project_of(path) or path.parent) if names else ()


def sheet_files(text: str, path: Path) -> list[Path]:
    """Where the sheets lie that a calendar's text names, whether they are there or not. Never raises."""
    data = _tolerant(text, str(path), None).source.data
    root = project_of(path) or path.parent
    names = [one.file for one in named_sheets(data)] if data is not None else []
    return [root / name for name in dict.fromkeys(names) if path_fault(name) is None]


def project_of(calendar: Path) -> Path | None:
    """The directory of the project a calendar lies in."""
    around = (calendar.parent, calendar.parent.parent)
    return next((folder for folder in around if (folder / "promocal.toml").is_file()), None)


# A run reads its calendar at every step. Texts and sheets are read anew each time, what follows from them is pure and
# remembered.
@lru_cache(maxsize=4)
def _tolerant(text: str, file: str, edited: int | None) -> Tolerant:
    return read_tolerantly(text, file, edited)


@lru_cache(maxsize=4)
def parsed(text: str, file: str, edited: int | None, sheets: Shelf) -> Loaded[Calendar]:
    """The calendar of a text and its sheets; `edited` is the line (from 0) that somebody is typing."""
    return load_read(_tolerant(text, file, edited), text, dict(sheets))
