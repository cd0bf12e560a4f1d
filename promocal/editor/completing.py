"""What may be typed here: keys, choices, names, fields and functions of expressions, variables of messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, get_origin

from lsprotocol.types import (
    CompletionItem,
    CompletionItemKind,
    CompletionList,
    MarkupContent,
    MarkupKind,
    Position,
    Range,
    TextEdit,
)
from pydantic import BaseModel

from campaign_calendars.audiences.fields.vocabulary import FIELDS, FUNCTIONS
from campaign_calendars.checks import RULES
from campaign_calendars.findings.finding import Path
from campaign_calendars.messages.templates import VARIABLES as KEYS
from campaign_calendars.reference.templates import VARIABLES
from campaign_calendars.values.festivals import FESTIVALS
from promocal.editor import knowing
from promocal.editor.cursor import Cursor, cursor_at
from promocal.editor.names import Kind, kind_of, known, sheet_files
from promocal.editor.sheets import Sheet

_CALL = re.compile(r"(\w+) *\( *'([^']*)$")
_WORDS = ("and", "or", "not", "in", "between", "is null", "is not null", "like")
_COLON = re.compile(r"^[\w.-]* *:")
_REST = re.compile(r"[\w.-]*")
_ARGUMENTS: dict[str, Kind] = {"audience": "audience", "benefit": "benefit", "wave": "wave", "phase": "phase"}
_MOMENTS = ("D", "D-3 00:00", "D+0 23:59:59", "start", "end", "daily 10:00", "weekly mon 10:00", "workdays 10:00")


def completion(sheet: Sheet, position: Position, lang: str) -> CompletionList:
    """What fits at a position of a calendar, best first."""
    line, column = sheet.place(position)
    cursor = cursor_at(sheet.lines, line, column)
    rest = _REST.match(sheet.lines[line], column)
    word = cursor.word + (rest[0] if rest is not None else "")
    is_value = cursor.key is not None or cursor.is_item
    items = _values(sheet, cursor, lang) if is_value else _keys(sheet, cursor, word, lang)
    return CompletionList(is_incomplete=False, items=list(_placed(sheet, line, column, cursor, items)))


def _placed(
    sheet: Sheet, line: int, column: int, cursor: Cursor, items: Iterable[CompletionItem]
) -> Iterator[CompletionItem]:
    """The items with the whole word they replace: a key keeps the colon that is there."""
    text = sheet.lines[line]
    start = cursor.start
    rest = _REST.match(text, column)
    where = sheet.span(line, start, rest.end() if rest is not None else column)
    has_colon = _COLON.match(text[start:]) is not None
    for number, item in enumerate(items):
        new = item.insert_text or item.label
        if item.kind == CompletionItemKind.Property and has_colon:
            new = item.label
        item.text_edit = TextEdit(where, new)
        item.insert_text = None
        item.sort_text = f"{number:04}"
        yield item


# -- keys --------------------------------------------------------------------------------


def _keys(sheet: Sheet, cursor: Cursor, word: str, lang: str) -> Iterator[CompletionItem]:
    """The keys that are not there yet, required ones first; `word` is the one that is being typed."""
    taken = _taken(sheet, cursor) - {word}
    if cursor.owner == ("accept",):
        yield from _acceptable(taken, lang)
    if cursor.owner[-1:] == ("targets",):
        yield from _aims(cursor.owner, taken, lang)
    fields = knowing.fields_of(sheet, cursor.owner)
    for name in sorted(fields, key=lambda name: (not fields[name].is_required(), list(fields).index(name))):
        if name in taken:
            continue
        info = fields[name]
        types = knowing.types_of(sheet, (*cursor.owner, name))
        yield CompletionItem(
            label=name,
            kind=CompletionItemKind.Property,
            detail=knowing.choices(types, lang) or None,
            documentation=_marked(knowing.said(info.description, lang) if info.description else ""),
            insert_text=f"{name}:" if _is_block(types) else f"{name}: ",
        )


def _aims(owner: Path, taken: set[str], lang: str) -> Iterator[CompletionItem]:
    """The metrics a phase, a wave or the calendar may aim at."""
    for name, metric in knowing.aims_at(owner).items():
        if name not in taken:
            yield CompletionItem(
                name,
                kind=CompletionItemKind.Property,
                detail=metric.title.get(lang),
                documentation=_marked(knowing.of_aim(name, lang, owner) or ""),
                insert_text=f"{name}: ",
            )


def _acceptable(taken: set[str], lang: str) -> Iterator[CompletionItem]:
    """The warnings a calendar may accept."""
    for code, rule in sorted(RULES.items()):
        if rule.may_be_accepted and code not in taken:
            yield CompletionItem(
                code,
                kind=CompletionItemKind.Property,
                detail=rule.title(lang),
                documentation=_marked(knowing.of_check(code, lang) or ""),
                insert_text=f"{code}: ",
            )


def _taken(sheet: Sheet, cursor: Cursor) -> set[str]:
    written = sheet.look.read.locations.keys
    return {str(path[-1]) for path in written if path[:-1] == cursor.owner}


def _is_block(types: list[Any]) -> bool:
    """Whether what follows the key stands below it."""
    return any(
        get_origin(one) is dict or (isinstance(one, type) and issubclass(one, BaseModel) and one.__name__ != "Text")
        for one in types
    )


# -- values ------------------------------------------------------------------------------


def _values(sheet: Sheet, cursor: Cursor, lang: str) -> Iterator[CompletionItem]:
    path = cursor.owner if cursor.key is None else (*cursor.owner, cursor.key)
    if path[:1] == ("audiences",) and path[-1] not in ("title", "zh", "en"):
        yield from _expression(sheet, cursor, lang)
        return
    in_list = (*path, 0) if path and not isinstance(path[-1], int) else path
    kind = kind_of(path) or kind_of(in_list)
    if kind is not None:
        yield from _named(sheet, kind, lang)
        return
    if path[-1:] == ("from",) and knowing.is_sheet(sheet, path[:-1]):
        yield from (CompletionItem(name, kind=CompletionItemKind.File) for name in sheet_files(sheet))
        return
    if knowing.is_peer_metric(path):
        yield from _metrics(lang)
        return
    types = knowing.types_of(sheet, path)
    listed = _kinds(path) or knowing.options(types)
    for one in listed:
        about = knowing.of_kind(one, lang) if path[-1:] == ("kind",) and path[:1] == ("benefits",) else None
        yield CompletionItem(one, kind=CompletionItemKind.EnumMember, documentation=_marked(about or ""))
    if path[-1:] == ("festival",):
        yield from (CompletionItem(name, kind=CompletionItemKind.EnumMember) for name in FESTIVALS)
    if path[-1:] in (("at",), ("from",), ("to",), ("day_zero",), ("due",)):
        yield from (CompletionItem(text, kind=CompletionItemKind.Value) for text in _MOMENTS)


def _metrics(lang: str) -> Iterator[CompletionItem]:
    """The metrics of which others may say a figure."""
    for name, metric in knowing.aims("calendar").items():
        told = knowing.of_metric(metric, name, lang)
        yield CompletionItem(
            name, kind=CompletionItemKind.Value, detail=metric.title.get(lang), documentation=_marked(told)
        )


def _kinds(path: tuple[str | int, ...]) -> list[str]:
    from campaign_calendars.model.benefits import KINDS

    return sorted(KINDS) if path[:1] == ("benefits",) and path[2:] == ("kind",) else []


def _named(sheet: Sheet, kind: Kind, lang: str) -> Iterator[CompletionItem]:
    from promocal.editor.hovering import of_name
    from promocal.editor.names import Named

    for name, title in known(sheet, kind, lang).items():
        about = of_name(sheet, Named(kind, name, sheet.span(0, 0, 0)), lang)
        yield CompletionItem(
            name, kind=CompletionItemKind.Reference, detail=title or None, documentation=_marked(about or "")
        )


def _expression(sheet: Sheet, cursor: Cursor, lang: str) -> Iterator[CompletionItem]:
    call = _CALL.search(cursor.value)
    if call is not None:
        function = FUNCTIONS.get(call[1])
        kind = _ARGUMENTS.get(function.names) if function is not None else None
        if kind is not None:
            yield from _named(sheet, kind, lang)
        return
    for name, field in FIELDS.items():
        detail = field.title.get(lang)
        about = knowing.of_field(name, lang)
        yield CompletionItem(name, kind=CompletionItemKind.Field, detail=detail, documentation=_marked(about or ""))
    for name, function in FUNCTIONS.items():
        about = knowing.of_field(name, lang)
        yield CompletionItem(
            name,
            kind=CompletionItemKind.Function,
            detail=function.title.get(lang),
            documentation=_marked(about or ""),
            insert_text=f"{name}('",
        )
    yield from (CompletionItem(word, kind=CompletionItemKind.Keyword) for word in _WORDS)


# -- messages ----------------------------------------------------------------------------


def template_completion(text: str, position: Position, lang: str) -> CompletionList:
    """The variables of a message, inside the braces of its template."""
    lines = text.split("\n")
    line = lines[min(position.line, len(lines) - 1)][: position.character]
    opened = max(line.rfind("{{"), line.rfind("{%"))
    if opened < 0 or line.find("}", opened) >= 0:
        return CompletionList(is_incomplete=False, items=[])
    word = re.search(r"[\w.]*$", line)
    start = word.start() if word is not None else len(line)
    where = Range(Position(position.line, start), Position(position.line, len(line)))
    items = [
        CompletionItem(
            name,
            kind=CompletionItemKind.Variable,
            documentation=_marked(meaning[lang == "zh"]),
            text_edit=TextEdit(where, name),
        )
        for name, meaning in VARIABLES.items()
        if name.split(".")[0] in KEYS
    ]
    return CompletionList(is_incomplete=False, items=items)


def _marked(text: str) -> MarkupContent | None:
    return MarkupContent(MarkupKind.Markdown, text) if text else None
