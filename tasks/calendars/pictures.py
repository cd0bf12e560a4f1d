"""Files that attachments name: they lie in the project, and pictures are pictures (C619)."""

from __future__ import annotations

from pathlib import Path

from campaign_calendars.findings.problem import Location, Problem
from campaign_calendars.messages.paths import LEAVES, path_fault, printable
from campaign_calendars.model.calendar import Calendar

_SIGNS: tuple[bytes, ...] = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")


def check_pictures(calendar: Calendar, root: Path) -> list[Problem]:
    """C619 for every picture, video and file of the calendar that cannot be sent; paths count from `root`."""
    written = [one for phase in calendar.phases for play in phase.plays for one in play.attachments]
    pictures = {one.file for one in written if one.kind == "picture"}
    named = sorted({one.file for one in written if one.file})
    faults = ((name, _fault(root, name, picture=name in pictures)) for name in named)
    return [_problem(name, fault) for name, fault in faults if fault is not None]


def _fault(root: Path, name: str, *, picture: bool) -> tuple[str, str] | None:
    if (fault := path_fault(name)) is not None:
        return fault
    file = root / name
    if not file.resolve().is_relative_to(root.resolve()):
        return LEAVES
    try:
        with file.open("rb") as opened:
            start = opened.read(8)
    except OSError:
        return "does not exist", "不存在"
    return None if not picture or start.startswith(_SIGNS) else ("is no JPEG, PNG or GIF", "不是 JPEG、PNG 或 GIF 图片")


def _problem(name: str, fault: tuple[str, str]) -> Problem:
    return Problem(
        "C619",
        "error",
        f"the file of an attachment {fault[0]}",
        "Put it there, or correct `file` of the attachment.",
        Location(printable(name), 1, 1),
        f"附件的文件{fault[1]}",
        "请放入该文件，或更正附件的 file。",
    )
