"""A fix tried before it is offered: the text is checked with it made."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from lsprotocol.types import TextEdit

from campaign_calendars.findings.problem import Location, Problem
from promocal.editor.navigating import applied
from promocal.editor.sheets import Sheet

_LINE = re.compile(r"line \d+")
_SHAPE = ("C00", "C01", "C020", "C021")
"""Findings about the shape of the text: its signs, and which keys stand where."""
_Said = tuple[str, str]


def mends(sheet: Sheet, problem: Problem, edits: list[TextEdit], empty: str = "") -> bool:
    """Whether a finding goes with these edits and nothing gets worse. `empty` is a key that still waits for its value.

    Behind a finding of reading (C0..) others may have waited, which come out when it is mended: a wrong value
    elsewhere, or what the calendar means. They are no harm done by the fix. Anything else that is new is.
    """
    return _better(sheet, problem, edits, _with(sheet, edits).look.problems, empty)


def errors_left(sheet: Sheet, problem: Problem, edits: list[TextEdit]) -> int | None:
    """How many errors the text has with the edits made; None where they do not mend a finding."""
    after = _with(sheet, edits).look.problems
    return _errors(after).total() if _better(sheet, problem, edits, after, "") else None


def _better(sheet: Sheet, problem: Problem, edits: list[TextEdit], after: tuple[Problem, ...], empty: str) -> bool:
    if _count(after, problem) >= _count(sheet.look.problems, problem):
        return False
    before = _errors(sheet.look.problems)
    waits = {"C022": repr(empty), "C023": repr("None")} if empty else {}
    for one, times in _errors(after).items():
        if times > before[one] and not (one[0] in waits and waits[one[0]] in one[1]):
            places = [found.location for found in after if _said(found) == one]
            waited = problem.code.startswith("C0") and not one[0].startswith(_SHAPE)
            if not waited or any(_touches(sheet, edit, place) for edit in edits for place in places):
                return False
    return True


def _touches(sheet: Sheet, edit: TextEdit, place: Location) -> bool:
    """Whether a place of the text after an edit lies in what the edit wrote."""
    line, start = sheet.place(edit.range.start)
    return place.line == line + 1 and start <= place.column - 1 < start + max(len(edit.new_text), 1)


def _with(sheet: Sheet, edits: list[TextEdit]) -> Sheet:
    """The sheet with the edits made; the line that was typed last moves with its text."""
    edited = sheet.edited
    if edited is not None:
        above = [one for one in edits if one.range.start.line < edited]
        edited += sum(one.new_text.count("\n") - (one.range.end.line - one.range.start.line) for one in above)
    return Sheet(sheet.uri, sheet.path, applied(sheet, edits), edited=edited)


def _errors(problems: Iterable[Problem]) -> Counter[_Said]:
    return Counter(_said(one) for one in problems if one.severity == "error")


def _count(problems: Iterable[Problem], wanted: Problem) -> int:
    return sum(_said(one) == _said(wanted) and one.severity == wanted.severity for one in problems)


def _said(problem: Problem) -> _Said:
    """A finding wherever it stands: an edit moves the lines below it, also those a message names."""
    return problem.code, _LINE.sub("line", problem.message)
