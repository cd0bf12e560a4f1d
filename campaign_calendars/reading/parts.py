"""A text as parts that can be read by themselves, so that of a text somebody types only one part is read anew.

A part is a key of the document, or a key or item of the block below it. The parser goes from left to right: where a
part by itself is a whole block of its column, it is the same block inside the text. A text in which that cannot be
known (several documents, anchors, traps of any kind) is not taken apart and read as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from campaign_calendars.findings.finding import Path, Place, Scalar
from campaign_calendars.reading.building import MAX_DEPTH, MAX_NODES, Reader
from campaign_calendars.reading.remembering import Remembered

_LEVELS = 2
_INDIVISIBLE = re.compile(r"^(?:---|\.\.\.|%)", re.MULTILINE)
_BLOCK = re.compile(r"^(?=[A-Za-z_])", re.MULTILINE)
_NOTHING = r"(?: *(?:#[^\n]*)?\n)*"
_BEFORE = re.compile(_NOTHING)
_HEAD = re.compile(
    rf"(?P<head>(?P<key>[A-Za-z_][\w-]*):(?: +#[^\n]*| *)\n{_NOTHING})(?P<indent> +)(?P<dash>- )?[A-Za-z_-]"
)
_FIRST_KEY = re.compile(r" *[A-Za-z_][\w-]*:(?= |\n)")


class Part(NamedTuple):
    """A piece of a text: its first line (from 0), what it belongs to, its column, its number where it is an item.

    A head is the line of a key whose block is made of the parts after it; it has a number where these are items.
    """

    text: str
    line: int
    owner: Path = ()
    column: int = 0
    number: int | None = None
    is_head: bool = False

    def moved(self, line: int) -> Part:
        return self._replace(line=self.line + line)


class Piece(NamedTuple):
    """What a part holds, its places counted from its own beginning; of one with traps only that it is read."""

    value: dict[str, Any] | list[Any]
    keys: Mapping[Path, Place]
    values: Mapping[Path, Place]
    scalars: Mapping[Path, Scalar]
    quoted_lines: frozenset[int]
    nodes: int
    is_clean: bool


class Joined(NamedTuple):
    """What a text holds. The data is shared with other readings: whoever changes it copies it first."""

    data: dict[str, Any]
    keys: dict[Path, Place]
    values: dict[Path, Place]
    scalars: dict[Path, Scalar]


@dataclass(frozen=True)
class Apart:
    """A text taken apart."""

    parts: tuple[Part, ...]

    @classmethod
    def of(cls, text: str) -> Apart | None:
        """The parts of a text without anything the parser refuses to look at; None where it is not divisible."""
        starts = [found.start() for found in _BLOCK.finditer(text)]
        before = _BEFORE.match(text)
        if not starts or before is None or before.end() != starts[0] or _INDIVISIBLE.search(text):
            return None
        _turn()
        parts: list[Part] = []
        line = text.count("\n", 0, starts[0])
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            block = text[start:end]
            parts += (part.moved(line) for part in _laid_out(block))
            line += block.count("\n")
        return cls(tuple(parts))

    @cached_property
    def _standing(self) -> int:
        """How many parts from the first on can be read by themselves."""
        count = (index for index, part in enumerate(self.parts) if not part.is_head and _piece_of(part) is None)
        return next(count, len(self.parts))

    @property
    def stands(self) -> bool:
        """Whether the parser reads the text to its end."""
        return self._standing == len(self.parts)

    def joined(self) -> Joined | None:
        """What a text holds all of whose parts stand; None where there are traps, in parts or between them."""
        made = Joined({}, {}, {(): (self.parts[0].line + 1, 1)}, {})
        nodes = 1
        for part in self.parts:
            piece = None if part.is_head else _piece_of(part)
            if part.is_head:
                nodes += 1
                fits = _open(made, part)
            else:
                nodes += piece.nodes if piece is not None else 0
                fits = piece is not None and piece.is_clean and _put_in(made, part, piece)
            if not fits:
                return None
        return made if nodes <= MAX_NODES else None

    def shortened(self) -> str:
        """A text in which the parser and the reader meet what they meet in this one, only sooner.

        Where the text does not stand, the parser gives up at the same place. Parts without any trap have lost their
        values, up to the first that does not stand.
        """
        short = {id(part) for part, _ in self._short}
        lines = "\n" * self.parts[0].line
        return lines + "".join(_without_value(part) if id(part) in short else part.text for part in self.parts)

    def quoted_lines(self) -> set[int]:
        """The lines (from 0) with quotes in what is left out of the shortened text."""
        return {part.line + line for part, piece in self._short for line in piece.quoted_lines}

    def complete(self, reader: Reader) -> None:
        """Give a reader of the shortened text what was left out of it, in the order of the text."""
        for part, piece in self._short:
            keys, values, scalars = _places_of(part)
            reader.keys.update(keys)
            reader.values.update(values)
            reader.scalars.update(scalars)
            reader.nodes += piece.nodes
            if reader.error is None:
                _fill(reader.root, part, piece)
        reader.keys = dict(sorted(reader.keys.items(), key=lambda one: one[1]))
        reader.values = dict(sorted(reader.values.items(), key=lambda one: one[1]))
        reader.scalars = dict(sorted(reader.scalars.items(), key=lambda one: one[1][1:3]))

    @cached_property
    def _short(self) -> list[tuple[Part, Piece]]:
        """The parts that are shortened; of what is there twice only the first."""
        found: list[tuple[Part, Piece]] = []
        known: dict[Path, set[str]] = {(): set()}
        is_first = True
        for part in self.parts[: self._standing]:
            piece = None if part.is_head else _piece_of(part)
            names = {_key_of(part)} if piece is None else set(map(str, piece.value))
            taken = known.setdefault(part.owner, set())
            is_new = part.number is not None or taken.isdisjoint(names)
            if piece is None:  # a head: what is below a second one belongs to nothing
                is_first = taken.isdisjoint(names)
            elif piece.is_clean and is_new and (is_first or not part.owner) and _may_be_shortened(part, piece):
                found.append((part, piece))
            taken |= names
        return found


def _lay_out(block: str) -> tuple[Part, ...]:
    """The parts of one key of a document, lines counted from it."""
    head = _HEAD.match(block)
    if head is None:
        return (Part(block, 0),)
    owner, column, is_list = (head["key"],), len(head["indent"]), bool(head["dash"])
    begin = re.compile(rf"^ {{{column}}}(?={'- ' if is_list else '[A-Za-z_]'})", re.MULTILINE)
    starts = [found.start() for found in begin.finditer(block, head.end("head"))]
    if not starts or starts[0] != head.end("head"):
        return (Part(block, 0),)
    parts = [Part(head["head"], 0, number=0 if is_list else None, is_head=True)]
    line = head["head"].count("\n")
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(block)], strict=True)):
        text = block[start:end]
        parts.append(Part(text, line, owner, column, number if is_list else None))
        line += text.count("\n")
    return tuple(parts)


def _read(asked: tuple[str, int, bool]) -> Piece | None:
    """A part as a document of its own; None where it is not one block of its column."""
    text, column, is_item = asked
    reader = Reader(text, "", max_depth=MAX_DEPTH - _LEVELS)
    reader.take(text)
    reader.full_width()
    root = reader.root
    is_block = isinstance(root, list if is_item else dict) and reader.values.get(()) == (1, column + 1)
    if reader.error is not None or reader.stopped or not is_block or (is_item and len(root) != 1):
        return None
    is_clean = not reader.problems and not reader.anchors
    quoted = frozenset(reader.quoted_lines)
    return Piece(root, reader.keys, reader.values, reader.scalars, quoted, reader.nodes, is_clean)


def _place(part: Part) -> tuple[dict[Path, Place], dict[Path, Place], dict[Path, Scalar]]:
    """Where everything of a part that stands is in the text."""
    piece = _piece_of(part)
    if piece is None:
        raise ValueError("only a part that stands has places")
    line = part.line
    owner = part.owner if part.number is None else (*part.owner, part.number)
    skipped = 0 if part.number is None else 1
    keys = {(*owner, *path[skipped:]): (at + line, column) for path, (at, column) in piece.keys.items()}
    values = {(*owner, *path[skipped:]): (at + line, column) for path, (at, column) in piece.values.items() if path}
    scalars = {
        (*owner, *path[skipped:]): Scalar(one.value, one.line + line, one.column, one.end_line + line, one.end_column)
        for path, one in piece.scalars.items()
    }
    return keys, values, scalars


_laid_out = Remembered(_lay_out)
_pieces = Remembered(_read)
_places_of = Remembered(_place)


def _turn() -> None:
    for remembered in (_laid_out, _pieces, _places_of):
        remembered.turn()


def _piece_of(part: Part) -> Piece | None:
    return _pieces((part.text, part.column, part.number is not None))


def _open(made: Joined, head: Part) -> bool:
    """Begin the block of a key; False where the key is there already."""
    key = _key_of(head)
    if key in made.data:
        return False
    made.data[key] = {} if head.number is None else []
    made.keys[(key,)] = made.values[(key,)] = (head.line + 1, 1)
    return True


def _put_in(made: Joined, part: Part, piece: Piece) -> bool:
    """Add what a part holds; False where a key of it is there already."""
    keys, values, scalars = _places_of(part)
    made.keys.update(keys)
    made.values.update(values)
    made.scalars.update(scalars)
    into = made.data[str(part.owner[0])] if part.owner else made.data
    if isinstance(into, list):
        into += piece.value
        return True
    before = len(into)
    into.update(piece.value)
    return len(into) == before + len(piece.value)


def _fill(root: Any, part: Part, piece: Piece) -> None:
    """Put what a part holds in the place of the value it lost."""
    into = root[part.owner[0]] if part.owner else root
    if isinstance(into, list) and part.number is not None:
        into[part.number : part.number + 1] = piece.value
    else:
        into.update(piece.value)


def _key_of(part: Part) -> str:
    return part.text.partition(":")[0]


def _may_be_shortened(part: Part, piece: Piece) -> bool:
    return len(piece.value) == 1 and (part.number is not None or _FIRST_KEY.match(part.text) is not None)


def _without_value(part: Part) -> str:
    """The key of a part, or its dash, in as many lines."""
    key = _FIRST_KEY.match(part.text)
    head = f"{' ' * part.column}-" if part.number is not None or key is None else key[0]
    return f"{head} ~" + "\n" * part.text.count("\n")
