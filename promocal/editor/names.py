"""Names of a calendar: where each is defined and used. For definition, references, rename, completion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lsprotocol.types import Range

from campaign_calendars.audiences.fields.vocabulary import FUNCTIONS
from campaign_calendars.findings.finding import Path as Place
from promocal.editor.sheets import Sheet

Kind = Literal["audience", "benefit", "wave", "list", "sub_phase", "phase", "channel", "position", "message", "store"]
_OF_KEYS: Mapping[str, Kind] = {
    "audience": "audience",
    "benefits": "benefit",
    "announces": "benefit",
    "beats": "benefit",
    "exclusive_with": "benefit",
    "wave": "wave",
    "during": "sub_phase",
    "list": "list",
    "channels": "channel",
    "positions": "position",
    "invites_to": "channel",
    "bought_from": "phase",
    "phase": "phase",
    "store": "store",
}
_SECTIONS: Mapping[Kind, str] = {"audience": "audiences", "benefit": "benefits", "list": "lists"}
_ITEMS: Mapping[Kind, str] = {"wave": "waves", "phase": "phases", "sub_phase": "sub_phases"}
_CALL = re.compile(r"(?P<function>\w+) *\( *'(?P<name>[^']*)'?")


@dataclass(frozen=True, slots=True)
class Named:
    """A name where it is written: what kind of thing it is of, its range, whether it is defined there."""

    kind: Kind
    name: str
    range: Range
    defines: bool = False


def kind_of(path: Place) -> Kind | None:
    """What kind of thing a value at a place of the calendar names; None: it names nothing."""
    if path == ("store",):
        return "store"
    if "message" in path or "texts" in path:
        return "message" if path[:1] in (("phases",), ("sequences",)) else None
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    kind = _OF_KEYS.get(key)
    is_list = key in ("benefits", "announces", "channels", "positions", "exclusive_with")
    is_named = kind is not None and (path[:-1] != () or key == "bought_from")
    return kind if is_named and is_list == isinstance(path[-1], int) else None


def names(sheet: Sheet) -> Iterator[Named]:
    """Every name of the calendar, defined or used, in the order of the text."""
    for spot in sheet.spots:
        path = spot.path
        if spot.on == "key" and path[1:] and not path[2:]:
            kind = next((kind for kind, section in _SECTIONS.items() if path[0] == section), None)
            if kind is not None:
                yield Named(kind, str(path[1]), spot.range, defines=True)
        elif spot.on == "value":
            yield from _of_value(sheet, path, spot.range)


def _of_value(sheet: Sheet, path: Place, where: Range) -> Iterator[Named]:
    text = sheet.text_at(path) or ""
    if path[-1] == "id" and path[2:]:
        kind = next((kind for kind, section in _ITEMS.items() if path[-3] == section), None)
        if kind is not None:
            yield Named(kind, text, where, defines=True)
    elif (kind := kind_of(path)) is not None:
        yield Named(kind, text, where)
    elif path[:1] == ("audiences",) and path[-1] not in ("zh", "en", "title"):
        yield from _called(sheet, where)


def _called(sheet: Sheet, where: Range) -> Iterator[Named]:
    """Names that an expression asks about: audience('vip'), got_benefit('c30')."""
    for line in range(where.start.line, min(where.end.line + 1, len(sheet.lines))):
        for call in _CALL.finditer(sheet.lines[line]):
            function = FUNCTIONS.get(call["function"])
            kinds: Mapping[str, Kind] = {"audience": "audience", "benefit": "benefit", "wave": "wave", "phase": "phase"}
            if function is not None and function.names in kinds:
                start, end = call.span("name")
                yield Named(kinds[function.names], call["name"], sheet.span(line, start, end))


def message_file(sheet: Sheet, name: str) -> Path:
    """The file of a message template, which need not be there: paths count from the project's directory."""
    return project_of(sheet.path) / name


def sheet_files(sheet: Sheet) -> list[str]:
    """Workbooks and CSV files beside the settings of the project and one folder below; its data lie in `data`."""
    root = project_of(sheet.path)
    found = [*root.glob("*.[xc]s[lv]*"), *root.glob("*/*.[xc]s[lv]*")]
    names = [file.relative_to(root).as_posix() for file in found if file.suffix in (".xlsx", ".csv")]
    return sorted(name for name in names if not name.startswith(("data/", "var/", ".", "~")))


def project_of(path: Path) -> Path:
    """The directory of the project a calendar lies in."""
    around = (path.parent, path.parent.parent)
    return next((folder for folder in around if (folder / "promocal.toml").is_file()), path.parent.parent)


def known(sheet: Sheet, kind: Kind, lang: str) -> dict[str, str]:
    """The names of a kind there are, each with its title."""
    calendar, store = sheet.calendar, sheet.store
    if kind == "message":
        root = project_of(sheet.path)
        files = sorted((root / "messages").rglob("*.txt")) if (root / "messages").is_dir() else []
        return {file.relative_to(root).as_posix(): "" for file in files}
    if kind == "channel":
        return {name: channel.title.get(lang) for name, channel in store.channels.items()} if store else {}
    if kind == "position":
        return {name: position.title.get(lang) for name, position in store.positions.items()} if store else {}
    found = {one.name: "" for one in names(sheet) if one.kind == kind and one.defines}
    if calendar is not None and kind == "audience":
        found |= {name: audience.title.get(lang) for name, audience in calendar.audiences.items()}
    if calendar is not None and kind == "benefit":
        found |= {name: benefit.title.get(lang) for name, benefit in calendar.benefits.items()}
    return found
