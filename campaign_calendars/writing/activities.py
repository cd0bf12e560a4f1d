"""A platform's activity calendar (JSON) becomes the skeleton of a promotion calendar.

The platform's back office answers with records of `activityId, actName, actStatus, activityType,
activityStart, activityEnd`; names are HTML-escaped, moments are epoch milliseconds on a clock of
+08:00 (B1, B5). Each becomes a phase with its window; audiences, benefits and plays are the
operator's to write.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaign_calendars.findings.finding import Path, Place
from campaign_calendars.findings.problem import Location, Problem, sort_problems
from campaign_calendars.values.moments import FIRST_YEAR, LAST_YEAR
from campaign_calendars.writing.json_places import read_json
from campaign_calendars.writing.layout import format_text

ZONE = ZoneInfo("Asia/Shanghai")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = (
    ("预售", "presale"),
    ("预热", "warm_up"),
    ("蓄水", "reservoir"),
    ("返场", "maintenance"),
    ("售后", "maintenance"),
)
_FIELD = "activityStart"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]+")
_SECONDS_LIMIT = 100_000_000_000


@dataclass(frozen=True)
class Activity:
    """One activity of the platform; `start` and `last` are aware, `last` is its last second."""

    id: str
    name: str
    start: datetime
    last: datetime
    note: str


@dataclass(frozen=True)
class Imported:
    """The skeleton, or None and the reasons."""

    text: str | None
    problems: list[Problem]


def import_activities(text: str, file: str = "", *, calendar: str = "", store: str = "demo-food") -> Imported:
    """JSON text → YAML text. Never raises on its content; any error means no skeleton.

    `calendar` is the id of the skeleton; default: `activities-` and the first year.
    """
    try:
        data, places = read_json(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        texts = (f"this is not JSON: {error.msg}", f"不是合法的 JSON：{error.msg}")
        return Imported(None, [_problem("S700", file, (error.lineno, error.colno), texts, _SAVE_AGAIN)])
    except (RecursionError, ValueError):  # ValueError: a number of thousands of digits
        texts = ("the JSON is nested too deeply, or a number is too long", "JSON 嵌套过深，或数字过长")
        return Imported(None, [_problem("S700", file, (1, 1), texts, _SAVE_AGAIN)])
    found = _records(data, ())
    if found is None:
        texts = (f"no list of activities with {_FIELD!r} was found", f"没有找到带 {_FIELD!r} 的活动列表")
        return Imported(None, [_problem("S701", file, (1, 1), texts, _SAVE_AGAIN)])
    reader = _Reader(file, places)
    activities = [reader.activity(record, (*found[1], index)) for index, record in enumerate(found[0])]
    made = sorted((a for a in activities if a is not None), key=lambda a: (a.start, a.last, a.id))
    if reader.problems:
        return Imported(None, sort_problems(reader.problems))
    skeleton = _skeleton(made, file, calendar or f"activities-{made[0].start.year}", store)
    return Imported(format_text(skeleton), [])


_SAVE_AGAIN = (
    "Save the platform's answer again, whole: a list of activities, or an object that holds one.",
    "请重新完整保存平台返回的内容：活动列表，或包含该列表的对象。",
)


def _records(node: Any, path: Path) -> tuple[list[Any], Path] | None:
    """The first list that holds an activity, wherever the answer wraps it, and its path."""
    if isinstance(node, list):
        if any(isinstance(item, Mapping) and _FIELD in item for item in node):
            return node, path
        inside: list[tuple[str | int, Any]] = list(enumerate(node))
    elif isinstance(node, Mapping):
        inside = list(node.items())
    else:
        return None
    return next((found for key, value in inside if (found := _records(value, (*path, key))) is not None), None)


class _Reader:
    """Reads records and keeps what is wrong with them."""

    def __init__(self, file: str, places: Mapping[Path, Place]) -> None:
        self.file = file
        self.places = places
        self.problems: list[Problem] = []
        self.ids: set[str] = set()

    def activity(self, record: Any, path: Path) -> Activity | None:
        if not isinstance(record, Mapping):
            self._say(path, "an activity is an object with names and values", "活动应为键值结构")
            return None
        name = _clean(record.get("actName"))
        if not name:
            self._say((*path, "actName"), "the activity has no actName", "活动缺少 actName")
        start, end = (self._moment(record, key, path) for key in (_FIELD, "activityEnd"))
        if start is None or end is None or not name:
            return None
        # An end at midnight is the first moment after; 23:59:59.999 is its second.
        last = end.replace(microsecond=0)
        if last == end and (end.hour, end.minute, end.second) == (0, 0, 0):
            last -= timedelta(seconds=1)
        if last <= start:
            self._say((*path, "activityEnd"), f"{name!r} ends before it starts", f"{name!r} 的结束早于开始")
            return None
        known = [f"{key} {_clean(record[key])}" for key in ("activityType", "actStatus") if _clean(record.get(key))]
        return Activity(self._id(record, path), name, start.replace(microsecond=0), last, ", ".join(known))

    def _moment(self, record: Mapping[str, Any], key: str, path: Path) -> datetime | None:
        value = record.get(key)
        if isinstance(value, str) and re.fullmatch(r"\d{1,16}", value.strip()):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            shown = "nothing" if value is None else repr(value)
            self._say(
                (*path, key), f"{key} is epoch milliseconds, not {shown}", f"{key} 应为毫秒时间戳，而不是 {shown}"
            )
            return None
        try:
            moment = (_EPOCH + timedelta(milliseconds=value)).astimezone(ZONE)
        except OverflowError:
            moment = _EPOCH
        if FIRST_YEAR <= moment.year <= LAST_YEAR:
            return moment
        seconds = 0 < value < _SECONDS_LIMIT
        why, why_zh = ("; it looks like seconds", "；看起来是秒") if seconds else ("", "")
        self._say(
            (*path, key),
            f"{key} {value} lies outside the years {FIRST_YEAR} to {LAST_YEAR}{why}",
            f"{key} {value} 超出 {FIRST_YEAR} 至 {LAST_YEAR} 年{why_zh}",
        )
        return None

    def _id(self, record: Mapping[str, Any], path: Path) -> str:
        """`activity-ID` from the platform's id; a number where it has none or it comes again."""
        given = re.sub(r"[^a-z0-9]+", "-", str(record.get("activityId") or "").lower()).strip("-")[:40]
        name = f"activity-{given}" if given else f"activity-at-{path[-1]}"
        if name in self.ids:
            name = f"{name}-at-{path[-1]}"
        self.ids.add(name)
        return name

    def _say(self, path: Path, message: str, zh: str) -> None:
        known = path
        while known and known not in self.places:
            known = known[:-1]
        remedy = ("Correct the record, or take it out.", "请更正或删除该条记录。")
        self.problems.append(_problem("S702", self.file, self.places[known], (message, zh), remedy))


def _clean(value: Any) -> str:
    """Text without HTML escapes and invisible characters; doubly escaped names occur."""
    text = "" if value is None else str(value)
    return _CONTROL.sub(" ", html.unescape(html.unescape(text))).strip()


def _problem(code: str, file: str, place: Place, texts: tuple[str, str], hints: tuple[str, str]) -> Problem:
    return Problem(code, "error", texts[0], hints[0], Location(file, *place), zh=texts[1], hint_zh=hints[1])


def _skeleton(activities: list[Activity], file: str, calendar: str, store: str) -> str:
    source = f"platform activity calendar{f' {file}' if file else ''}"
    lines = [
        "# yaml-language-server: $schema=calendar.schema.json",
        "# (write that file once with: promocal schema calendar -o calendar.schema.json)",
        "#",
        "# Windows are the platform's. The kind of each phase was guessed from its name; look at it,",
        "# then add day_zero, budget, holdout, audiences, benefits and plays.",
        f"calendar: {_quoted(calendar)}",
        f"title: {_quoted(' / '.join(activity.name for activity in activities)[:80])}",
        f"store: {_quoted(store)}",
        f"timezone: {ZONE}",
        f"source: {_quoted(source)}",
        "verified: false",
        "",
        "phases:",
    ]
    for activity in activities:
        lines += [
            f"  - id: {activity.id}" + (f" # {activity.note}" if activity.note else ""),
            f"    kind: {_kind(activity.name)}",
            f"    title: {_quoted(activity.name)}",
            f"    window: {{from: {activity.start:%Y-%m-%d %H:%M:%S}, to: {activity.last:%Y-%m-%d %H:%M:%S}}}",
        ]
    return "\n".join(lines) + "\n"


def _kind(name: str) -> str:
    return next((kind for word, kind in _KINDS if word in name), "burst")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
