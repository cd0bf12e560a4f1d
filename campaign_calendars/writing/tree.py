"""A YAML text as a tree that still knows how it was written: styles, offsets, comments, blank lines.

For rewriting a file without losing what a person wrote into it. Expects a text that `source.read`
accepts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Literal

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Node:
    """A scalar, mapping, sequence or alias; offsets count characters of the text."""

    what: Literal["scalar", "map", "seq", "alias"]
    start: int
    end: int
    value: str = ""
    style: str = ""
    flow: bool = False
    anchor: str = ""
    entries: list[Entry] = field(default_factory=list)

    @property
    def is_block(self) -> bool:
        return self.what in ("map", "seq") and not self.flow


@dataclass
class Entry:
    """A key and its value, or an item of a sequence.

    `lead` holds the comments and blank lines ("") above it, `trail` those below it that are
    indented like it, `remark` the comment behind it on its line.
    """

    key: Node | None
    value: Node
    column: int = 0
    line: int = 0
    lead: list[str] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)
    remark: str = ""

    @property
    def start(self) -> int:
        return (self.key or self.value).start


@dataclass
class Document:
    """`header` stands above everything, `footer` below; `comments` are all of them, in written order."""

    text: str
    root: Node
    header: list[str]
    footer: list[str]
    has_anchors: bool
    comments: list[str]


def parse(text: str) -> Document:
    """The tree of a text whose root is a mapping."""
    return _Parser(text).document()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0, *accumulate(len(line) + 1 for line in self.lines)]
        self.scalars: list[Node] = []
        self.flows: list[Node] = []
        self.has_anchors = False
        self.dashes = [t.start_mark for t in yaml.scan(text, Loader=_LOADER) if isinstance(t, yaml.BlockEntryToken)]
        self.next_dash = 0
        self.entries: list[tuple[Entry, list[Entry]]] = []  # with its ancestors, innermost last

    def document(self) -> Document:
        events = (
            e for e in yaml.parse(self.text, Loader=_LOADER) if isinstance(e, yaml.NodeEvent | yaml.CollectionEndEvent)
        )
        root = self._node(next(events), events, [])
        header, footer = self._comments()
        found = ((line, self._comment_at(number)) for number, line in enumerate(self.lines))
        comments = [line[at:].rstrip() for line, at in found if at is not None]
        return Document(self.text, root, header, footer, self.has_anchors, comments)

    # -- nodes -----------------------------------------------------------------------------

    def _node(self, event: Any, events: Iterator[Any], above: list[Entry]) -> Node:
        start, end = self._offset(event.start_mark), self._offset(event.end_mark)
        self.has_anchors |= event.anchor is not None
        anchor = event.anchor or ""
        if isinstance(event, yaml.AliasEvent):
            return Node("alias", start, end, value=anchor)
        if isinstance(event, yaml.ScalarEvent):
            node = Node("scalar", start, end, event.value, event.style or "", anchor=anchor)
            self.scalars.append(node)
            return node
        is_map = isinstance(event, yaml.MappingStartEvent)
        node = Node("map" if is_map else "seq", start, end, flow=bool(event.flow_style), anchor=anchor)
        if node.flow:
            self.flows.append(node)
        self._collect(node, events, above)
        return node

    def _collect(self, node: Node, events: Iterator[Any], above: list[Entry]) -> None:
        for event in events:
            if isinstance(event, yaml.CollectionEndEvent):
                node.end = self._offset(event.end_mark)
                return
            entry = Entry(None, Node("scalar", 0, 0))
            first = event
            if node.what == "map":
                entry.key = self._node(event, events, above)
                first = next(events)
                entry.line, entry.column = self._line_column(entry.key.start)
            elif not node.flow:
                dash = self.dashes[self.next_dash]
                self.next_dash += 1
                entry.line, entry.column = dash.line, dash.column
            if not node.flow:
                self.entries.append((entry, above))
            entry.value = self._node(first, events, [*above, entry])
            node.entries.append(entry)

    def _offset(self, mark: Any) -> int:
        start: int = self.starts[mark.line]
        return min(start + int(mark.column), len(self.text))

    def _line_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset) - 1
        return line, offset - self.starts[line]

    # -- comments --------------------------------------------------------------------------

    def _comments(self) -> tuple[list[str], list[str]]:
        """Give every comment and blank line to an entry; returns those above and below all."""
        if not self.entries:
            return [], []
        covered = self._covered_lines()
        remarked = {self._inline_end(entry): entry for entry, _ in self.entries}
        first_line = self.entries[0][0].line
        by_line = {entry.line: number for number, (entry, _) in reversed(list(enumerate(self.entries)))}
        header: list[str] = []
        pending: list[tuple[int, str]] = []
        position = -1
        for number, line in enumerate(self.lines):
            if number in by_line:
                self._give(pending, position, self.entries[by_line[number]][0])
                pending = []
            while position + 1 < len(self.entries) and self.entries[position + 1][0].line <= number:
                position += 1
            at = self._comment_at(number)
            own = at is not None and not line[:at].strip()
            if number not in covered and (own or not line.strip()):
                item = (at or 0, line.strip())
                if number < first_line:
                    header.append(item[1])
                else:
                    pending.append(item)
            elif at is not None and not self._in_flow(self.starts[number] + at):
                owner = remarked.get(number)
                if owner is not None and not owner.remark:
                    owner.remark = line[at:].rstrip()
                else:
                    pending.append((at, line[at:].rstrip()))
        footer = self._give(pending, position, None)
        return header, footer

    def _give(self, pending: list[tuple[int, str]], position: int, following: Entry | None) -> list[str]:
        """What stands before `following` belongs to it, unless it is indented deeper."""
        column = following.column if following is not None else 0
        rest = list(pending)
        while position >= 0 and (cut := self._deeper(rest, column)):
            taken, rest = rest[:cut], rest[cut:]
            owner, above = self.entries[position]
            fitting = [entry for entry in (owner, *reversed(above)) if entry.column <= taken[-1][0]]
            (fitting[0] if fitting else owner).trail += [text for _, text in taken]
        lead = [text for _, text in rest]
        if following is not None:
            following.lead += lead
        return lead

    @staticmethod
    def _deeper(rest: list[tuple[int, str]], column: int) -> int:
        """How many lines of `rest`, up to its first comment, are for an entry above."""
        for number, (at, text) in enumerate(rest):
            if text:
                return number + 1 if at > column else 0
        return 0

    def _inline_end(self, entry: Entry) -> int:
        """The line on which a comment behind the entry stands."""
        if entry.value.is_block:
            return entry.line
        if entry.value.style in ("|", ">"):
            return self._line_column(entry.value.start)[0]
        return self._line_column(max(entry.value.end, entry.start))[0]

    def _covered_lines(self) -> set[int]:
        """Lines whose beginning lies inside a scalar or a flow collection."""
        covered: set[int] = set()
        for node in (*self.scalars, *self.flows):
            first, last = self._line_column(node.start)[0], self._line_column(node.end)[0]
            if node.style in ("|", ">"):
                covered.update(range(first + 1, last))
                if node.end == len(self.text) and not self.text.endswith("\n"):
                    covered.add(last)
            else:
                covered.update(range(first + 1, last + 1))
        return covered

    def _comment_at(self, number: int) -> int | None:
        """The column of the comment of a line, outside every scalar."""
        line, start = self.lines[number], self.starts[number]
        at = line.find("#")
        while at >= 0:
            if not self._in_scalar(start + at) and (at == 0 or line[at - 1] in " \t"):
                return at
            at = line.find("#", at + 1)
        return None

    def _in_scalar(self, offset: int) -> bool:
        """Whether the offset lies inside a text; texts follow each other, so only one can hold it."""
        number = bisect_right(self.scalars, offset, key=lambda node: node.start) - 1
        while number >= 0 and self.scalars[number].end == self.scalars[number].start:
            number -= 1
        node = self.scalars[number] if number >= 0 else None
        return node is not None and offset < node.end and not self._is_header(node, offset)

    def _is_header(self, node: Node, offset: int) -> bool:
        """Whether the offset lies on the first line of a block scalar, which may carry a comment."""
        return node.style in ("|", ">") and "\n" not in self.text[node.start : offset]

    def _in_flow(self, offset: int) -> bool:
        return any(node.start < offset < node.end for node in self.flows)
