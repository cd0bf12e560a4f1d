"""Every file of tests can be run by itself: it brings its own imports and finds its own fixtures."""

from __future__ import annotations

import ast
import os
import sys
import traceback
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FILES = sorted(TESTS.rglob("test_*.py"))
# Here sources of packages are put on the path for a test, and taken off again.
PUTS_PACKAGES_ON_THE_PATH = {"examples/test_examples.py"}


def test_no_file_reaches_modules_through_the_path_of_another() -> None:
    """A path that one file sets up is there for the next one, and missing where that runs alone."""
    found = [
        f"{path.relative_to(TESTS)}:{node.lineno}"
        for path in sorted(TESTS.rglob("*.py"))
        if path.relative_to(TESTS).as_posix() not in PUTS_PACKAGES_ON_THE_PATH
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"sys.path.insert", "sys.path.append"}
    ]
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(TESTS)))
def test_a_file_by_itself_finds_its_imports_and_fixtures(file: Path, tmp_path: Path) -> None:
    """A fork of this process, which has no other file's fixtures, sets every fixture of the file up on paper."""
    said = tmp_path / "said"
    child = os.fork()
    if child == 0:
        _collect(file, said)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}, (
        said.read_text("utf-8")
    )


def _collect(file: Path, said: Path) -> None:
    """Ends the process with pytest's exit code."""
    code = 99
    try:
        for name in [name for name in sys.modules if name == "tests" or name.startswith("tests.")]:
            del sys.modules[name]
        with said.open("w", encoding="utf-8") as out:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
            code = int(pytest.main(["--setup-plan", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(file)]))
    except BaseException:  # noqa: BLE001 - whatever it was, the parent shows it
        said.write_text(traceback.format_exc(), "utf-8")
    finally:
        os._exit(code)
