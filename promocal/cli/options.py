"""Options and arguments that several commands share."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from campaign_calendars.findings.errors import UsageError


class Limit(StrEnum):
    """Limits of `[apply]`, as `tasks.planning.changing.LimitName` names them."""

    members = "members"
    budget = "budget"
    past = "past"
    running = "running"


class OutputFormat(StrEnum):
    text = "text"
    json = "json"


class Lang(StrEnum):
    zh = "zh"
    en = "en"


Project = Annotated[
    Path, typer.Option("--project", "-C", help="Project directory, the one with promocal.toml.", show_default=True)
]
Calendar = Annotated[str, typer.Argument(help="Calendar id, or the path of its YAML file.")]
Replay = Annotated[
    str | None, typer.Option("--replay", help="Look at the last replay of this calendar, not at what really ran.")
]
FormatOption = Annotated[OutputFormat, typer.Option("--format", help="text for people, json for programs.")]
LangOption = Annotated[
    Lang | None, typer.Option("--lang", help="Language of the answer; default: promocal.toml, else the locale.")
]
Redraw = Annotated[
    str | None,
    typer.Option("--redraw", help="Why control groups are drawn otherwise than by the runs so far; needs --by."),
]
By = Annotated[str, typer.Option("--by", help="Who decides it, for the audit log.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Day or moment, e.g. 2026-03-05T10:00; without offset in the calendar's time zone."),
]


def parse_moment(text: str, zone: ZoneInfo | None = None) -> datetime:
    """An ISO 8601 moment as an aware one; without an offset it is meant in `zone`, a day alone as its first moment.

    UsageError: it is no moment, or it has no offset and there is no zone.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        like = _like(text)
        raise UsageError(
            (f"{text!r} is not a moment", f"{text!r} 不是时间"), (f"write it like {like}", f"请写成 {like}")
        ) from None
    if moment.tzinfo is None and zone is not None:
        from campaign_calendars.time.timeline import from_local

        return from_local(moment, zone)
    if moment.tzinfo is None:
        # A day alone becomes its first minute: an offset after a bare day would not be read.
        local = moment.isoformat(timespec="minutes")
        raise UsageError(
            (f"{text!r} has no UTC offset", f"{text!r} 没有时差"),
            (f"write it like {local}+08:00 or {local}Z", f"请写成 {local}+08:00 或 {local}Z"),
        )
    return moment


def _like(text: str) -> str:
    """A moment as it has to be written, made of what was written as far as that says a day."""
    numbers = re.match(r"\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:\D+(\d{1,2}):(\d{2}))?", text)
    try:
        day = datetime(*(int(part or 0) for part in numbers.groups())) if numbers else None  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        day = None
    return f"{day.isoformat(timespec='minutes')}+08:00" if day else "2026-03-05T10:00+08:00"
