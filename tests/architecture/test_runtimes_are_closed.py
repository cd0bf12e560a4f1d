"""Who opens a project's runtime closes it on any way out: it is opened in a `with`, and used in no other place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from typing_extensions import TypeIs

ROOT = Path(__file__).parents[2]
OPENERS = {"open_runtime", "replay_runtime", "opened"}
FILES = sorted(file for package in ("promocal", "flows", "tasks") for file in (ROOT / package).rglob("*.py"))


def open_outside(source: str) -> list[str]:
    """`line: what` of runtimes opened without `with`, or used behind it."""
    tree = ast.parse(source)
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.With) and list(_openings(node))]
    guarded = {id(item.context_expr) for block in blocks for item in block.items}
    guarded |= {id(one) for node in ast.walk(tree) if _enters(node) for one in node.args}
    found = [
        f"{node.lineno}: {ast.unparse(node)}" for node in ast.walk(tree) if _opens(node) and id(node) not in guarded
    ]
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        inside = [block for block in ast.walk(function) if block in blocks]
        names = {name for block in inside for name in _openings(block)}
        within = {id(node) for block in inside for node in ast.walk(block)}
        found += [
            f"{node.lineno}: {node.id}"
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and node.id in names and id(node) not in within
        ]
    return found


def _openings(block: ast.With) -> Iterator[str]:
    for item in block.items:
        if _opens(item.context_expr) and item.optional_vars is not None:
            yield ast.unparse(item.optional_vars)


def _enters(node: ast.AST) -> TypeIs[ast.Call]:
    """An ExitStack closes what it enters."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".enter_context")


def _opens(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in OPENERS


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_runtimes_are_used_in_a_with_only(file: Path) -> None:
    assert open_outside(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("rt = open_runtime(project)", ["2: open_runtime(project)"]),
        ("with opened(project) as rt:\n        work(rt)\n    show(rt)", ["4: rt"]),
        ("stack.enter_context(open_runtime(project))", []),
        ("with a() as out, replay_runtime(out, c) as rt:\n        work(rt)", []),
        ("with closing(1) as x:\n        rt = runtime.open_runtime(project)", ["3: runtime.open_runtime(project)"]),
    ],
)
def test_the_rule_sees_what_it_should(body: str, lines: list[str]) -> None:
    assert open_outside(f"def command():\n    {body}\n") == lines
