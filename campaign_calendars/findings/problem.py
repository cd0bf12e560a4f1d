"""Findings as values: what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

Severity = Literal["error", "warning", "info"]

_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a source text; `line` and `column` count from 1, 0 means unknown."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file or "-"
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.

    `code` is stable (`C112`; the letter names the family: C calendar, S source and data,
    D decision). `message` and `hint` are English; `zh` and `hint_zh` carry the Chinese.
    """

    code: str
    severity: Severity
    message: str
    hint: str = ""
    location: Location = field(default_factory=Location)
    zh: str = ""
    hint_zh: str = ""

    def text(self, lang: str = "en") -> str:
        return self.zh if lang == "zh" and self.zh else self.message

    def remedy(self, lang: str = "en") -> str:
        return self.hint_zh if lang == "zh" and self.hint_zh else self.hint

    def moved_to(self, file: str) -> Problem:
        """The same finding in a file of another name."""
        return replace(self, location=replace(self.location, file=file))

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """The stable JSON shape of a finding."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.text(lang),
            "hint": self.remedy(lang),
            "file": self.location.file,
            "line": self.location.line,
            "column": self.location.column,
        }


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """File order first, then severity, then code: the order a person mends them in."""
    return sorted(problems, key=lambda p: (p.location, _RANK[p.severity], p.code, p.message))


def has_errors(problems: Iterable[Problem]) -> bool:
    return any(p.severity == "error" for p in problems)
