"""What is told about the word under the cursor."""

from __future__ import annotations

import re

from lsprotocol.types import Hover, MarkupContent, MarkupKind, Position, Range

from campaign_calendars.model.benefits import describe
from promocal.editor import knowing
from promocal.editor.cursor import cursor_at
from promocal.editor.hinting import said
from promocal.editor.names import Named, kind_of, names
from promocal.editor.sheets import Sheet, Spot

_WORD = re.compile(r"\w+")
_MAX_CHECKS = 2


def hover(sheet: Sheet, position: Position, lang: str) -> Hover | None:
    """Meaning, rule and source of what stands at a position; None where nothing is known of it."""
    parts = [text for text in (_thing(sheet, position, lang), *_checks(sheet, position, lang)) if text]
    if not parts:
        return None
    spot = sheet.spot_at(position)
    where = spot.range if spot is not None else None
    return Hover(MarkupContent(MarkupKind.Markdown, "\n\n---\n\n".join(parts)), where)


def _thing(sheet: Sheet, position: Position, lang: str) -> str | None:
    spot = sheet.spot_at(position)
    if spot is None:
        line, column = sheet.place(position)
        cursor = cursor_at(sheet.lines, line, _end_of_word(sheet.lines[line], column))
        return knowing.of_key(sheet, (*cursor.owner, cursor.word), lang) if cursor.key is None and cursor.word else None
    named = next((one for one in names(sheet) if _holds(one.range, position)), None)
    if named is not None and (told := of_name(sheet, named, lang)) is not None:
        return told
    return _of_key(sheet, spot, lang) if spot.on == "key" else _of_value(sheet, spot, position, lang)


def _of_key(sheet: Sheet, spot: Spot, lang: str) -> str | None:
    if spot.path[:-1] == ("accept",):
        return knowing.of_check(str(spot.path[1]), lang)
    return knowing.of_key(sheet, spot.path, lang)


def _of_value(sheet: Sheet, spot: Spot, position: Position, lang: str) -> str | None:
    line, column = sheet.place(position)
    word = next((one[0] for one in _WORD.finditer(sheet.lines[line]) if one.start() <= column <= one.end()), "")
    if (moment := _moment(sheet, spot, lang)) is not None:
        return "\n\n".join(filter(None, (moment, knowing.of_key(sheet, spot.path, lang))))
    if spot.path[:1] == ("audiences",) and (told := knowing.of_field(word, lang)) is not None:
        return told
    if knowing.is_peer_metric(spot.path) and (told := knowing.of_aim(word, lang, ())) is not None:
        return told
    if spot.path[-1] == "kind" and spot.path[:1] == ("benefits",):
        return knowing.of_kind(sheet.text_at(spot.path) or "", lang)
    if kind_of(spot.path) is not None or isinstance(spot.path[-1], int):
        return knowing.of_key(sheet, spot.path[:-1] if isinstance(spot.path[-1], int) else spot.path, lang)
    return knowing.of_key(sheet, spot.path, lang)


def _moment(sheet: Sheet, spot: Spot, lang: str) -> str | None:
    """The date and weekday of a moment, in the calendar's time zone."""
    timeline = sheet.timeline
    told = timeline.told.items() if timeline is not None else ()
    at = next((at for path, at in told if sheet.written(path) == spot.path), None)
    return f"**{said(at, lang)}** {at.tzinfo}" if at is not None else None


def of_name(sheet: Sheet, named: Named, lang: str) -> str | None:
    """What an audience, a benefit, a channel of this name is."""
    calendar, store = sheet.calendar, sheet.store
    if calendar is not None and named.kind == "audience" and named.name in calendar.audiences:
        audience = calendar.audiences[named.name]
        return f"**{named.name}** {audience.title.get(lang)}\n\n```sql\n{audience.where}\n```"
    if calendar is not None and named.kind == "benefit" and named.name in calendar.benefits:
        benefit = calendar.benefits[named.name]
        head = f"**{named.name}** {benefit.title.get(lang)}\n\n{describe(benefit, lang)}"
        return "\n\n".join(filter(None, (head, knowing.of_kind(benefit.kind, lang))))
    if store is not None and named.kind == "channel" and named.name in store.channels:
        channel = store.channels[named.name]
        return f"**{named.name}** {channel.title.get(lang)}\n\n`kind: {channel.kind}`, `consent: {channel.consent}`"
    return None


def _checks(sheet: Sheet, position: Position, lang: str) -> list[str]:
    """The explanations of what is found at the position."""
    here = [one for one in sheet.look.problems if one.location.file == str(sheet.path) and one.severity != "info"]
    codes = dict.fromkeys(one.code for one in here if _holds(sheet.of_problem(one), position))
    return [text for code in list(codes)[:_MAX_CHECKS] if (text := knowing.of_check(code, lang)) is not None]


def _holds(where: Range, position: Position) -> bool:
    start, end = (where.start.line, where.start.character), (where.end.line, where.end.character)
    return start <= (position.line, position.character) <= end


def _end_of_word(line: str, column: int) -> int:
    while column < len(line) and (line[column].isalnum() or line[column] in "_-"):
        column += 1
    return column
