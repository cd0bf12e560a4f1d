"""What the messages of a play are written of: another text, link, price in a list, picture or signature is another one.

Who applied a plan agreed to its words as well. A digest keeps them: of the templates, of what these templates name,
of attachments with the bytes of their files, and of what the play's channels add. Data of members is no part of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from campaign_calendars.messages.material import lists_of
from campaign_calendars.messages.sms import opt_out
from campaign_calendars.messages.templates import Names, names_of, templates_of
from campaign_calendars.model.calendar import Play
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.calendars.messages import OutsideProjectError, read_message

_DIGITS = 12


def wordings(loaded: LoadedCalendar, root: Path, texts: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """`phase/play` → digest (12 hex digits) of what it says; plays that say nothing are not there.

    Paths count from `root`; `texts` are templates by name as they were read already, so that the digest is of what is
    rendered. A file that cannot be read counts as empty: checks and runs say what is wrong with it.
    """
    names = {lang: names_of(loaded.calendar, loaded.store, lang, loaded.timeline) for lang in ("en", "zh")}
    return {
        f"{phase.id}/{play.id}": _digest(_written(loaded, names, phase.id, play, (root, texts or {})))
        for phase in loaded.calendar.phases
        for play in phase.plays
        if templates_of(play) or play.attachments
    }


def of_phase(words: Mapping[str, str], phase: str) -> dict[str, str]:
    """Play → digest, of one phase."""
    return {name.removeprefix(f"{phase}/"): digest for name, digest in words.items() if name.startswith(f"{phase}/")}


def _digest(written: Mapping[str, Any]) -> str:
    text = json.dumps(written, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _written(
    loaded: LoadedCalendar, names: Mapping[str, Names], phase: str, play: Play, place: tuple[Path, Mapping[str, str]]
) -> Mapping[str, Any]:
    root, read = place
    texts = {name: read[name] if name in read else _text(root, name) for name in templates_of(play)}
    said = " ".join(texts.values())
    calendar = loaded.calendar
    lists = {*lists_of(play), *([play.list_] if play.list_ else [])}
    about: dict[str, Any] = {
        "message": json.dumps(play.model_dump(mode="json", include={"message", "texts"}), sort_keys=True),
        "texts": texts,
        "named": {lang: _named(one, phase, play, said) for lang, one in names.items()},
        "lists": {
            name: calendar.lists[name].model_dump(mode="json") for name in sorted(lists) if name in calendar.lists
        },
        "attachments": [one.model_dump(mode="json") for one in play.attachments],
        "files": {name: _bytes(root, name) for one in play.attachments if (name := getattr(one, "file", None))},
        "channels": {
            name: (channel.signature, channel.short_link, opt_out(channel))
            for name in sorted(play.channels)
            if (channel := loaded.store.channels.get(name)) is not None
        },
    }
    if _names("link", said) or play.attachments:
        about["links"] = calendar.links
    return about


def _named(names: Names, phase: str, play: Play, said: str) -> Mapping[str, Any]:
    """The titles and benefits that its templates write; a title that none of them names changes no message."""
    benefits = {name: names.benefits[name] for name in sorted(play.told) if name in names.benefits}
    known: Mapping[str, Any] = {
        "calendar": names.calendar,
        "store": names.store,
        "phase": names.phases[phase],
        "play": names.plays[phase, play.id],
        "benefit": benefits,
        "announced": benefits,
    }
    return {name: value for name, value in known.items() if _names(name, said)}


def _names(variable: str, said: str) -> bool:
    return re.search(rf"\b{variable}\b", said) is not None


def _text(root: Path, name: str) -> str:
    try:
        return read_message(root, name)
    except (OSError, UnicodeDecodeError, OutsideProjectError):
        return ""


def _bytes(root: Path, name: str) -> str:
    """A digest of the file of an attachment, of the project only."""
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
