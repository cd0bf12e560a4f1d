"""What product code imports is what `pip install promocal` brings, or what an error message tells to add.

An environment with the test extra hides a missing declaration, so the syntax trees are asked: imports inside
functions count, those for type checkers only do not.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("promocal", "flows", "tasks", "warehouse", "campaign_calendars")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FOR_DEVELOPERS = {"build", "test"}
BEHIND = {"promocal/editor": "promocal/cli/lsp.py"}
"""Rooms that need an extra as a whole, and the only module that imports them: it says which."""
_SAYS_EXTRA = re.compile(r"promocal\[(\w+)\]")


@dataclass(frozen=True)
class Module:
    """One source file: what it imports, what it asks for before it imports, which extras its messages name."""

    imports: frozenset[str]
    looked_for: frozenset[str]
    extras: frozenset[str]


def read(source: str) -> Module:
    tree = ast.parse(source)
    nodes = list(_running(tree))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return Module(
        frozenset(name.split(".")[0] for node in nodes for name in _imported(node)) - {*PRODUCT, *_standard()},
        frozenset(name for node in nodes for name in _called(node, "find_spec")),
        frozenset(extra for text in texts - _docstrings(tree) for extra in _SAYS_EXTRA.findall(text)),
    )


def _standard() -> frozenset[str]:
    return sys.stdlib_module_names | {"__future__"}


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those below `if TYPE_CHECKING:`."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for other in child.orelse:
                yield from _running(other)
        else:
            yield from _running(child)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return _called(node, "import_module")


def _called(node: ast.AST, function: str) -> list[str]:
    if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == function and node.args:
        first = node.args[0]
        return [first.value] if isinstance(first, ast.Constant) else []
    return []


def _docstrings(tree: ast.Module) -> set[str]:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {text for node in ast.walk(tree) if isinstance(node, owners) and (text := ast.get_docstring(node, False))}


def _names(requirements: list[str]) -> set[str]:
    return {_normal(re.split(r"[^\w.-]", requirement)[0]) for requirement in requirements}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _distributions() -> dict[str, list[str]]:
    return dict(packages_distributions())


def undeclared(module: Module) -> dict[str, str]:
    """Import → what is wrong with it."""
    run_time = _names(PROJECT["dependencies"])
    extras = {name: _names(brings) for name, brings in PROJECT["optional-dependencies"].items()}
    found = {}
    for name in sorted(module.imports):
        provided_by = {_normal(each) for each in _distributions().get(name, [name])}
        if provided_by & run_time:
            continue
        offering = {extra for extra, brings in extras.items() if provided_by & brings} - FOR_DEVELOPERS
        if not offering:
            found[name] = "no run-time dependency or extra declares it"
        elif name not in module.looked_for and not offering & module.extras:
            found[name] = f"without it nothing says promocal[{min(offering)}]"
    return found


def _judged(file: Path) -> Module:
    """The file, with the extras its room's only importer names."""
    module = read(file.read_text())
    room = next((room for room in BEHIND if (ROOT / room) in file.parents), None)
    return (
        module
        if room is None
        else replace(module, extras=module.extras | read((ROOT / BEHIND[room]).read_text()).extras)
    )


def test_rooms_behind_an_extra_have_one_importer() -> None:
    for room, importer in BEHIND.items():
        name = room.replace("/", ".")
        outside = (
            file for package in PRODUCT for file in (ROOT / package).rglob("*.py") if (ROOT / room) not in file.parents
        )
        assert [str(file.relative_to(ROOT)) for file in outside if name in file.read_text()] == [importer]


@pytest.mark.parametrize("package", PRODUCT)
def test_every_import_is_declared(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    wrong = {str(file.relative_to(ROOT)): found for file in files if (found := undeclared(_judged(file)))}
    assert wrong == {}


def test_every_run_time_dependency_stands_in_the_run_time_lock() -> None:
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    assert _names(PROJECT["dependencies"]) <= {_normal(name) for name in locked}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-spark.lock"])
def test_a_lock_names_versions_and_hashes_and_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    packages = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert packages
    assert [each.splitlines()[0] for each in packages if "--hash=sha256:" not in each] == []


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("import pytest", ["pytest"]),
        ("def f():\n    from hypothesis import given", ["hypothesis"]),
        ("from importlib import import_module\nimport_module('pymysql')", ["pymysql"]),
        ("import pyspark.sql", ["pyspark"]),
        ("'''pip install promocal[spark]'''\nimport pyspark.sql", ["pyspark"]),
        ("REMEDY = \"pip install 'promocal[spark]'\"\nimport pyspark.sql", []),
        ("from importlib.util import find_spec\nif find_spec('pymysql'):\n    import pymysql", []),
        ("if TYPE_CHECKING:\n    import pytest\nelse:\n    import polars", ["polars"]),
        ("import json, duckdb, yaml\nfrom tasks.runtime import Runtime\nfrom . import near", []),
    ],
)
def test_the_rule_sees_what_it_should(source: str, wrong: list[str]) -> None:
    assert list(undeclared(read(source))) == wrong
