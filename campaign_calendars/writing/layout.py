"""The canonical layout of a calendar or store: the same data, the same comments, one way to write it.

* two spaces for every level, items of a list two deeper than their key;
* keys in the order of the models (id, kind and title first), comments go with their key;
* quotes only where they are needed, double ones; one space behind `:` and `,` and before `#`;
* no trailing space, never more than one empty line, one line break at the end.

A list or mapping in brackets stays in brackets, on one line where it fits; what has comments inside
its brackets keeps its lines. Files with anchors keep the order of their keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml
from pydantic import BaseModel

from campaign_calendars.findings.errors import ProblemsFoundError, PromocalError
from campaign_calendars.findings.finding import Path
from campaign_calendars.findings.problem import has_errors
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.programme import Strict
from campaign_calendars.reading.keys import types_at
from campaign_calendars.reading.source import read
from campaign_calendars.reading.traps import normal
from campaign_calendars.writing.tree import Document, Entry, Node, parse

WIDTH = 120
_STEP = 2
_FIRST = ("calendar", "id", "tier", "kind", "title")
_LINE_BREAK = re.compile(r"[ \t]*\n[ \t]*")
_WIDE = re.compile("[：，、]")
_COMMENT = re.compile(r"[ \t]#")


def format_text(text: str, file: str = "", *, model: type[BaseModel] = Calendar) -> str:
    """The text in canonical layout; formatting it again changes nothing.

    Raises ProblemsFoundError when the text cannot be read. What the calendar means is not looked
    at, so a calendar with errors can be formatted too.
    """
    source = read(text, file)
    if source.data is None or has_errors(source.problems):
        raise ProblemsFoundError(source.problems)
    plain = normal(text)
    document = parse(plain)
    if document.root.flow:
        return plain.strip() + "\n"
    made = _Layout(document, source.data, model).text()
    again = read(made, file)
    if again.data != source.data or again.problems or sorted(parse(made).comments) != sorted(document.comments):
        raise PromocalError(
            (
                f"{file or 'the text'} could not be formatted without changing it; it is left as it is",
                f"{file or '该文本'}无法在不改变内容的情况下排版；保持原样",
            ),
            ("please report it with the file", "请连同该文件一并报告"),
        )
    return made


class _Content(str):
    """A line inside a text of several lines: its spaces and empty lines belong to the data."""

    __slots__ = ()


class _Layout:
    """Writes one document."""

    def __init__(self, document: Document, data: dict[str, Any], model: type[BaseModel]) -> None:
        self.document = document
        self.data = data
        self.model = model
        self.lines: list[str] = []

    def text(self) -> str:
        self.lines += self.document.header
        self._entries(self.document.root, 0, ())
        self.lines += self.document.footer
        lines = list(_single_spaced(self.lines))
        while lines and not lines[-1] and not isinstance(lines[-1], _Content):
            lines.pop()
        return "\n".join(lines) + "\n"

    # -- blocks ----------------------------------------------------------------------------

    def _entries(self, node: Node, indent: int, path: Path) -> None:
        for number, entry in enumerate(self._sorted(node, path)):
            part: str | int = entry.key.value if entry.key is not None else number
            lead = list(entry.lead)
            if node.what == "seq":
                lead += self._taken_from_first(entry, (*path, part))
            if number == 0 and path:
                lead = _without_first_blank(lead)
            self._aside(lead, indent)
            head = " " * indent + (f"{self._key(entry.key)}:" if entry.key is not None else "-")
            self._value(entry, head, indent, (*path, part))
            self._aside(entry.trail, indent)

    def _taken_from_first(self, entry: Entry, path: Path) -> list[str]:
        """Comments above the first key of an item stand above its dash."""
        first = next(iter(self._sorted(entry.value, path)), None) if entry.value.is_block else None
        if first is None:
            return []
        lead, first.lead = first.lead, []
        return [*lead, *(self._taken_from_first(first, (*path, 0)) if first.key is None else [])]

    def _aside(self, lines: list[str], indent: int) -> None:
        self.lines += [" " * indent + line if line else "" for line in lines]

    def _value(self, entry: Entry, head: str, indent: int, path: Path) -> None:
        node = entry.value
        anchor = f" &{node.anchor}" if node.anchor and node.what != "alias" else ""
        remark = f" {entry.remark}" if entry.remark else ""
        if node.is_block:
            self._block(node, entry, head + anchor + remark, indent, path)
            return
        first, *rest = self._inline(node, len(head) + len(anchor) + 1, path)
        opened = f"{head}{anchor} {first}" if first else head + anchor
        if node.style in ("|", ">"):
            self.lines.append(opened + remark)
            self.lines += [_Content(" " * (indent + _STEP) + line if line else "") for line in rest]
            return
        self.lines.append(opened)
        self.lines += [_Content(" " * (indent + 2 * _STEP) + line if line else "") for line in rest]
        self.lines[-1] += remark

    def _block(self, node: Node, entry: Entry, head: str, indent: int, path: Path) -> None:
        """A mapping or list below its key; behind a dash it starts on the dash's line."""
        self.lines.append(head)
        at = len(self.lines)
        self._entries(node, indent + _STEP, path)
        if entry.key is None and not entry.remark and not node.anchor and len(self.lines) > at:
            first = self.lines.pop(at)
            self.lines[at - 1] = f"{head} {first.lstrip()}"

    def _sorted(self, node: Node, path: Path) -> list[Entry]:
        if node.what != "map" or self.document.has_anchors:
            return node.entries
        order = {key: number for number, key in enumerate(self._order(path))}
        return sorted(node.entries, key=lambda entry: order.get(entry.key.value if entry.key else "", len(order)))

    def _order(self, path: Path) -> list[str]:
        keys: list[str] = []
        for known in types_at(self.model, path, self.data):
            if isinstance(known, type) and issubclass(known, BaseModel):
                keys += [key for key in _model_order(known) if key not in keys]
        return keys

    # -- values ----------------------------------------------------------------------------

    def _inline(self, node: Node, column: int, path: Path) -> list[str]:
        """The lines of a value that begins on the line of its key."""
        raw = self._raw(node)
        if node.what == "alias":
            return [f"*{node.value}"]
        if node.what == "scalar":
            if node.style in ("|", ">"):
                return _block_scalar(raw)
            return _LINE_BREAK.split(raw) if "\n" in raw else [_scalar(node, raw, flow=False)]
        if "\n" not in raw:
            return [self._flow(node, path)]
        if _keeps_lines(node, raw, self.document.text):
            return _LINE_BREAK.split(raw)
        flat = self._flow(node, path)
        return [flat] if column + len(flat) <= WIDTH else self._filled(node, column, path)

    def _raw(self, node: Node) -> str:
        raw = self.document.text[node.start : node.end]
        return re.sub(r"^&\S+\s+", "", raw) if node.anchor and node.what != "alias" else raw

    def _flow(self, node: Node, path: Path) -> str:
        opening, closing = "{}" if node.what == "map" else "[]"
        return opening + ", ".join(self._parts(node, path)) + closing

    def _filled(self, node: Node, column: int, path: Path) -> list[str]:
        """As many items on a line as fit."""
        opening, closing = "{}" if node.what == "map" else "[]"
        parts = list(self._parts(node, path))
        lines = [opening]
        room = WIDTH - column
        for number, part in enumerate(parts):
            part += closing if number == len(parts) - 1 else ","  # noqa: PLW2901 - its punctuation belongs to it
            joined = lines[-1] + ("" if lines[-1] in ("{", "[") else " ") + part
            if len(joined) > room and lines[-1] not in ("{", "["):
                lines.append(part)
            else:
                lines[-1] = joined
        return lines

    def _parts(self, node: Node, path: Path) -> Iterator[str]:
        for number, entry in enumerate(self._sorted(node, path)):
            key = entry.key
            part = self._flow_value(entry.value, (*path, key.value if key is not None else number))
            yield f"{self._key(key)}: {part}" if key is not None else part

    def _flow_value(self, node: Node, path: Path) -> str:
        anchor = f"&{node.anchor} " if node.anchor and node.what != "alias" else ""
        if node.what == "alias":
            return f"*{node.value} "
        if node.what == "scalar":
            return anchor + (_scalar(node, self._raw(node), flow=True) or "null")
        return anchor + self._flow(node, path)

    def _key(self, node: Node) -> str:
        raw = self._raw(node)
        if "\n" in raw or not node.value.isprintable():
            return json.dumps(node.value)
        return _scalar(node, raw, flow=True) or '""'


def _single_spaced(lines: list[str]) -> Iterator[str]:
    """Without trailing space, and without a second empty line in a row, outside texts."""
    before = ""
    for line in lines:
        kept = line if isinstance(line, _Content) else str(line.rstrip())
        if kept or before or isinstance(line, _Content):
            yield kept
        before = kept


def _without_first_blank(lines: list[str]) -> list[str]:
    while lines and not lines[0]:
        lines = lines[1:]
    return lines


def _keeps_lines(node: Node, raw: str, text: str) -> bool:
    """Whether a collection in brackets has comments or texts of several lines inside."""
    if _COMMENT.search(raw):
        return True
    return any("\n" in text[part.start : part.end] for part in _scalars(node))


def _scalars(node: Node) -> Iterator[Node]:
    for entry in node.entries:
        for part in (entry.key, entry.value):
            if part is not None and part.what == "scalar":
                yield part
            elif part is not None:
                yield from _scalars(part)


def _block_scalar(raw: str) -> list[str]:
    """Header and lines of `|` and `>` texts, without their indentation."""
    header, *lines = raw.removesuffix("\n").split("\n")
    header = header.partition("#")[0].strip()
    if re.search(r"\d", header):
        raise PromocalError(
            ("a block text with an indentation digit cannot be formatted", "带缩进数字的块文本无法排版"),
            ("write it without the digit", "请去掉该数字"),
        )
    cut = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    while lines and not lines[-1][cut:] and "+" not in header:
        lines.pop()
    return [header, *(line[cut:] for line in lines)]


def _scalar(node: Node, raw: str, *, flow: bool) -> str:
    """A text on one line: as it is when plain, else with the quotes it needs."""
    value = node.value
    if not node.style:
        return value
    if not value.isprintable() or "\n" in raw:
        return raw
    if _is_plain(value, flow):
        return value
    if ('"' in value or "\\" in value) and node.style == "'":
        return raw
    return json.dumps(value, ensure_ascii=False)


@cache
def _is_plain(value: str, flow: bool) -> bool:
    """Whether every YAML reader takes the text without quotes for the same text."""
    if not value or value != value.strip() or _WIDE.search(value):
        return False
    text = f"[{value}]" if flow else f"k: {value}"
    try:
        found = yaml.safe_load(text)
        wrapped = yaml.safe_load(f"{{{value}: 1}}") if flow else {value: 1}
    except (yaml.YAMLError, ValueError):
        return False
    return bool(found == ([value] if flow else {"k": value}) and wrapped == {value: 1})


@cache
def _model_order(model: type[BaseModel]) -> tuple[str, ...]:
    """Keys of a model: what identifies it, its own parameters, then what it shares with all of its kind."""
    owners = [c for c in reversed(model.__mro__) if issubclass(c, Strict) and vars(c).get("__annotations__")]
    if len(owners) > 1:
        owners = [*owners[1:], owners[0]]
    ranks = {name: number for number, owner in enumerate(owners) for name in vars(owner)["__annotations__"]}
    names = sorted(model.model_fields, key=lambda name: ranks.get(name, len(ranks)))
    keys = [model.model_fields[name].alias or name for name in names]
    if keys[:1] == ["store"]:
        return tuple(keys)
    return (*(key for key in _FIRST if key in keys), *(key for key in keys if key not in _FIRST))
