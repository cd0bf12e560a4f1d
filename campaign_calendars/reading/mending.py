"""Half-typed text: the few lines that keep a text from being YAML, found and set aside.

A person types one line at a time, and until it is whole the parser gives up on the file. The line is looked
for near the place where the parser stumbled; what it needs to be read is done to a copy of the text: a bracket
closed, a colon put behind a bare word, the value or the whole line left out. No line is added or removed, so
every place in the copy is a place in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from campaign_calendars.reading.building import LOADER
from campaign_calendars.reading.open_ends import Ends, open_ends
from campaign_calendars.reading.parts import Apart

ABSENT_KEY = "\ufffdkey"
"""Stands for the key of a block whose own line is empty."""
_ENDLESS = "unexpected end of stream"
_ROUNDS = 10
_TRIALS = 500
_ABOVE = 6
_STEP = 2
_KEY = re.compile(r"^(?P<head>[ \t]*(?:- +)*[^\s\[\]{},#&*!|>'\"%@`-][^#]*?:)(?= |$)")
_DASH = re.compile(r"^(?P<head> *(?:- +)*-)(?: |$)")
_BARE = re.compile(r"^ *(?:- +)*[\w.-]+(?: [\w.-]+)*[ ]*$")
_WIDE = re.compile(r"^(?P<head>[ \u3000]*(?:- )?[A-Za-z_][\w-]*)：[ ]*")

Change = dict[int, str]
"""New text by line, counted from 0."""


@dataclass(frozen=True, slots=True)
class Stumble:
    """Where the parser gave up (lines from 0), where what it was reading began, and its words."""

    line: int
    column: int
    context: int
    words: str


@dataclass(frozen=True, slots=True)
class Mend:
    """One place that had to be mended: where it is, what the parser said, and every line changed for it; from 0."""

    line: int
    column: int
    words: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mended:
    """A copy of a text that the parser reads to its end, and what was done for it."""

    text: str
    mends: tuple[Mend, ...]


def likely(text: str, error: yaml.MarkedYAMLError, edited: int | None = None) -> Mended | None:
    """The likeliest mend of a text at which the parser gave up with `error`; nobody has tried it yet."""
    lines = text.split("\n")
    stumble = _stumble(error, text)
    for line, change in _changes(lines, stumble, edited):
        return Mended("\n".join(_with(lines, change)), (_made(lines, line, change, stumble),))
    return None


def mended(text: str, edited: int | None = None) -> Mended | None:
    """The text with its damaged lines set aside; None where that does not help.

    `edited` is the line (from 0) that is being typed, where somebody knows it: it is tried first.
    """
    lines = text.split("\n")
    mends: list[Mend] = []
    trials = _Trials()
    stumble = stumble_of(text)
    for _ in range(_ROUNDS):
        if stumble is None:
            return Mended("\n".join(lines), tuple(mends))
        found = _mend(lines, stumble, edited, trials)
        if found is None:
            return None
        line, change, after = found
        mends.append(_made(lines, line, change, stumble))
        lines = _with(lines, change)
        stumble = after
    return None


def _made(lines: Sequence[str], line: int, change: Change, stumble: Stumble) -> Mend:
    column = min(stumble.column, len(lines[line])) if line == stumble.line else _indent(lines[line])
    return Mend(line, column, stumble.words, tuple(sorted(change)))


def _with(lines: Sequence[str], change: Change) -> list[str]:
    return [change.get(index, line) for index, line in enumerate(lines)]


def stumble_of(text: str) -> Stumble | None:
    """Where the parser gives up on a text; None where it reads it."""
    apart = Apart.of(text) if "\n" in text else None
    if apart is not None and apart.stands:
        return None
    loader = LOADER(text if apart is None else apart.shortened())
    try:
        while loader.check_event():
            loader.get_event()
    except yaml.MarkedYAMLError as error:
        return _stumble(error, text)
    finally:
        loader.dispose()
    return None


def _stumble(error: yaml.MarkedYAMLError, text: str) -> Stumble:
    mark, last = error.problem_mark or error.context_mark, text.count("\n")
    line = min(mark.line if mark is not None else 0, last)
    context = min(error.context_mark.line, last) if error.context_mark is not None else line
    if _ENDLESS in (error.problem or ""):
        line = context  # a quote: where it is opened says more than where the text ends
    return Stumble(line, mark.column if mark is not None else 0, context, error.problem or "")


def without_value(line: str) -> str:
    """A line with its key or its dash alone; empty where it has neither."""
    head = _KEY.match(line) or _DASH.match(line)
    return head["head"] if head is not None and head["head"] != line.rstrip() else ""


def things_begun(lines: Sequence[str], line: int) -> Iterator[str]:
    """The text with a dash, or a key, on the empty line above the keys among which `line` (from 0) stands."""
    empty = _empty_above(lines, line)
    indent = _indent(lines[line])
    if empty is None or indent < _STEP or any(_indent(text) < indent for text in lines[empty + 1 : line] if text):
        return
    for head in ("-", f"{ABSENT_KEY}:"):
        yield "\n".join([*lines[:empty], " " * (indent - _STEP) + head, *lines[empty + 1 :]])


@dataclass
class _Trials:
    """How many copies may still be parsed; a text damaged all over is given up, not searched for ever."""

    left: int = _TRIALS

    def stumble(self, lines: Sequence[str], change: Change) -> Stumble | None:
        self.left -= 1
        return stumble_of("\n".join(_with(lines, change)))


def _mend(
    lines: Sequence[str], stumble: Stumble, edited: int | None, trials: _Trials
) -> tuple[int, Change, Stumble | None] | None:
    """The first change after which all is read, else the one after which most is.

    Returns (damaged line, change, where the parser gives up then).
    """
    best: tuple[int, Change, Stumble] | None = None
    for line, change in _changes(lines, stumble, edited):
        if trials.left <= 0:
            break
        after = trials.stumble(lines, change)
        if after is None:
            return line, change, None
        if after.line > stumble.line and (best is None or after.line > best[2].line):
            best = (line, change, after)
    return best


def _changes(lines: Sequence[str], stumble: Stumble, edited: int | None) -> Iterator[tuple[int, Change]]:
    near = _near(lines, stumble, edited)
    suspect = [line for line in near if line == edited or _suspicion(lines, line) > 0]
    yield from ((line, {line: new}) for line in suspect for new in _of_line(lines, line))
    yield from _absent(lines, stumble)
    yield from ((line, {line: new}) for line in near if line not in suspect for new in _of_line(lines, line))
    for start in (*near[:1], *_around(lines, stumble.line)):
        block = _block(lines, start)
        yield start, dict.fromkeys(block, "")


def _near(lines: Sequence[str], stumble: Stumble, edited: int | None) -> list[int]:
    """Lines that may be the damaged one, likeliest first."""
    above = [line for line in range(stumble.line, -1, -1) if lines[line].strip()][: _ABOVE + 1]
    lines_near = dict.fromkeys([*above, stumble.context])
    order = sorted(lines_near, key=lambda line: (-_suspicion(lines, line), abs(stumble.line - line)))
    if edited is not None and edited < len(lines) and lines[edited].strip():
        order = [edited, *(line for line in order if line != edited)]
    return order


def _suspicion(lines: Sequence[str], line: int) -> int:
    """0 for a line that looks whole by itself, more for one that does not."""
    text = lines[line]
    if not text.strip() or text.lstrip().startswith("#"):
        return -1
    if "\t" in text[: len(text) - len(text.lstrip())] or _WIDE.match(text) or text.startswith("\u3000"):
        return 3
    ends = open_ends(text)
    if ends.missing or ends.is_torn:
        return 2
    if _BARE.match(text) and (not text.lstrip().startswith("- ") or _has_below(lines, line)):
        return 2
    return 0 if stumble_of(text.strip()) is None else 1


def _of_line(lines: Sequence[str], line: int) -> Iterator[str]:
    """What one line may become, the least change first."""
    text = lines[line]
    if (wide := _WIDE.match(text)) is not None:
        yield text[: wide.start()] + wide["head"] + ": " + text[wide.end() :]
    if (indent := text[: len(text) - len(text.lstrip())]) and "\t" in indent:
        yield indent.replace("\t", "  ") + text.lstrip()
    ends: Ends = open_ends(text)
    if ends.missing:
        yield ends.closed(text)
    if _BARE.match(text) and _has_below(lines, line):
        yield text.rstrip() + ":"
    if (key := _KEY.match(text)) is not None and key["head"] != text.rstrip():
        yield key["head"]
    if (dash := _DASH.match(text)) is not None and dash["head"] != text.rstrip():
        yield dash["head"]
    yield ""


def _absent(lines: Sequence[str], stumble: Stumble) -> Iterator[tuple[int, Change]]:
    """A dash or a key put on an empty line above a block that belongs to nothing."""
    for below in dict.fromkeys((_first_beside(lines, stumble.line), stumble.context, stumble.line)):
        empty = _empty_above(lines, below)
        if empty is not None:
            for head in _heads(lines, empty):
                yield empty, {empty: head}


def _first_beside(lines: Sequence[str], line: int) -> int:
    """The first line of the block that `line` belongs to by its indentation."""
    first, indent = line, _indent(lines[line])
    for above in range(line - 1, -1, -1):
        if lines[above].strip():
            if _indent(lines[above]) < indent:
                break
            first = above
    return first


def _heads(lines: Sequence[str], empty: int) -> Iterator[str]:
    """What an empty line may have said before the block below it: a dash, a key of each column that is open."""
    below = next((text for text in lines[empty + 1 :] if text.strip()), "")
    is_item, indent = below.lstrip().startswith("-"), _indent(below)
    if not is_item and indent >= _STEP:
        yield " " * (indent - _STEP) + "-"
    columns = {0, max(indent - _STEP, 0)}
    for line in range(empty - 1, -1, -1):
        text = lines[line]
        if text.strip():
            columns |= {_indent(text), len(text) - len(text.lstrip(" -"))}
            if _indent(text) == 0:
                break
    # A list is mostly written deeper than its key, if not always.
    fitting = [column for column in columns if column < indent + is_item]
    for column in sorted(fitting, key=lambda column: (column == indent, -column)):
        yield " " * column + ABSENT_KEY + ":"


def _empty_above(lines: Sequence[str], line: int) -> int | None:
    """The nearest empty line above the block in which `line` stands; None where another block comes first."""
    indent = _indent(lines[line])
    for above in range(line - 1, -1, -1):
        if not lines[above].strip():
            return above
        if _indent(lines[above]) < indent:
            return None
    return None


def _around(lines: Sequence[str], line: int) -> Iterator[int]:
    """The line and those it stands below, nearest first."""
    yield line
    indent = _indent(lines[line])
    for above in range(line - 1, -1, -1):
        if lines[above].strip() and _indent(lines[above]) < indent:
            yield above
            indent = _indent(lines[above])


def _block(lines: Sequence[str], start: int) -> range:
    """A line and the deeper ones below it."""
    indent = _indent(lines[start])
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > indent):
        end += 1
    return range(start, end)


def _has_below(lines: Sequence[str], line: int) -> bool:
    """Whether a block stands below a line: deeper lines, or items beside a key."""
    below = next((text for text in lines[line + 1 :] if text.strip()), "")
    own = _indent(lines[line])
    return _indent(below) > own or (
        _indent(below) == own and below.lstrip().startswith("- ") and not lines[line].lstrip().startswith("-")
    )


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
