"""What `promocal new` writes: settings, a shipped calendar, its store and its messages."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from campaign_calendars.errors import UsageError

LIBRARY = files("campaign_calendars") / "library"
_TEMPLATE = files("promocal") / "template"


def shipped_calendars() -> list[str]:
    """Ids of the calendars that come with promocal."""
    return sorted(entry.name.removesuffix(".yaml") for entry in LIBRARY.iterdir() if entry.name.endswith(".yaml"))


def create_project(directory: Path, template: str) -> list[Path]:
    """Write a project; refuses to overwrite. Returns the written paths, relative to `directory`."""
    calendar = LIBRARY / f"{template}.yaml"
    if not calendar.is_file():
        raise UsageError(f"there is no shipped calendar {template!r}", "shipped: " + ", ".join(shipped_calendars()))
    text = calendar.read_text("utf-8")
    contents: dict[Path, str] = {
        Path("promocal.toml"): (_TEMPLATE / "promocal.toml").read_text("utf-8"),
        Path("calendars") / f"{template}.yaml": text,
    }
    store = _store_of(text)
    contents[Path("stores") / f"{store}.yaml"] = (LIBRARY / "stores" / f"{store}.yaml").read_text("utf-8")
    contents |= {Path("messages") / name: body for name, body in _messages(LIBRARY / "messages", text)}
    clashes = [str(path) for path in contents if (directory / path).exists()]
    if clashes:
        raise UsageError(f"{directory} already has {', '.join(clashes)}", "choose an empty directory")
    for path, body in contents.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(body, "utf-8")
    return list(contents)


def _store_of(text: str) -> str:
    return next(line.split(":", 1)[1].split("#")[0].strip() for line in text.splitlines() if line.startswith("store:"))


def _messages(folder: Traversable, calendar: str) -> list[tuple[str, str]]:
    """The message templates the calendar names."""
    if not folder.is_dir():
        return []
    entries = [entry for entry in folder.iterdir() if entry.name in calendar]
    return [(entry.name, entry.read_text("utf-8")) for entry in sorted(entries, key=lambda entry: entry.name)]
