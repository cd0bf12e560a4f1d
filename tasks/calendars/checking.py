"""Read a calendar and its store from files, and check them: all problems at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from campaign_calendars.checks import check, load_store
from campaign_calendars.deciding.briefing import campaign_salt
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import Finding, Locations
from campaign_calendars.findings.problem import Problem, has_errors, sort_problems
from campaign_calendars.messages.paths import path_fault
from campaign_calendars.messages.templates import Messages, named_templates
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import Loaded, LoadedCalendar, bind, load_calendar
from tasks.calendars.codes import check_codes
from tasks.calendars.pictures import check_pictures
from tasks.plugins import plug_in_language

_LIBRARY = files("campaign_calendars") / "library"


def read_calendar(
    path: Path, *, stores: Path | None = None, with_messages: bool = False
) -> tuple[LoadedCalendar | None, list[Problem]]:
    """The calendar in `path` with its store and every finding; None when it cannot be used.

    The store `s` is looked for in `stores`, in `../stores` and beside the calendar, then in the
    shipped library. `with_messages` reads and checks the message templates as well, see `read_messages`.
    """
    plug_in_language()
    text = _read(path)
    read = _parsed(text, str(path))
    if read.model is None:
        return None, sort_problems(read.problems)
    found = _find_store(read.model.store, path, stores)
    if found is None:
        return None, sort_problems([*read.problems, _store_missing(read.model.store, read.locations)])
    loaded, problems = _bound(text, str(path), *found)
    if loaded is None:
        return None, list(problems)
    messages = read_messages(loaded.calendar, path) if with_messages else None
    problems = _judged(text, str(path), *found) if messages is None else _judged_with(loaded, path, problems, messages)
    return (None if has_errors(problems) else loaded), list(problems)


def read_messages(calendar: Calendar, path: Path) -> Messages | None:
    """The templates of the calendar in `path`, from the directory of its project.

    That is the nearest directory above it with a promocal.toml, else the one in which the most templates
    lie. None when there is no project and no template: a calendar by itself is not blamed for that.
    """
    from tasks.calendars.messages import OutsideProjectError, read_message

    names = named_templates(calendar)
    around = (path.parent, path.parent.parent)
    project = _project(path)
    root = project or max(
        reversed(around), key=lambda folder: sum((folder / n).is_file() for n in names if not path_fault(n))
    )
    texts: dict[str, str] = {}
    unread: dict[str, Literal["missing", "not_text", "outside"]] = {}
    for name in names:
        try:
            texts[name] = read_message(root, name)
        except OutsideProjectError:
            unread[name] = "outside"
        except (FileNotFoundError, NotADirectoryError):
            unread[name] = "missing"
        except (OSError, UnicodeDecodeError):
            unread[name] = "not_text"
    if project is None and not texts and "outside" not in unread.values():
        return None
    return Messages(texts, unread, "" if root == Path() else str(root), _beside(root, unread))


def _beside(root: Path, unread: Mapping[str, str]) -> tuple[str, ...]:
    """Texts that lie next to those that are missing: one of them may have been meant."""
    folders = {(root / name).parent for name, why in unread.items() if why == "missing"}
    files = (file for folder in folders if folder.is_dir() for file in folder.iterdir() if file.suffix == ".txt")
    return tuple(sorted(file.relative_to(root).as_posix() for file in files))


# A run reads its calendar at every step. The texts are read anew each time, what follows from them
# is pure and remembered.
@lru_cache(maxsize=8)
def _parsed(text: str, file: str) -> Loaded[Calendar]:
    return load_calendar(text, file)


@lru_cache(maxsize=8)
def _bound(text: str, file: str, store_text: str, store_file: str) -> tuple[LoadedCalendar | None, tuple[Problem, ...]]:
    """The calendar with its store, and what reading both of them found."""
    read = _parsed(text, file)
    store = load_store(store_text, store_file)
    problems = tuple(sort_problems([*read.problems, *store.problems]))
    return (bind(read, store.model) if store.model is not None else None), problems


@lru_cache(maxsize=8)
def _judged(text: str, file: str, store_text: str, store_file: str) -> tuple[Problem, ...]:
    loaded, problems = _bound(text, file, store_text, store_file)
    return tuple(problems if loaded is None else check(loaded, before=problems))


def _judged_with(
    loaded: LoadedCalendar, path: Path, problems: Iterable[Problem], messages: Messages
) -> tuple[Problem, ...]:
    from tasks.calendars.messages import check_templates

    before = [*problems, *check_templates(loaded.calendar, messages), *_pictures(loaded.calendar, path)]
    return tuple(check(loaded, messages, _sources(_project(path)), before, _salts_beside(loaded.calendar, path)))


def _pictures(calendar: Calendar, path: Path) -> list[Problem]:
    """What is wrong with the pictures of a calendar that lies in a project."""
    project = _project(path)
    return [*check_pictures(calendar, project), *check_codes(calendar, project)] if project is not None else []


def _salts_beside(calendar: Calendar, path: Path) -> dict[str, str]:
    """The salt of the calendar where another calendar of its directory has it as well, with the id of that one."""
    salt = campaign_salt(calendar)
    for file in sorted(path.parent.glob("*.yaml")):
        # Whole calendars take long to read; hardly one holds the salt of another.
        if file.name == path.name or salt not in (text := file.read_text("utf-8", errors="replace")):
            continue
        other = load_calendar(text).model
        if other is not None and other.calendar != calendar.calendar and campaign_salt(other) == salt:
            return {salt: other.calendar}
    return {}


def _project(calendar: Path) -> Path | None:
    """The directory of the project a calendar lies in."""
    around = (calendar.parent, calendar.parent.parent)
    return next((folder for folder in around if (folder / "promocal.toml").is_file()), None)


def _sources(project: Path | None) -> frozenset[str] | None:
    """Datasets the settings name a source for; None without settings, or when they cannot be read (said elsewhere)."""
    if project is None:
        return None
    try:
        settings = tomllib.loads(_read(project / "promocal.toml"))
    except (UsageError, tomllib.TOMLDecodeError):
        return None
    sources = settings.get("sources")
    return frozenset(sources) if isinstance(sources, dict) else frozenset()


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise UsageError(
            (f"{path} does not exist", f"{path} 不存在"),
            (
                "give the path of a calendar file; `promocal new` writes one",
                "请给出日历文件的路径；`promocal new` 可生成一个",
            ),
        ) from None
    except IsADirectoryError:
        raise UsageError(
            (f"{path} is a directory", f"{path} 是目录"), ("give the path of a calendar file", "请给出日历文件的路径")
        ) from None
    except UnicodeDecodeError:
        raise UsageError(
            (f"{path} is not UTF-8 text", f"{path} 不是 UTF-8 文本"), ("save the file as UTF-8", "请另存为 UTF-8")
        ) from None


def _find_store(name: str, calendar: Path, stores: Path | None) -> tuple[str, str] | None:
    folders = [folder for folder in (stores, calendar.parent.parent / "stores", calendar.parent) if folder]
    for folder in folders:
        path = folder / f"{name}.yaml"
        if path.is_file():
            return _read(path), str(path)
    shipped = _LIBRARY / "stores" / f"{name}.yaml"
    return (shipped.read_text("utf-8"), f"library/stores/{name}.yaml") if shipped.is_file() else None


def _store_missing(name: str, locations: Locations) -> Problem:
    return locations.problem(
        Finding(
            "C101",
            ("store",),
            f"store {name!r} was not found",
            f"找不到店铺 {name!r}",
            "Write it as stores/NAME.yaml beside the calendars directory, or name a shipped store.",
            "请在 calendars 同级的 stores 目录中新建同名 .yaml，或使用内置店铺。",
        )
    )
