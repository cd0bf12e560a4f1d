"""Completion of values in a shell: the project's calendars, phases, plays, channels and runs.

It is asked at each press of a key, so files are read as they are and nothing heavy is imported; a damaged one as far
as it goes. What cannot be read at all completes nothing: a shell has no place for a message.
"""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

_RUNS = 200
"""The newest runs that are offered."""
_NEWEST = "select run_id from runs order by as_of desc, run_id"


def complete_values(commands: Iterable[Any]) -> None:
    """Give the parameters of these commands what completes them, by their names."""
    for command in commands:
        for parameter in command.params:
            if (values := _VALUES.get(parameter.name)) is not None:
                parameter._custom_shell_complete = _completing(values)  # noqa: SLF001 - where Typer puts it


def _completing(values: Callable[[Mapping[str, Any], Path], Iterable[str]]) -> Any:
    def complete(context: Any, parameter: Any, incomplete: str) -> list[str]:  # noqa: ARG001 - as Typer calls it
        project = Path(context.params.get("project") or ".")
        with suppress(Exception):
            return [name for name in values(context.params, project) if name.startswith(incomplete)]
        return []

    return complete


def project_calendars(project: Path) -> list[str]:
    """Ids of the calendars of a project, by the names of their files; none outside a project."""
    folder = _folder(project, "calendars")
    return sorted(path.stem for path in folder.glob("*.yaml")) if folder is not None else []


def _folder(project: Path, key: str) -> Path | None:
    settings = _settings(project)
    return None if settings is None else project / settings.get("project", {}).get(key, key)


def _settings(project: Path) -> Mapping[str, Any] | None:
    file = project / "promocal.toml"
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else None


def _calendars(_given: Mapping[str, Any], project: Path) -> Iterable[str]:
    return project_calendars(project)


def _written(given: Mapping[str, Any], project: Path) -> Iterable[Mapping[str, Any]]:
    """The calendar that the line names, else all of the project, as they are written."""
    named = given.get("calendar") or given.get("calendars") or ()
    names = [named] if isinstance(named, str) else list(named)
    folder = _folder(project, "calendars") or project
    paths = [Path(name) if name.endswith(".yaml") else folder / f"{name}.yaml" for name in names]
    for path in paths or sorted(folder.glob("*.yaml")):
        yield _data(path)


def _data(path: Path) -> Mapping[str, Any]:
    """What stands in a file, in spite of a line that is damaged or half typed; nothing where it is no text."""
    from campaign_calendars.reading.tolerant import read_tolerantly

    try:
        return read_tolerantly(path.read_text("utf-8-sig")).source.data or {}
    except (OSError, UnicodeDecodeError):
        return {}


def _items(written: Any, section: str) -> Iterable[Mapping[str, Any]]:
    """The things of a list that have an id."""
    listed = written.get(section) if isinstance(written, dict) else None
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            yield item


def _phases(given: Mapping[str, Any], project: Path) -> Iterable[str]:
    return dict.fromkeys(phase["id"] for one in _written(given, project) for phase in _items(one, "phases"))


def _plays(given: Mapping[str, Any], project: Path) -> Iterable[str]:
    wanted = given.get("phase")
    phases = [phase for one in _written(given, project) for phase in _items(one, "phases")]
    return dict.fromkeys(
        play["id"] for phase in phases if wanted in (None, phase["id"]) for play in _items(phase, "plays")
    )


def _channels(_given: Mapping[str, Any], project: Path) -> Iterable[str]:
    folder = _folder(project, "stores")
    found: dict[str, None] = {}
    for path in sorted(folder.glob("*.yaml")) if folder is not None else ():
        channels = _data(path).get("channels")
        found.update(dict.fromkeys(channels if isinstance(channels, dict) else ()))
    return found


def _runs(given: Mapping[str, Any], project: Path) -> Iterable[str]:
    """The newest runs first; of the calendar that the line names."""
    if _settings(project) is None:
        return []
    from tasks.settings import load_settings

    url = load_settings(project).ledger_url()
    named = given.get("calendar")
    found = _of_sqlite(Path(url.removeprefix("sqlite:///"))) if url.startswith("sqlite:///") else _of_server(url)
    return [run for run in found if not isinstance(named, str) or run.startswith(f"{Path(named).stem}.")]


def _of_sqlite(file: Path) -> list[str]:
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=0.2)) as con:
        return [run for (run,) in con.execute(f"{_NEWEST} limit {_RUNS}")]


def _of_server(url: str) -> list[str]:
    from warehouse.ledger.engine import open_engine, reading

    engine = open_engine(url)
    try:
        with reading(engine) as con:
            return [run for (run,) in con.exec_driver_sql(f"{_NEWEST} limit {_RUNS}")]
    finally:
        engine.dispose()


_VALUES: Mapping[str, Callable[[Mapping[str, Any], Path], Iterable[str]]] = {
    "calendar": _calendars,
    "calendars": _calendars,
    "replay": _calendars,
    "phase": _phases,
    "play": _plays,
    "channel": _channels,
    "run": _runs,
    "run_id": _runs,
}
"""Name of a parameter → its values."""
