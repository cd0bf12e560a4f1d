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
from promocal.editor.names import message_file
from promocal.editor.sheets import Sheet

_MEANT = re.compile(r"Did you mean '([^']+)'\?")
_ADD = re.compile(r"Add a line `([\w-]+): …`\.")
_RATES = re.compile(r"Write ([\d.]*\d)(?: or ([\d.]+折) if members pay.*)?\.")
_WIDE = {"：": ": ", "，": ", ", "、": ", ", "\u3000": "  "}
_SCALAR = re.compile(r"[\w.%/-]+")
_START = "{{ member.name }}\n"


def fixes(sheet: Sheet, where: Range, lang: str) -> list[CodeAction]:
    """The quick fixes of everything found in a range, those of one finding together."""
    actions: list[CodeAction] = []
    for problem in sheet.look.problems:
        if problem.location.file != str(sheet.path):
            continue
        place = sheet.of_problem(problem)
        if _meet(place, where):
            actions += _of_problem(sheet, problem, place, lang)
    return actions


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
        yield _missing_key(sheet, problem, place, missing[1], lang)
    if problem.code == "C191":
        title = "删除该行" if lang == "zh" else "Delete the line"
        row = problem.location.line - 1
        yield _edit(sheet, title, [TextEdit(Range(Position(row, 0), Position(row + 1, 0)), "")], problem, place)
    if problem.severity == "warning" and problem.code in RULES and RULES[problem.code].may_be_accepted:
        yield _accept(sheet, problem, place, lang)


def _full_width(sheet: Sheet, problem: Problem, place: Range, lang: str) -> Iterator[CodeAction]:
    row, column = problem.location.line - 1, problem.location.column - 1
    sign = sheet.lines[row][column : column + 1]
    if sign in _WIDE:
        rest = sheet.lines[row][column + 1 :]
        end = column + 1 + (len(rest) - len(rest.lstrip(" ")))
        title = "改为半角标点" if lang == "zh" else "Write ordinary punctuation"
        yield _edit(sheet, title, [TextEdit(sheet.span(row, column, end), _WIDE[sign])], problem, place, preferred=True)


def _tabs(sheet: Sheet, problem: Problem, place: Range, lang: str) -> Iterator[CodeAction]:
    edits = []
    for row, line in enumerate(sheet.lines):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent:
            edits.append(TextEdit(sheet.span(row, 0, len(indent)), indent.replace("\t", "  ")))
    title = "制表符改为空格" if lang == "zh" else "Indent with spaces"
    if edits:
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


def _missing_key(sheet: Sheet, problem: Problem, place: Range, key: str, lang: str) -> CodeAction:
    """A line with the key below the first line of its owner."""
    row = problem.location.line - 1
    line = sheet.lines[row]
    indent = len(line) - len(line.lstrip(" -"))
    if line.rstrip().endswith(":") and not line.lstrip().startswith("- "):
        indent += 2
    title = f"补上 {key}" if lang == "zh" else f"Add `{key}`"
    end = Position(row, sheet.row(row).end.character)
    return _edit(sheet, title, [TextEdit(Range(end, end), f"\n{' ' * indent}{key}: ")], problem, place, preferred=True)


def _accept(sheet: Sheet, problem: Problem, place: Range, lang: str) -> CodeAction:
    """A line below `accept` with the code, its reason still to be written."""
    reason = "说明为何在此没有问题" if lang == "zh" else "why it is right here"
    line = f"  {problem.code}: {reason}\n"
    title = f"接受 {problem.code} 并写明原因" if lang == "zh" else f"Accept {problem.code} with a reason"
    row = next((row for row, text in enumerate(sheet.lines) if text.startswith("accept:")), None)
    if row is not None and (brace := sheet.lines[row].find("{")) >= 0:
        edit = TextEdit(sheet.span(row, brace + 1, brace + 1), f"{problem.code}: {reason}, ")
        return _edit(sheet, title, [edit], problem, place)
    if row is None:
        line = "accept:\n" + line
        keys = sheet.look.read.locations.keys
        places = sorted(at[0] for path, at in keys.items() if path in (("budget",), ("audiences",), ("phases",)))
        row = (places[0] - 2) if places else len(sheet.lines) - 1
        while row > 0 and (not sheet.lines[row].strip() or sheet.lines[row].startswith("#")):
            row -= 1
    at = Position(row + 1, 0)
    return _edit(sheet, title, [TextEdit(Range(at, at), line)], problem, place)


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
