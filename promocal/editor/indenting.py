"""Lines that are indented with tabs: the indentation of the mapping or list they stand in."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lsprotocol.types import TextEdit

from promocal.editor.sheets import Sheet

_ROW = re.compile(r"([ \t]*)((?:- +)*)((?:[\w./-]+|'[^']*'|\"[^\"]*\") *:(?=\s|$))?(.*)")
_STEP = 2


@dataclass(frozen=True, slots=True)
class _Row:
    """One line: its indentation, the dashes before its key, and whether what belongs to the key stands below."""

    line: int
    indent: str
    dashes: str
    is_key: bool
    opens: bool

    @property
    def column(self) -> int:
        """Where the key stands."""
        return len(self.indent) + len(self.dashes)


def spaced(sheet: Sheet, tabbed: Iterable[int], errors: Callable[[list[TextEdit]], int | None]) -> list[TextEdit]:
    """The edits that indent lines (from 0) as their siblings are. Lines whose place cannot be told stay.

    Where several places are possible, it is the one that leaves fewer `errors` than all others; None says that a
    place will not do.
    """
    rows = [row for line, text in enumerate(sheet.lines) if (row := _row(line, text)) is not None]
    edits: list[TextEdit] = []
    for at, run in _runs(rows, frozenset(tabbed)):
        before = [row for row in rows[:at] if "\t" not in row.indent]
        if len(before) < at and any("\t" in row.indent for row in rows[max(at - 1, 0) : at]):
            continue
        after = rows[at + len(run)] if at + len(run) < len(rows) else None
        ways = [way for column in _columns(run, before, after) if (way := _moved(sheet, run, column))]
        edits += ways[0] if len(ways) == 1 else _best(ways, edits, errors)
    return [*edits, *_beside(sheet, frozenset(tabbed), edits)]


def _best(
    ways: list[list[TextEdit]], edits: list[TextEdit], errors: Callable[[list[TextEdit]], int | None]
) -> list[TextEdit]:
    """The one way that leaves the fewest errors beside the edits before it; nothing where two do."""
    left = [(found, way) for way in ways if (found := errors([*edits, *way])) is not None]
    fewest = min((found for found, _ in left), default=0)
    best = [way for found, way in left if found == fewest]
    return best[0] if len(best) == 1 else []


def _beside(sheet: Sheet, tabbed: frozenset[int], edits: list[TextEdit]) -> Iterator[TextEdit]:
    """Comments and blank lines with tabs: a comment stands as the line below it."""
    placed = {edit.range.start.line: edit.new_text for edit in edits}
    for line in sorted(tabbed):
        text = sheet.lines[line]
        if line in placed or _row(line, text) is not None:
            continue
        below = next((at for at in range(line + 1, len(sheet.lines)) if _row(at, sheet.lines[at]) is not None), None)
        row = _row(below, sheet.lines[below]) if below is not None else None
        spaces = placed.get(row.line, row.indent) if row is not None else ""
        if "\t" not in spaces:
            indent = len(text) - len(text.lstrip())
            yield TextEdit(sheet.span(line, 0, indent), spaces if text.strip() else "")


def _row(line: int, text: str) -> _Row | None:
    """A line with something on it; None for blank lines and comments."""
    found = _ROW.fullmatch(text)
    if found is None or not text.strip() or text.lstrip().startswith("#"):
        return None
    rest = found[4].strip()
    return _Row(line, found[1], found[2], found[3] is not None, found[3] is not None and rest[:1] in ("", "#"))


def _runs(rows: list[_Row], tabbed: frozenset[int]) -> Iterator[tuple[int, list[_Row]]]:
    """The lines with tabs that follow each other, with the number of their first one."""
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and rows[end].line in tabbed:
            end += 1
        if end > at:
            yield at, rows[at:end]
        at = max(end, at + 1)


def _columns(run: list[_Row], before: list[_Row], after: _Row | None) -> list[int]:
    """Where the first line of a run may begin, by the lines around it."""
    if not before:
        return [0]
    last, first = before[-1], run[0]
    if not (last.is_key or last.dashes) or not (first.is_key or first.dashes):
        return []
    follows = len(after.indent) if after is not None else 0
    if last.opens:
        inside = {last.column + _STEP} | ({follows} if follows > last.column else set())
        if first.dashes and after is not None and after.dashes and follows == last.column:
            inside = {follows}
    else:
        inside = _open_columns(before, with_dash=bool(first.dashes))
    return sorted(column for column in inside if _fits(run, column, after))


def _fits(run: list[_Row], column: int, after: _Row | None) -> bool:
    """Whether the line behind a run can stand there when the run begins at a column."""
    if after is None:
        return True
    follows = len(after.indent)
    if len(run) > 1 or run[0].opens or run[0].dashes:
        return True
    return follows < column or (follows == column and not after.dashes)


def _open_columns(before: list[_Row], *, with_dash: bool) -> set[int]:
    """The columns of the mappings, or of the dashes of the lists, that are not closed behind these lines."""
    columns: set[int] = set()
    edge: float = math.inf
    for row in reversed(before):
        begin = len(row.indent)
        if with_dash and row.dashes and begin < edge:
            columns.add(begin)
        if not with_dash and row.is_key and row.column < edge:
            columns.add(row.column)
        # The list may begin in the column of its key.
        edge = min(edge, row.column, begin + (0 if with_dash else 1) if row.dashes else row.column)
    return columns


def _moved(sheet: Sheet, run: list[_Row], column: int) -> list[TextEdit]:
    """The edits that put a run at a column, deeper lines below those they belong to; none where that is not clear."""
    known = {run[0].indent: column}
    edits: list[TextEdit] = []
    last = run[0]
    at = column
    for row in run:
        if row.indent not in known:
            if not row.indent.startswith(last.indent) or not (last.opens or last.dashes):
                return []
            known[row.indent] = at + len(last.dashes) + (_STEP if last.opens else 0)
        at, last = known[row.indent], row
        edits.append(TextEdit(sheet.span(row.line, 0, len(row.indent)), " " * at))
    return edits
