"""A cheap look before anything heavy is imported: is there a project, does it know the calendar, are there data?

What is found missing is said in the words of those who would find it later; what cannot be told here is left to them.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from campaign_calendars.findings.errors import SourceError
from campaign_calendars.findings.unknown import no_project

_SETTINGS = "promocal.toml"
_OF_DATA = frozenset({"audiences", "audience show", "message preview", "report", "points", "sql", "member identities"})
"""Commands that do nothing without a snapshot, whatever else is there."""
_OF_A_RUN = frozenset({"approve", "settle", "why"})
"""Commands that are about a run, where they name one."""


def look(command: str, project: Path, given: Mapping[str, Any]) -> None:
    """Raise what a command would end with after it had loaded all that it works with; `given` are its parameters."""
    if given.get("replay") or given.get("tables"):
        return
    if command in _OF_DATA:
        calendar = given.get("calendar")
        if isinstance(calendar, str):
            look_first(project, calendar)
        else:
            look_for_data(project)
    elif command in _OF_A_RUN:
        names = given.get("names")
        named = names[0] if names is not None and len(names) == 2 else given.get("run_id")  # noqa: PLR2004 - [RUN] MEMBER
        if named:
            _look_for_run(project, named)
        elif command == "why":
            _look_for_a_past(project)


def look_first(project: Path, calendar: str, *, data: bool = True) -> None:
    """Raise what a command would end with without a project, the calendar or, where it needs `data`, a snapshot."""
    told = _told(project)
    if told is None:
        return
    folder = project / str(told.get("calendars", "calendars"))
    if calendar.endswith((".yaml", ".yml")) or "/" in calendar:
        return
    if not (folder / f"{calendar}.yaml").is_file():
        _no_calendar(calendar, folder)
        return
    if data:
        look_for_data(project)


def look_for_data(project: Path) -> None:
    """Raise what a command would end with without a project or a snapshot."""
    told = _told(project)
    if told is not None and not _has_snapshot(project, told):
        from warehouse.shelf.shelf import current_snapshot

        current_snapshot(_shelf(project, told))  # says that there is none, and what to do


def is_empty(project: Path) -> bool:
    """Whether a project that can be read has no snapshot yet."""
    told = _told(project)
    return told is not None and not _has_snapshot(project, told)


def knows_no_other(project: Path) -> bool:
    """Whether nothing ever ran here, so that no calendar is known but those whose files are there."""
    return _runs(project) == ()


def look_for_sources(project: Path) -> None:
    """Raise SourceError where not one file of a project's sources is there: nothing was put into it yet."""
    file = project / _SETTINGS
    if _told(project) is None:
        return
    sources = tomllib.loads(file.read_text("utf-8")).get("sources", {})
    given = [one.get("path") for one in sources.values() if isinstance(one, dict)]
    paths = [path for path in given if isinstance(path, str) and _is_plain(path)]
    if not paths or len(paths) < len(given):
        return
    if not any(any(project.glob(path)) for path in paths):
        wanted = ", ".join(sorted(paths))
        raise SourceError(
            (f"there are no data yet: no file matches {wanted}", f"还没有数据：没有与 {wanted} 匹配的文件"),
            (
                "put the files there, or make up a shop to try with: promocal sample",
                "请放入这些文件，或先生成一家店试用：promocal sample",
            ),
        )


def _look_for_run(project: Path, run_id: str) -> None:
    known = _runs(project)
    if known is None or run_id in known:
        return
    from campaign_calendars.findings.unknown import no_such

    otherwise = (
        ("see promocal status", "见 promocal status")
        if known
        else ("nothing has run yet: see promocal status", "还没有任何运行：见 promocal status")
    )
    raise no_such("run", run_id, known, otherwise)


def _look_for_a_past(project: Path) -> None:
    """Nothing is known of any member before there are data, unless something ran on data that are gone."""
    if not _runs(project):
        look_for_data(project)


def _runs(project: Path) -> tuple[str, ...] | None:
    """Ids of the runs; None where only the ledger itself can tell."""
    told = _told(project)
    if told is None or os.environ.get("PROMOCAL_LEDGER_URL"):
        return None
    ledger = tomllib.loads((project / _SETTINGS).read_text("utf-8")).get("ledger", {})
    if not isinstance(ledger, dict) or ledger.get("url") or ledger.get("url_env"):
        return None
    file = project / str(told.get("state", "var")) / "ledger.db"
    if not file.exists():
        return ()
    from warehouse.ledger.peeking import run_ids

    return run_ids(file)


def _told(project: Path) -> Mapping[str, Any] | None:
    """Where the project keeps things; None where the settings cannot be read, which reading them in full explains."""
    file = project / _SETTINGS
    if not file.is_file():
        raise no_project(file.resolve())
    try:
        told = tomllib.loads(file.read_text("utf-8")).get("project", {})
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _shelf(project: Path, told: Mapping[str, Any]) -> Path:
    return project / str(told.get("state", "var")) / "warehouse"


def _has_snapshot(project: Path, told: Mapping[str, Any]) -> bool:
    return (_shelf(project, told) / "current.json").is_file()


def _is_plain(path: str) -> bool:
    """A path below the project, without an address, a way out of it or an end at the root."""
    return "://" not in path and not Path(path).is_absolute() and ".." not in path and bool(path)


def _no_calendar(name: str, folder: Path) -> None:
    """A name that is neither of the project nor shipped; shipped ones are told apart by who loads them."""
    from campaign_calendars.findings.unknown import no_such
    from tasks.calendars.lookup import shipped_calendars

    if name not in shipped_calendars():
        raise no_such("calendar", name, sorted(one.stem for one in folder.glob("*.yaml")))
