"""What a page of the documentation asks its reader to do, in order: files to write, lines to change, commands to run.

- A block with a title (```` ```yaml title="calendars/tea-week.yaml" ````) is a file, written as it stands.
- A `diff` block with a title changes a file: its `-` lines, which stand there once, become its `+` lines.
- A `console` block holds lines `$ command` and, below them, lines of its output. Every shown line must stand in the
  real output, in order; `…` in a line stands for anything, a line `…` for any lines. `# exit N` behind a command names
  its exit code when it is not 0, `# needs NAME` a variable of the environment without which it is left out.
- Words in capitals (`TODAY`, `RUN`, `CHECKSUM` …) are what the reader copies: the day, what a command printed last or,
  as `OLD_…`, before that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

_BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"\s+# exit (\d+)$")
_NEEDS = re.compile(r"\s+# needs (\w+)$")
_COPIED = {
    "CHECKSUM": re.compile(r"--plan ([0-9a-f]{12})\b"),
    "DECISION": re.compile(r"--decision ([0-9a-f]{12})\b"),
    "RUN": re.compile(r"\b([\w-]+\.[\w-]+\.\d{8}T\d{6}Z)\b"),
    "SNAPSHOT": re.compile(r"\b(\d{8}T\d{6}Z-[0-9a-f]{8})\b"),
}
_WORD = re.compile(r"\b[A-Z_]{3,}\b")


@dataclass
class Command:
    """A command, its exit code and the lines the page shows of its output."""

    text: str
    code: int = 0
    needs: str = ""
    shown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Written:
    """A file the reader writes."""

    path: str
    text: str


@dataclass(frozen=True)
class Changed:
    """Lines of a file the reader replaces."""

    path: str
    old: str
    new: str


def steps(page: Path) -> Iterator[Command | Written | Changed]:
    """What the page asks for, from top to bottom."""
    for kind, title, block in _BLOCK.findall(page.read_text("utf-8")):
        if kind == "console":
            yield from _commands(block)
        elif kind == "diff" and title:
            lines = block.splitlines()
            yield Changed(title, *("".join(f"{line[1:]}\n" for line in lines if line[0] in (" ", s)) for s in "-+"))
        elif title:
            yield Written(title, block)


def commands(page: Path) -> list[Command]:
    return [step for step in steps(page) if isinstance(step, Command)]


def _commands(block: str) -> Iterator[Command]:
    found: list[Command] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            exits, needs = _EXIT.search(line), _NEEDS.search(line)
            text = _NEEDS.sub("", _EXIT.sub("", line[2:]))
            found.append(Command(text, int(exits[1]) if exits else 0, needs[1] if needs else ""))
        elif line.strip():
            found[-1].shown.append(line.strip())
    yield from found


@dataclass
class Copied:
    """What the reader has copied so far: words in capitals and what stands for them."""

    values: dict[str, str] = field(
        default_factory=lambda: {"TODAY": datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()}
    )

    def take(self, printed: str) -> None:
        for name, pattern in _COPIED.items():
            found = pattern.findall(printed)
            if found and found[-1] != self.values.get(name):
                self.values |= {f"OLD_{name}": self.values.get(name, ""), name: found[-1]}

    def into(self, text: str) -> str:
        return _WORD.sub(lambda word: self.values.get(word[0], word[0]), text)


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
