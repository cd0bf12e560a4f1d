"""Two calendars compared in the language of calendars: what starts later, what is new, what is worth more.

Phases, waves and sub-phases are compared by where they lie on the clock, seen from D: a calendar
whose D moved by a week has one difference, not fifty. Everything else is compared by its keys.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from campaign_calendars.differences.wording import (
    Words,
    added_or_removed,
    both,
    changed_list,
    changed_value,
    subject,
    trigger_added_or_removed,
)
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.time.resolving import resolve
from campaign_calendars.time.timeline import Span, Timeline
from campaign_calendars.values.scalars import duration_in_words

_DATE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
What = Literal["added", "removed", "changed"]
_OWNERS = {
    ("benefits",), ("audiences",), ("waves",), ("phases",), ("phases", "plays"), ("phases", "sub_phases"),
    ("phases", "duties"), ("phases", "targets"), ("waves", "targets"), ("targets",),
    ("budget", "pools"), ("accept",), ("prices",), ("sequences",),
}  # fmt: skip
"""Collections whose members are named: a new member is one addition, whatever it holds."""


@dataclass(frozen=True, slots=True)
class SaidDifference:
    """A difference in one language, as programs read it."""

    what: What
    """What happened to it."""
    where: tuple[str, ...]
    """Names from the outside in, e.g. `phases`, `burst`, `plays`, `recall-x`, `at`."""
    before: Any
    """The value in the old calendar, as it is written there; null where there was none."""
    after: Any
    """The value in the new calendar; null where there is none."""
    text: str
    """The difference in a sentence."""


@dataclass(frozen=True, slots=True)
class CalendarDiff:
    """What differs between two calendars."""

    old: str
    """Id of the old calendar."""
    new: str
    """Id of the new calendar."""
    differences: tuple[SaidDifference, ...]
    """In the order a calendar is written."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `where` names it by ids, e.g. (phases, burst, plays, recall-x, at)."""

    what: What
    where: tuple[str, ...]
    before: Any
    after: Any
    message: str
    zh: str

    def text(self, lang: str = "en") -> str:
        return self.zh if lang == "zh" else self.message

    def said(self, lang: str = "en") -> SaidDifference:
        """The difference in one language, the form it has in JSON."""
        return SaidDifference(self.what, self.where, self.before, self.after, self.text(lang))


def compare(old: Calendar, new: Calendar) -> list[Difference]:
    """Every difference between two calendars, in the order a calendar is written; total."""
    return list(_Comparison(old, new).differences())


class _Comparison:
    def __init__(self, old: Calendar, new: Calendar) -> None:
        self.old, self.new = old, new
        self.before, self.after = resolve(old), resolve(new)
        self.was, self.now = _counts(self.before), _counts(self.after)
        self.moved = _moved_plays(old, new)
        days = (self.before.day_zero, self.after.day_zero)
        self.shift = days[1] - days[0] if days[0] is not None and days[1] is not None else timedelta()

    def differences(self) -> Iterator[Difference]:
        yield from self._walk(_keyed(_dump(self.old)), _keyed(_dump(self.new)), ())

    def _walk(self, old: Any, new: Any, where: tuple[str, ...]) -> Iterator[Difference]:
        if where == ("day_zero",):
            yield from self._day_zero(old, new)
        elif where and where[-1] == "window":
            yield from self._window(old, new, where[:-1])
        elif isinstance(old, Mapping) and isinstance(new, Mapping) and not _is_text(old):
            yield from self._mappings(old, new, where)
        elif old != new:
            if not self._follows_d(old, new):
                yield self._leaf(old, new, where)
        elif where[-1] == "at" and self.was[where[1], where[3]] != self.now[where[1], where[3]]:
            yield self._count(where)

    def _mappings(self, old: Mapping[str, Any], new: Mapping[str, Any], where: tuple[str, ...]) -> Iterator[Difference]:
        named = where[::2] in _OWNERS if where[:1] == ("phases",) else where in _OWNERS
        shared = [key for key in old if key in new]
        if named and shared != [key for key in new if key in old] and where[0] == "phases":
            yield self._order(where, shared, [key for key in new if key in old])
        for key, value in new.items():
            place = (*where, key)
            if key in old:
                yield from self._walk(old[key], value, place)
            elif not named:
                yield from self._walk(None, value, place)
            elif where[2:] == ("plays",) and key in self.moved:
                yield from self._play_moved(key, place, value)
            else:
                yield Difference("added", place, None, value, *added_or_removed("+", place, value))
        for key, value in old.items():
            place = (*where, key)
            if key in new or (where[2:] == ("plays",) and key in self.moved):
                continue
            if named:
                yield Difference("removed", place, value, None, *added_or_removed("-", place, value))
            elif value is not None:
                yield from self._walk(value, None, place)

    def _leaf(self, old: Any, new: Any, where: tuple[str, ...]) -> Difference:
        if where[-1] == "trigger":
            what: What = "added" if old is None else "removed"
            return Difference(what, where, old, new, *trigger_added_or_removed(where, what, old or new))
        if isinstance(old, list) and isinstance(new, list):
            return Difference("changed", where, old, new, *changed_list(where, old, new))
        return Difference("changed", where, old, new, *changed_value(where, old, new))

    def _order(self, where: tuple[str, ...], old: list[str], new: list[str]) -> Difference:
        name, name_zh = subject(where)
        message = f"{name}: in another order: {', '.join(new)}"
        return Difference("changed", where, old, new, message, f"{name_zh}：顺序改为 {'、'.join(new)}")

    def _count(self, where: tuple[str, ...]) -> Difference:
        was, now = self.was[where[1], where[3]], self.now[where[1], where[3]]
        name, name_zh = subject(where[:-1])
        message = f"{name}: {now} times instead of {was}"
        return Difference("changed", where, was, now, message, f"{name_zh}：由 {was} 次变为 {now} 次")

    def _play_moved(self, key: str, place: tuple[str, ...], value: Mapping[str, Any]) -> Iterator[Difference]:
        source = self.moved[key]
        message = f"play {key} moves from {source} to {place[1]}"
        zh = f"玩法 {key} 由 {source} 移到 {place[1]}"
        yield Difference("changed", place, source, place[1], message, zh)
        dumped = _keyed(_dump(self.old))["phases"][source]["plays"][key]
        for name, new in value.items():
            if dumped.get(name) != new:
                yield self._leaf(dumped.get(name), new, (*place, name))

    # -- time ------------------------------------------------------------------------------

    def _day_zero(self, old: Any, new: Any) -> Iterator[Difference]:
        was, now = self.before.day_zero, self.after.day_zero
        if was is None or now is None or was == now:
            if old != new:
                yield self._leaf(old, new, ("day_zero",))
            return
        later, later_zh = _later(now - was)
        yield Difference(
            "changed",
            ("day_zero",),
            was.isoformat(),
            now.isoformat(),
            f"D moves from {was} to {now}, {later}",
            f"D 日由 {was} 移到 {now}，{later_zh}",
        )

    def _follows_d(self, old: Any, new: Any) -> bool:
        """Whether dates differ by nothing but the move of D."""
        if not self.shift:
            return False
        if isinstance(old, list) and isinstance(new, list):
            return len(old) == len(new) and all(map(self._follows_d, old, new))
        if not isinstance(old, str) or not isinstance(new, str):
            return bool(old == new)
        return _shifted(old, self.shift) == new

    def _window(self, old: Any, new: Any, where: tuple[str, ...]) -> Iterator[Difference]:
        was, now = _span(self.before, where), _span(self.after, where)
        if was is None or now is None:
            if old != new:
                yield self._leaf(old, new, (*where, "window"))
            return
        name, name_zh = subject(where)
        words = Words(name, name_zh, seen_from_d=bool(self.shift))
        found = [
            *self._edge((*where, "window", "from"), was.start, now.start, words, ("starts", "开始")),
            *self._edge((*where, "window", "to"), was.last, now.last, words, ("ends", "结束")),
        ]
        yield from found
        for key in ("from", "to"):
            if old[key] != new[key] and not self.shift and not any(d.where[-1] == key for d in found):
                yield Difference(
                    "changed",
                    (*where, "window", key),
                    old[key],
                    new[key],
                    f"{name}: `{key}` is written {new[key]} instead of {old[key]}, the same moment",
                    f"{name_zh}：{key} 由 {old[key]} 改写为 {new[key]}，时刻不变",
                )

    def _edge(
        self, where: tuple[str, ...], was: datetime, now: datetime, words: Words, verb: tuple[str, str]
    ) -> Iterator[Difference]:
        """By the wall clock, seen from D."""
        by = now.replace(tzinfo=None) - was.replace(tzinfo=None) - self.shift
        if not by:
            return
        later, later_zh = _later(by)
        moments = f"{was:%Y-%m-%d %H:%M:%S} → {now:%Y-%m-%d %H:%M:%S}"
        texts = both(words, f"{verb[0]} {later}", f"{later_zh} {verb[1]}", moments)
        yield Difference("changed", where, was.isoformat(), now.isoformat(), *texts)


def _shifted(text: str, by: timedelta) -> str:
    """The text with every date in it moved."""

    def moved(match: re.Match[str]) -> str:
        try:
            return (date.fromisoformat(match[0]) + by).isoformat()
        except (ValueError, OverflowError):
            return match[0]

    return _DATE.sub(moved, text)


def _later(by: timedelta) -> tuple[str, str]:
    """By how much something starts later or earlier, in English and Chinese."""
    english, chinese = (duration_in_words(abs(by), lang) for lang in ("en", "zh"))
    after = by > timedelta()
    return f"{english} {'later' if after else 'earlier'}", f"{'推迟' if after else '提前'} {chinese}"


def _span(timeline: Timeline, where: tuple[str, ...]) -> Span | None:
    match where:
        case ("waves", name):
            return timeline.waves.get(name)
        case ("phases", name):
            return timeline.phases.get(name)
        case ("phases", phase, "sub_phases", name):
            return timeline.sub_phases.get((phase, name))
    return None


def _counts(timeline: Timeline) -> Counter[tuple[str, str]]:
    return Counter((occurrence.phase, occurrence.play) for occurrence in timeline.occurrences)


def _moved_plays(old: Calendar, new: Calendar) -> dict[str, str]:
    """Plays that stand in another phase now, and the phase they stood in; by unique ids only."""
    was, now = _homes(old), _homes(new)
    return {
        play: phases[0]
        for play, phases in was.items()
        if len(phases) == len(now.get(play, [])) == 1 and phases != now[play]
    }


def _homes(calendar: Calendar) -> dict[str, list[str]]:
    homes: dict[str, list[str]] = {}
    for phase in calendar.phases:
        for play in phase.plays:
            homes.setdefault(play.id, []).append(phase.id)
    return homes


def _dump(calendar: Calendar) -> dict[str, Any]:
    return calendar.model_dump(mode="json", by_alias=True)


def _keyed(node: Any) -> Any:
    """Lists of things that have a name become mappings by that name; other lists stay."""
    if isinstance(node, dict):
        return {key: _keyed(value) for key, value in node.items()}
    if not isinstance(node, list) or not node or not all(isinstance(item, dict) for item in node):
        return {} if node == [] else node
    keyed: dict[str, Any] = {}
    for index, item in enumerate(node):
        if _is_text(item):
            return node
        name = item.get("id") or item.get("tier") or str(index + 1)
        keyed.setdefault(name, {key: _keyed(value) for key, value in item.items() if key != "id"})
    return keyed


def _is_text(node: Any) -> bool:
    return isinstance(node, Mapping) and set(node) == {"zh", "en"}
