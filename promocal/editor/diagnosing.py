"""Findings as an editor shows them: what is underlined, the sentence, the remedy below it, the code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lsprotocol.types import Diagnostic, DiagnosticSeverity, DiagnosticTag, Position, Range

from campaign_calendars.findings.problem import Problem, Severity
from promocal.editor.sheets import Sheet

SOURCE = "promocal"
_SEVERITIES: Mapping[Severity, DiagnosticSeverity] = {
    "error": DiagnosticSeverity.Error,
    "warning": DiagnosticSeverity.Warning,
    "info": DiagnosticSeverity.Information,
}
_UNUSED = frozenset({"C129", "C191"})
_LONG = 10_000


def diagnostics(sheet: Sheet, lang: str) -> dict[Path, list[Diagnostic]]:
    """What is wrong, by file: the calendar itself, always, and every other file something is said of."""
    found: dict[Path, list[Diagnostic]] = {sheet.path: []}
    for problem in sheet.look.problems:
        file = Path(problem.location.file) if problem.location.file else sheet.path
        own = file == sheet.path
        if own or file.is_file():
            found.setdefault(file, []).append(_diagnostic(problem, _range(sheet, problem, own=own), lang))
        else:
            found[sheet.path].append(_diagnostic(problem, sheet.span(0, 0, 0), lang))
    return found


def _range(sheet: Sheet, problem: Problem, *, own: bool) -> Range:
    if own:
        return sheet.of_problem(problem)
    line = max(problem.location.line - 1, 0)
    return Range(Position(line, max(problem.location.column - 1, 0)), Position(line, _LONG))


def _diagnostic(problem: Problem, where: Range, lang: str) -> Diagnostic:
    remedy = problem.remedy(lang)
    return Diagnostic(
        range=where,
        message=problem.text(lang) + (f"\n→ {remedy}" if remedy else ""),
        severity=_SEVERITIES[problem.severity],
        code=problem.code,
        source=SOURCE,
        tags=[DiagnosticTag.Unnecessary] if problem.code in _UNUSED else None,
    )
