"""Nothing public stands unused: every function and class of a module is used by the product or declared for others."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from promocal.cli.app import COMMANDS

ROOT = Path(__file__).parents[2]
PRODUCT = ("promocal", "flows", "tasks", "warehouse", "campaign_calendars")
# Found by looking through a folder: what stands in it is used by standing there (`registering`, docs/design.md).
FOUND_IN_FOLDERS = ("campaign_calendars/model/benefits/",)
# The console script; the surface for plug-ins and their tests, which docs/plugins.md declares, and that for notebooks
# (docs/python.md); the benchmarks.
DECLARED = (
    ROOT / "pyproject.toml",
    ROOT / "docs" / "plugins.md",
    ROOT / "docs" / "python.md",
    *(path for folder in ("examples", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))),
)
# What only a check of our own sources calls: `make check` by way of its test.
FOR_DEVELOPERS = {"warehouse/portable/lint.py: lint_models"}


def _trees() -> dict[str, ast.Module]:
    paths = [path for package in PRODUCT for path in sorted((ROOT / package).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def _public(tree: ast.Module) -> Iterator[str]:
    """Names of the functions and classes of a module; one with a decorator may be registered by it."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            registered = isinstance(node, ast.FunctionDef) and any(
                not ast.unparse(each).startswith(("cache", "contextmanager", "lru_cache"))
                for each in node.decorator_list
            )
            if not registered:
                yield node.name


def _used(tree: ast.AST) -> Iterator[str]:
    """Every name that is read, imported, or written in `__all__`."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()):
                yield name
            case ast.alias(name=name, asname=str()):
                yield name
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=names)):
                yield from (ast.literal_eval(each) for each in names)
            case ast.Constant(value=str(text)) if text.isidentifier():
                yield text  # annotations in quotes, `getattr`, tables of names


def test_every_public_function_and_class_is_used() -> None:
    trees = _trees()
    uses = Counter(name for tree in trees.values() for name in _used(tree))
    declared = {word for path in DECLARED for word in re.findall(r"\w+", path.read_text("utf-8"))}
    pages = {
        word
        for package in PRODUCT
        for ending in ("html", "css", "toml", "yaml", "txt")
        for path in (ROOT / package).rglob(f"*.{ending}")
        for word in re.findall(r"\w+", path.read_text("utf-8"))
    }
    known = declared | pages | {name.replace("-", "_") for name in COMMANDS}
    unused = [
        f"{file}: {name}"
        for file, tree in trees.items()
        if not file.startswith(FOUND_IN_FOLDERS)
        for name in _public(tree)
        if not uses[name] and name not in known
    ]
    assert set(unused) == FOR_DEVELOPERS
