"""From a name to where it is defined and used, and to another name everywhere at once."""

from __future__ import annotations

import re
from pathlib import Path

from lsprotocol.types import Location, Position, PrepareRenamePlaceholder, Range, TextEdit, WorkspaceEdit

from campaign_calendars.findings.errors import UsageError
from promocal.editor.names import Named, message_file, names, project_of
from promocal.editor.sheets import Sheet
from tasks.calendars.checking import look_at

_RENAMED = frozenset({"audience", "benefit", "wave", "sub_phase", "list"})
_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_TOP = Range(Position(0, 0), Position(0, 0))


def named_at(sheet: Sheet, position: Position) -> Named | None:
    """The name under a position."""
    asked = (position.line, position.character)
    for one in names(sheet):
        start, end = one.range.start, one.range.end
        if (start.line, start.character) <= asked <= (end.line, end.character):
            return one
    return None


def definition(sheet: Sheet, position: Position) -> list[Location]:
    """Where the name under a position is defined: in the calendar, its store, or a file of its own."""
    named = named_at(sheet, position)
    if named is None:
        return _named_sheet(sheet, position)
    if named.kind == "message":
        file = message_file(sheet, named.name)
        return [Location(file.resolve().as_uri(), _TOP)] if file.is_file() else []
    if named.kind in ("store", "channel", "position"):
        return _in_store(sheet, named)
    return [Location(sheet.uri, one.range) for one in names(sheet) if one.defines and _same(one, named)]


def _named_sheet(sheet: Sheet, position: Position) -> list[Location]:
    """The workbook or CSV file that the calendar names there."""
    spot = sheet.spot_at(position)
    if spot is None or spot.path not in sheet.look.read.locations.sheets.values():
        return []
    file = project_of(sheet.path) / (sheet.text_at(spot.path) or "")
    return [Location(file.resolve().as_uri(), _TOP)] if file.is_file() else []


def _in_store(sheet: Sheet, named: Named) -> list[Location]:
    file = Path(sheet.look.store_file)
    if not sheet.look.store_file or not file.is_file():
        return []
    lines = file.read_text("utf-8", errors="replace").splitlines()
    pattern = re.compile(rf"^  {re.escape(named.name)} *:")
    row = next((row for row, line in enumerate(lines) if named.kind != "store" and pattern.match(line)), 0)
    return [Location(file.resolve().as_uri(), Range(Position(row, 0), Position(row, len(lines[row]) if lines else 0)))]


def references(sheet: Sheet, position: Position, *, with_definition: bool) -> list[Location]:
    """Every place that names what is under a position."""
    named = named_at(sheet, position)
    found = [one for one in names(sheet) if named is not None and _same(one, named)]
    return [Location(sheet.uri, one.range) for one in found if with_definition or not one.defines]


def renamable(sheet: Sheet, position: Position) -> PrepareRenamePlaceholder | None:
    """The name under a position, if it can be renamed here: it is defined in this calendar."""
    named = named_at(sheet, position)
    if named is None or named.kind not in _RENAMED:
        return None
    if not any(one.defines and _same(one, named) for one in names(sheet)):
        return None
    return PrepareRenamePlaceholder(range=named.range, placeholder=named.name)


def rename(sheet: Sheet, position: Position, new: str) -> WorkspaceEdit | None:
    """The edits that give a thing another name wherever it is named. Raises UsageError for a name that will not do.

    The calendar is checked with them: a use that nobody knew of would be a new mistake, and nothing is changed.
    """
    named = named_at(sheet, position)
    if named is None or renamable(sheet, position) is None:
        return None
    if _NAME.fullmatch(new) is None:
        raise UsageError(
            (f"{new!r} is not an id", f"{new!r} 不是合法的 id"),
            ("use lower-case letters, digits, - and _", "请用小写字母、数字、- 与 _"),
        )
    uses = names(sheet)
    if any(one.name == new and one.kind == named.kind and one.defines for one in names(sheet)):
        raise UsageError((f"there is a {new!r} already", f"已有 {new!r}"), ("choose another name", "请换一个名称"))
    edits = [TextEdit(_bare(sheet, one), new) for one in uses if _same(one, named)]
    after = look_at(applied(sheet, edits), sheet.path, with_messages=True)
    worse = [one for one in after.problems if one.severity == "error" and repr(named.name) in one.message]
    if worse:
        raise UsageError(
            (
                f"line {worse[0].location.line} names it too: {worse[0].message}",
                f"第 {worse[0].location.line} 行也用到它：{worse[0].zh}",
            ),
            ("rename it there by hand first", "请先手工修改该处"),
        )
    return WorkspaceEdit(changes={sheet.uri: edits})


def applied(sheet: Sheet, edits: list[TextEdit]) -> str:
    """The text with the edits made; none meets another."""
    lines = list(sheet.lines)
    for edit in sorted(edits, key=lambda one: (one.range.start.line, one.range.start.character), reverse=True):
        first, start = sheet.place(edit.range.start)
        last, end = sheet.place(edit.range.end)
        lines[first : last + 1] = (lines[first][:start] + edit.new_text + lines[last][end:]).split("\n")
    return "\n".join(lines)


def _bare(sheet: Sheet, named: Named) -> Range:
    """The name without the quotes it may stand in."""
    line, start = sheet.place(named.range.start)
    at = sheet.lines[line].find(named.name, start)
    return sheet.span(line, at, at + len(named.name)) if at >= 0 else named.range


def _same(one: Named, other: Named) -> bool:
    return (one.kind, one.name) == (other.kind, other.name)
