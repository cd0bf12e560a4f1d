"""Every sentence a person can meet exists in English and Chinese, side by side."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_calendars.findings import errors

ROOT = Path(__file__).parents[2]
PACKAGES = ("campaign_calendars", "warehouse", "tasks", "flows", "promocal")
CHINESE = re.compile(r"[一-鿿，。：；（）、]")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def kinds_of(error: type[errors.PromocalError]) -> Iterator[type[errors.PromocalError]]:
    yield error
    for kind in error.__subclasses__():
        yield from kinds_of(kind)


ERRORS = {kind.__name__ for kind in kinds_of(errors.PromocalError)}
WITH_PROBLEMS = {kind.__name__ for kind in kinds_of(errors.ProblemsFoundError)}


def name_of(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def literal(part: ast.expr) -> str:
    """What of an expression is written out."""
    return "".join(
        str(node.value) for node in ast.walk(part) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield name_of(node.func), node


def untranslated(said: ast.expr) -> bool:
    """A text by itself, or a pair whose second half has words and no Chinese."""
    if isinstance(said, ast.Constant | ast.JoinedStr):
        return True
    if not isinstance(said, ast.Tuple):
        return False  # a pair made elsewhere; the type checker sees to it
    english, chinese = said.elts
    return bool(literal(english).strip()) and not CHINESE.search(literal(chinese))


def test_there_are_errors_to_look_at() -> None:
    found = [name for path in MODULES for name, _ in calls(ast.parse(path.read_text("utf-8"))) if name in ERRORS]
    assert len(found) > 150
    assert {"UsageError", "SourceError", "LedgerError"} <= set(found)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_failure_and_its_remedy_is_told_in_chinese_too(package: str) -> None:
    wrong = []
    for path in (path for path in MODULES if path.is_relative_to(ROOT / package)):
        for name, call in calls(ast.parse(path.read_text("utf-8"))):
            if name in ERRORS:
                texts = call.args[1:] if name in WITH_PROBLEMS else call.args
                wrong += [f"{path.relative_to(ROOT)}:{text.lineno}" for text in texts if untranslated(text)]
    assert wrong == []
