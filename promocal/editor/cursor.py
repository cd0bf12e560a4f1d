"""Where a cursor stands, told by indentation and brackets alone: half of what is typed is no YAML yet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from campaign_calendars.findings.finding import Path

_HEAD = re.compile(r"^(?P<indent> *)(?P<dashes>(?:- +)*(?:-$)?)")
_KEYED = re.compile(r"(?P<key>[\w-]+) *:(?: +|$)")
_WORD = re.compile(r"[\w.-]*$")


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is being typed. `owner` is the mapping or list it stands in, `key` the key whose value it is (or None).

    `word` is what is typed of it up to the cursor, `start` the column (from 0) where that begins, `value` the value's
    text up to the cursor. `is_item`: it stands in a list of values.
    """

    owner: Path
    key: str | None
    word: str
    start: int
    value: str = ""
    is_item: bool = False


def cursor_at(lines: Sequence[str], line: int, column: int) -> Cursor:
    """What stands at a place (from 0) of a text."""
    typed = lines[line][:column]
    head = _HEAD.match(typed)
    indent = head.end() if head is not None else 0
    owner = owner_of(lines, line, len(typed) if not typed[indent:] else indent)
    keyed = _KEYED.match(typed, indent)
    if keyed is None:
        word = typed[indent:]
        if word[:1] in ("[", "{"):
            return _in_flow(owner, None, word, len(typed))
        is_item = bool(head and head["dashes"])
        return Cursor(owner, None, word, indent, word, is_item)
    value = typed[keyed.end() :]
    if value[:1] in ("[", "{"):
        return _in_flow((*owner, keyed["key"]), keyed["key"], value, len(typed))
    quoted = value.lstrip("'\"")
    return Cursor(owner, keyed["key"], _word(value), len(typed) - len(_word(value)), quoted)


def _word(text: str) -> str:
    found = _WORD.search(text)
    return found[0] if found is not None else ""


def _in_flow(path: Path, key: str | None, text: str, column: int) -> Cursor:
    """Inside brackets and braces on one line: the innermost one that is open, and what is typed in it."""
    stack: list[tuple[str, Path, int]] = []
    here, count, begun, quote, current = path, 0, 0, "", key
    for at, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "[{":
            stack.append((sign, here, count))
            begun, count = at + 1, 0
            here, current = ((*here, 0) if sign == "[" else here), (current if sign == "[" else None)
        elif sign in "]}" and stack:
            _, here, count = stack.pop()
            begun = at + 1
        elif sign == "," and stack:
            kind, base, _ = stack[-1]
            count += 1
            begun, here = at + 1, ((*base, count) if kind == "[" else base)
            current = current if kind == "[" else None
        elif sign == ":" and stack and stack[-1][0] == "{" and text[at + 1 : at + 2] in (" ", ""):
            current = text[begun:at].strip()
            here, begun = (*stack[-1][1], current), at + 1
    piece = text[begun:].lstrip()
    in_list = bool(stack) and stack[-1][0] == "["
    if stack and stack[-1][0] == "{" and current is None:
        return Cursor(stack[-1][1], None, _word(piece), column - len(_word(piece)), piece)
    owner = here[:-1] if here and here[-1] == current else stack[-1][1] if stack else here
    return Cursor(owner, current, _word(piece), column - len(_word(piece)), piece.lstrip("'\""), in_list)


def owner_of(lines: Sequence[str], line: int, column: int) -> Path:
    """The mapping or list in which something at a column of a line stands, by what is written above it."""
    parts: list[str | int] = []
    limit = _items(lines, line, column, parts)
    in_list = bool(parts)
    for above in range(line - 1, -1, -1):
        text = lines[above]
        if limit == 0 and not in_list:
            break
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        start = len(text) - len(text.lstrip(" -"))
        if start < limit or (in_list and start == limit and not text.lstrip().startswith("-")):
            if (keyed := _KEYED.match(text, start)) is None:
                continue
            parts.insert(0, keyed["key"])
            limit = _items(lines, above, start, parts)
        elif _dashes(text, limit):
            limit = _items(lines, above, limit, parts)
        else:
            continue
        in_list = isinstance(parts[0], int)
    return tuple(parts)


def _items(lines: Sequence[str], line: int, column: int, parts: list[str | int]) -> int:
    """Put the dashes of a line before a column in front of the path; the column of the first of them."""
    for dash in reversed(_dashes(lines[line], column)):
        parts.insert(0, _number(lines, line, dash))
        column = dash
    return column


def _dashes(text: str, column: int) -> list[int]:
    head = _HEAD.match(text)
    return [at for at in range(head.end() if head is not None else 0) if text[at] == "-" and at < column]


def _number(lines: Sequence[str], line: int, dash: int) -> int:
    """The how manieth item a dash begins, from 0."""
    count = 0
    for above in range(line - 1, -1, -1):
        text = lines[above]
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        indent = len(text) - len(text.lstrip(" "))
        if indent < dash or (indent == dash and text[dash] != "-"):
            break
        count += indent == dash
    return count
