"""A day or moment of the command line: without an offset it is meant where the shop is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from promocal.cli.options import parse_moment

if TYPE_CHECKING:
    from tasks.runtime import Runtime


def moment_of(text: str, project: Path, calendar: str | None = None) -> datetime:
    """An aware moment. Without an offset the wall clock is that of the calendar, else that of all calendars of the
    project; a day alone is its first moment. UsageError: it is no moment, or nobody knows in which zone.
    """
    return parse_moment(text) if not _lacks_offset(text) else parse_moment(text, _zone(text, project, calendar))


def moment_or_none(text: str | None, project: Path, calendar: str | None = None) -> datetime | None:
    """The same of an option that may be left out."""
    return moment_of(text, project, calendar) if text else None


def _lacks_offset(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


def _zone(text: str, project: Path, calendar: str | None) -> ZoneInfo | None:
    from tasks.runtime import open_runtime

    if calendar is None and not (project / "promocal.toml").is_file():
        return None
    with open_runtime(project) as rt:
        if calendar is not None:
            return rt.load_calendar(calendar).calendar.timezone
        zones = dict.fromkeys(_zones(rt))
    if len(zones) > 1:
        some = sorted(zone.key for zone in zones)
        raise UsageError(
            (
                f"{text!r} has no UTC offset, and calendars lie in several time zones: {', '.join(some)}",
                f"{text!r} 没有时差，而项目中的日历位于多个时区：{'、'.join(some)}",
            ),
            (f"write it with one: {_first(text)}+08:00", f"请写明时差：{_first(text)}+08:00"),
        )
    return next(iter(zones), None)


def _zones(rt: Runtime) -> Iterator[ZoneInfo]:
    """Of calendars that can be read."""
    for name in rt.calendar_ids():
        try:
            yield rt.load_calendar(name).calendar.timezone
        except ProblemsFoundError:
            continue


def _first(text: str) -> str:
    return datetime.fromisoformat(text).isoformat(timespec="minutes")
