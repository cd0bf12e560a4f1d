"""The grocery calendar runs on its real data with the commands that the README names, and nothing else."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.grocery


def commands() -> list[str]:
    """Commands of the README that are about the grocery year."""
    (block,) = re.findall(r"```\n(promocal new grocery .*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    return [line.partition("#")[0].strip() for line in block.splitlines()]


@pytest.mark.slow
def test_the_commands_of_the_readme_replay_the_year(tmp_path: Path) -> None:
    said, folder = "", tmp_path
    for command in commands():
        words = shlex.split(command)
        if words[0] == "cd":
            folder /= words[1]
            continue
        run = [sys.executable, "-m", *words, "--lang", "en"]
        done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        said = done.stdout
    assert "27 runs replayed" in said
    assert (folder / "report.html").is_file() or "Report:" in said


def test_a_new_project_sends_on_every_channel_of_its_store(tmp_path: Path) -> None:
    from promocal.scaffold import create_project
    from tasks.runtime import open_runtime

    for name in ("lifecycle", "double-11-2021", "grocery-2017"):
        create_project(tmp_path / name, name)
        with open_runtime(tmp_path / name) as rt:
            assert set(rt.load_calendar(name).store.channels) <= set(rt.settings.channels)
