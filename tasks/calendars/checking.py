"""Read a calendar and its store from files, and check them: all problems at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, NamedTuple

from campaign_calendars.checks import check, load_store
from campaign_calendars.checks.showing import WHOLE, Around, check_shown, whole
from campaign_calendars.deciding.briefing import campaign_salt
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import Finding, Locations
from campaign_calendars.findings.problem import Problem, has_errors, sort_problems
from campaign_calendars.messages.paths import path_fault
from campaign_calendars.messages.templates import Messages, named_templates
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from campaign_calendars.reading.loading import Loaded, LoadedCalendar, bind, load_calendar
from tasks.calendars.codes import check_codes
from tasks.calendars.parsing import parsed, project_of, sheets_of
from tasks.calendars.pictures import check_pictures
from tasks.calendars.sheets import Shelf
from tasks.plugins import plug_in_language

_LIBRARY = files("campaign_calendars") / "library"


def read_calendar(
    path: Path, *, stores: Path | None = None, with_messages: bool = False
) -> tuple[LoadedCalendar | None, list[Problem]]:
    """The calendar in `path` with its store and every finding; None when it cannot be used.

    The store `s` is looked for in `stores`, in `../stores` and beside the calendar, then in the
    shipped library. `with_messages` reads and checks the message templates as well, see `read_messages`.
    """
    found = look_at(read_text(path), path, stores=stores, with_messages=with_messages)
    return found.loaded, list(found.problems)


@dataclass(frozen=True)
class Look:
    """What a look at a calendar's text gave. `loaded` is what may be planned and run; None: nothing may.

    `read` is the text as far as it could be read, `store` the store as far as that can be, `store_file` where it is.
    `unread` are lines (from 1) that could not be read as they are written; all others were checked.
    """

    loaded: LoadedCalendar | None
    problems: tuple[Problem, ...]
    read: Loaded[Calendar]
    store: Store | None = None
    store_file: str = ""
    unread: frozenset[int] = frozenset()

    @property
    def shown(self) -> Calendar | None:
        """The calendar, damaged or not; None where nothing of it can be read."""
        known = whole(self.read)
        return known.holed.models[0] if known is not None else None


def look_at(
    text: str, path: Path, *, stores: Path | None = None, with_messages: bool = False, edited: int | None = None
) -> Look:
    """Check a calendar's text as if it stood in `path`, damaged or not.

    What is damaged is left out and the rest is checked, for showing only. `edited` is the line (from 0) that somebody
    is typing.
    """
    plug_in_language()
    written = text, str(path), edited, sheets_of(text, path, edited)
    read = parsed(*written)
    shown = whole(read)
    if shown is None:
        return Look(None, tuple(sort_problems(read.problems)), read)
    calendar = shown.holed.models[0]
    found = _find_store(calendar.store, path, stores)
    if read.model is not None and found is not None:
        loaded, problems = _bound(_Text(*written, *found))
        if loaded is not None:
            messages = read_messages(calendar, path) if with_messages else None
            problems = (
                _judged(_Text(*written, *found)) if messages is None else _judged_with(loaded, path, problems, messages)
            )
            return Look(None if has_errors(problems) else loaded, problems, read, loaded.store, found[1])
    around = _around(calendar, path, found, with_messages=with_messages)
    problems = tuple(_shown(read, around, path, found))
    return Look(None, problems, read, around.store, found[1] if found is not None else "", shown.damage.lines)


def _around(calendar: Calendar, path: Path, found: tuple[str, str] | None, *, with_messages: bool) -> Around:
    """What lies around a calendar that is damaged, or whose store is."""
    messages = read_messages(calendar, path) if with_messages else None
    around = Around(messages=messages, sources=_sources(project_of(path)), salts=_salts_beside(calendar, path))
    if found is None:
        return around
    store = _store(*found)
    readable = store.model or (store.shown.holed.models[0] if store.shown is not None else None)
    damage = store.shown.damage if store.shown is not None else WHOLE
    return replace(around, store=readable, store_damage=damage)


def _shown(read: Loaded[Calendar], around: Around, path: Path, found: tuple[str, str] | None) -> list[Problem]:
    """Everything that can be said of a calendar where it or its store is damaged, or there is no store."""
    shown = whole(read)
    before = list(read.problems)
    if shown is None:
        return before
    calendar = shown.holed.models[0]
    if found is not None:
        before += _store(*found).problems
    elif not shown.damage.holds(("store",)):
        before.append(_store_missing(calendar.store, read.locations))
    beside = _beside_calendar(calendar, path, around.messages) if around.messages is not None else []
    return check_shown(read, around, before, beside)


def _beside_calendar(calendar: Calendar, path: Path, messages: Messages) -> list[Problem]:
    """What is wrong with the templates of a calendar and with the pictures it names."""
    from tasks.calendars.messages import check_templates

    return [*check_templates(calendar, messages), *_pictures(calendar, path)]


def read_messages(calendar: Calendar, path: Path) -> Messages | None:
    """The templates of the calendar in `path`, from the directory of its project.

    That is the nearest directory above it with a promocal.toml, else the one in which the most templates
    lie. None when there is no project and no template: a calendar by itself is not blamed for that.
    """
    from tasks.calendars.messages import OutsideProjectError, read_message

    names = named_templates(calendar)
    around = (path.parent, path.parent.parent)
    project = project_of(path)
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
@lru_cache(maxsize=4)
def _store(text: str, file: str) -> Loaded[Store]:
    return load_store(text, file)


class _Text(NamedTuple):
    """Everything that decides what a calendar with its store is: a key."""

    text: str
    file: str
    edited: int | None
    sheets: Shelf
    store: str
    store_file: str


@lru_cache(maxsize=4)
def _bound(written: _Text) -> tuple[LoadedCalendar | None, tuple[Problem, ...]]:
    """The calendar with its store, and what reading both of them found."""
    read = parsed(written.text, written.file, written.edited, written.sheets)
    store = _store(written.store, written.store_file)
    problems = tuple(sort_problems([*read.problems, *store.problems]))
    return (bind(read, store.model) if store.model is not None else None), problems


@lru_cache(maxsize=4)
def _judged(written: _Text) -> tuple[Problem, ...]:
    loaded, problems = _bound(written)
    return tuple(problems if loaded is None else check(loaded, before=problems))


def _judged_with(
    loaded: LoadedCalendar, path: Path, problems: Iterable[Problem], messages: Messages
) -> tuple[Problem, ...]:
    before = [*problems, *_beside_calendar(loaded.calendar, path, messages)]
    return tuple(check(loaded, messages, _sources(project_of(path)), before, _salts_beside(loaded.calendar, path)))


def _pictures(calendar: Calendar, path: Path) -> list[Problem]:
    """What is wrong with the pictures of a calendar that lies in a project."""
    project = project_of(path)
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


def _sources(project: Path | None) -> frozenset[str] | None:
    """Datasets the settings name a source for; None without settings, or when they cannot be read (said elsewhere)."""
    if project is None:
        return None
    try:
        settings = tomllib.loads(read_text(project / "promocal.toml"))
    except (UsageError, tomllib.TOMLDecodeError):
        return None
    sources = settings.get("sources")
    return frozenset(sources) if isinstance(sources, dict) else frozenset()


def read_text(path: Path) -> str:
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
            return read_text(path), str(path)
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
