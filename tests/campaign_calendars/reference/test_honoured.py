"""No key that nothing honours: every key of the models is in the catalogue, with a test that names it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from campaign_calendars.reference.citations import cited
from campaign_calendars.reference.honoured import HONOURED, keys_of_models

TESTS = Path(__file__).parents[2]
ROOM = "campaign_calendars/reference/honoured"
ADD = f"""
Add one line for each to {ROOM}/ (the module of its model):

    "Model.key": Honoured(
        "decide",                       # who honours it; all of them stand in {ROOM}/entry.py
        ("What it does at run time.", "运行时的作用。"),
        "A3, A11#2",                    # rows of the domain, or ""
        "tasks/planning/test_plan.py::test_name",   # below tests/; it shows the difference
    ),

A key for which no such line can be written honestly does not belong into the language."""


def test_every_key_is_honoured_by_something() -> None:
    missing = sorted(set(keys_of_models()) - set(HONOURED))
    assert missing == [], f"keys that nothing is said to honour: {', '.join(missing)}{ADD}"


def test_no_entry_outlives_its_key() -> None:
    surplus = sorted(set(HONOURED) - set(keys_of_models()))
    assert surplus == [], f"entries of keys no model has; delete or rename them in {ROOM}/: {', '.join(surplus)}"


def test_models_are_told_apart_by_their_names() -> None:
    models = set(keys_of_models().values())
    assert len({model.__name__ for model in models}) == len(models)


@pytest.mark.parametrize("key", sorted(HONOURED))
def test_the_test_of_a_key_exists_and_names_it(key: str) -> None:
    entry = HONOURED[key]
    path, _, name = entry.test.partition("::")
    assert (TESTS / path).is_file(), f"{key}: there is no file tests/{path}"
    tests = dict(_tests_of(path))
    assert name in tests, f"{key}: tests/{path} has no test {name!r}"
    word = key.split(".")[1]
    assert re.search(rf"(?<![\w-]){word}(?![\w-])", tests[name]), f"{key}: {entry.test} never names `{word}`"


@pytest.mark.parametrize("key", sorted(HONOURED))
def test_an_entry_is_told_in_both_languages(key: str) -> None:
    entry = HONOURED[key]
    english, chinese = entry.does
    assert english[0].isupper() or english[0] == "`", key
    assert english.endswith("."), key
    assert re.search(r"[一-鿿]", chinese), key
    assert chinese.endswith("。"), key
    assert [mark for mark in entry.rows.split(", ") if mark] == cited(entry.rows), key


@cache
def _tests_of(path: str) -> tuple[tuple[str, str], ...]:
    """Tests of a file with their text, and with that of the constants, fixtures and functions they use."""
    text = (TESTS / path).read_text("utf-8")
    tree = ast.parse(text)
    parts = {name: _text(text, node) for node in tree.body for name in _names(node)}
    return tuple(
        (node.name, "\n".join([_text(text, node), *(parts[name] for name in sorted(_used(node)) if name in parts)]))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def _text(text: str, node: ast.stmt) -> str:
    lines = text.splitlines()
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
    return "\n".join(lines[first - 1 : node.end_lineno])


def _names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def _used(test: ast.FunctionDef) -> set[str]:
    """Names a test reads, and the fixtures it asks for."""
    read = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    return read | {argument.arg for argument in test.args.args}
