"""Dates and weekdays behind what is written as D-3, `start + 2d` or `daily 10:00`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from lsprotocol.types import InlayHint, InlayHintKind, Position, Range

from promocal.editor.sheets import Sheet

_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
_REPEATS = ("daily", "every", "weekly", "monthly", "workdays")


def hints(sheet: Sheet, where: Range, lang: str) -> list[InlayHint]:
    """A hint behind every moment of a range of the text."""
    found = (*_moments(sheet, lang), *_repeats(sheet, lang))
    return [hint for hint in found if where.start.line <= hint.position.line <= where.end.line]


def _moments(sheet: Sheet, lang: str) -> Iterator[InlayHint]:
    timeline = sheet.timeline
    for path, at in (timeline.told if timeline is not None else {}).items():
        place = sheet.written(path)
        text, spot = sheet.text_at(place), sheet.range_of(place)
        if text is not None and spot is not None and not text.startswith(_REPEATS):
            # A day by which people have to do something is over at its end; `start - 2wd` has the hour of the start.
            whole_day = path[-1] == "due" and not (at.hour or at.minute or text.startswith(("start", "end")))
            yield _hint(spot.end, _day(at, lang) if _DATED.match(text) else said(at, lang, with_time=not whole_day))


def _repeats(sheet: Sheet, lang: str) -> Iterator[InlayHint]:
    """How often a repeated play happens, from when to when."""
    calendar, timeline = sheet.calendar, sheet.timeline
    if calendar is None or timeline is None:
        return
    planned: dict[tuple[str, str], list[datetime]] = {}
    for one in timeline.occurrences:
        planned.setdefault((one.phase, one.play), []).append(one.at)
    for number, phase in enumerate(calendar.phases):
        for index, play in enumerate(phase.plays):
            place = sheet.written(("phases", number, "plays", index, "at"))
            text, spot = sheet.text_at(place), sheet.range_of(place)
            moments = planned.get((phase.id, play.id), [])
            if text is not None and spot is not None and text.startswith(_REPEATS) and moments:
                yield _hint(spot.end, _span(moments, lang))


def _span(moments: list[datetime], lang: str) -> str:
    first, last = said(moments[0], lang, with_time=False), said(moments[-1], lang, with_time=False)
    if lang == "zh":
        return f"{len(moments)} 次，{first} 至 {last}"
    return f"{len(moments)} time{'s' if len(moments) > 1 else ''}, {first} to {last}"


def said(at: datetime, lang: str, *, with_time: bool = True) -> str:
    """2026-03-05 Thu 10:00; seconds where they are not nought."""
    clock = f" {at:%H:%M:%S}" if at.second else f" {at:%H:%M}"
    return f"{at:%Y-%m-%d} {_day(at, lang)}{clock if with_time else ''}"


def _day(at: datetime, lang: str) -> str:
    return _DAYS["zh" if lang == "zh" else "en"][at.weekday()]


def _hint(position: Position, text: str) -> InlayHint:
    return InlayHint(position, text, kind=InlayHintKind.Type, padding_left=True)
