"""Pictures that attachments name: they lie in the project, and are pictures (C619)."""

from __future__ import annotations

from pathlib import Path

from campaign_calendars.findings.problem import Location, Problem
from campaign_calendars.messages.paths import LEAVES, path_fault, printable
from campaign_calendars.model.calendar import Calendar

_SIGNS: tuple[bytes, ...] = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")


def check_pictures(calendar: Calendar, root: Path) -> list[Problem]:
    """C619 for every picture of the calendar that cannot be sent; paths count from `root`."""
    named = {one.file for phase in calendar.phases for play in phase.plays for one in play.attachments if one.file}
    return [_problem(name, fault) for name in sorted(named) if (fault := _fault(root, name)) is not None]


def _fault(root: Path, name: str) -> tuple[str, str] | None:
    if (fault := path_fault(name)) is not None:
        return fault
    file = root / name
    if not file.resolve().is_relative_to(root.resolve()):
        return LEAVES
    try:
        with file.open("rb") as picture:
            start = picture.read(8)
    except OSError:
        return "does not exist", "不存在"
    return None if start.startswith(_SIGNS) else ("is no JPEG, PNG or GIF", "不是 JPEG、PNG 或 GIF 图片")


def _problem(name: str, fault: tuple[str, str]) -> Problem:
    return Problem(
        "C619",
        "error",
        f"the picture {fault[0]}",
        "Put it there, or correct `file` of the attachment.",
        Location(printable(name), 1, 1),
        f"图片{fault[1]}",
        "请放入该图片，或更正附件的 file。",
    )
