"""`-o a -o b`: nothing is written silently instead of something else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import UsageError
from promocal.cli.app import COMMANDS, application
from promocal.cli.once import require_one_output
from promocal.cli.tree import command_line


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "c", "-o", "a.html", "-o", "b.xlsx"],
        ["report", "c", "--output", "a.html", "-ob.md"],
        ["metrics", "c", "--output=a.md", "-o", "b.xlsx"],
    ],
)
def test_two_files_are_refused_in_one_sentence(arguments: list[str]) -> None:
    with pytest.raises(UsageError) as found:
        require_one_output(arguments)
    said, zh = found.value.said
    assert "2 files" in said
    assert "2 个文件" in zh


@pytest.mark.parametrize("arguments", [["plan", "c", "-o", "a.html"], ["sql", "--", "-o", "-o"], ["plan", "-o"], []])
def test_one_file_or_none_is_let_through(arguments: list[str]) -> None:
    require_one_output(arguments)


def test_every_o_of_every_command_is_an_output() -> None:
    """The refusal looks at the line alone: another meaning of -o anywhere would be refused with it."""
    for name in COMMANDS:
        tree = command_line(application([name]), "en")
        for command in commands_below(tree):
            for parameter in command.params:
                names = {*parameter.opts}
                assert ("-o" in names) == ("--output" in names), (name, names)


def commands_below(command: Any) -> list[Any]:
    below = getattr(command, "commands", None)
    return [one for each in below.values() for one in commands_below(each)] if below else [command]


def test_the_command_line_ends_with_two(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "promocal", "sheet", "prices", "-o", "a.csv", "-o", "b.csv", "--lang", "zh"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "a.csv、b.csv" in done.stderr
    assert not list(tmp_path.iterdir())
