"""What `promocal new` writes: settings, a calendar, its store and its messages."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from campaign_calendars.checks import load_store
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.problem import Problem
from campaign_calendars.messages.paths import path_fault
from campaign_calendars.messages.templates import named_templates
from campaign_calendars.model.benefits.rights import Partner
from campaign_calendars.model.unfolding import unfold
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.reading.source import read as read_yaml
from campaign_calendars.sheets.expanding import named_sheets
from campaign_calendars.writing.moving import move_calendar
from promocal.own_shop import Data, Shop, settings_of, with_shop
from tasks.calendars.lookup import LIBRARY, NamedCalendar, find_calendar

_TEMPLATE = files("promocal") / "template"
_CHANNELS = "# Every channel of the store"
"""Where the settings come to the channels."""


@dataclass(frozen=True)
class Written:
    """What was written and from which calendar: paths relative to the project, remarks about a move, its sheets."""

    start: NamedCalendar
    paths: list[Path]
    calendar: Path
    remarks: list[Problem]
    sheets: list[str]


def create_project(
    directory: Path,
    template: str,
    *,
    year: int | None = None,
    lang: str = "",
    shop: Shop | None = None,
    data: Data | None = None,
) -> Written:
    """Write a project around a calendar, or the calendar into a project that is there already.

    `template` is the path of a calendar file or an id: of the project, of the one here, of a shipped
    calendar, the first that has it. `year` moves it. Nothing is
    overwritten: UsageError names what stands in the way. In an existing project, settings, store
    and messages stay as they are and only missing ones are added. `lang` is written into new settings. `shop` and
    `data` say whose a new project is, and where its data come from.
    """
    start = find_calendar(template, (directory, Path()))
    text, home = _template(start)
    remarks: list[Problem] = []
    name = start.path.stem
    if year is not None:
        moved = move_calendar(text, year, template)
        text, name = moved.text, moved.calendar
        placed = str(directory / "calendars" / f"{name}.yaml")
        remarks = [problem.moved_to(placed) for problem in moved.problems]
    path = Path("calendars") / f"{name}.yaml"
    contents: dict[Path, str] = {path: text, **_surroundings(text, home)}
    if (directory / "promocal.toml").exists():
        contents = {at: body for at, body in contents.items() if at == path or not (directory / at).exists()}
    else:
        settings = _settings(contents)
        contents = with_shop(contents, path, shop or Shop(), directory)
        settings = settings.replace('# lang = "zh"', f'lang = "{lang}"') if lang else settings
        contents[Path("promocal.toml")] = settings_of(settings, data or Data(), shop or Shop())
    files = {at: body.encode() for at, body in contents.items()}
    files |= {at: body for at, body in _sheets(text, home).items() if not (directory / at).exists()}
    _write(directory, files)
    return Written(start, list(files), path, remarks, _sheets_of(text))


def _template(named: NamedCalendar) -> tuple[str, list[Traversable]]:
    """The text of a calendar, and where its store and messages are looked for, nearest first."""
    try:
        text = named.path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            (f"{named.path} cannot be read: {error}", f"{named.path} 无法读取：{error}"),
            ("give the path of a calendar file", "请给出日历文件的路径"),
        ) from None
    return text, [LIBRARY] if named.shipped else [named.path.parent.parent, LIBRARY]


def _surroundings(text: str, home: list[Traversable]) -> dict[Path, str]:
    """Store, message templates and partners' codes of a calendar, as far as they are found."""
    calendar = load_calendar(text).model
    if calendar is None:
        return {}
    named = [f"stores/{calendar.store}.yaml"]
    named += named_templates(unfold(calendar))
    named += [one.codes for one in calendar.benefits.values() if isinstance(one, Partner) and one.codes]
    found: dict[Path, str] = {}
    for name in named:
        body = next((folder / name for folder in home if (folder / name).is_file()), None)
        if body is not None and not Path(name).is_absolute() and ".." not in Path(name).parts:
            found[Path(name)] = body.read_text("utf-8")
    return found


def _sheets(text: str, home: list[Traversable]) -> dict[Path, bytes]:
    """The workbooks and CSV files that a calendar names, as far as they are found inside its project."""
    found: dict[Path, bytes] = {}
    for name in (one for one in _sheets_of(text) if path_fault(one) is None):
        file = next((folder / name for folder in home if (folder / name).is_file()), None)
        if file is not None:
            found[Path(name)] = file.read_bytes()
    return found


def _sheets_of(text: str) -> list[str]:
    data = read_yaml(text).data
    return list(dict.fromkeys(one.file for one in named_sheets(data))) if data is not None else []


def _settings(contents: Mapping[Path, str]) -> str:
    """The settings of a new project: the sources of its store's data, and a file for each channel of the store."""
    settings = (_TEMPLATE / "promocal.toml").read_text("utf-8")
    name, text = next(((path, text) for path, text in contents.items() if path.parts[0] == "stores"), (Path(), ""))
    sources = LIBRARY / "sources" / f"{name.stem}.toml"
    if name.stem and sources.is_file():
        before, _, rest = settings.partition("[sources.")
        settings = before + sources.read_text("utf-8") + "\n" + _CHANNELS + rest.partition(_CHANNELS)[2]
    store = load_store(text, str(name)).model if text else None
    missing = [channel for channel in (store.channels if store else ()) if f"[channels.{channel}]" not in settings]
    return settings + "".join(f'\n[channels.{channel}]\nkind = "file"\n' for channel in missing)


def _write(directory: Path, contents: Mapping[Path, bytes]) -> None:
    """All files or none: what was written goes again when one cannot be, or somebody stops it."""
    clashes = [str(path) for path in contents if (directory / path).exists()]
    if clashes:
        raise UsageError(
            (f"{directory} already has {', '.join(clashes)}", f"{directory} 中已有 {', '.join(clashes)}"),
            ("choose another directory; nothing is overwritten", "请换一个目录；不会覆盖任何文件"),
        )
    with undone_on_failure(directory, contents):
        for path, body in contents.items():
            target = directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)


@contextmanager
def undone_on_failure(directory: Path, paths: Iterable[Path]) -> Iterator[None]:
    """Whatever ends it early, Ctrl-C too: these files and folders, and those around them, go as far as they are new.

    `paths` are inside `directory`; what else comes into being there meanwhile is somebody else's and stays.
    """
    inside = [directory / path for path in paths]
    around = {above for path in inside for above in path.parents}
    new = [path for path in (*inside, *around) if not path.exists()]
    try:
        yield
    except BaseException:
        for path in sorted(new, key=lambda one: len(one.parts), reverse=True):
            if path in around:
                with suppress(OSError):  # not empty: of somebody else
                    path.rmdir()
            elif path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        raise
