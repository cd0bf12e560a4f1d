"""A text read in spite of its damage: what stands in it, what is wrong, and on which lines.

For showing only. Whoever plans or runs takes a text that `source.read` reads without a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from campaign_calendars.findings.finding import Locations, Path
from campaign_calendars.findings.problem import Location, Problem, sort_problems
from campaign_calendars.reading.mending import Mended, likely, mended, things_begun, without_value
from campaign_calendars.reading.source import Source, read
from campaign_calendars.reading.traps import ODD, normal, syntax_problem

_ROUNDS = 6
_AT_THE_CAUSE = frozenset({"C002", "C003"})
"""Said of the damaged character itself; the parser's words about that line would only repeat it."""
_INVISIBLE = "C012"
_SECOND_DOCUMENT = "C008"
_TWICE = "C004"


@dataclass(frozen=True)
class Tolerant:
    """The source of a text, with what could be read of it. `damaged` lines (from 1) were not read as written."""

    source: Source
    damaged: frozenset[int] = frozenset()


def read_tolerantly(text: str, file: str = "", edited: int | None = None) -> Tolerant:
    """Read one YAML document as far as it goes; `data` is None only where nothing of it can be read.

    `edited` is the line (from 0) that somebody is typing, where that is known.
    """
    first = read(text, file)
    if first.data is not None and not first.problems:
        return Tolerant(first)
    return _Patching(normal(text), file, first, edited).read()


@dataclass
class _Patching:
    text: str
    file: str
    first: Source
    edited: int | None

    def read(self) -> Tolerant:
        lines = self.text.split("\n")
        damaged: set[int] = set()
        problems = [problem for problem in self.first.problems if problem.code in _AT_THE_CAUSE]
        copy = self.text
        if any(problem.code == _INVISIBLE for problem in self.first.problems):
            problems += self.first.problems
            copy = ODD.sub(" ", copy)
        for _ in range(_ROUNDS):
            found = self._mended(copy)
            if found is None:
                return Tolerant(self.first)
            mend, source = found
            problems += self._syntax(mend, lines, problems)
            damaged |= {line + 1 for one in mend.mends for line in one.lines}
            if source.data is not None:
                return self._patched(mend.text, source, problems, damaged)
            if (stop := self._stop(source)) is None:
                return Tolerant(self.first)
            problems.append(stop)
            copy, changed = _without(mend.text.split("\n"), stop)
            damaged |= changed
        return Tolerant(self.first)

    def _mended(self, copy: str) -> tuple[Mended, Source] | None:
        """The copy mended and read; while somebody types, the first guess is nearly always right."""
        if copy == self.text and self.first.error is not None:
            guess = likely(copy, self.first.error, self.edited)
            if guess is not None and (source := read(guess.text, self.file)).data is not None:
                return guess, source
        mend = mended(copy, self.edited)
        return (mend, read(mend.text, self.file)) if mend is not None else None

    def _stop(self, source: Source) -> Problem | None:
        """The problem for which the reader went no further; None where there is nothing to leave out."""
        last = max(source.problems, key=lambda problem: problem.location, default=None)
        return last if last is not None and last.code not in ("C010", "C011") else None

    def _syntax(self, mend: Mended, lines: list[str], said: list[Problem]) -> Iterable[Problem]:
        told = {problem.location.line for problem in said}
        for one in mend.mends:
            line = one.line + 1
            if line not in told:
                told.add(line)
                yield syntax_problem(one.words, Location(self.file, line, one.column + 1), lines[one.line])

    def _patched(self, text: str, source: Source, problems: list[Problem], damaged: set[int]) -> Tolerant:
        text, source, split = self._items_split(text, source)
        problems += [problem for problem in source.problems if problem not in problems]
        located = replace(source.locations, text=self.text)
        whole = Source(source.data, located, sort_problems(dict.fromkeys((*problems, *split))))
        return Tolerant(whole, frozenset(damaged | {problem.location.line - 1 for problem in split}))

    def _items_split(self, text: str, source: Source) -> tuple[str, Source, list[Problem]]:
        """Keys that are there twice because the line that began their thing is empty: the thing begun again."""
        split: list[Problem] = []
        for _ in range(_ROUNDS):
            twice = next((problem for problem in source.problems if problem.code == _TWICE), None)
            if twice is None:
                break
            begun = [(one, read(one, self.file)) for one in things_begun(text.split("\n"), twice.location.line - 1)]
            better = [one for one in begun if one[1].data is not None and len(one[1].problems) < len(source.problems)]
            if not better:
                break
            text, source = better[0]
            split.append(twice)
        return text, source, split


def _without(lines: list[str], stop: Problem) -> tuple[str, set[int]]:
    """The text without the value the reader stopped at, or without the second document."""
    at = stop.location.line - 1
    left_out = range(at, len(lines)) if stop.code == _SECOND_DOCUMENT else range(at, at + 1)
    kept = "" if stop.code == _SECOND_DOCUMENT else without_value(lines[at])
    made = [*lines[:at], kept, *("" for _ in left_out[1:]), *lines[left_out.stop :]]
    return "\n".join(made), {line + 1 for line in left_out if re.search(r"\S", lines[line])}


def owner_of(locations: Locations, lines: list[str], line: int) -> Path | None:
    """The mapping in which a damaged line (from 1) was to be a key, by the keys of its column; None if it is empty."""
    text = lines[line - 1]
    if not text.strip():
        return None
    by_line = {place[0]: (place[1], path) for path, place in reversed(list(locations.keys.items()))}
    below = range(line + 1, len(lines) + 1)
    above = range(line - 1, 0, -1)
    column = _column(text) or next((by_line[other][0] for other in (*above, *below) if other in by_line), 1)
    for way in (below, above) if text.lstrip().startswith("-") else (above, below):
        for other in way:
            if other not in by_line:
                continue
            place, path = by_line[other]
            if place == column:
                return path[:-1]
            if place < column:
                if way is above:
                    return path
                break
    return () if column == 1 else None


def _column(text: str) -> int | None:
    """The column (from 1) in which a line's key begins; None where a tab hides it."""
    indent = text[: len(text) - len(text.lstrip(" -\t"))]
    return None if "\t" in indent else len(indent) + 1
