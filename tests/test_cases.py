"""The table of cases says of every input which tests hold it, and they exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
CASES = TESTS / "cases"
BASE = "base"
ROW = re.compile(r"^\| (?P<case>[^|]+) \| (?P<outcome>[^|]+) \| (?P<held>[^|]+) \|$", re.MULTILINE)


def table() -> dict[str, list[str]]:
    """Case → ids of its tests, from this directory."""
    rows = ROW.finditer((CASES / "README.md").read_text("utf-8"))
    return {row["case"]: re.findall(r"`([^`]+)`", row["held"]) for row in rows if row["case"] not in {"case", "---"}}


def test_every_input_is_in_the_table_once() -> None:
    listed = (CASES / "README.md").read_text("utf-8")
    folders = {path.name for path in CASES.iterdir() if path.is_dir()} - {BASE}
    assert folders <= set(table())
    assert [case for case in folders if listed.count(f"| {case} |") != 1] == []


def test_every_named_testis_test() -> None:
    assert all(table().values())
    assert sorted({held for tests in table().values() for held in tests if not is_test(held)}) == []


def is_test(held: str) -> bool:
    """Whether a test of that id (`file::name`, from this directory) exists."""
    file, _, name = held.partition("::")
    path = TESTS / file
    if not path.is_file():
        return False
    functions = {node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)}
    return name in functions or not name
