"""Which file the name of a calendar means: the project's own, then one that comes with promocal."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import suggestion
from campaign_calendars.findings.said import Said

LIBRARY = files("campaign_calendars") / "library"
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class NamedCalendar:
    """The file of a calendar; `shipped` when it is none of a project's, `by_id` when it was not named as a path."""

    path: Path
    shipped: bool
    by_id: bool

    def said(self) -> Said:
        """Which file it is, for whoever named it by its id."""
        if self.shipped:
            name = self.path.stem
            return f"{name}: the calendar that comes with promocal", f"{name}：promocal 自带的日历"
        return f"{self.path.stem}: {self.path}", f"{self.path.stem}：{self.path}"


def shipped_calendars() -> list[str]:
    """Ids of the calendars that come with promocal."""
    return sorted(entry.name.removesuffix(".yaml") for entry in LIBRARY.iterdir() if entry.name.endswith(".yaml"))


def is_path(name: str) -> bool:
    """Whether the name of a calendar is that of a file: it ends like one or names a directory."""
    return Path(name).suffix in _SUFFIXES or Path(name).name != name


def own_calendar(name: str, root: Path, calendars: str) -> Path:
    """The file of a name in a project, whether it is there or not: a path as it is, an id in its `calendars`."""
    return Path(name) if is_path(name) else root / calendars / f"{name}.yaml"


def find_calendar(name: str, projects: Iterable[Path] = (Path(),)) -> NamedCalendar:
    """A path means that file. An id means the first project's own calendar of it, then the shipped one.

    Raises UsageError for an id that nobody has; a path is not looked at.
    """
    if is_path(name):
        return NamedCalendar(Path(name), shipped=False, by_id=False)
    own: list[str] = []
    for root in projects:
        folder = root / _calendars_of(root)
        path = folder / f"{name}.yaml"
        if path.is_file():
            return NamedCalendar(path, shipped=False, by_id=True)
        own += [file.stem for file in folder.glob("*.yaml")]
    shipped = LIBRARY / f"{name}.yaml"
    if shipped.is_file():
        return NamedCalendar(Path(str(shipped)), shipped=True, by_id=True)
    if Path(name).is_file():
        return NamedCalendar(Path(name), shipped=False, by_id=False)
    raise _unknown(name, sorted(own))


def _unknown(name: str, own: list[str]) -> UsageError:
    known = [*own, *shipped_calendars()]
    meant, meant_zh = suggestion(name, known)
    return UsageError(
        (f"there is no calendar {name!r}, neither of the project nor shipped", f"项目与自带日历中都没有 {name!r}"),
        (f"{meant} Or give the path of a calendar file.", f"{meant_zh} 也可给出日历文件的路径。"),
    )


def _calendars_of(root: Path) -> str:
    """Where a project keeps its calendars, by its settings; unreadable ones are reported where they are used."""
    try:
        settings = tomllib.loads((root / "promocal.toml").read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return "calendars"
    project = settings.get("project")
    folder = project.get("calendars") if isinstance(project, dict) else None
    return folder if isinstance(folder, str) else "calendars"
