"""One calendar as it stands in an editor: its text, what was found in it, and where everything is.

Places of an editor count lines and columns from 0, columns in UTF-16 units; ours count from 1, in characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from lsprotocol.types import Position, Range

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.finding import Path as Place
from campaign_calendars.findings.finding import Scalar
from campaign_calendars.findings.problem import Location, Problem
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from campaign_calendars.model.unfolding import unfold
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.time.resolving import resolve
from campaign_calendars.time.timeline import Timeline
from tasks.calendars.checking import Look, look_at

_WIDE = 0xFFFF
"""Signs above it are two units of UTF-16."""
_TOKEN = re.compile(r"[^\s,\[\]{}\"'：，]+")


@dataclass(frozen=True, slots=True)
class Spot:
    """What stands somewhere in a calendar: its place in the document, key or value, and its range in the text."""

    path: Place
    on: Literal["key", "value"]
    range: Range


@dataclass(frozen=True)
class Sheet:
    """A text in an editor, looked at once. `edited` is the line (from 0) that was typed last."""

    uri: str
    path: Path
    text: str
    version: int | None = None
    edited: int | None = None

    @cached_property
    def lines(self) -> list[str]:
        return self.text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")

    @cached_property
    def look(self) -> Look:
        """What is found in the text; a file beside it that cannot be read is a finding like any other."""
        try:
            return look_at(self.text, self.path, with_messages=True, edited=self.edited)
        except (PromocalError, OSError) as error:
            said = error if isinstance(error, PromocalError) else PromocalError((str(error), str(error)))
            read = load_calendar(self.text, str(self.path), self.edited)
            return Look(None, (*read.problems, _unreadable(said, str(self.path))), read)

    @property
    def calendar(self) -> Calendar | None:
        """The calendar as far as it can be read."""
        return self.look.shown

    @cached_property
    def timeline(self) -> Timeline | None:
        """The calendar on the clock, damaged or not; None where nothing of it can be read."""
        if self.look.loaded is not None:
            return self.look.loaded.timeline
        return resolve(unfold(self.calendar)) if self.calendar is not None else None

    def written(self, path: Place) -> Place:
        """Where something of the calendar stands in the text: what could not be read counts there."""
        shown = self.look.read.shown
        return shown.holed.written(path) if shown is not None else path

    @property
    def store(self) -> Store | None:
        return self.look.store

    # -- places --------------------------------------------------------------------------

    def position(self, line: int, column: int) -> Position:
        """A place counted from 1 as the editor counts it; what lies outside becomes the nearest place inside."""
        row = min(max(line - 1, 0), len(self.lines) - 1)
        before = self.lines[row][: max(column - 1, 0)]
        return Position(row, len(before) if before.isascii() else len(before.encode("utf-16-le", "surrogatepass")) // 2)

    def place(self, position: Position) -> tuple[int, int]:
        """Line and column, from 0 and in characters, of an editor's position; inside the text whatever is asked."""
        if position.line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        line = self.lines[max(position.line, 0)]
        units = 0
        for column, sign in enumerate(line):
            if units >= position.character:
                return max(position.line, 0), column
            units += 2 if ord(sign) > _WIDE else 1
        return max(position.line, 0), len(line)

    def span(self, line: int, start: int, end: int) -> Range:
        """A range on one line (from 0), columns in characters from 0."""
        return Range(self.position(line + 1, start + 1), self.position(line + 1, end + 1))

    def whole(self) -> Range:
        return Range(Position(0, 0), self.position(len(self.lines), len(self.lines[-1]) + 1))

    def row(self, line: int) -> Range:
        """A whole line (from 0) without its end."""
        return self.span(line, 0, len(self.lines[line]))

    def of_problem(self, problem: Problem) -> Range:
        """What a finding underlines: the value or key that begins at its place, else the word there."""
        line, column = problem.location.line, problem.location.column
        if not line or line > len(self.lines):
            return self.span(0, 0, 0)
        if (end := self._end_of_value(line, column)) is not None:
            return Range(self.position(line, column), end)
        text = self.lines[line - 1]
        word = _TOKEN.match(text, max(column - 1, 0))
        return self.span(line - 1, max(column - 1, 0), word.end() if word is not None else max(len(text), column))

    # -- what stands where ---------------------------------------------------------------

    @cached_property
    def spots(self) -> list[Spot]:
        """Every key and every text of the calendar, in the order of the text."""
        known = self.look.read.locations
        made = [
            Spot(path, "key", self.span(line - 1, column - 1, column - 1 + self._key_length(line, column, path)))
            for path, (line, column) in known.keys.items()
        ]
        for path, scalar in known.scalars.items():
            if not path:
                continue  # the text is one word and no calendar yet
            start = self.position(scalar.line + 1, scalar.column + 1)
            made.append(Spot(path, "value", Range(start, self.position(scalar.end_line + 1, scalar.end_column + 1))))
        return sorted(made, key=lambda spot: (spot.range.start.line, spot.range.start.character))

    def _key_length(self, line: int, column: int, path: Place) -> int:
        quoted = line <= len(self.lines) and self.lines[line - 1][column - 1 : column] in ("'", '"')
        return len(str(path[-1])) + 2 * quoted

    def _end_of_value(self, line: int, column: int) -> Position | None:
        """Where the text or key that begins at a place ends."""
        scalar = self._scalars.get((line - 1, column - 1))
        if scalar is not None:
            return self.position(scalar.end_line + 1, scalar.end_column + 1)
        path = self._keys.get((line, column))
        return self.position(line, column + self._key_length(line, column, path)) if path is not None else None

    # Only of lines with findings: a calendar has many texts, and of few of them anything is said.
    @cached_property
    def _told(self) -> frozenset[int]:
        return frozenset(one.location.line for one in self.look.problems)

    @cached_property
    def _scalars(self) -> dict[tuple[int, int], Scalar]:
        known = self.look.read.locations.scalars.values()
        return {(one.line, one.column): one for one in known if one.line + 1 in self._told}

    @cached_property
    def _keys(self) -> dict[tuple[int, int], Place]:
        return {place: path for path, place in self.look.read.locations.keys.items() if place[0] in self._told}

    def spot_at(self, position: Position) -> Spot | None:
        """The key or value under a position of the editor."""
        asked = (position.line, position.character)
        at = bisect_right(self.spots, asked, key=lambda spot: (spot.range.start.line, spot.range.start.character))
        for spot in reversed(self.spots[max(at - 2, 0) : at]):
            end = spot.range.end
            if asked <= (end.line, end.character):
                return spot
        return None

    def range_of(self, path: Place, on: Literal["key", "value"] = "value") -> Range | None:
        """Where a place of the document stands; of a value that is no text, its key."""
        if on == "value" and (spot := self._by_path.get((path, "value"))) is not None:
            return spot.range
        key = self._by_path.get((path, "key"))
        return key.range if key is not None else None

    @cached_property
    def _by_path(self) -> dict[tuple[Place, str], Spot]:
        return {(spot.path, spot.on): spot for spot in self.spots}

    def text_at(self, path: Place) -> str | None:
        """The text that is written at a place of the document."""
        scalar = self.look.read.locations.scalars.get(path)
        return scalar.value if scalar is not None else None


def _unreadable(error: PromocalError, file: str) -> Problem:
    """C101: the store of the calendar is there and cannot be read."""
    (said, zh), (remedy, remedy_zh) = error.said, error.remedy_said
    return Problem("C101", "error", said, remedy, Location(file, 1, 1), zh=zh, hint_zh=remedy_zh)
