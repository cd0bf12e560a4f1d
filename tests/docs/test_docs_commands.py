"""The commands in the documentation really run, in order, and print what the page shows.

A ```console block holds lines `$ command` and, below them, lines of its output. Every shown line
must stand in the real output, in order; `…` in a line stands for anything, a line `…` for any
lines. `# exit N` behind a command names its exit code when it is not 0.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["docs/tutorial.md", "docs/connect-a-shop.md", "docs/editor.md", "docs/first-hour.md"]
CHINESE = ["docs/connect-a-shop.zh.md", "docs/editor.zh.md", "docs/first-hour.zh.md"]
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"\s+# exit (\d+)$")


@dataclass
class Command:
    text: str
    code: int = 0
    shown: list[str] = field(default_factory=list)


def commands(page: Path) -> list[Command]:
    found: list[Command] = []
    for block in _BLOCK.findall(page.read_text("utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                match = _EXIT.search(line)
                found.append(Command(_EXIT.sub("", line[2:]), int(match[1]) if match else 0))
            elif line.strip():
                found[-1].shown.append(line.strip())
    return found


def missing_line(shown: list[str], printed: str) -> str | None:
    """The first shown line that does not stand in the output behind the one before it."""
    lines = [re.sub(r"\s+", " ", line).strip() for line in printed.splitlines()]
    position = 0
    for wanted in shown:
        if wanted == "…":
            continue
        pattern = re.compile(".*".join(re.escape(re.sub(r"\s+", " ", part).strip()) for part in wanted.split("…")))
        hit = next((i for i in range(position, len(lines)) if pattern.search(lines[i])), None)
        if hit is None:
            return wanted
        position = hit + 1
    return None


def run_page(page: Path, directory: Path) -> None:
    folder = directory
    environment = {
        **os.environ,
        "COLUMNS": "160",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PROMOCAL_LANG": "zh" if page.name.endswith(".zh.md") else "en",
        "PYTHONIOENCODING": "utf-8",
    }
    found = commands(page)
    assert found, f"{page} shows no command"
    for command in found:
        if command.text.startswith("cd "):
            folder = folder / shlex.split(command.text)[1]
            continue
        done = subprocess.run(
            command.text,
            shell=True,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert done.returncode == command.code, f"{command.text}\nexit {done.returncode}\n{printed}"
        missing = missing_line(command.shown, printed)
        assert missing is None, f"{command.text}\ndoes not print: {missing}\n{printed}"


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_the_page_run_as_shown(page: str, tmp_path: Path) -> None:
    run_page(ROOT / page, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("page", CHINESE)
def test_commands_of_the_chinese_page_run_as_shown(page: str, tmp_path: Path) -> None:
    run_page(ROOT / page, tmp_path)


@pytest.mark.parametrize("page", CHINESE)
def test_the_chinese_page_has_the_commands_and_keys_of_the_english_one(page: str) -> None:
    english, chinese = ROOT / page.replace(".zh", ""), ROOT / page
    assert [(each.text, each.code) for each in commands(chinese)] == [
        (each.text, each.code) for each in commands(english)
    ]
    written = [set(re.findall(r"`([^`\n]+)`", page.read_text("utf-8"))) for page in (english, chinese)]
    names = [{code for code in codes if re.fullmatch(r"[a-z_-]+(, [a-z_-]+)*", code)} for codes in written]
    assert {name for each in names[0] for name in each.split(", ")} == {
        name for each in names[1] for name in each.split(", ")
    }
    tables = [page.read_text("utf-8").count("\n| ") for page in (english, chinese)]
    assert tables[0] == tables[1]


def test_the_runner_notices_a_line_that_is_not_printed() -> None:
    assert missing_line(["a … c", "…", "d"], "a b c\nx\nd") is None
    assert missing_line(["d", "a"], "a\nd") == "a"
