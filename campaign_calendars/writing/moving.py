"""A calendar moved to another year: text in, text out, comments and layout kept.

Only what names the year is rewritten, at the place where it is written:
* dates keep month and day; 29 February becomes 1 March where a window starts, else 28 February;
* festivals get their year and fall where they fall in it; what counts from D follows D;
* id, hold-out salt and title get the new year; `verified` becomes false; `source` says where it
  came from;
* past prices are facts and keep their days.

What that does to phases and plays is told as remarks (`moving_remarks`), C180 to C186.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from campaign_calendars.findings.finding import Finding, Path, Scalar
from campaign_calendars.findings.problem import Problem, has_errors, sort_problems
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.keys import types_at
from campaign_calendars.reading.loading import Loaded, load_calendar
from campaign_calendars.reading.source import read
from campaign_calendars.reading.traps import normal
from campaign_calendars.sheets.expanding import FROM, named_sheets
from campaign_calendars.time.resolving import resolve
from campaign_calendars.values.moments import FIRST_YEAR, LAST_YEAR, MomentExpr, ScheduleExpr
from campaign_calendars.writing.remarks import missing_day, remarks

_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Moved:
    """The moved calendar: its id and text, and what the move did to it."""

    calendar: str
    text: str
    problems: list[Problem]


@dataclass(frozen=True)
class _Edit:
    """Replace `text[start:end]` by `new`."""

    start: int
    end: int
    new: str


def move_calendar(text: str, year: int, file: str = "") -> Moved:
    """The calendar in another year. `file` is the name the remarks give as their place.

    Raises ProblemsFoundError when `text` is no calendar, or a year does not fit the clock;
    UsageError when it is a calendar of `year` already.
    """
    old = load_calendar(text, file)
    if old.model is None or has_errors(old.problems):
        raise ProblemsFoundError(old.problems)
    first = calendar_year(old.model)
    if first == year:
        raise UsageError(
            (f"{old.model.calendar} is a calendar of {year} already", f"{old.model.calendar} 已经是 {year} 年的日历"),
            ("give another year", "请换一个年份"),
        )
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UsageError(
            (
                f"a calendar is moved to a year between {FIRST_YEAR} and {LAST_YEAR}, not {year}",
                f"日历只能移到 {FIRST_YEAR} 至 {LAST_YEAR} 之间的年份，而不是 {year}",
            ),
            ("check --year", "请核对 --year"),
        )
    move = _Move(normal(text), old.model, first, year)
    moved_text = move.text_in_new_year()
    new = load_calendar(moved_text, file)
    if new.model is None:
        raise ProblemsFoundError(new.problems)
    findings = [*move.findings, *remarks(old.model, new.model), *_in_sheets(move.data)]
    problems = [new.locations.problem(finding) for finding in findings]
    return Moved(new.model.calendar, moved_text, sort_problems([*problems, *_still_named(moved_text, first, new)]))


def calendar_year(calendar: Calendar) -> int:
    """The year a calendar is of: that of D, else the one in its id, else where most phases start."""
    timeline = resolve(calendar)
    if timeline.day_zero is not None:
        return timeline.day_zero.year
    if named := _YEAR.search(calendar.calendar):
        return int(named[0])
    starts = Counter(span.start.year for span in timeline.phases.values())
    return max(sorted(starts), key=lambda year: starts[year], default=timeline.campaign.start.year)


class _Move:
    """The edits of one text; `findings` are about dates that had to give way."""

    def __init__(self, text: str, calendar: Calendar, first: int, year: int) -> None:
        self.text = text
        self.calendar = calendar
        self.first = first
        self.year = year
        self.findings: list[Finding] = []
        source = read(text)
        self.data: dict[str, Any] = source.data or {}
        self.scalars = source.locations.scalars
        self.line_starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        line, column = source.locations.values.get((), (1, 1))
        self.is_flow = text[self._offset(line - 1, column - 1)] == "{"

    def text_in_new_year(self) -> str:
        edits = [edit for path, scalar in self.scalars.items() for edit in self._edits(path, scalar)]
        if not self.calendar.source:
            edits.append(self._source_line())
        text = self.text
        for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
            text = text[: edit.start] + edit.new + text[edit.end :]
        return text

    def _edits(self, path: Path, scalar: Scalar) -> Iterator[_Edit]:
        if path == ("source",) and scalar.value:
            end = self._inner_end(scalar)
            yield _Edit(end, end, f"; moved from {self.calendar.calendar}")
        elif path == ("verified",):
            yield from self._replaced(scalar, re.compile(re.escape(scalar.value)), lambda _: "false")
        elif path in (("calendar",), ("holdout", "salt")):
            yield from self._named_year(scalar)
        elif path[0] == "title":
            yield from self._replaced(scalar, _number(self.first), lambda _: str(self.year))
        elif self._is_festival_year(path):
            yield from self._replaced(
                scalar, re.compile(r"\d{4}"), lambda match: str(int(match[0]) + self.year - self.first)
            )
        elif self._holds_dates(path):
            yield from self._replaced(scalar, _DATE, lambda match: self._date(match, path))

    def _replaced(
        self, scalar: Scalar, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]
    ) -> Iterator[_Edit]:
        start = self._offset(scalar.line, scalar.column)
        raw = self.text[start : self._offset(scalar.end_line, scalar.end_column)]
        for match in pattern.finditer(raw):
            yield _Edit(start + match.start(), start + match.end(), new(match))

    def _named_year(self, scalar: Scalar) -> Iterator[_Edit]:
        """The year inside an id or a salt; at its end when it has none."""
        edits = list(self._replaced(scalar, _number(self.first), lambda _: str(self.year)))
        if edits:
            yield from edits
        else:
            end = self._inner_end(scalar)
            yield _Edit(end, end, f"-{self.year}")

    def _date(self, match: re.Match[str], path: Path) -> str:
        year, month, day = (int(part) for part in match.groups())
        year += self.year - self.first
        try:
            date(year, month, day)
        except ValueError:
            month, day = (3, 1) if self._starts_window(path) else (2, 28)
            self.findings.append(missing_day(path, match[0], date(year, month, day)))
            return f"{year:04d}-{month:02d}-{day:02d}"
        # Kept as written: 2021-9-1 stays short.
        return f"{year:04d}{match[0][4:]}"

    def _starts_window(self, path: Path) -> bool:
        """Whether the date may give way forward: the start of a window that lasts longer than the day."""
        window: Any = self.data
        for part in path[:-1]:
            window = window[part]
        return path[-1] == "from" and not _is_leap_day(window.get("to"))

    def _holds_dates(self, path: Path) -> bool:
        if path[0] == "audiences":
            return path[2:] in ((), ("where",))
        return any(
            known in (MomentExpr, ScheduleExpr)
            for place in (path, path[:-1])
            for known in types_at(Calendar, place, self.data)
        )

    def _is_festival_year(self, path: Path) -> bool:
        return path[-1] == "year" and MomentExpr in types_at(Calendar, path[:-1], self.data)

    def _source_line(self) -> _Edit:
        """A `source` for a calendar that names none, behind its id."""
        scalar = self.scalars["calendar",]
        end = self._offset(scalar.end_line, scalar.end_column)
        if self.is_flow:
            return _Edit(end, end, f", source: moved from {self.calendar.calendar}")
        line_end = self.text.find("\n", end)
        line_end = len(self.text) if line_end < 0 else line_end
        return _Edit(line_end, line_end, f"\nsource: moved from {self.calendar.calendar}")

    def _inner_end(self, scalar: Scalar) -> int:
        """Where a text can be lengthened: inside its quotes, before the line break of a block."""
        start, end = self._offset(scalar.line, scalar.column), self._offset(scalar.end_line, scalar.end_column)
        if self.text[start] in "|>":
            return start + len(self.text[start:end].rstrip())
        return end - 1 if self.text[start] in "'\"" else end

    def _offset(self, line: int, column: int) -> int:
        return self.line_starts[line] + column


def _number(year: int) -> re.Pattern[str]:
    return re.compile(rf"(?<!\d){year}(?!\d)")


def _is_leap_day(value: Any) -> bool:
    match = _DATE.match(str(value))
    return match is not None and (int(match[2]), int(match[3])) == (2, 29)


def _still_named(text: str, year: int, new: Loaded[Calendar]) -> Iterator[Problem]:
    """One remark about texts and comments that still name the old year; the source may."""
    lines = text.split("\n")
    source = new.locations.keys.get(("source",), (0, 0))[0]
    named = [number for number, line in enumerate(lines, 1) if _number(year).search(line) and number != source]
    if named:
        listed = ", ".join(str(number) for number in named)
        place = ("calendar",)
        finding = Finding(
            "C185",
            place,
            f"comments or texts still name {year}: line {listed}",
            f"注释或文字中仍有 {year} 年：第 {listed} 行",
            "Read them once more; dates in comments and of past prices are not moved.",
            "请再读一遍；注释中的日期和历史价格的日期不会改动。",
            severity="info",
        )
        yield new.locations.problem(finding)


def _in_sheets(data: dict[str, Any]) -> Iterator[Finding]:
    """Sheets that the calendar names: their dates are somebody's own."""
    for one in named_sheets(data):
        yield Finding(
            "C185",
            (*one.owner, FROM),
            f"{one.file} is named as before; dates in it are not moved",
            f"{one.file} 仍为原表；表中的日期不会改动",
            "Read them once more, or name another sheet.",
            "请再核对一遍，或改用另一张表。",
            severity="info",
        )
