"""Entries put into a mapping of the text and taken out of it, whether it stands in braces or on lines of its own."""

from __future__ import annotations

import re
from typing import Any

import yaml
from lsprotocol.types import Position, Range, TextEdit

from promocal.editor.sheets import Sheet

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOTHING = re.compile(r"\s*(null|Null|NULL|~)?(\s+#.*)?\s*")


def accept(sheet: Sheet, entry: str) -> TextEdit | None:
    """The edit that puts an entry below `accept`, which is made where there is none. None where it holds no entries."""
    known = sheet.look.read.locations
    key = known.keys.get(("accept",))
    if key is None:
        return _accept_made(sheet, entry)
    first = min((at for path, at in known.keys.items() if path[:-1] == ("accept",)), default=None)
    line, column = known.values.get(("accept",), key)
    if sheet.lines[line - 1][column - 1 : column] == "{":
        return in_braces(sheet, line - 1, column - 1, entry)
    if first is not None:
        at = Position(first[0] - 1, 0)
        return TextEdit(Range(at, at), f"{' ' * (first[1] - 1)}{entry}\n")
    row, text = key[0] - 1, sheet.lines[key[0] - 1]
    colon = text.find(":", key[1] - 1) + 1
    nothing = _NOTHING.fullmatch(text, colon)
    if nothing is None:
        return None
    return TextEdit(sheet.span(row, colon, len(text)), f"{(nothing[2] or '').rstrip()}\n  {entry}")


def _accept_made(sheet: Sheet, entry: str) -> TextEdit:
    keys = sheet.look.read.locations.keys
    places = sorted(at[0] for path, at in keys.items() if path in (("budget",), ("audiences",), ("phases",)))
    row = (places[0] - 2) if places else len(sheet.lines) - 1
    while row > 0 and (not sheet.lines[row].strip() or sheet.lines[row].startswith("#")):
        row -= 1
    if row < 0:
        return TextEdit(sheet.span(0, 0, 0), f"accept:\n  {entry}\n")
    end = len(sheet.lines[row])
    return TextEdit(sheet.span(row, end, end), f"\naccept:\n  {entry}")


def in_braces(sheet: Sheet, row: int, column: int, entry: str) -> TextEdit | None:
    """The edit that puts an entry last into the braces that open at a place (from 0); None where none close them."""
    text = "\n".join([sheet.lines[row][column:], *sheet.lines[row + 1 :]])
    loader: Any = yaml.SafeLoader(text)  # the one in C reads on to the end of the text
    depth, end = 0, None
    try:
        while loader.check_event() and (event := loader.get_event()) is not None:
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth == 0 and isinstance(event, yaml.CollectionEndEvent):
                break
            if depth and not (depth == 1 and isinstance(event, yaml.MappingStartEvent) and end is None):
                end = event.end_mark
    except yaml.YAMLError:
        return None
    line, start = (end.line, end.column) if end is not None else (0, 1)
    at = sheet.position(row + line + 1, start + (column if line == 0 else 0) + 1)
    return TextEdit(Range(at, at), f", {entry}" if end is not None else entry)


def unaccept(sheet: Sheet, code: str) -> TextEdit | None:
    """The edit that takes an entry out of `accept`, and `accept` with its only entry. None where it is not found."""
    try:
        root = yaml.compose("\n".join(sheet.lines), Loader=_LOADER)
    except yaml.YAMLError:
        return None
    whole = next((pair for pair in _pairs(root) if pair[0].value == "accept"), None)
    entries = _pairs(whole[1]) if whole is not None else []
    at = next((at for at, pair in enumerate(entries) if pair[0].value == code), None)
    if whole is None or at is None:
        return None
    if len(entries) == 1:
        return _rows(sheet, *whole)
    key, value = entries[at]
    if not whole[1].flow_style:
        return _rows(sheet, key, value)
    last = at + 1 == len(entries)
    begin = entries[at - 1][1].end_mark if last else key.start_mark
    end = value.end_mark if last else entries[at + 1][0].start_mark
    return TextEdit(Range(_position(sheet, begin), _position(sheet, end)), "")


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _rows(sheet: Sheet, key: Any, value: Any) -> TextEdit:
    """All lines of a key and its value; blank lines and comments behind them belong to what follows."""
    first, mark = key.start_mark.line, value.end_mark
    end = mark.line + (mark.column > 0 or mark.line == first)
    inner = value
    while isinstance(inner, yaml.MappingNode) and not inner.flow_style and inner.value:
        inner = inner.value[-1][1]
    if inner is not value:
        end = min(end, inner.end_mark.line + (inner.end_mark.column > 0))
    while end - 1 > first and not sheet.lines[end - 1].strip():
        end -= 1
    return TextEdit(Range(Position(first, 0), Position(end, 0)), "")


def _position(sheet: Sheet, mark: Any) -> Position:
    return sheet.position(mark.line + 1, mark.column + 1)
