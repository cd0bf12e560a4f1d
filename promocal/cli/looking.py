"""A cheap look before anything heavy is imported: is there a project, does it know the calendar, are there data?

What is found missing is said in the words of those who would find it later; what cannot be told here is left to them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from campaign_calendars.findings.unknown import no_project

_SETTINGS = "promocal.toml"


def look_first(project: Path, calendar: str, *, data: bool = True) -> None:
    """Raise what a command would end with without a project, the calendar or, where it needs `data`, a snapshot."""
    file = project / _SETTINGS
    if not file.is_file():
        raise no_project(file.resolve())
    told = _told(file)
    if told is None:
        return
    folder = project / str(told.get("calendars", "calendars"))
    if calendar.endswith((".yaml", ".yml")) or "/" in calendar:
        return
    if not (folder / f"{calendar}.yaml").is_file():
        _no_calendar(calendar, folder)
        return
    if not data:
        return
    shelf = project / str(told.get("state", "var")) / "warehouse"
    if not (shelf / "current.json").is_file():
        from warehouse.shelf.shelf import current_snapshot

        current_snapshot(shelf)  # says that there is none, and what to do


def _told(file: Path) -> Mapping[str, Any] | None:
    """Where the project keeps things; None where the settings cannot be read, which reading them in full explains."""
    try:
        told = tomllib.loads(file.read_text("utf-8")).get("project", {})
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _no_calendar(name: str, folder: Path) -> None:
    """A name that is neither of the project nor shipped; shipped ones are told apart by who loads them."""
    from campaign_calendars.findings.unknown import no_such
    from tasks.calendars.lookup import shipped_calendars

    if name not in shipped_calendars():
        raise no_such("calendar", name, sorted(one.stem for one in folder.glob("*.yaml")))
