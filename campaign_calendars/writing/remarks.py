"""What a move to another year did to phases and plays: the old timeline against the new one."""

from __future__ import annotations

import calendar as months
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from campaign_calendars.findings.finding import Finding, Path
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.time.resolving import resolve
from campaign_calendars.time.timeline import Span, Timeline
from campaign_calendars.values.festivals import Festival
from campaign_calendars.values.moments import DayZero
from campaign_calendars.values.scalars import format_duration

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS_ZH = "一二三四五六日"
_FEBRUARY = 2


def missing_day(path: Path, written: str, taken: date) -> Finding:
    """A written 29 February that the new year has not."""
    return Finding(
        "C180",
        path,
        f"{written} does not exist in {taken.year}; {taken} was written instead",
        f"{taken.year} 年没有 {written[5:]}，已改为 {taken}",
        "Look at the window or play it belongs to.",
        "请核对所属的窗口或玩法。",
        severity="warning",
    )


def remarks(old: Calendar, new: Calendar) -> Iterator[Finding]:
    """Findings at paths of the new calendar, which has the shape of the old one."""
    before, after = resolve(old), resolve(new)
    yield from _weekday(before, after)
    for index, wave in enumerate(new.waves):
        if wave.id in before.waves and wave.id in after.waves:
            yield from _moved(("waves", index, "window"), wave.id, before.waves[wave.id], after.waves[wave.id])
    for index, phase in enumerate(new.phases):
        if phase.id in before.phases and phase.id in after.phases:
            yield from _moved(("phases", index, "window"), phase.id, before.phases[phase.id], after.phases[phase.id])
    yield from _left_behind(new, before, after)
    yield from _counts(new, before, after)
    yield from _estimates(before, after)


def _weekday(before: Timeline, after: Timeline) -> Iterator[Finding]:
    """D on another day of the year or of the week."""
    old, new = before.day_zero, after.day_zero
    if old is None or new is None or (old.weekday() == new.weekday() and _same_day(old, new)):
        return
    yield Finding(
        "C182",
        ("day_zero",),
        f"D is {_WEEKDAYS[new.weekday()]}, {new}; it was {_WEEKDAYS[old.weekday()]}, {old}",
        f"D 日为 {new}（周{_WEEKDAYS_ZH[new.weekday()]}），原为 {old}（周{_WEEKDAYS_ZH[old.weekday()]}）",
        "Schedules by weekday keep their weekday.",
        "按星期的安排仍按星期。",
        severity="info",
    )


def _moved(path: Path, name: str, old: Span, new: Span) -> Iterator[Finding]:
    """A window that became longer or shorter, or starts on another day of the year."""
    difference = _length(new) - _length(old)
    if difference:
        verb, verb_zh = ("gains", "增加") if difference > timedelta() else ("loses", "减少")
        amount = _amount(abs(difference))
        why, why_zh = _leap_day(old, new)
        yield Finding(
            "C181",
            path,
            f"{name} {verb} {amount[0]}{why}",
            f"{name} {verb_zh}{amount[1]}{why_zh}",
            "Lengthen or shorten the window, or leave it.",
            "可调整窗口，也可保持不变。",
            severity="warning",
        )
    if not _same_day(old.start, new.start):
        yield Finding(
            "C182",
            path,
            f"{name} starts on {new.start:%Y-%m-%d}; it started on {old.start:%Y-%m-%d}",
            f"{name} 于 {new.start:%Y-%m-%d} 开始，原为 {old.start:%Y-%m-%d}",
            "It counts from D, over 29 February or from a festival. Write a date to keep the day of the year.",
            "它以 D 日计算，其间跨过 2 月 29 日，或 D 日是节日；若要保持月日，请写明日期。",
            severity="info",
        )


def _leap_day(old: Span, new: Span) -> tuple[str, str]:
    had, has = _leap_day_in(old), _leap_day_in(new)
    if had and not has:
        return f": {had} does not exist in {new.last.year}", f"：{new.last.year} 年没有 {had:%m-%d}"
    if has and not had:
        return f": {has} did not exist in {old.last.year}", f"：{old.last.year} 年没有 {has:%m-%d}"
    return "", ""


def _leap_day_in(span: Span) -> date | None:
    for year in range(span.start.year, span.last.year + 1):
        if months.isleap(year) and span.start.date() <= date(year, _FEBRUARY, 29) <= span.last.date():
            return date(year, _FEBRUARY, 29)
    return None


def _left_behind(new: Calendar, before: Timeline, after: Timeline) -> Iterator[Finding]:
    """Dates that stay where they are while D, a festival, moves."""
    old_day, new_day = before.day_zero, after.day_zero
    if old_day is None or new_day is None or new.day_zero is None or not isinstance(new.day_zero.base, Festival):
        return
    if _same_day(old_day, new_day):
        return
    for index, phase in enumerate(new.phases):
        for edge, moment in (("from", phase.window.from_), ("to", phase.window.to)):
            if isinstance(moment.base, date) and not isinstance(moment.base, DayZero):
                yield Finding(
                    "C184",
                    ("phases", index, "window", edge),
                    f"{moment} keeps its day of the year, but D moved from {old_day:%m-%d} to {new_day:%m-%d}",
                    f"{moment} 的月日未变，而 D 日由 {old_day:%m-%d} 移到 {new_day:%m-%d}",
                    "Write the moment from D, such as D-3, or correct the date.",
                    "请改为以 D 日计算，例如 D-3，或更正日期。",
                    severity="warning",
                )


def _counts(new: Calendar, before: Timeline, after: Timeline) -> Iterator[Finding]:
    """Plays that happen more or less often."""
    was = Counter((occurrence.phase, occurrence.play) for occurrence in before.occurrences)
    now = Counter((occurrence.phase, occurrence.play) for occurrence in after.occurrences)
    for index, phase in enumerate(new.phases):
        for number, play in enumerate(phase.plays):
            old, count = was[phase.id, play.id], now[phase.id, play.id]
            if old != count:
                yield Finding(
                    "C183",
                    ("phases", index, "plays", number, "at"),
                    f"{play.id} happens {count} times; it happened {old} times",
                    f"{play.id} 共 {count} 次，原为 {old} 次",
                    severity="info",
                )


def _estimates(before: Timeline, after: Timeline) -> Iterator[Finding]:
    """Moments that count working days, known for the old year and not for the new one."""
    known = {finding.path for finding in before.findings if finding.code == "C113"}
    for finding in after.findings:
        if finding.code == "C113" and finding.path not in known:
            yield replace(finding, code="C186", severity="warning")


def _same_day(old: date | datetime, new: date | datetime) -> bool:
    return (old.month, old.day) == (new.month, new.day)


def _length(span: Span) -> timedelta:
    """Length by the wall clock: a change of the clocks is no day lost."""
    return span.end.replace(tzinfo=None) - span.start.replace(tzinfo=None)


def _amount(length: timedelta) -> tuple[str, str]:
    if length == timedelta(days=1):
        return "a day", "一天"
    return format_duration(length), format_duration(length)
