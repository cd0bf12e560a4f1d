"""How the calendar language writes time: moments, schedules, time zones.

A moment is an expression, not yet a point in time (`dates.resolve` does that):

    2026-03-08            2026-03-08 10:00      2026-03-08 21:59:59
    D-13                  D+0 23:59:59          (D is the calendar's `day_zero`)
    presale end + 2d      wave-1 start - 3h     burst start + 1d 10:00
    D-15wd                presale start - 10wd  (working days, see `working_days`)

`end` is the last second that still belongs to the phase or wave, as in `to`. Days and weeks of an
offset are calendar days (the wall clock keeps its time over a DST change), hours and less are
elapsed time. Working days are counted in mainland China and never mixed with other units. A time of
day after the offset replaces the time and keeps the day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from campaign_calendars.findings.finding import nearest
from campaign_calendars.values.festivals import FESTIVALS, Festival
from campaign_calendars.values.scalars import Parsed, UnfitError, parse_time_of_day
from campaign_calendars.values.slips import FESTIVAL_NAMES, rewritten

_TIME = r"(?P<time>\d{1,2}:\d{2}(?::\d{2})?)"
_OFFSET = r"(?:\s*(?P<sign>[+-])\s*(?:(?P<work>\d{1,3})\s*wd|(?P<offset>(?:\d{1,5}\s*[smhdw]\s*)+?)))?"
_DATE = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?:\s+{_TIME})?")
_RELATIVE = re.compile(rf"D(?:\s*(?P<sign>[+-])\s*(?P<days>\d{{1,4}})(?P<work>\s*wd)?)?(?:\s+{_TIME})?")
_ANCHOR = re.compile(rf"(?P<of>[a-z][a-z0-9_-]*)\s+(?P<edge>start|end){_OFFSET}(?:\s+{_TIME})?")
_OWN = re.compile(rf"(?P<edge>start|end){_OFFSET}(?:\s+{_TIME})?")
_PART = re.compile(r"(\d+)\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600}
_DAYS = {"d": 1, "w": 7}

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_WORKING_DAYS = 260
_SHORTEST_MONTH = 28


@dataclass(frozen=True, slots=True)
class DayZero:
    """The calendar's day D plus `days`."""

    days: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """Start or last second of the phase or wave `of`; `of=""` is the play's own window."""

    of: str
    edge: Literal["start", "end"]


@dataclass(frozen=True, slots=True)
class MomentExpr:
    """A moment as written: a base, an offset in calendar days, working days and seconds, a time of day."""

    text: str
    base: date | DayZero | Edge | Festival
    days: int = 0
    seconds: int = 0
    at: time | None = None
    working_days: int = 0

    @property
    def is_whole_day(self) -> bool:
        """Whether only a day was named (then `to` means through its end)."""
        return self.at is None and not isinstance(self.base, Edge)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Repeat:
    """A repeating schedule; `days` of a month hold 1 … 31 and -1 for the last day."""

    unit: Literal["daily", "every", "weekly", "monthly", "workdays"]
    times: tuple[time, ...]
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    days: tuple[int, ...] = ()

    def falls_on(self, day: date, first: date, is_last_of_month: bool) -> bool:
        """Whether the schedule has occurrences on `day`; `first` is the window's first day."""
        if self.unit == "every":
            return (day - first).days % self.interval == 0
        if self.unit == "weekly":
            return day.weekday() in self.weekdays
        if self.unit == "monthly":
            return day.day in self.days or (is_last_of_month and -1 in self.days)
        return True


@dataclass(frozen=True, slots=True)
class ScheduleExpr:
    """When a play happens: named moments, or a repetition inside the play's window."""

    text: str
    moments: tuple[MomentExpr, ...] = ()
    repeat: Repeat | None = None
    is_list: bool = False

    def __str__(self) -> str:
        return self.text


def parse_moment(value: Any) -> MomentExpr:
    """Text or `{festival: qixi, year: 2026}` → moment; ValueError says what to write."""
    if isinstance(value, MomentExpr):
        return value
    if isinstance(value, Mapping):
        return _parse_festival(value)
    text = "" if value is None else str(value).strip()
    if match := _DATE.fullmatch(text):
        return MomentExpr(text, _parse_date(match, text), at=_time(match))
    if match := _RELATIVE.fullmatch(text):
        days = int(match["days"] or 0) * (-1 if match["sign"] == "-" else 1)
        if match["work"]:
            return MomentExpr(text, DayZero(), at=_time(match), working_days=_few_working_days(days, text))
        return MomentExpr(text, DayZero(days), at=_time(match))
    if match := _ANCHOR.fullmatch(text):
        return _edge_moment(match, text, match["of"])
    meant = _meant(text, parse_moment)
    if meant is not None:
        raise UnfitError(
            f"{text!r} is not a moment; did you mean {meant!r}?", f"{text!r} 不是时间点；是否想写 {meant!r}？"
        )
    raise UnfitError(
        f"{text!r} is not a moment; write 2026-03-08 10:00, D-13, D+0 23:59:59 or 'presale end + 2d 10:00'",
        f"{text!r} 不是时间点；请写 2026-03-08 10:00、D-13、D+0 23:59:59 或 'presale end + 2d 10:00'",
    )


def parse_own_moment(value: Any) -> MomentExpr:
    """A moment that may count from the phase it belongs to as well: `start - 15wd`, `end - 1d`."""
    if isinstance(value, str) and (match := _OWN.fullmatch(value.strip())):
        return _edge_moment(match, value.strip(), "")
    return parse_moment(value)


def _meant(text: str, parse: Callable[[str], object]) -> str | None:
    """What was probably meant: the text with the usual slips mended, when that can be read."""
    mended = rewritten(text)
    if mended == text:
        return None
    try:
        parse(mended)
    except ValueError:
        return None
    return mended


def _parse_date(match: re.Match[str], text: str) -> date:
    year = int(match["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnfitError(
            f"{text!r} lies outside the years {FIRST_YEAR} to {LAST_YEAR}; check the year",
            f"{text!r} 超出 {FIRST_YEAR} 至 {LAST_YEAR} 年；请核对年份",
        )
    try:
        return date(year, int(match["month"]), int(match["day"]))
    except ValueError:
        raise UnfitError(
            f"{text!r} names a day that does not exist; look at the length of the month",
            f"{text!r} 是不存在的日期；请核对该月天数",
        ) from None


def _parse_festival(value: Mapping[Any, Any]) -> MomentExpr:
    unknown = sorted(str(key) for key in value if key not in ("festival", "year", "offset"))
    if unknown or "festival" not in value or "year" not in value:
        raise UnfitError(
            "a festival needs its name and year; write {festival: qixi, year: 2026}, and offset: -20d if needed",
            "节日须写名称与年份；请写 {festival: qixi, year: 2026}，需要时加 offset: -20d",
        )
    name, year = str(value["festival"]), str(value["year"])
    if name not in FESTIVALS:
        guess = FESTIVAL_NAMES.get(name) or nearest(name, FESTIVALS)
        known = ", ".join(FESTIVALS)
        raise UnfitError(
            f"{name!r} is not a known festival; " + (f"did you mean {guess!r}?" if guess else f"known are: {known}"),
            f"{name!r} 不是已知的节日；" + (f"是否想写 {guess!r}？" if guess else f"可用的节日：{known}"),
        )
    if not year.isdecimal() or not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise UnfitError(
            f"{year!r} is not a year of a festival; write one from {FIRST_YEAR} to {LAST_YEAR}",
            f"{year!r} 不是节日的年份；请写 {FIRST_YEAR} 至 {LAST_YEAR} 之间的年份",
        )
    offset = re.fullmatch(r"([+-]?)\s*(\d{1,4})\s*(w?d)", str(value.get("offset", "0d")).strip())
    if offset is None:
        raise UnfitError(
            f"{value['offset']!r} is not a number of days; write -20d, or -10wd for working days",
            f"{value['offset']!r} 不是天数；请写 -20d，工作日写 -10wd",
        )
    days = int(offset[2]) * (-1 if offset[1] == "-" else 1)
    text = f"{name} {year}" + (f" {days:+d}{offset[3]}" if days else "")
    if offset[3] == "wd":
        return MomentExpr(text, Festival(name, int(year)), working_days=_few_working_days(days, text))
    return MomentExpr(text, Festival(name, int(year)), days=days)


def _few_working_days(days: int, text: str) -> int:
    if abs(days) > MOST_WORKING_DAYS:
        raise UnfitError(
            f"{text!r} counts more than {MOST_WORKING_DAYS} working days; count in days",
            f"{text!r} 超过 {MOST_WORKING_DAYS} 个工作日；请改用天数",
        )
    return days


def _edge_moment(match: re.Match[str], text: str, of: str) -> MomentExpr:
    days = seconds = 0
    for count, unit in _PART.findall(match["offset"] or ""):
        days += int(count) * _DAYS.get(unit, 0)
        seconds += int(count) * _SECONDS.get(unit, 0)
    sign = -1 if match["sign"] == "-" else 1
    edge: Literal["start", "end"] = "start" if match["edge"] == "start" else "end"
    work = _few_working_days(sign * int(match["work"] or 0), text)
    base = Edge(of, edge)
    return MomentExpr(text, base, days=sign * days, seconds=sign * seconds, at=_time(match), working_days=work)


def _time(match: re.Match[str]) -> time | None:
    return parse_time_of_day(match["time"]) if match["time"] else None


def parse_schedule(value: Any) -> ScheduleExpr:
    """One moment, a list of moments, or a repetition → schedule; ValueError says what to write."""
    if isinstance(value, ScheduleExpr):
        return value
    if isinstance(value, list):
        if not value:
            raise UnfitError(
                "an empty list of moments; leave `at` out when nothing is sent", "时间列表为空；不发送时请省略 at"
            )
        moments = tuple(_scheduled_moment(str(item).strip()) for item in value)
        return ScheduleExpr(", ".join(m.text for m in moments), moments=moments, is_list=True)
    text = "" if value is None else str(value).strip()
    repeat = _parse_repeat(text)
    if repeat is not None:
        return ScheduleExpr(text, repeat=repeat)
    return ScheduleExpr(text, moments=(_scheduled_moment(text),))


def _scheduled_moment(text: str) -> MomentExpr:
    if match := _OWN.fullmatch(text):
        return _edge_moment(match, text, "")
    try:
        moment = parse_moment(text)
    except ValueError:
        if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", text):
            raise UnfitError(
                f"{text!r} has no day; write 'daily {text}' or 'D-2 {text}'",
                f"{text!r} 没有日期；请写 'daily {text}' 或 'D-2 {text}'",
            ) from None
        if (meant := _meant(text, parse_schedule)) is not None:
            raise UnfitError(
                f"{text!r} is not a schedule; did you mean {meant!r}?", f"{text!r} 不是发送安排；是否想写 {meant!r}？"
            ) from None
        raise UnfitError(
            f"{text!r} is not a schedule; write 'D-2 10:00', 'daily 10:00', 'every 3d 10:00', "
            "'weekly mon,thu 10:00', 'monthly 8 10:00', 'workdays 10:00', 'start + 2h', or a list of moments",
            f"{text!r} 不是发送安排；请写 'D-2 10:00'、'daily 10:00'、'every 3d 10:00'、"
            "'weekly mon,thu 10:00'、'monthly 8 10:00'、'workdays 10:00'、'start + 2h'，或时间点列表",
        ) from None
    if moment.is_whole_day:
        raise UnfitError(
            f"{text!r} has no time of day; write for instance '{text} 10:00'",
            f"{text!r} 没有时刻；例如可写 '{text} 10:00'",
        )
    return moment


def _parse_repeat(text: str) -> Repeat | None:
    words = text.split(None, 1)
    if not words or words[0] not in ("daily", "every", "weekly", "monthly", "workdays"):
        return None
    unit, rest = words[0], words[1].strip() if len(words) > 1 else ""
    if unit == "daily":
        return Repeat("daily", _times(rest, text))
    if unit == "workdays":
        return Repeat("workdays", _times(rest, text))
    head, _, tail = rest.partition(" ")
    if unit == "every":
        match = re.fullmatch(r"(\d{1,3})\s*d", head)
        if match is None or int(match[1]) < 1:
            raise UnfitError(
                f"{text!r} is not a schedule; write 'every 3d 10:00'", f"{text!r} 不是发送安排；请写 'every 3d 10:00'"
            )
        return Repeat("every", _times(tail, text), interval=int(match[1]))
    if unit == "weekly":
        names = head.split(",")
        unknown = [name for name in names if name not in WEEKDAYS]
        if unknown:
            raise UnfitError(
                f"{unknown[0]!r} is not a weekday; write 'weekly mon,thu 10:00'",
                f"{unknown[0]!r} 不是星期；请写 'weekly mon,thu 10:00'",
            )
        return Repeat("weekly", _times(tail, text), weekdays=tuple(sorted(WEEKDAYS.index(n) for n in set(names))))
    days = tuple(_month_day(name, text) for name in head.split(","))
    return Repeat("monthly", _times(tail, text), days=days)


def _month_day(name: str, text: str) -> int:
    if name == "last":
        return -1
    if name.isdecimal() and 1 <= int(name) <= _SHORTEST_MONTH:
        return int(name)
    raise UnfitError(
        f"{text!r}: a day of the month is 1 to 28 or `last`; write 'monthly 8 10:00'",
        f"{text!r}：每月的日期为 1 至 28 或 last；请写 'monthly 8 10:00'",
    )


def _times(text: str, whole: str) -> tuple[time, ...]:
    if not text.strip():
        raise UnfitError(
            f"{whole!r} has no time of day; write for instance 'daily 10:00'",
            f"{whole!r} 没有时刻；例如可写 'daily 10:00'",
        )
    return tuple(sorted({parse_time_of_day(part) for part in text.split(",")}))


def parse_zone(value: Any) -> ZoneInfo:
    """`Asia/Shanghai` → ZoneInfo; ValueError names the nearest known zone."""
    if isinstance(value, ZoneInfo):
        return value
    name = "" if value is None else str(value).strip()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        guess = nearest(name, available_timezones(), cutoff=0.8)
        hint = f"did you mean {guess!r}?" if guess else "write for instance Asia/Shanghai"
        hint_zh = f"是否想写 {guess!r}？" if guess else "例如 Asia/Shanghai"
        raise UnfitError(
            f"{name!r} is not a time zone of the IANA list; {hint}", f"{name!r} 不是 IANA 时区；{hint_zh}"
        ) from None


_MOMENT_TEXT = {"type": "string", "examples": ["D-13", "2026-03-08 10:00", "D-15wd", "presale end + 2d 10:00"]}
_FESTIVAL_MAP = {
    "type": "object",
    "properties": {
        "festival": {"enum": sorted(FESTIVALS)},
        "year": {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR},
        "offset": {"type": "string", "pattern": r"^[+-]?\s*\d+\s*w?d$", "examples": ["-20d", "-10wd"]},
    },
    "required": ["festival", "year"],
    "additionalProperties": False,
}

Moment = Annotated[
    MomentExpr,
    Parsed(parse_moment, show=str, schema={"anyOf": [_MOMENT_TEXT, _FESTIVAL_MAP]}),
]
OwnMoment = Annotated[
    MomentExpr,
    Parsed(parse_own_moment, show=str, schema={"anyOf": [_MOMENT_TEXT, _FESTIVAL_MAP]}),
]
"""A moment that may count from the start or end of the phase it stands in."""
Schedule = Annotated[
    ScheduleExpr,
    Parsed(
        parse_schedule,
        show=str,
        schema={
            "anyOf": [
                {"type": "string", "examples": ["D-2 10:00", "daily 10:00", "weekly mon,thu 10:00", "start + 2h"]},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ]
        },
    ),
]
TimeZone = Annotated[
    ZoneInfo,
    Parsed(parse_zone, show=str, schema={"type": "string", "examples": ["Asia/Shanghai"]}),
]
