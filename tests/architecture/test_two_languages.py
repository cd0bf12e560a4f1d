"""Every sentence a person can meet exists in English and Chinese, side by side."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_calendars.findings import errors
from promocal.cli import words

ROOT = Path(__file__).parents[2]
PACKAGES = ("campaign_calendars", "warehouse", "tasks", "flows", "promocal")
OWN_SQL = ROOT / "warehouse" / "portable" / "lint.py"
"""Its findings are about the SQL of the models, for those who write it."""
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


def test_every_finding_is_told_in_chinese_too() -> None:
    wrong = []
    for path in MODULES:
        if path == OWN_SQL:
            continue
        for name, call in calls(ast.parse(path.read_text("utf-8"))):
            if name == "Problem" and len(call.args) < 6:
                given = {keyword.arg for keyword in call.keywords}
                wrong += [f"{path.relative_to(ROOT)}:{call.lineno}"] * ("zh" not in given and None not in given)
    assert wrong == []


def templates() -> Iterator[tuple[str, ast.expr, ast.expr, set[str | None]]]:
    """`either(english, chinese, field=…)` of the command line."""
    for path in MODULES:
        for name, call in calls(ast.parse(path.read_text("utf-8"))):
            if name == "either":
                place = f"{path.relative_to(ROOT)}:{call.lineno}"
                yield place, call.args[0], call.args[1], {keyword.arg for keyword in call.keywords}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_the_halves_of_a_template_have_the_same_fields_and_each_is_given() -> None:
    wrong = []
    for place, english, chinese, given in templates():
        halves = [fields(ast.literal_eval(half)) for half in (english, chinese) if isinstance(half, ast.Constant)]
        fits = not halves or (halves[0] == halves[-1] and (None in given or halves[0] == given))
        spoken = CHINESE.search(literal(chinese)) or "_zh" in literal(chinese) or not isinstance(chinese, ast.Constant)
        wrong += [] if fits and spoken else [place]
    assert wrong == []
    assert len(list(templates())) > 50


def test_every_title_and_heading_of_a_table_has_chinese_and_none_is_left_over() -> None:
    shown: set[str] = set()
    for path in (path for path in MODULES if path.is_relative_to(ROOT / "promocal" / "cli")):
        for name, call in calls(ast.parse(path.read_text("utf-8"))):
            if name in {"table", "word"}:
                texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
                shown.update(str(text).strip() for text in texts if str(text).strip())
    assert shown - set(words.WORDS) == set()
    made_of_parts = {"Money (expected)", "Money (worst case)", "rows in", "accepted", "quarantined", "duplicates"}
    assert {*words.TITLES, *words.HEADS} - shown - made_of_parts == set()
