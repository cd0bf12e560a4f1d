"""Quick fixes: what a finding's remedy says, done."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol.types import (
    CodeAction,
    CodeActionKind,
    CreateFile,
    CreateFileOptions,
    Diagnostic,
    OptionalVersionedTextDocumentIdentifier,
    Position,
    Range,
    TextDocumentEdit,
    TextEdit,
    WorkspaceEdit,
)

from campaign_calendars.checks import RULES
from campaign_calendars.findings.problem import Problem
from promocal.editor.accepting import accept, in_braces, unaccept
from promocal.editor.indenting import spaced
from promocal.editor.names import message_file
from promocal.editor.sheets import Sheet
from promocal.editor.trying import errors_left, mends

_MEANT = re.compile(r"Did you mean '([^']+)'\?")
_ADD = re.compile(r"Add a line `([\w-]+): …`\.")
_RATES = re.compile(r"Write ([\d.]*\d)(?: or ([\d.]+折) if members pay.*)?\.")
_WIDE = {"：": ": ", "，": ", ", "、": ", ", "\u3000": "  "}
_ITEM = re.compile(r"\S+\[\d+\] ")
_SCALAR = re.compile(r"[\w.%/-]+")
_START = "{{ member.name }}\n"


def fixes(sheet: Sheet, where: Range, lang: str) -> list[CodeAction]:
    """The quick fixes of everything found in a range, those of one finding together.

    Each was tried: the finding goes with it, and it brings no new error.
    """
    actions: list[CodeAction] = []
    with_tabs = False
    for problem in sheet.look.problems:
        if problem.location.file != str(sheet.path):
            continue
        place = sheet.of_problem(problem)
        if not _meet(place, where) or (problem.code == "C002" and with_tabs):
            continue  # one fix mends all tabs
        with_tabs |= problem.code == "C002"
        actions += (one for one in _of_problem(sheet, problem, place, lang) if _holds(sheet, problem, one))
    return actions


def _holds(sheet: Sheet, problem: Problem, action: CodeAction) -> bool:
    """Whether a fix of this text does what it says; one that only makes another file changes nothing here."""
    changes = action.edit.changes if action.edit is not None else None
    if changes is None:
        return True
    missing = _ADD.search(problem.hint) if problem.code == "C021" else None
    return mends(sheet, problem, list(changes[sheet.uri]), missing[1] if missing is not None else "")


def _of_problem(sheet: Sheet, problem: Problem, place: Range, lang: str) -> Iterator[CodeAction]:
    if (meant := _MEANT.search(problem.hint)) is not None:
        title = f"改为 '{meant[1]}'" if lang == "zh" else f"Write '{meant[1]}'"
        yield _edit(sheet, title, [TextEdit(_word(sheet, problem, place), meant[1])], problem, place, preferred=True)
    rates = _RATES.fullmatch(problem.hint)
    for rate in filter(None, rates.groups() if rates is not None else ()):
        title = f"写成 {rate}" if lang == "zh" else f"Write {rate}"
        yield _edit(sheet, title, [TextEdit(_value(sheet, place), rate)], problem, place)
    if problem.code == "C003":
        yield from _full_width(sheet, problem, place, lang)
    if problem.code == "C002":
        yield from _tabs(sheet, problem, place, lang)
    if problem.code == "C604" and "does not exist" in problem.message:
        yield from _missing_message(sheet, problem, place, lang)
    if problem.code == "C021" and (missing := _ADD.search(problem.hint)) is not None:
        yield from _missing_key(sheet, problem, place, missing[1], lang)
    if problem.code == "C191":
        yield from _unaccept(sheet, problem, place, lang)
    if problem.severity == "warning" and problem.code in RULES and RULES[problem.code].may_be_accepted:
        yield from _accept(sheet, problem, place, lang)


def _full_width(sheet: Sheet, problem: Problem, place: Range, lang: str) -> Iterator[CodeAction]:
    row, column = problem.location.line - 1, problem.location.column - 1
    sign = sheet.lines[row][column : column + 1]
    if sign in _WIDE:
        rest = sheet.lines[row][column + 1 :]
        end = column + 1 + (len(rest) - len(rest.lstrip(" ")))
        title = "改为半角标点" if lang == "zh" else "Write ordinary punctuation"
        yield _edit(sheet, title, [TextEdit(sheet.span(row, column, end), _WIDE[sign])], problem, place, preferred=True)


def _tabs(sheet: Sheet, problem: Problem, place: Range, lang: str) -> Iterator[CodeAction]:
    rows = [one.location.line - 1 for one in sheet.look.problems if one.code == "C002"]
    edits = spaced(sheet, rows, lambda tried: errors_left(sheet, problem, tried))
    title = "制表符改为空格" if lang == "zh" else "Indent with spaces"
    if any(edit.range.start.line == problem.location.line - 1 for edit in edits):
        yield _edit(sheet, title, edits, problem, place, preferred=True)


def _missing_message(sheet: Sheet, problem: Problem, place: Range, lang: str) -> Iterator[CodeAction]:
    line, column = sheet.place(place.start)
    name = next((one for one in _SCALAR.findall(sheet.lines[line][column:]) if one.endswith(".txt")), None)
    if name is None:
        return
    uri = message_file(sheet, name).resolve().as_uri()
    title = f"新建 {name}" if lang == "zh" else f"Create {name}"
    made = WorkspaceEdit(
        document_changes=[
            CreateFile(uri=uri, options=CreateFileOptions(ignore_if_exists=True)),
            TextDocumentEdit(
                OptionalVersionedTextDocumentIdentifier(uri=uri, version=None),
                [TextEdit(Range(Position(0, 0), Position(0, 0)), _START)],
            ),
        ]
    )
    yield CodeAction(title, kind=CodeActionKind.QuickFix, diagnostics=[_shown(problem, place)], edit=made)


def _missing_key(sheet: Sheet, problem: Problem, place: Range, key: str, lang: str) -> Iterator[CodeAction]:
    """The key inside the braces of its owner, or as a line below the first line of its owner."""
    if any(one.code == "C002" for one in sheet.look.problems):
        return  # the key may well stand on a line with tabs, which was not read
    row = problem.location.line - 1
    if (brace := _brace(sheet, problem)) is not None:
        edit = in_braces(sheet, *brace, f"{key}: ")
    else:
        line = sheet.lines[row]
        indent = len(line) - len(line.lstrip(" -"))
        if line.rstrip().endswith(":") and not line.lstrip().startswith("- "):
            indent += 2
        end = sheet.row(row).end
        edit = TextEdit(Range(end, end), f"\n{' ' * indent}{key}: ")
    title = f"补上 {key}" if lang == "zh" else f"Add `{key}`"
    if edit is not None:
        yield _edit(sheet, title, [edit], problem, place, preferred=True)


def _brace(sheet: Sheet, problem: Problem) -> tuple[int, int] | None:
    """Where the braces of what a finding is about open (from 0); None where it stands on lines of its own."""
    at = problem.location
    if sheet.lines[at.line - 1][at.column - 1 : at.column] == "{":
        return at.line - 1, at.column - 1
    known = sheet.look.read.locations
    if _ITEM.match(problem.message) is not None:
        return None  # an item of a list on lines of its own begins where its first key does
    named = (path for path, place in known.keys.items() if place == (at.line, at.column))
    line, column = next((known.values[path] for path in named if path in known.values), (0, 0))
    opens = line > 0 and sheet.lines[line - 1][column - 1 : column] == "{"
    return (line - 1, column - 1) if opens else None


def _accept(sheet: Sheet, problem: Problem, place: Range, lang: str) -> Iterator[CodeAction]:
    """An entry of `accept` with the code, its reason still to be written."""
    reason = "说明为何在此没有问题" if lang == "zh" else "why it is right here"
    title = f"接受 {problem.code} 并写明原因" if lang == "zh" else f"Accept {problem.code} with a reason"
    if (edit := accept(sheet, f"{problem.code}: {reason}")) is not None:
        yield _edit(sheet, title, [edit], problem, place)


def _unaccept(sheet: Sheet, problem: Problem, place: Range, lang: str) -> Iterator[CodeAction]:
    at = problem.location
    keys = sheet.look.read.locations.keys
    code = next((str(path[-1]) for path, where in keys.items() if where == (at.line, at.column)), "")
    title = f"不再接受 {code}" if lang == "zh" else f"No longer accept {code}"
    if (edit := unaccept(sheet, code)) is not None:
        yield _edit(sheet, title, [edit], problem, place)


def _word(sheet: Sheet, problem: Problem, place: Range) -> Range:
    """The word a suggestion replaces: the one at the place itself, as in an expression, else all that is underlined."""
    row, column = problem.location.line - 1, problem.location.column - 1
    quoted = re.search(r"'([^']+)'", problem.message)
    written = quoted[1] if quoted is not None else ""
    start = sheet.lines[row].find(written, column) if written else -1
    return sheet.span(row, start, start + len(written)) if start >= 0 else place


def _value(sheet: Sheet, place: Range) -> Range:
    line, column = sheet.place(place.start)
    found = _SCALAR.match(sheet.lines[line], column)
    return sheet.span(line, column, found.end()) if found is not None else place


def _edit(
    sheet: Sheet, title: str, edits: list[TextEdit], problem: Problem, place: Range, *, preferred: bool = False
) -> CodeAction:
    return CodeAction(
        title,
        kind=CodeActionKind.QuickFix,
        diagnostics=[_shown(problem, place)],
        is_preferred=preferred or None,
        edit=WorkspaceEdit(changes={sheet.uri: edits}),
    )


def _shown(problem: Problem, place: Range) -> Diagnostic:
    return Diagnostic(place, problem.message, code=problem.code)


def _meet(one: Range, other: Range) -> bool:
    return one.start.line <= other.end.line and other.start.line <= one.end.line
